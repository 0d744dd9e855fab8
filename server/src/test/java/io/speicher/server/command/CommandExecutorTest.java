package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.Share;
import io.speicher.dialect.User;
import io.speicher.dialect.memcached.MemcachedDialect;
import io.speicher.dialect.resp.RespDialect;
import io.speicher.protocol.BigKeys;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.UserRequest;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandExecutorTest {
  private static final String INFO = "INFO keyspace\r\n";
  private static final int LONG_BYTES = 300_000;
  private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

  private final Store store = new SegmentStore(8 << 20, Ticker.system());
  private final Control server = new Control();
  private final CommandExecutor executor =
      new CommandExecutor(
          new Databases(store),
          new Dates(store, InstantSource.system()),
          server,
          new LoopLocks(1),
          0);
  private final RespDialect dialect = new RespDialect(Limits.DEFAULT);
  private final ByteBuf page = Unpooled.buffer(64 << 10, 64 << 10);
  private final Share share = new Share(new Account(16 << 20, 0));
  private final Session session = new Session(share);
  private final ReplyBuffer out = new ReplyBuffer(page, share);

  @AfterEach
  void close() {
    session.close();
    page.release();
    store.close();
  }

  /** To look at all that the server counts is dear, and thousands may ask in one turn. */
  @Test
  void stats_askedForAgain_areLookedAtOnce() {
    execute(INFO.repeat(50));
    assertThat(server.looks).isEqualTo(1);
    execute("MULTI\r\n" + INFO.repeat(50) + "EXEC\r\n");
    assertThat(server.looks).isEqualTo(2);
    execute(INFO);
    assertThat(server.looks).isEqualTo(3);
  }

  /** Each command sees what the ones before it have done. */
  @Test
  void stats_afterAnotherCommand() {
    assertThat(execute(INFO + "SET a 1\r\n" + INFO + INFO)).containsSubsequence("+OK", "keys=1,");
    assertThat(server.looks).isEqualTo(2);
    assertThat(execute("MULTI\r\n" + INFO + "SET b 1\r\n" + INFO + "EXEC\r\n"))
        .containsSubsequence("keys=1,", "+OK", "keys=2,");
    assertThat(server.looks).isEqualTo(4);
  }

  /** A key is remembered before it is read: whoever changes it right behind the read tells so. */
  @Test
  void tracking_readThatIsOvertaken_isTold() {
    Store overtaken =
        (Store)
            Proxy.newProxyInstance(
                Store.class.getClassLoader(),
                new Class<?>[] {Store.class},
                (proxy, method, arguments) -> {
                  Object result = method.invoke(store, arguments);
                  if (method.getName().equals("get")) {
                    ByteBuffer key = (ByteBuffer) arguments[0];
                    store.put(key, ByteBuffer.wrap(new byte[] {'2'}), PutOptions.DEFAULT);
                  }
                  return method.getName().equals("database") ? proxy : result;
                });
    CommandExecutor reading =
        new CommandExecutor(
            new Databases(overtaken),
            new Dates(store, InstantSource.system()),
            server,
            new LoopLocks(1),
            0);
    assertThat(execute(executor, "HELLO 3\r\nSET k 1\r\nCLIENT TRACKING ON\r\n")).contains("+OK");
    assertThat(requireNonNull(session.pushes()).hasAny()).isFalse();
    assertThat(execute(reading, "GET k\r\n")).isEqualTo("$1\r\n1\r\n");
    assertThat(requireNonNull(session.pushes()).take().keys())
        .containsExactly(ByteBuffer.wrap(new byte[] {'k'}));
  }

  @Test
  void longValue_othersHaveNotWaited_isSentAtOnce() {
    putLong();
    executor.turnClock(System.nanoTime() + HOUR_NANOS);
    assertThat(execute("GET k\r\n")).isEqualTo("$" + LONG_BYTES + "\r\n" + longValue() + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"resp", "memcached"})
  void longValue_othersHaveWaited_isSentLater(String name) {
    putLong();
    boolean isResp = name.equals("resp");
    Dialect speaking = isResp ? dialect : new MemcachedDialect(Limits.DEFAULT);
    String request = isResp ? "GET k\r\n" : "mg k v\r\n";
    String begin = isResp ? "$" : "VA ";
    Work work = begin(speaking, request);
    assertThat(out.position()).isZero();
    assertThat(work.isLong()).isTrue();
    assertThat(executor.goOn(work, session, out, System.nanoTime())).isTrue();
    assertThat(take()).isEqualTo(begin + LONG_BYTES + "\r\n" + longValue() + "\r\n");
  }

  @Test
  void longValue_inATransaction_isSentWithIt() {
    putLong();
    executor.turnClock(System.nanoTime() - HOUR_NANOS);
    assertThat(execute("MULTI\r\nGET k\r\nEXEC\r\n")).contains(longValue());
  }

  /** What is tried again when there is memory must not have been answered in part. */
  @Test
  void longValue_putOff_noMemory_isTriedAgainAndThenRefused() {
    putLong();
    Session poor = new Session(new Share(new Account(LONG_BYTES / 2, 1)));
    out.begin(poor.share());
    ByteBuf request = Unpooled.copiedBuffer("mg k v\r\n", ISO_8859_1);
    Work work = begin(new MemcachedDialect(Limits.DEFAULT), request, poor);
    assertThatExceptionOfType(MemoryShortageException.class)
        .isThrownBy(() -> executor.goOn(work, poor, out, System.nanoTime()));
    assertThat(out.position()).isZero();

    poor.share().reserve(true); // It is all that there is.
    assertThat(executor.goOn(work, poor, out, System.nanoTime())).isTrue();
    assertThat(take()).startsWith("SERVER_ERROR ");
    poor.close();
  }

  private void putLong() {
    ByteBuffer value = ByteBuffer.wrap(longValue().getBytes(ISO_8859_1));
    store.put(ByteBuffer.wrap(new byte[] {'k'}), value, PutOptions.DEFAULT);
  }

  private static String longValue() {
    return "v".repeat(LONG_BYTES);
  }

  private Work begin(Dialect speaking, String request) {
    return begin(speaking, Unpooled.copiedBuffer(request, ISO_8859_1), session);
  }

  /** Begins with a command after others have waited for an hour, and does its first slice. */
  private Work begin(Dialect speaking, ByteBuf request, Session asking) {
    executor.turnClock(System.nanoTime() - HOUR_NANOS);
    executor.begin();
    try {
      Command command = requireNonNull(speaking.decode(request, asking));
      Work work =
          requireNonNull(
              executor.execute(command, asking, executor.newPrefetch(), -1, speaking, out));
      assertThat(executor.goOn(work, asking, out, System.nanoTime())).isFalse();
      return work;
    } finally {
      executor.end();
    }
  }

  private String execute(String requests) {
    return execute(executor, requests);
  }

  /** What is answered in one turn of a connection. */
  private String execute(CommandExecutor executing, String requests) {
    ByteBuf in = Unpooled.copiedBuffer(requests, ISO_8859_1);
    executing.begin();
    try {
      Command command;
      while ((command = dialect.decode(in, session)) != null) {
        Work left = executing.execute(command, session, executor.newPrefetch(), -1, dialect, out);
        assertThat(left).isNull();
      }
    } finally {
      executing.end();
    }
    return take();
  }

  /** What was written since this was called last. */
  private String take() {
    StringBuilder said = new StringBuilder(page.toString(ISO_8859_1));
    for (ByteBuf chunk : requireNonNull(out.takeChunks())) {
      said.append(chunk.toString(ISO_8859_1));
      chunk.release();
    }
    page.clear();
    out.begin(share);
    return said.toString();
  }

  /** A server that knows how many items it has. */
  private final class Control implements ServerControl {
    private final Changes changes = new Changes(store, new Account(16 << 20, 0), 1 << 20);
    private int looks;

    @Override
    public ServerStats stats() {
      looks++;
      return new ServerStats(
          "1",
          0,
          Map.of(),
          List.of(),
          List::of,
          Map.of(),
          List.of(new ServerStats.Database(0, store.stats().itemCount(), 0)),
          List.of());
    }

    @Override
    public void resetCounts() {}

    @Override
    public Reply configure(Command.Configure wanted) {
      return Reply.Done.DONE;
    }

    @Override
    public HotKeys hotKeys() {
      return new HotKeys();
    }

    @Override
    public Changes changes() {
      return changes;
    }

    @Override
    public boolean hasConnection(long id) {
      return false;
    }

    @Override
    public LatencyEvents latencyEvents() {
      return new LatencyEvents(InstantSource.system());
    }

    @Override
    public Reply.Inspected inspect() {
      return new Reply.Inspected(
          List.of(),
          (rank, window, limit) -> List.of(),
          () -> new BigKeys(List.of(), 0, 0),
          List.of());
    }

    @Override
    public SlowLog slowLog() {
      return new SlowLog(Duration.ofMillis(-1), 0, InstantSource.system());
    }

    @Override
    public User firstUser() {
      return session.user();
    }

    @Override
    public User certifiedUser(List<String> names) {
      return session.user();
    }

    @Override
    public @Nullable User user(String name) {
      return null;
    }

    @Override
    public boolean has(User user) {
      return true;
    }

    @Override
    public CompletableFuture<Reply> manage(UserRequest request, Session asking) {
      return CompletableFuture.completedFuture(Reply.Done.DONE);
    }

    @Override
    public void denied(
        Session peer, String user, Reply.Denied why, String command, @Nullable ByteBuffer key) {}

    @Override
    public void audit(Session peer, String command) {}

    @Override
    public CompletableFuture<Optional<User>> verify(
        String name, ByteBuffer password, @Nullable InetAddress from) {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void clear(Runnable clear, long delayMillis) {}

    @Override
    public void stop() {}

    @Override
    public int maxValueBytes() {
      return 1 << 20;
    }

    @Override
    public Iterator<ConnectionInfo> connections(ConnectionFilter filter, Session asking) {
      return Collections.emptyIterator();
    }

    @Override
    public Reply close(ConnectionFilter filter, Session asking) {
      return new Reply.Count(0);
    }
  }
}
