package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases in framed JSON and RESP, and between these and memcached's meta commands. */
final class LeaseDialectsIT {
  private static final String MISS = "{\"status_code\":404,\"message\":\"no such key\"}";
  private static final String CONFLICT =
      "{\"status_code\":409,\"message\":\"the condition does not hold\"}";
  private static final String DONE = "{\"status_code\":200}";
  private static final String ASK = "{'command':'GET','key':'k','lease':5000}";
  private static final String NOTHING = "*3\r\n$-1\r\n$-1\r\n:0\r\n";

  private final AtomicLong nowMillis = new AtomicLong(System.currentTimeMillis());
  private final List<RawClient> clients = new ArrayList<>();
  private SpeicherServer server;
  private RawClient json;
  private RawClient other;
  private RawClient resp;
  private RawClient memcached;

  @BeforeEach
  void start() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64 << 20, nowMillis::get));
    json = connect();
    other = connect();
    resp = connect();
    memcached = connect();
  }

  private RawClient connect() throws IOException {
    RawClient client = new RawClient(server.port());
    clients.add(client);
    return client;
  }

  @AfterEach
  void stop() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    server.close();
  }

  // ---- one wins ----

  @Test
  void miss_oneWins_inAnyDialect() throws IOException {
    String lease = lease(json.ask(ASK));
    assertThat(other.ask(ASK)).isEqualTo(MISS);
    assertThat(resp("SPEICHER GET k LEASE 5000", NOTHING)).isEqualTo(NOTHING);
    assertThat(meta("mg k N30 v")).isEqualTo("VA 0 Z\r\n\r\n");
    assertThat(json.ask("{'command':'SET','key':'k','value':'v','lease':'" + lease + "'}"))
        .isEqualTo(DONE);
    assertThat(other.ask(ASK)).isEqualTo("{\"status_code\":200,\"value\":\"v\"}");
    String hit = "*3\r\n$1\r\nv\r\n$-1\r\n:0\r\n";
    assertThat(resp("SPEICHER GET k LEASE 5000", hit)).isEqualTo(hit);
  }

  @Test
  void miss_wonByMemcached_isLeasedToAll() throws IOException {
    assertThat(meta("mg k N30 v")).isEqualTo("VA 0 W\r\n\r\n");
    assertThat(json.ask(ASK)).isEqualTo(MISS);
    assertThat(resp("SPEICHER GET k LEASE 5000", NOTHING)).isEqualTo(NOTHING);
    assertThat(meta("ms k 1\r\nv")).isEqualTo("HD\r\n");
    assertThat(json.ask(ASK)).isEqualTo("{\"status_code\":200,\"value\":\"v\"}");
  }

  @Test
  void miss_wonByResp_isStoredOnce() throws IOException {
    String lease = respLease("SPEICHER GET k LEASE 5000 EARLY 0 WAIT 0");
    assertThat(json.ask(ASK)).isEqualTo(MISS);
    assertThat(resp("SPEICHER SET k v LEASE " + lease + " PX 700", "+OK\r\n")).isEqualTo("+OK\r\n");
    assertThat(json.ask("{'command':'TTL','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"ttl\":700}");
    assertThat(resp("SPEICHER SET k w LEASE " + lease, "$-1\r\n")).isEqualTo("$-1\r\n");
  }

  /** What only says that somebody computes a value is no item to any other command. */
  @Test
  void placeholder_isNoItem() throws IOException {
    lease(json.ask(ASK));
    assertThat(other.ask("{'command':'GET','key':'k'}")).isEqualTo(MISS);
    assertThat(other.ask("{'command':'TTL','key':'k'}")).isEqualTo(MISS);
    assertThat(other.ask("{'command':'TCH','key':'k'}")).isEqualTo(MISS);
    assertThat(other.ask("{'command':'APP','key':'k','value':'x'}")).isEqualTo(MISS);
    assertThat(other.ask("{'command':'SCN'}"))
        .isEqualTo("{\"status_code\":200,\"cursor\":\"0\",\"keys\":[]}");
    assertThat(resp("EXISTS k", ":0\r\n")).isEqualTo(":0\r\n");
    assertThat(resp("RANDOMKEY", "$-1\r\n")).isEqualTo("$-1\r\n");
    assertThat(resp("RENAME k l", "-ERR no such key\r\n")).isEqualTo("-ERR no such key\r\n");
    assertThat(resp("SET k v XX", "$-1\r\n")).isEqualTo("$-1\r\n");
    assertThat(meta("get k")).isEqualTo("END\r\n");
    assertThat(meta("mg k v")).isEqualTo("EN\r\n");
    assertThat(meta("mg k N30 v")).isEqualTo("VA 0 Z\r\n\r\n");
    assertThat(other.ask(ASK)).isEqualTo(MISS);
    assertThat(meta("add k 0 0 1\r\nx")).isEqualTo("STORED\r\n");
  }

  // ---- what ends a lease ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'command':'DEL','key':'k'}",
        "{'command':'DEL','key':'k','stale':1000}",
        "{'command':'MDEL','keys':['k']}",
        "{'command':'RST'}",
        "{'command':'SET','key':'k','value':1}",
        "{'command':'INC','key':'k','initial':1}",
        "{'command':'SET','key':'k','value':1,'ttl':1}"
      })
  void lease_endsWithAnyChange(String change) throws IOException {
    String lease = lease(json.ask(ASK));
    other.ask(change);
    assertThat(json.ask("{'command':'SET','key':'k','value':'old','lease':'" + lease + "'}"))
        .isEqualTo(CONFLICT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"DEL k", "GETDEL k", "FLUSHALL", "FLUSHDB", "UNLINK k", "SET k v", "APPEND k v"})
  void lease_endsWithAnyChangeInResp(String change) throws IOException {
    String lease = lease(json.ask(ASK));
    resp.send((change + "\r\n").getBytes(ISO_8859_1));
    resp.line();
    assertThat(json.ask("{'command':'SET','key':'k','value':'old','lease':'" + lease + "'}"))
        .isEqualTo(CONFLICT);
  }

  @Test
  void lease_endsWithItsTime_andAnotherOneWins() throws IOException {
    String first = lease(json.ask(ASK));
    nowMillis.addAndGet(4_999);
    assertThat(other.ask(ASK)).isEqualTo(MISS);
    nowMillis.addAndGet(1);
    assertThat(json.ask("{'command':'SET','key':'k','value':1,'lease':'" + first + "'}"))
        .isEqualTo(CONFLICT);
    String second = lease(other.ask(ASK));
    assertThat(json.ask(ASK)).isEqualTo(MISS);
    assertThat(json.ask("{'command':'SET','key':'k','value':1,'lease':'" + first + "'}"))
        .isEqualTo(CONFLICT);
    assertThat(other.ask("{'command':'SET','key':'k','value':2,'lease':'" + second + "'}"))
        .isEqualTo(DONE);
  }

  // ---- stale and early ----

  @Test
  void stale_oneRefreshes_theOthersGetIt() throws IOException {
    json.ask("{'command':'SET','key':'k','value':'old','ttl':60000}");
    assertThat(json.ask("{'command':'DEL','key':'k','stale':10000}")).isEqualTo(DONE);
    assertThat(json.ask("{'command':'TTL','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"ttl\":10000}");
    String won = json.ask(ASK);
    assertThat(won).startsWith("{\"status_code\":200,\"value\":\"old\",\"stale\":true,\"lease\":");
    assertThat(other.ask(ASK)).isEqualTo("{\"status_code\":200,\"value\":\"old\",\"stale\":true}");
    String stale = "*3\r\n$3\r\nold\r\n$-1\r\n:1\r\n";
    assertThat(resp("SPEICHER GET k LEASE 5000 WAIT 5000", stale)).isEqualTo(stale);
    assertThat(meta("mg k v")).isEqualTo("VA 3 Z X\r\nold\r\n");
    assertThat(json.ask("{'command':'SET','key':'k','value':'new','lease':'" + lease(won) + "'}"))
        .isEqualTo(DONE);
    assertThat(meta("mg k v")).isEqualTo("VA 3\r\nnew\r\n");
    assertThat(json.ask(ASK)).isEqualTo("{\"status_code\":200,\"value\":\"new\"}");
  }

  @Test
  void stale_winnerThatIsLost_hasASuccessor() throws IOException {
    json.ask("{'command':'SET','key':'k','value':'old'}");
    assertThat(resp("SPEICHER DEL k STALE 60000", ":1\r\n")).isEqualTo(":1\r\n");
    lease(json.ask(ASK));
    nowMillis.addAndGet(5_000);
    assertThat(meta("mg k")).isEqualTo("HD X W\r\n");
    assertThat(meta("mg k")).isEqualTo("HD Z X\r\n");
    assertThat(other.ask(ASK)).isEqualTo("{\"status_code\":200,\"value\":\"old\",\"stale\":true}");
  }

  /** Until the time to live of the value if that ends sooner. */
  @Test
  void stale_doesNotOutliveTheValue() throws IOException {
    json.ask("{'command':'SET','key':'k','value':'old','ttl':500}");
    json.ask("{'command':'DEL','key':'k','stale':10000}");
    assertThat(json.ask("{'command':'TTL','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"ttl\":500}");
    assertThat(json.ask("{'command':'DEL','key':'l','stale':10000}")).isEqualTo(MISS);
  }

  @Test
  void early_oneRefreshes_beforeTheEnd() throws IOException {
    json.ask("{'command':'SET','key':'k','value':1,'ttl':10000}");
    String early = "{'command':'GET','key':'k','lease':1000,'early':3000}";
    assertThat(json.ask(early)).isEqualTo("{\"status_code\":200,\"value\":1}");
    nowMillis.addAndGet(7_001);
    String lease = lease(json.ask(early));
    assertThat(other.ask(early)).isEqualTo("{\"status_code\":200,\"value\":1}");
    assertThat(other.ask("{'command':'INC','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"value\":2}");
    assertThat(json.ask("{'command':'SET','key':'k','value':9,'lease':'" + lease + "'}"))
        .isEqualTo(CONFLICT);
    assertThat(lease(json.ask(early))).isNotEqualTo(lease);
  }

  /** A copy of a leased value has no lease that nobody holds. */
  @Test
  void copy_ofALeasedValue_canBeLeased() throws IOException {
    json.ask("{'command':'SET','key':'k','value':'v'}");
    json.ask("{'command':'DEL','key':'k','stale':60000}");
    lease(json.ask(ASK));
    assertThat(resp("COPY k l", ":1\r\n")).isEqualTo(":1\r\n");
    assertThat(other.ask("{'command':'GET','key':'l','lease':1000}"))
        .contains("\"stale\":true,\"lease\":");
  }

  // ---- waiting ----

  @Test
  void wait_endsWithTheValue_whoeverStoresIt() throws IOException {
    for (String store : new String[] {"ms k 1\r\nv", "set k 0 0 1\r\nv"}) {
      String lease = lease(json.ask(ASK));
      other.send("{'command':'GET','key':'k','lease':5000,'wait':60000}");
      other.send("{'command':'GET','key':'later'}");
      resp.send("SPEICHER GET k LEASE 5000 WAIT 60000\r\n".getBytes(ISO_8859_1));
      awaitWaiting(2);
      meta(store);
      assertThat(other.reply()).isEqualTo("{\"status_code\":200,\"value\":\"v\"}");
      assertThat(other.reply()).isEqualTo(MISS);
      String hit = "*3\r\n$1\r\nv\r\n$-1\r\n:0\r\n";
      assertThat(new String(resp.read(hit.length()), ISO_8859_1)).isEqualTo(hit);
      assertThat(lease).isNotEmpty();
      json.ask("{'command':'DEL','key':'k'}");
    }
  }

  /** Whoever deletes the key lets another one compute the value, and one of the waiting is it. */
  @ParameterizedTest
  @ValueSource(strings = {"{'command':'DEL','key':'k'}", "{'command':'RST'}"})
  void wait_endsWithALease_onceThatOfAnotherIsOver(String end) throws IOException {
    lease(json.ask(ASK));
    other.send("{'command':'GET','key':'k','lease':5000,'wait':60000}");
    awaitWaiting(1);
    json.ask(end);
    lease(other.reply());
    awaitWaiting(0);
  }

  @Test
  void wait_endsWithTheLeaseOfAWinnerThatIsLost() throws IOException {
    json.ask("{'command':'GET','key':'k','lease':50}");
    other.send("{'command':'GET','key':'k','lease':5000,'wait':60000}");
    awaitWaiting(1);
    nowMillis.addAndGet(50);
    lease(other.reply());
  }

  @Test
  void wait_endsWithItsTime() throws IOException {
    lease(json.ask("{'command':'GET','key':'k','lease':3600000}"));
    long startNanos = System.nanoTime();
    assertThat(other.ask("{'command':'GET','key':'k','lease':5000,'wait':100}")).isEqualTo(MISS);
    assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(100_000_000L);
  }

  /** Nobody waits inside of a transaction: all event loops would wait with it. */
  @Test
  void wait_inATransaction_isNone() throws IOException {
    lease(json.ask("{'command':'GET','key':'k','lease':3600000}"));
    String reply = "+OK\r\n+QUEUED\r\n*1\r\n" + NOTHING;
    assertThat(resp("MULTI\r\nSPEICHER GET k LEASE 5000 WAIT 3600000\r\nEXEC", reply))
        .isEqualTo(reply);
  }

  // ---- what is refused ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'command':'GET','key':'k','lease':0}",
        "{'command':'GET','key':'k','lease':3600001}",
        "{'command':'GET','key':'k','lease':'1000'}",
        "{'command':'GET','key':'k','lease':1000,'wait':-1}",
        "{'command':'GET','key':'k','lease':1000,'wait':3600001}",
        "{'command':'GET','key':'k','lease':1000,'early':1.5}",
        "{'command':'SET','key':'k','value':1,'lease':17}",
        "{'command':'SET','key':'k','value':1,'lease':'0'}",
        "{'command':'SET','key':'k','value':1,'lease':'x'}",
        "{'command':'SET','key':'k','value':1,'lease':'17','if':'absent'}",
        "{'command':'DEL','key':'k','stale':0}",
        "{'command':'DEL','key':'k','stale':true}"
      })
  void json_wrongMembers_areRefused(String request) throws IOException {
    assertThat(json.ask(request)).startsWith("{\"status_code\":400,");
    assertThat(json.ask("{'command':'GET','key':'k'}")).isEqualTo(MISS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SPEICHER GET k LEASE 0",
        "SPEICHER GET k LEASE 3600001",
        "SPEICHER GET k WAIT 1",
        "SPEICHER GET k LEASE 1 LEASE 1",
        "SPEICHER GET k LEASE 1 WAIT",
        "SPEICHER SET k v LEASE 0",
        "SPEICHER SET k v LEASE x",
        "SPEICHER SET k v LEASE 1 NX",
        "SPEICHER DEL k STALE 0",
        "SPEICHER DEL k FRESH 1",
        "SPEICHER NOTHING"
      })
  void resp_wrongWords_areRefused(String request) throws IOException {
    resp.send((request + "\r\n").getBytes(ISO_8859_1));
    assertThat(resp.line()).startsWith("-ERR ");
  }

  // ---- how they ask ----

  /** Waits until so many connections wait for a value. */
  private void awaitWaiting(int count) throws IOException {
    long deadlineNanos = System.nanoTime() + 10_000_000_000L;
    while (server.leaseWaits().count() != count) {
      assertThat(System.nanoTime()).as("until so many wait: " + count).isLessThan(deadlineNanos);
      Thread.onSpinWait();
    }
  }

  private static String lease(String reply) {
    assertThat(reply).contains("\"lease\":\"");
    return reply.replaceAll(".*\"lease\":\"([1-9][0-9]*)\".*", "$1");
  }

  private String respLease(String request) throws IOException {
    resp.send((request + "\r\n").getBytes(ISO_8859_1));
    assertThat(resp.line() + resp.line()).isEqualTo("*3\r\n$-1\r\n");
    String lease = resp.bulk().strip();
    assertThat(resp.line()).isEqualTo(":0\r\n");
    return lease;
  }

  private String resp(String request, String expected) throws IOException {
    resp.send((request + "\r\n").getBytes(ISO_8859_1));
    return new String(resp.read(expected.length()), ISO_8859_1);
  }

  /** All that comes before the answer to a no-op. */
  private String meta(String request) throws IOException {
    memcached.send((request + "\r\nmn\r\n").getBytes(ISO_8859_1));
    StringBuilder reply = new StringBuilder();
    while (reply.indexOf("MN\r\n") < 0) {
      reply.append(new String(memcached.read(1), ISO_8859_1));
    }
    return reply.substring(0, reply.length() - 4);
  }
}
