package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.speicher.dialect.Account;
import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What peers can make a server hold, and that nobody suffers from what others make it hold. */
final class MemoryIT {
  private static final int LIMIT_BYTES = 8 << 20;
  private static final int RESERVE_BYTES = 6 << 20;
  private static final String BIG = "B".repeat(1 << 20);

  /** Which allocation fails, counted down; none if it is negative. */
  private final AtomicInteger untilFailure = new AtomicInteger(-1);

  private final Account account =
      new Account(
          LIMIT_BYTES,
          RESERVE_BYTES,
          () -> {
            if (untilFailure.getAndDecrement() == 0) {
              throw new OutOfMemoryError("injected");
            }
          });

  @RegisterExtension final Opened opened = new Opened(account);

  private SpeicherServer start() throws IOException {
    ServerSettings settings =
        TestSettings.of(1, Transport.best()).with(ServerSettings.MAX_FRAME, 2L << 20);
    return opened.start(settings);
  }

  private RawClient connect(SpeicherServer server) throws IOException {
    return opened.add(new RawClient(server.port(), 4_096));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static String set(String key, String value) {
    return "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
        .formatted(key.length(), key, value.length(), value);
  }

  private static String bulk(String value) {
    return "$%d\r\n%s\r\n".formatted(value.length(), value);
  }

  private static void ask(RawClient client, String request, String reply) throws IOException {
    client.send(bytes(request));
    expect(client, reply);
  }

  private static void expect(RawClient client, String reply) throws IOException {
    String got = new String(client.read(reply.length()), ISO_8859_1);
    assertThat(Arrays.mismatch(bytes(got), bytes(reply)))
        .as("where the reply is wrong, which begins %.100s", got)
        .isEqualTo(-1);
  }

  /** Many small replies that are not taken cost what they are long, and stay their peer's. */
  @Test
  void smallReplies_notTaken_areKeptAsTheyAre() throws IOException {
    SpeicherServer server = start();
    RawClient other = connect(server);
    ask(other, set("big", BIG) + set("o", "other's"), "+OK\r\n+OK\r\n");
    RawClient slow = connect(server);
    slow.send(bytes("GET big\r\nGET big\r\n"));
    for (int i = 0; i < 3_000; i++) {
      slow.send(bytes("ECHO " + i + "\r\n"));
      if (i % 100 == 0) {
        ask(other, "GET o\r\n", bulk("other's"));
      }
    }
    assertThat(account.usedBytes()).isLessThan(4 << 20);
    expect(slow, bulk(BIG) + bulk(BIG));
    for (int i = 0; i < 3_000; i++) {
      expect(slow, bulk(String.valueOf(i)));
    }
  }

  /** More than there is memory for are answered as soon as they read, and others all the time. */
  @Test
  void longReplies_ofMany_notTaken() throws IOException {
    SpeicherServer server = start();
    RawClient other = connect(server);
    ask(other, set("big", BIG), "+OK\r\n");
    List<RawClient> slow = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      slow.add(connect(server));
      slow.get(i).send(bytes("GET big\r\nMGET big big big\r\nPING\r\n"));
    }
    ask(other, set("k", "v") + "GET k\r\n", "+OK\r\n" + bulk("v"));
    assertThat(account.usedBytes()).isLessThan(LIMIT_BYTES);
    for (RawClient one : slow.reversed()) {
      expect(one, bulk(BIG) + "*3\r\n" + bulk(BIG).repeat(3) + "+PONG\r\n");
    }
  }

  /** Large requests of more peers than there is memory for are all executed, one after another. */
  @Test
  void largeRequests_ofMany_areAllAnswered() throws Exception {
    SpeicherServer server = start();
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      clients.add(connect(server));
    }
    List<Thread> threads =
        IntStream.range(0, 16)
            .mapToObj(i -> Thread.ofVirtual().start(() -> sendAll(clients.get(i), setOf(i))))
            .toList();
    for (int i = 0; i < 16; i++) {
      expect(clients.get(i), "+OK\r\n");
      threads.get(i).join();
      ask(clients.get(i), "STRLEN k" + i + "\r\n", ":1900000\r\n");
    }
  }

  private static String setOf(int number) {
    return set("k" + number, "x".repeat(1_900_000));
  }

  private static void sendAll(RawClient client, String request) {
    try {
      client.send(bytes(request));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Together they hold all that there is for those that hold little, and each wants more. */
  @Test
  void smallRequests_thatHoldAllThereIs_areAllAnswered() throws IOException {
    SpeicherServer server = start();
    String request = set("small", "s".repeat(60_000));
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      clients.add(connect(server));
    }
    for (int from : new int[] {0, 5_000}) {
      for (RawClient client : clients) {
        client.send(bytes(request.substring(from, from == 0 ? 5_000 : request.length())));
      }
    }
    for (RawClient client : clients) {
      expect(client, "+OK\r\n");
    }
  }

  /** A peer that stops in the middle of a request is told why it is ended when others wait. */
  @Test
  void halfRequests_areCutOff_whenOthersNeedTheMemory() throws IOException {
    SpeicherServer server = start();
    List<RawClient> stopped = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      RawClient client = connect(server);
      stopped.add(client);
      client.send(bytes("*3\r\n$3\r\nSET\r\n$1\r\nh\r\n$1900000\r\n" + "x".repeat(200_000)));
    }
    for (int i = 0; i < 20; i++) {
      ask(connect(server), set("k", "v".repeat(150_000)), "+OK\r\n");
    }
    String refusal = "-ERR memory for connections is short, and this one held ";
    assertThat(stopped)
        .anySatisfy(one -> assertThat(new String(one.rest(), ISO_8859_1)).startsWith(refusal));
  }

  /** What is left out of a reply, to be sent in parts, is what was asked for and not the value. */
  @Test
  void partOfALongValue_sentInParts() throws IOException {
    SpeicherServer server = start();
    RawClient client = connect(server);
    String value = IntStream.range(0, 150_000).mapToObj("%07d"::formatted).collect(joining());
    ask(client, set("k", value), "+OK\r\n");
    ask(
        client,
        "*4\r\n$8\r\nGETRANGE\r\n$1\r\nk\r\n$6\r\n300003\r\n$6\r\n600000\r\n",
        bulk(value.substring(300_003, 600_001)));
    ask(client, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", bulk(value));
  }

  /** It is longer than a fair share, and cannot be sent in parts: it gets the reserve. */
  @Test
  void longReply_thatIsNotDivided() throws IOException {
    RawClient client = connect(start());
    String longer = "L".repeat(3 << 19);
    for (int i = 0; i < 3; i++) {
      ask(client, set("longer", longer), "+OK\r\n");
      ask(client, "GETDEL longer\r\n", bulk(longer));
    }
  }

  /** They are as long as may be: each gets the reserve in turn, and watched keys with it. */
  @Test
  void longTransactions_ofMany_areAllExecuted() throws Exception {
    SpeicherServer server = start();
    String value = "x".repeat(200_000);
    String request = "WATCH " + "k".repeat(60_000) + "\r\nMULTI\r\n" + set("b", value).repeat(9);
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clients.add(connect(server));
    }
    List<Thread> threads =
        clients.stream()
            .map(client -> Thread.ofVirtual().start(() -> sendAll(client, request + "EXEC\r\n")))
            .toList();
    for (int i = 0; i < 8; i++) {
      expect(
          clients.get(i),
          "+OK\r\n+OK\r\n" + "+QUEUED\r\n".repeat(9) + "*9\r\n" + "+OK\r\n".repeat(9));
      threads.get(i).join();
    }
  }

  @Test
  void keysOfTooMany_areRefused_andTheRestWorks() throws IOException {
    RawClient client = connect(start());
    for (int i = 0; i < 40; i++) {
      StringBuilder sets = new StringBuilder();
      for (int j = 0; j < 1_000; j++) {
        sets.append(set("key-that-is-not-short-" + (1_000 * i + j), "1"));
      }
      ask(client, sets.toString(), "+OK\r\n".repeat(1_000));
    }
    client.send(bytes("KEYS *\r\n"));
    expect(client, "-ERR too many keys match for the memory of this connection: found=");
  }

  /**
   * Every allocation fails once, in turn. Whatever becomes of the connections then, each peer gets
   * the beginning of what it should get and nothing else, and the server serves on.
   */
  @Test
  void everyAllocation_failsOnce() throws IOException {
    SpeicherServer server = start();
    ask(connect(server), set("big", BIG) + set("small", "s"), "+OK\r\n+OK\r\n");
    try (CapturedLog log = CapturedLog.ofServer()) {
      failEachOnce(server);
      assertThat(log.lines())
          .isNotEmpty()
          .allMatch(line -> line.matches("SEVERE (command|connection) failed: .*"));
    }
    await().untilAsserted(() -> assertThat(account.usedBytes()).isZero());
  }

  private void failEachOnce(SpeicherServer server) throws IOException {
    boolean hasFailed = true;
    for (int failing = 0; hasFailed; failing++) {
      RawClient reader = connect(server);
      RawClient queuer = connect(server);
      untilFailure.set(failing);
      reader.send(bytes("GET big\r\nGET small\r\nMGET small big\r\n"));
      queuer.send(bytes("MULTI\r\nGET small\r\nSET q 1\r\nEXEC\r\nWATCH a b\r\nQUIT\r\n"));
      requirePrefix(
          queuer, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n" + bulk("s") + "+OK\r\n+OK\r\n+OK\r\n");
      reader.send(bytes("QUIT\r\n"));
      requirePrefix(reader, bulk(BIG) + bulk("s") + "*2\r\n" + bulk("s") + bulk(BIG) + "+OK\r\n");
      hasFailed = untilFailure.getAndSet(-1) < 0;
      ask(connect(server), "GET small\r\n", bulk("s"));
    }
  }

  /** What came is the beginning of this, but that a reply may be an error instead. */
  private static void requirePrefix(RawClient client, String whole) throws IOException {
    String got;
    try {
      got = new String(client.rest(), ISO_8859_1);
    } catch (IOException e) {
      return; // It was reset: what is lost is lost, and nothing else came.
    }
    int error = got.indexOf("-ERR the server failed");
    String before = error < 0 ? got : got.substring(0, error);
    assertThat(whole).startsWith(before);
  }
}
