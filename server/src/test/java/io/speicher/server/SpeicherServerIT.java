package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.speicher.store.ChangeListener;
import io.speicher.store.CopyResult;
import io.speicher.store.CreateResult;
import io.speicher.store.ItemReader;
import io.speicher.store.KeyVisitor;
import io.speicher.store.NamespaceStats;
import io.speicher.store.Prefetch;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
import io.speicher.store.StoreStats;
import io.speicher.store.Ticker;
import io.speicher.store.TtlRule;
import io.speicher.store.UpdateResult;
import io.speicher.store.Updater;
import io.speicher.store.segment.SegmentStore;
import io.speicher.testing.CapturedLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server over real sockets, once with each transport. */
@ParameterizedClass
@EnumSource
final class SpeicherServerIT {
  private static final String DONE = "{\"status_code\":200}";
  private static final String MISS = "{\"status_code\":404,\"message\":\"no such key\"}";

  private final Transport transport;
  @RegisterExtension final Opened opened = new Opened();

  SpeicherServerIT(Transport transport) {
    this.transport = transport;
  }

  // ---- commands ----

  @Test
  void commands() throws IOException {
    RawClient client = connect(start());
    assertThat(client.ask("{'command':'GET','key':'foo'}")).isEqualTo(MISS);
    assertThat(client.ask("{'command':'SET','key':'foo','value':'bar'}")).isEqualTo(DONE);
    assertThat(client.ask("{'command':'GET','key':'f\\u006fo'}"))
        .isEqualTo("{\"status_code\":200,\"value\":\"bar\"}");
    assertThat(client.ask("{'command':'SET','key':'foo','value': [ 1e400 , 0.10 ] }"))
        .isEqualTo(DONE);
    assertThat(client.ask("{'command':'GET','key':'foo'}"))
        .isEqualTo("{\"status_code\":200,\"value\":[ 1e400 , 0.10 ]}");
    assertThat(client.ask("{'command':'DEL','key':'foo'}")).isEqualTo(DONE);
    assertThat(client.ask("{'command':'DEL','key':'foo'}")).isEqualTo(MISS);
    assertThat(client.ask("{'command':'PING'}")).isEqualTo(DONE);
    client.ask("{'command':'SET','key':'foo','value':1}");
    assertThat(client.ask("{'command':'RST'}")).isEqualTo(DONE);
    assertThat(client.ask("{'command':'GET','key':'foo'}")).isEqualTo(MISS);
  }

  @Test
  void badRequest_costsNothingButItself() throws IOException {
    RawClient client = connect(start());
    assertThat(client.ask("{'command'")).startsWith("{\"status_code\":400,\"message\":\"malformed");
    assertThat(client.ask("[".repeat(1_000_000))).startsWith("{\"status_code\":400,");
    assertThat(client.ask("{'command':'PING'}")).isEqualTo(DONE);
  }

  @Test
  void itemTooLargeForTheStore_isA503() throws IOException {
    RawClient client = connect(start(settings(), new SegmentStore(256 << 10, Ticker.system())));
    client.ask("{'command':'SET','key':'foo','value':1}");
    String huge = "{'command':'SET','key':'foo','value':'" + "x".repeat(300_000) + "'}";
    assertThat(client.ask(huge))
        .isEqualTo(
            "{\"status_code\":503,\"message\":\"item too large for the server's memory:"
                + " itemBytes=300003 memoryBytes=262144\"}");
    assertThat(client.ask("{'command':'GET','key':'foo'}")).isEqualTo(MISS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void failingStore_isA503_andTheConnectionLivesOn(boolean isError) throws IOException {
    RawClient client = connect(start(settings(), new BrokenStore(isError)));
    try (CapturedLog log = CapturedLog.ofServer()) {
      assertThat(client.ask("{'command':'GET','key':'foo'}"))
          .isEqualTo("{\"status_code\":503,\"message\":\"the server failed: see its log\"}");
      assertThat(log.lines()).containsExactly("SEVERE command failed: command=Get");
    }
    assertThat(client.ask("{'command':'PING'}")).isEqualTo(DONE);
  }

  /** Its reply may have begun: there is nothing to be said in the middle of it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void failingSlice_endsItsConnection_andTheOthersLiveOn(boolean isError) throws IOException {
    SpeicherServer server =
        start(TestSettings.of(1, transport), new BrokenStore(isError)); // One loop for both.
    RawClient other = connect(server);
    RawClient client = connect(server);
    try (CapturedLog log = CapturedLog.ofServer()) {
      client.send("KEYS *\r\n".getBytes(UTF_8));
      assertThat(client.isAtEnd()).isTrue();
      assertThat(log.lines()).singleElement().asString().startsWith("SEVERE connection failed: ");
    }
    assertThat(other.ask("{'command':'PING'}")).isEqualTo(DONE);
  }

  @Test
  void expiredItem_isGone() throws IOException {
    RawClient client = connect(start());
    client.ask("{'command':'SET','key':'foo','value':1,'ttl':1}");
    await().until(() -> client.ask("{'command':'GET','key':'foo'}").equals(MISS));
  }

  // ---- frames ----

  @Test
  void pipelinedCommands_areAnsweredInOrder() throws IOException {
    RawClient client = connect(start());
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (int i = 0; i < 1_000; i++) {
      batch.write(RawClient.frame("{'command':'SET','key':'k" + i + "','value':" + i + "}"));
      batch.write(RawClient.frame("{'command':'GET','key':'k" + i + "'}"));
    }
    client.send(batch.toByteArray());
    for (int i = 0; i < 1_000; i++) {
      assertThat(client.reply()).isEqualTo(DONE);
      assertThat(client.reply()).isEqualTo("{\"status_code\":200,\"value\":" + i + "}");
    }
  }

  @Test
  void frame_byteByByte() throws IOException {
    RawClient client = connect(start());
    for (byte b : RawClient.frame("{'command':'PING'}")) {
      client.send(new byte[] {b});
    }
    assertThat(client.reply()).isEqualTo(DONE);
  }

  @Test
  void frame_ofManyReads_thereAndBack() throws IOException {
    RawClient client = connect(start());
    String value = "0123456789abcdef".repeat(1 << 20);
    assertThat(client.ask("{'command':'SET','key':'big','value':'" + value + "'}")).isEqualTo(DONE);
    assertThat(client.ask("{'command':'GET','key':'big'}"))
        .isEqualTo("{\"status_code\":200,\"value\":\"" + value + "\"}");
  }

  @Test
  void frame_ofImpossibleLength_endsTheConnectionAfterItsReply() throws IOException {
    SpeicherServer server = start();
    for (int length : new int[] {0, -1, Integer.MIN_VALUE, 100 << 20, Integer.MAX_VALUE}) {
      RawClient client = connect(server);
      client.send("{'command':'PING'}");
      client.send(ByteBuffer.allocate(100_000).putInt(length).array());
      assertThat(client.reply()).isEqualTo(DONE);
      assertThat(client.reply())
          .startsWith(
              "{\"status_code\":400,\"message\":\"frame length out of bounds: frameBytes="
                  + length);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void announcedLength_takesNoMemory() throws IOException {
    SpeicherServer server = start();
    for (int i = 0; i < 1_000; i++) {
      connect(server).send(ByteBuffer.allocate(5).putInt(32 << 20).array());
    }
    // A thousand frames of 32 MiB would be more than this JVM may have.
    assertThat(Runtime.getRuntime().maxMemory()).isLessThan(1_000L * (32 << 20));
    assertThat(connect(server).ask("{'command':'PING'}")).isEqualTo(DONE);
  }

  // ---- ends ----

  @Test
  void halfClosedClient_getsAllItsReplies() throws IOException {
    RawClient client = connect(start());
    client.send("{'command':'PING'}");
    client.send("{'command':'GET','key':'foo'}");
    client.send(new byte[] {0, 0, 0, 9, '{'});
    client.shutdownOutput();
    assertThat(client.reply()).isEqualTo(DONE);
    assertThat(client.reply()).isEqualTo(MISS);
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void halfClosedClient_thatReadsLate_getsAllItsReplies() throws IOException {
    SpeicherServer server = start();
    connect(server).ask("{'command':'SET','key':'big','value':'" + "x".repeat(1 << 20) + "'}");
    RawClient client = connect(server, 4_096);
    for (int i = 0; i < 40; i++) {
      client.send("{'command':'GET','key':'big'}");
    }
    client.shutdownOutput();
    assertThat(connect(server).ask("{'command':'PING'}")).isEqualTo(DONE);
    assertThat(client.countRepliesToTheEnd()).isEqualTo(40);
  }

  @Test
  void tooManyConnections_areToldSo() throws IOException {
    SpeicherServer server = start(settings(2, Duration.ZERO), store());
    RawClient first = connect(server);
    RawClient second = connect(server);
    assertThat(first.ask("{'command':'PING'}")).isEqualTo(DONE);
    assertThat(second.ask("{'command':'PING'}")).isEqualTo(DONE);

    RawClient third = connect(server);
    third.send("{'command':'PING'}");
    assertThat(third.reply())
        .isEqualTo(
            "{\"status_code\":503,\"message\":\"too many connections (expected: at most 2);"
                + " try again later\"}");
    assertThat(third.isAtEnd()).isTrue();

    first.close();
    await().ignoreExceptions().until(() -> connect(server).ask("{'command':'PING'}").equals(DONE));
  }

  /** Redis's and memcached's clients know these words, and no JSON. */
  @Test
  void tooManyConnections_areToldSoInTheirDialect() throws IOException {
    SpeicherServer server = start(settings(1, Duration.ZERO), store());
    RawClient only = connect(server);
    assertThat(only.ask("{'command':'PING'}")).isEqualTo(DONE);

    assertThat(refusal(server.port(), "*1\r\n$4\r\nPING\r\n"))
        .isEqualTo("-ERR max number of clients reached\r\n");
    assertThat(refusal(server.port(), "get k\r\n"))
        .isEqualTo("SERVER_ERROR too many connections\r\n");
    assertThat(refusal(server.port(), "GET / HTTP/1.1\r\n")).startsWith("HTTP/1.1 503");
    assertThat(refusal(server.port(), "")).contains("{\"status_code\":503,");
    assertThat(only.ask("{'command':'PING'}")).isEqualTo(DONE);
  }

  @Test
  void tooManyConnections_portOfOneDialect() throws IOException {
    SpeicherServer server =
        start(
            settings(1, Duration.ZERO)
                .with(ServerSettings.REDIS_PORT, OptionalInt.of(0))
                .with(ServerSettings.MEMCACHED_PORT, OptionalInt.of(0)),
            store());
    RawClient only = connect(server);
    assertThat(only.ask("{'command':'PING'}")).isEqualTo(DONE);

    assertThat(refusal(server.redisAddress().orElseThrow().getPort(), ""))
        .isEqualTo("-ERR max number of clients reached\r\n");
    assertThat(refusal(server.memcachedAddress().orElseThrow().getPort(), ""))
        .isEqualTo("SERVER_ERROR too many connections\r\n");
  }

  /** What is refused has no effect on those who speak the same dialect. */
  @Test
  void tooManyConnections_othersGoOnWhereTheyWere() throws IOException {
    SpeicherServer server = start(TestSettings.of(1, transport, 1, Duration.ZERO), store());
    RawClient only = connect(server);
    only.send("SET k v\r\nCLIENT REPLY SKIP\r\n".getBytes(UTF_8));
    assertThat(only.read(5)).isEqualTo("+OK\r\n".getBytes(UTF_8));
    assertThat(refusal(server.port(), "*1\r\n$4\r\nPING\r\n")).startsWith("-ERR max");

    only.send("GET k\r\nSTRLEN k\r\n".getBytes(UTF_8));
    assertThat(only.read(4)).isEqualTo(":1\r\n".getBytes(UTF_8));
  }

  /** All that the server says to a connection that it does not take. */
  private String refusal(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send(request.getBytes(UTF_8));
      return new String(client.rest(), UTF_8);
    }
  }

  /** What is silent because it waits for an answer is not idle. */
  @Test
  void idleConnection_whoseCommandsWait_isAnsweredFirst() throws IOException {
    SpeicherServer server = start(settings(100, Duration.ofMillis(50)), store());
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      RawClient client = connect(server);
      client.send("DEBUG SLEEP 0.15\r\nPING\r\n".getBytes(UTF_8));
      clients.add(client);
    }
    for (RawClient client : clients) {
      assertThat(new String(client.rest(), UTF_8)).isEqualTo("+OK\r\n+PONG\r\n");
    }
  }

  @Test
  void debugSleep_answersAfterwards() throws IOException {
    RawClient client = connect(start(settings(10, Duration.ZERO), store()));
    long startNanos = System.nanoTime();
    client.send("DEBUG SLEEP 0.2\r\n".getBytes(UTF_8));
    assertThat(client.read(5)).isEqualTo("+OK\r\n".getBytes(UTF_8));
    assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(200_000_000);
    client.send("MULTI\r\nDEBUG SLEEP 0\r\nEXEC\r\n".getBytes(UTF_8));
    assertThat(client.read(23)).endsWith("*1\r\n+OK\r\n".getBytes(UTF_8));
  }

  @Test
  void idleConnection_isClosed() throws IOException {
    SpeicherServer server = start(settings(10, Duration.ofMillis(50)), store());
    RawClient client = connect(server);
    assertThat(client.ask("{'command':'PING'}")).isEqualTo(DONE);
    assertThat(client.isAtEnd()).isTrue();
  }

  // ---- slow readers ----

  @Test
  void readerThatDoesNotRead_holdsUpNobodyElse_andNoMemory() throws Exception {
    SpeicherServer server = start();
    RawClient other = connect(server);
    other.ask("{'command':'SET','key':'big','value':'" + "x".repeat(1 << 20) + "'}");
    byte[] get = RawClient.frame("{'command':'GET','key':'big'}");
    int requests = 4_000; // Four gigabytes of replies: more than this JVM may have.
    List<RawClient> readers = new ArrayList<>();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      RawClient reader = connect(server, 4_096);
      readers.add(reader);
      writers.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int request = 0; request < requests; request++) {
                    reader.send(get);
                  }
                } catch (IOException e) {
                  // The test is over, and has closed the connection.
                }
              }));
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(other.ask("{'command':'GET','key':'nope'}")).isEqualTo(MISS);
    }
    // A reader that begins to read after all gets what it asked for.
    for (int i = 0; i < 20; i++) {
      assertThat(readers.getFirst().reply()).hasSize((1 << 20) + 30);
    }
    for (RawClient reader : readers) {
      reader.close();
    }
    for (Thread writer : writers) {
      writer.join();
    }
  }

  @Test
  void readerThatReads_getsMoreThanTheServerMayKeep() throws Exception {
    SpeicherServer server = start();
    connect(server).ask("{'command':'SET','key':'big','value':'" + "x".repeat(1 << 20) + "'}");
    RawClient client = connect(server);
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (int i = 0; i < 1_000; i++) {
      batch.write(RawClient.frame("{'command':'GET','key':'big'}"));
    }
    client.send(batch.toByteArray());
    client.shutdownOutput();
    assertThat(client.countRepliesToTheEnd()).isEqualTo(1_000);
  }

  // ---- fast writers ----

  /** Or a loop reads all that lies in the socket of a peer that has gone, and others wait. */
  @Test
  void pipelinedCommands_areReadAsTheyAreExecuted() throws Exception {
    SpeicherServer server = start(TestSettings.of(1, transport), store());
    RawClient writer = connect(server);
    byte[] sleep = "CLIENT SETNAME writer\r\nDEBUG SLEEP 2\r\n".getBytes(UTF_8);
    int pings = 150_000;
    byte[] batch = "PING\r\n".repeat(pings).getBytes(UTF_8);
    Thread sending =
        Thread.ofVirtual()
            .start(() -> {
              try {
                writer.send(sleep);
                writer.send(batch);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    RawClient other = connect(server);
    await().until(() -> queryBytes(other, "writer") >= 256 << 10);
    FutureTask<String>
        reading = // Whoever does not read has its requests kept, as far as memory goes.
        new FutureTask<>(() -> {
          String first = writer.line() + writer.line();
          for (int i = 0; i < pings; i++) {
            assertThat(writer.line()).isEqualTo("+PONG\r\n");
          }
          return first;
        });
    Thread.ofVirtual().start(reading);
    int mayWait = 256 << 10;
    int read = (256 << 10) + (64 << 10); // All the room of a loop's buffer, where nothing waits.
    do { // The loop looks at all sockets between two of these.
      assertThat(queryBytes(other, "writer")).isLessThan(mayWait + read);
    } while (!reading.isDone());
    assertThat(reading.get()).isEqualTo("+OK\r\n+OK\r\n");
    sending.join();
  }

  /** What the server holds of a connection's requests. */
  private static long queryBytes(RawClient asking, String name) throws IOException {
    asking.send("CLIENT LIST\r\n".getBytes(UTF_8));
    Matcher bytes = Pattern.compile("name=" + name + " .* qbuf=([0-9]+) ").matcher(asking.bulk());
    return bytes.find() ? Long.parseLong(bytes.group(1)) : 0;
  }

  // ---- stopping ----

  @Test
  void drain_answersWhatWasReceived() throws Exception {
    CountingStore store = new CountingStore();
    SpeicherServer server = start(settings(), store);
    int clients = 8;
    AtomicLong answered = new AtomicLong();
    CountDownLatch underWay = new CountDownLatch(clients);
    byte[] batch = batch(64);
    Callable<Void> load =
        () -> {
          try (RawClient client = new RawClient(server.port())) {
            client.send(batch);
            for (int i = 0; i < 64; i++) {
              client.reply();
              answered.incrementAndGet();
            }
            underWay.countDown();
            Thread sender =
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        while (true) {
                          client.send(batch);
                        }
                      } catch (IOException e) {
                        // Nothing more is to be sent.
                      }
                    });
            // A reset here, or a cut reply, would be an exception.
            answered.addAndGet(client.countRepliesToTheEnd());
            client.shutdownOutput(); // The server would listen for ten seconds to who talks on.
            sender.join();
          }
          return null;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Future<Void>> results = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        results.add(threads.submit(load));
      }
      underWay.await();
      assertThat(server.drain(Duration.ofSeconds(10))).isZero();
      for (Future<Void> result : results) {
        result.get();
      }
    }
    assertThat(answered.get()).isEqualTo(store.puts.get());
    assertThatThrownBy(() -> new RawClient(server.port())).isInstanceOf(IOException.class);
  }

  @Test
  void drain_answersWhatIsStillInTheSocket() throws Exception {
    SpeicherServer server = start();
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(connect(server));
      clients.get(i).ask("{'command':'PING'}");
    }
    byte[] batch = batch(100);
    for (RawClient client : clients) {
      client.send(batch);
    }
    assertThat(server.drain(Duration.ofSeconds(10))).isZero();
    for (RawClient client : clients) {
      assertThat(client.countRepliesToTheEnd()).isEqualTo(100);
    }
  }

  @Test
  void drain_cutsOffWhoDoesNotRead() throws Exception {
    SpeicherServer server = start();
    connect(server).ask("{'command':'SET','key':'big','value':'" + "x".repeat(1 << 20) + "'}");
    RawClient reader = connect(server, 4_096);
    for (int i = 0; i < 40; i++) {
      reader.send("{'command':'GET','key':'big'}");
    }
    reader.reply();
    assertThat(server.drain(Duration.ofMillis(200))).isEqualTo(1);
  }

  @Test
  void close_endsConnections() throws IOException {
    SpeicherServer server = start();
    RawClient client = connect(server);
    client.ask("{'command':'PING'}");
    server.close();
    try {
      assertThat(client.isAtEnd()).isTrue();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  @Test
  void start_whereSomebodyListens() throws IOException {
    SpeicherServer server = start();
    assertThatThrownBy(() -> start(settings().withPort(server.port()), store()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("address already in use; stop what listens there");
  }

  // ---- helpers ----

  private ServerSettings settings() {
    return TestSettings.of(2, transport);
  }

  private ServerSettings settings(int maxConnections, Duration idleTimeout) {
    return TestSettings.of(2, transport, maxConnections, idleTimeout);
  }

  private static Store store() {
    return new SegmentStore(64 << 20, Ticker.system());
  }

  private SpeicherServer start() throws IOException {
    return start(settings(), store());
  }

  private SpeicherServer start(ServerSettings settings, Store store) throws IOException {
    return opened.start(settings, store);
  }

  private RawClient connect(SpeicherServer server) throws IOException {
    return connect(server, 0);
  }

  private RawClient connect(SpeicherServer server, int receiveBufferBytes) throws IOException {
    return opened.add(new RawClient(server.port(), receiveBufferBytes));
  }

  private static byte[] batch(int commands) {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (int i = 0; i < commands; i++) {
      batch.writeBytes(RawClient.frame("{'command':'SET','key':'k" + i + "','value':1}"));
    }
    return batch.toByteArray();
  }

  /** Counts what was executed. */
  private static final class CountingStore extends StubStore {
    private final AtomicLong puts = new AtomicLong();

    @Override
    public PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options) {
      assertThat(UTF_8.decode(key.duplicate()).toString()).startsWith("k");
      puts.incrementAndGet();
      return PutResult.STORED;
    }
  }

  /** Throws where it can. */
  private static final class BrokenStore extends StubStore {
    private final boolean isError;

    BrokenStore(boolean isError) {
      this.isError = isError;
    }

    @Override
    public boolean get(ByteBuffer key, ItemReader reader) {
      throw broken();
    }

    @Override
    public long scan(long cursor, int maxKeys, KeyVisitor visitor) {
      throw broken();
    }

    private RuntimeException broken() {
      if (isError) {
        throw new OutOfMemoryError("broken on purpose");
      }
      throw new IllegalStateException("broken on purpose");
    }
  }

  /** Has nothing and takes nothing. */
  private abstract static class StubStore implements Store {
    @Override
    public boolean get(ByteBuffer key, ItemReader reader) {
      return false;
    }

    @Override
    public PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options) {
      return PutResult.TOO_LARGE;
    }

    @Override
    public Prefetch newPrefetch() {
      return new RecordedPrefetch(keys -> {});
    }

    @Override
    public boolean delete(ByteBuffer key) {
      return false;
    }

    @Override
    public UpdateResult update(ByteBuffer key, Updater updater) {
      return UpdateResult.KEPT;
    }

    @Override
    public UpdateResult updateLeased(ByteBuffer key, Updater updater) {
      return UpdateResult.KEPT;
    }

    @Override
    public void listen(@Nullable ChangeListener listener) {}

    @Override
    public CopyResult copy(ByteBuffer from, Store target, ByteBuffer to, boolean onlyIfAbsent) {
      return CopyResult.SOURCE_ABSENT;
    }

    @Override
    public Store database(int number) {
      return this;
    }

    @Override
    public void swap(int number, int other) {}

    @Override
    public CreateResult createNamespace(ByteBuffer prefix, TtlRule rule) {
      return CreateResult.TOO_MANY;
    }

    @Override
    public boolean alterNamespace(ByteBuffer prefix, TtlRule rule) {
      return false;
    }

    @Override
    public boolean dropNamespace(ByteBuffer prefix) {
      return false;
    }

    @Override
    public boolean clearNamespace(ByteBuffer prefix) {
      return false;
    }

    @Override
    public List<NamespaceStats> namespaces() {
      return List.of();
    }

    @Override
    public void countRead(ByteBuffer key, boolean hit) {}

    @Override
    public void clearTags(List<ByteBuffer> tags) {}

    @Override
    public int number() {
      return 0;
    }

    @Override
    public void clearAll() {}

    @Override
    public long scan(long cursor, int maxKeys, KeyVisitor visitor) {
      return 0;
    }

    @Override
    public void clear() {}

    @Override
    public void maintain() {}

    @Override
    public long nowMillis() {
      return 0;
    }

    @Override
    public StoreStats stats() {
      return new StoreStats(0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {}
  }
}
