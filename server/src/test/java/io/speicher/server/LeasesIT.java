package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is told to compute an item anew, and what all others see meanwhile. */
final class LeasesIT {
  private static final int CLIENTS = 8;
  private static final int ROUNDS = 200;

  private final AtomicLong nowMillis = new AtomicLong(System.currentTimeMillis());
  private final List<RawClient> clients = new ArrayList<>();
  private SpeicherServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64 << 20, nowMillis::get));
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new RawClient(server.port()));
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    server.close();
  }

  // ---- vivify ----

  @Test
  void vivify_oneWins() throws IOException {
    assertThat(ask("mg k")).isEqualTo("EN\r\n");
    assertThat(ask("mg k N30 v t")).isEqualTo("VA 0 t30 W\r\n\r\n");
    for (int i = 1; i < CLIENTS; i++) {
      assertThat(ask(i, "mg k N30 v t")).isEqualTo("VA 0 t30 Z\r\n\r\n");
    }
    assertThat(ask(1, "mg k v")).isEqualTo("VA 0 Z\r\n\r\n");
    assertThat(ask("ms k 2\r\nab")).isEqualTo("HD\r\n");
    assertThat(ask(1, "mg k N30 v t")).isEqualTo("VA 2 t-1\r\nab\r\n");
  }

  @Test
  void vivify_winnerThatIsLost_hasASuccessor() throws IOException {
    assertThat(ask("mg k N30")).isEqualTo("HD W\r\n");
    pass(29_999);
    assertThat(ask(1, "mg k N30")).isEqualTo("HD Z\r\n");
    pass(1);
    assertThat(ask(2, "mg k N30")).isEqualTo("HD W\r\n");
    assertThat(ask(1, "mg k N30")).isEqualTo("HD Z\r\n");
  }

  @Test
  void vivify_deleted_isWonAgain() throws IOException {
    assertThat(ask("mg k N30")).isEqualTo("HD W\r\n");
    assertThat(ask(1, "md k")).isEqualTo("HD\r\n");
    assertThat(ask(1, "mg k N30")).isEqualTo("HD W\r\n");
  }

  /** The version that the winner is told is that of the empty item: it gates what it stores. */
  @Test
  void vivify_version_isAcceptedOnce() throws IOException {
    String version = version(ask("mg k N30 c"));
    assertThat(ask(1, "mg k N30 c")).isEqualTo("HD c" + version + " Z\r\n");
    assertThat(ask("ms k 2 C" + version + "\r\nab")).isEqualTo("HD\r\n");
    assertThat(ask("ms k 2 C" + version + "\r\ncd")).isEqualTo("EX\r\n");
    assertThat(ask("mg k v")).isEqualTo("VA 2\r\nab\r\n");
  }

  @Test
  void vivified_isAnEmptyItemToOthers() throws IOException {
    ask("mg k N30");
    assertThat(ask("get k")).isEqualTo("VALUE k 0 0\r\n\r\nEND\r\n");
    assertThat(ask("add k 0 0 1\r\nx")).isEqualTo("NOT_STORED\r\n");
    assertThat(resp("GET k\r\n", "$0\r\n\r\n")).isTrue();
    assertThat(json("{'command':'GET','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"value\":\"\"}");
  }

  // ---- recache ----

  @Test
  void recache_oneWins_onceLittleTimeIsLeft() throws IOException {
    ask("ms k 2 T30\r\nab");
    assertThat(ask("mg k R20 t")).isEqualTo("HD t30\r\n");
    pass(11_000);
    assertThat(ask("mg k R19 t")).isEqualTo("HD t19\r\n");
    assertThat(ask("mg k R20 t v")).isEqualTo("VA 2 t19 W\r\nab\r\n");
    for (int i = 1; i < CLIENTS; i++) {
      assertThat(ask(i, "mg k R20 v")).isEqualTo("VA 2 Z\r\nab\r\n");
    }
    assertThat(ask(1, "mg k")).isEqualTo("HD Z\r\n");
    assertThat(ask("ms k 2 T30\r\ncd")).isEqualTo("HD\r\n");
    assertThat(ask(1, "mg k R20 v")).isEqualTo("VA 2\r\ncd\r\n");
  }

  @Test
  void recache_withoutAnEnd_isNotNeeded() throws IOException {
    ask("ms k 2\r\nab");
    assertThat(ask("mg k R2000000")).isEqualTo("HD\r\n");
  }

  // ---- invalidate ----

  @Test
  void invalidate_oneWins_andTheNextSetClears() throws IOException {
    assertThat(ask("md k I")).isEqualTo("NF\r\n");
    ask("ms k 2 F7\r\nab");
    assertThat(ask("md k I")).isEqualTo("HD\r\n");
    assertThat(ask("mg k v f t")).isEqualTo("VA 2 f7 t-1 X W\r\nab\r\n");
    for (int i = 1; i < CLIENTS; i++) {
      assertThat(ask(i, "mg k v")).isEqualTo("VA 2 Z X\r\nab\r\n");
    }
    assertThat(ask("ms k 2\r\ncd")).isEqualTo("HD\r\n");
    assertThat(ask(1, "mg k v")).isEqualTo("VA 2\r\ncd\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"set k 0 0 2\r\ncd", "append k 0 0 2\r\ncd", "ms k 2 MP\r\ncd"})
  void invalidate_everyNewValueClears(String change) throws IOException {
    ask("ms k 2\r\nab");
    ask("md k I");
    assertThat(ask("mg k")).isEqualTo("HD X W\r\n");
    ask(change);
    assertThat(ask("mg k")).isEqualTo("HD\r\n");
  }

  @Test
  void invalidate_touched_staysStale() throws IOException {
    ask("ms k 2\r\nab");
    ask("md k I T30");
    assertThat(ask("mg k t T60")).isEqualTo("HD t30 X W\r\n");
    assertThat(ask("touch k 90")).isEqualTo("TOUCHED\r\n");
    assertThat(ask("mg k t v")).isEqualTo("VA 2 t90 Z X\r\nab\r\n");
    pass(90_000);
    assertThat(ask("mg k")).isEqualTo("EN\r\n");
  }

  @Test
  void invalidate_again_hasAnotherWinner_whoseVersionIsAnother() throws IOException {
    ask("ms k 2\r\nab");
    ask("md k I");
    String first = version(ask("mg k c"));
    ask("md k I");
    String second = version(ask(1, "mg k c"));
    assertThat(second).isNotEqualTo(first);
    assertThat(ask("ms k 2 C" + first + "\r\ncd")).isEqualTo("EX\r\n");
    assertThat(ask(1, "ms k 2 C" + second + "\r\nef")).isEqualTo("HD\r\n");
    assertThat(ask("mg k v")).isEqualTo("VA 2\r\nef\r\n");
  }

  @Test
  void invalidate_ofOneVersion() throws IOException {
    String old = version(ask("ms k 2 c\r\nab"));
    String present = version(ask("ms k 2 c\r\ncd"));
    assertThat(ask("md k I C" + old)).isEqualTo("EX\r\n");
    assertThat(ask("mg k")).isEqualTo("HD\r\n");
    assertThat(ask("md k I C" + present)).isEqualTo("HD\r\n");
    assertThat(ask("mg k")).isEqualTo("HD X W\r\n");
    assertThat(ask("md k I C" + present)).isEqualTo("EX\r\n");
  }

  @Test
  void stale_isAnOrdinaryValueToOthers() throws IOException {
    assertThat(json("{'command':'SET','key':'k','value':'ab'}")).isEqualTo("{\"status_code\":200}");
    ask("md k I");
    assertThat(ask("mg k")).isEqualTo("HD X W\r\n");
    assertThat(ask("get k")).isEqualTo("VALUE k 0 2\r\nab\r\nEND\r\n");
    assertThat(resp("GET k\r\n", "$2\r\nab\r\n")).isTrue();
    assertThat(resp("MGET k\r\n", "*1\r\n$2\r\nab\r\n")).isTrue();
    assertThat(json("{'command':'GET','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"value\":\"ab\"}");
    assertThat(resp("SET k cd\r\n", "+OK\r\n")).isTrue();
    assertThat(ask("mg k v")).isEqualTo("VA 2\r\ncd\r\n");
  }

  /** JSON that is stale is still JSON: the marks do not hide what a value is. */
  @Test
  void stale_keepsItsKind() throws IOException {
    json("{'command':'SET','key':'k','value':{'a':[1]}}");
    ask("md k I");
    ask("mg k");
    assertThat(json("{'command':'GET','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"value\":{\"a\":[1]}}");
  }

  // ---- versions ----

  @Test
  void version_ofWhatWasStored_isAccepted() throws IOException {
    String version = version(ask("ms k 2 c\r\nab"));
    assertThat(ask("gets k")).isEqualTo("VALUE k 0 2 " + version + "\r\nab\r\nEND\r\n");
    assertThat(ask("cas k 0 0 2 " + version + "\r\ncd")).isEqualTo("STORED\r\n");
    assertThat(ask("cas k 0 0 2 " + version + "\r\nef")).isEqualTo("EXISTS\r\n");
    version = version(ask("ms k 2 c\r\nab"));
    version = version(ask("ms k 2 c C" + version + "\r\ncd"));
    version = version(ask("ms k 2 c MA C" + version + "\r\nef"));
    assertThat(ask("ms k 1 C" + version + "\r\n1")).isEqualTo("HD\r\n");
    version = version(ask("ma k c"));
    version = version(ask("ma k c C" + version));
    assertThat(ask("ma k v C" + version)).isEqualTo("VA 1\r\n4\r\n");
    assertThat(ask("ma k v C" + version)).isEqualTo("EX\r\n");
  }

  /** A lease that is given, and a time to live that is changed, leave the version. */
  @Test
  void version_survivesALease() throws IOException {
    ask("ms k 2 T30\r\nab");
    String version = version(ask("mg k c"));
    assertThat(ask("mg k c R60")).isEqualTo("HD c" + version + " W\r\n");
    assertThat(ask("mg k T90 c")).isEqualTo("HD c" + version + " Z\r\n");
    assertThat(ask("ms k 2 C" + version + "\r\ncd")).isEqualTo("HD\r\n");
  }

  /**
   * Items with other times to live are stored in other places, so that their versions are smaller
   * or larger: whichever was stored first is the older one.
   */
  @Test
  void older_isAccepted_whateverTheOrderOfVersions() throws IOException {
    int[] seconds = {0, 1_000_000, 60, 5, 10_000};
    boolean seenLarger = false;
    for (int first : seconds) {
      for (int second : seconds) {
        String older = version(ask("ms k 2 c T" + first + "\r\nab"));
        String newer = version(ask("ms k 2 c T" + second + "\r\ncd"));
        seenLarger |= Long.compareUnsigned(Long.parseLong(older), Long.parseLong(newer)) > 0;
        assertThat(ask("ms k 2 C" + older + "\r\nef")).isEqualTo("EX\r\n");
        assertThat(ask("ms k 2 I C" + older + "\r\nef")).isEqualTo("HD\r\n");
        assertThat(ask("mg k v t"))
            .isEqualTo("VA 2 t" + (second == 0 ? -1 : second) + " X W\r\nef\r\n");
        assertThat(ask("mg k v")).isEqualTo("VA 2 Z X\r\nef\r\n");
      }
    }
    assertThat(seenLarger).isTrue();
  }

  /** The first winner comes late: its value is shown, but the second one's is still awaited. */
  @Test
  void older_isStaleAndLeavesTheLease() throws IOException {
    ask("ms k 2\r\nab");
    ask("md k I");
    String first = version(ask("mg k c"));
    ask("md k I");
    String second = version(ask(1, "mg k c"));
    assertThat(ask("ms k 2 I C" + first + "\r\ncd")).isEqualTo("HD\r\n");
    assertThat(ask(2, "mg k v")).isEqualTo("VA 2 Z X\r\ncd\r\n");
    assertThat(ask(1, "ms k 2 I C" + second + "\r\nef")).isEqualTo("HD\r\n");
    assertThat(ask(2, "mg k")).isEqualTo("HD Z X\r\n");
    assertThat(ask(1, "ms k 2\r\ngh")).isEqualTo("HD\r\n");
    assertThat(ask(2, "mg k v")).isEqualTo("VA 2\r\ngh\r\n");
  }

  @Test
  void older_whichNoItemEverHad_isRefused() throws IOException {
    assertThat(ask("ms k 1 I C1\r\na")).isEqualTo("NF\r\n");
    ask("ms k 2\r\nab");
    assertThat(ask("ms k 2 I C0\r\ncd")).isEqualTo("EX\r\n");
    assertThat(ask("ms k 2 I C18446744073709551615\r\ncd")).isEqualTo("EX\r\n");
    assertThat(ask("mg k v")).isEqualTo("VA 2\r\nab\r\n");
  }

  /** The numbers that the store gives a meaning of its own cannot be asked for. */
  @ParameterizedTest
  @ValueSource(strings = {"E0", "E18446744073709551615", "E1"})
  void chosenVersion_isRefused(String flag) throws IOException {
    String version = version(ask("ms k 2 c\r\nab"));
    assertThat(ask("ms k 2 " + flag + "\r\ncd")).isEqualTo("CLIENT_ERROR invalid flag\r\n");
    assertThat(ask("md k I " + flag)).isEqualTo("CLIENT_ERROR invalid or duplicate flag\r\n");
    assertThat(ask("mg k v c")).isEqualTo("VA 2 c" + version + "\r\nab\r\n");
  }

  // ---- many at once ----

  @Test
  void vivify_oneOfManyWins() throws Exception {
    race(key -> {}, "mg %s N30", " W");
  }

  @Test
  void invalidate_oneOfManyWins() throws Exception {
    race(
        key -> {
          ask("ms " + key + " 2\r\nab");
          ask("md " + key + " I");
        },
        "mg %s v",
        " W");
  }

  @Test
  void recache_oneOfManyWins() throws Exception {
    race(key -> ask("ms " + key + " 2 T5\r\nab"), "mg %s R30 v", " W");
  }

  @Test
  void version_oneOfManyDeletes() throws Exception {
    String[] version = new String[1];
    race(
        key -> version[0] = version(ask("ms " + key + " 2 c\r\nab")),
        () -> "md %s C" + version[0],
        "HD");
  }

  /** What is prepared before all clients ask at once. */
  private interface Preparation {
    void prepare(String key) throws IOException;
  }

  private void race(Preparation preparation, String request, String won) throws Exception {
    race(preparation, () -> request, won);
  }

  /** In each round all clients ask the same at once, and one of them is to see that it won. */
  private void race(Preparation preparation, Callable<String> request, String won)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(CLIENTS);
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        String key = "k" + round;
        preparation.prepare(key);
        String line = request.call().formatted(key);
        List<Callable<String>> calls = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          int client = i;
          calls.add(() -> {
            start.await();
            return ask(client, line);
          });
        }
        List<String> replies = new ArrayList<>();
        for (Future<String> reply : threads.invokeAll(calls)) {
          replies.add(reply.get());
        }
        assertThat(replies).filteredOn(reply -> reply.contains(won)).hasSize(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  // ---- how they ask ----

  private void pass(long millis) {
    nowMillis.addAndGet(millis);
  }

  private String ask(String request) throws IOException {
    return ask(0, request);
  }

  /** All that comes before the answer to a no-op. */
  private String ask(int client, String request) throws IOException {
    clients.get(client).send((request + "\r\nmn\r\n").getBytes(ISO_8859_1));
    StringBuilder reply = new StringBuilder();
    while (reply.indexOf("MN\r\n") < 0) {
      reply.append(new String(clients.get(client).read(1), ISO_8859_1));
    }
    return reply.substring(0, reply.length() - 4);
  }

  /** The number behind the c of a reply. */
  private static String version(String reply) {
    assertThat(reply).matches("(?s)(HD|VA \\d+) (.* )?c[1-9]\\d*.*");
    return reply.replaceAll("(?s).* c(\\d+).*", "$1");
  }

  private boolean resp(String inline, String expected) throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send(inline.getBytes(ISO_8859_1));
      return new String(client.read(expected.length()), ISO_8859_1).equals(expected);
    }
  }

  private String json(String command) throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      return client.ask(command);
    }
  }
}
