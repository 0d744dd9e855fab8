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

/** What clients with a cache of their own are told, and what comes before what. */
final class TrackingIT {
  private static final String PUSH_K = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n";
  private static final String PUSH_ALL = ">2\r\n$10\r\ninvalidate\r\n_\r\n";
  private static final String JSON_PUSH_K = "{\"push\":\"keys\",\"keys\":[\"k\"]}";
  private static final String MISS = "{\"status_code\":404,\"message\":\"no such key\"}";

  private final AtomicLong nowMillis = new AtomicLong(System.currentTimeMillis());
  private final List<RawClient> clients = new ArrayList<>();
  private SpeicherServer server;
  private RawClient cache;
  private RawClient writer;
  private RawClient memcached;

  @BeforeEach
  void start() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64 << 20, nowMillis::get));
    cache = connect();
    writer = connect();
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

  // ---- RESP3 ----

  /** Each change is told once, until the key is read again. */
  @Test
  void resp3_key_isToldOnce() throws IOException {
    track(cache, "");
    say(writer, "SET k 1", "+OK\r\n");
    say(cache, "GET k", "$1\r\n1\r\n");
    say(writer, "SET k 2", "+OK\r\n");
    expect(cache, PUSH_K);
    say(writer, "SET k 3", "+OK\r\n");
    say(cache, "PING", "+PONG\r\n");
    say(cache, "GET k", "$1\r\n3\r\n");
    say(writer, "DEL k", ":1\r\n");
    say(cache, "PING", PUSH_K + "+PONG\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET k 2",
        "APPEND k 2",
        "INCR k",
        "DECRBY k 5",
        "INCRBYFLOAT k 1",
        "SETRANGE k 0 7",
        "DEL k",
        "UNLINK k",
        "GETDEL k",
        "GETSET k 2",
        "MSET a 1 k 2",
        "EXPIRE k 100",
        "PEXPIRE k -1",
        "RENAME k l",
        "RENAME l k",
        "MOVE k 3",
        "COPY l k REPLACE",
        "SPEICHER DEL k STALE 1000",
        "GETEX k EX 100",
        "SETEX k 5 v",
        "EVAL x 0"
      })
  void resp3_everyChange_isTold(String change) throws IOException {
    say(writer, "MSET k 1 l 1", "+OK\r\n");
    track(cache, "");
    say(cache, "GET k", "$1\r\n1\r\n");
    boolean changes = !change.startsWith("EVAL");
    writer.send((change + "\r\nECHO done\r\n").getBytes(ISO_8859_1));
    while (!writer.line().equals("done\r\n")) {}
    say(cache, "PING", (changes ? PUSH_K : "") + "+PONG\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLUSHALL", "FLUSHDB", "SWAPDB 0 1"})
  void resp3_clear_tellsToForgetEverything(String clear) throws IOException {
    track(cache, "");
    say(cache, "GET k", "_\r\n");
    say(writer, clear, "+OK\r\n");
    say(cache, "PING", PUSH_ALL + "+PONG\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set k 0 0 1\r\n2",
        "incr k 1",
        "append k 0 0 1\r\nx",
        "delete k",
        "touch k 9",
        "ms k 1\r\n2",
        "md k",
        "md k I",
        "ma k",
        "gat 5 k"
      })
  void resp3_changesInMemcached_areTold(String change) throws IOException {
    say(writer, "SET k 1", "+OK\r\n");
    track(cache, "");
    say(cache, "GET k", "$1\r\n1\r\n");
    memcached.send((change + "\r\nmn\r\n").getBytes(ISO_8859_1));
    while (!memcached.line().equals("MN\r\n")) {}
    say(cache, "PING", PUSH_K + "+PONG\r\n");
  }

  @Test
  void resp3_transaction_ownChangesComeBehindItsReply() throws IOException {
    track(cache, "");
    say(cache, "GET k", "_\r\n");
    say(
        cache,
        "MULTI\r\nSET k 1\r\nGET k\r\nEXEC",
        "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n$1\r\n1\r\n" + PUSH_K);
  }

  @Test
  void resp3_noLoop_ownChangesAreNotTold() throws IOException {
    track(cache, " NOLOOP");
    say(cache, "GET k", "_\r\n");
    say(cache, "SET k 1", "+OK\r\n");
    say(cache, "PING", "+PONG\r\n");
    say(writer, "SET k 2", "+OK\r\n");
    expect(cache, PUSH_K);
  }

  @Test
  void resp3_optIn_onlyWhatIsSaidToBeKept() throws IOException {
    track(cache, " OPTIN");
    say(cache, "GET a", "_\r\n");
    say(cache, "CLIENT CACHING YES", "+OK\r\n");
    say(cache, "GET k", "_\r\n");
    say(cache, "GET b", "_\r\n");
    say(writer, "MSET a 1 b 1 k 1", "+OK\r\n");
    say(cache, "PING", PUSH_K + "+PONG\r\n");
    say(
        cache,
        "CLIENT CACHING YES\r\nMULTI\r\nGET x\r\nGET k\r\nEXEC",
        "+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n_\r\n$1\r\n1\r\n");
    say(cache, "GET y", "_\r\n");
    say(writer, "MSET y 1 k 1", "+OK\r\n");
    say(cache, "PING", PUSH_K + "+PONG\r\n");
  }

  @Test
  void resp3_optOut_allButWhatIsSaidNotToBeKept() throws IOException {
    track(cache, " OPTOUT");
    say(cache, "CLIENT CACHING NO", "+OK\r\n");
    say(cache, "GET a", "_\r\n");
    say(cache, "GET k", "_\r\n");
    say(writer, "MSET a 1 k 1", "+OK\r\n");
    say(cache, "PING", PUSH_K + "+PONG\r\n");
  }

  @Test
  void resp3_prefixes_areToldOfKeysThatNobodyHasRead() throws IOException {
    track(cache, " BCAST PREFIX k PREFIX x:");
    say(writer, "MSET k 1 y 1", "+OK\r\n");
    say(cache, "PING", PUSH_K + "+PONG\r\n");
    say(writer, "SET k 2", "+OK\r\n");
    say(cache, "PING", PUSH_K + "+PONG\r\n");
  }

  @Test
  void resp3_info() throws IOException {
    say(cache, "CLIENT GETREDIR", ":-1\r\n");
    track(cache, " BCAST PREFIX k NOLOOP");
    say(cache, "CLIENT GETREDIR", ":0\r\n");
    say(
        cache,
        "CLIENT TRACKINGINFO",
        String.join(
            "\r\n",
            "%3",
            "$5",
            "flags",
            "~3",
            "$2",
            "on",
            "$5",
            "bcast",
            "$6",
            "noloop",
            "$8",
            "redirect",
            ":0",
            "$8",
            "prefixes",
            "*1",
            "$1",
            "k",
            ""));
    say(cache, "CLIENT TRACKING OFF", "+OK\r\n");
    say(cache, "CLIENT GETREDIR", ":-1\r\n");
    say(writer, "SET k 1", "+OK\r\n");
    say(cache, "PING", "+PONG\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CLIENT TRACKING MAYBE",
        "CLIENT TRACKING ON PREFIX k",
        "CLIENT TRACKING ON BCAST OPTIN",
        "CLIENT TRACKING ON OPTIN OPTOUT",
        "CLIENT TRACKING ON REDIRECT 123456",
        "CLIENT TRACKING ON BCAST PREFIX a PREFIX ab",
        "CLIENT CACHING YES",
        "SUBSCRIBE news"
      })
  void resp_wrongWords_areRefused(String request) throws IOException {
    cache.send((request + "\r\n").getBytes(ISO_8859_1));
    assertThat(cache.line()).startsWith("-ERR ");
  }

  // ---- RESP2 ----

  @Test
  void resp2_isToldOnAnotherConnection() throws IOException {
    RawClient channel = connect();
    String id = id(channel);
    say(
        channel,
        "SUBSCRIBE __redis__:invalidate",
        "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n");
    channel.send("GET k\r\n".getBytes(ISO_8859_1));
    assertThat(channel.line()).startsWith("-ERR Can't execute 'get'");
    say(channel, "PING", "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
    say(cache, "CLIENT TRACKING ON REDIRECT " + id, "+OK\r\n");
    say(cache, "CLIENT GETREDIR", ":" + id + "\r\n");
    say(cache, "GET k", "$-1\r\n");
    say(writer, "SET k 1", "+OK\r\n");
    String message = "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n";
    expect(channel, message + "*1\r\n$1\r\nk\r\n");
    say(writer, "FLUSHALL", "+OK\r\n");
    expect(channel, message + "$-1\r\n");
  }

  @Test
  void redirect_toAConnectionThatEnds_isToldAndShown() throws IOException {
    RawClient channel = connect();
    String id = id(channel);
    say(
        channel,
        "SUBSCRIBE __redis__:invalidate",
        "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n");
    track(cache, " REDIRECT " + id);
    channel.close();
    expect(cache, ">2\r\n$21\r\ntracking-redir-broken\r\n:" + id + "\r\n");
    cache.send("CLIENT TRACKINGINFO\r\n".getBytes(ISO_8859_1));
    String info = new String(cache.read(60), ISO_8859_1);
    assertThat(info).contains("broken_redirect");
  }

  // ---- framed JSON ----

  @Test
  void json_keys_areTold() throws IOException {
    assertThat(cache.ask("{'command':'TRK','mode':'keys'}")).isEqualTo("{\"status_code\":200}");
    assertThat(cache.ask("{'command':'MGET','keys':['k','l']}")).contains("404");
    writer.send("SET k 1\r\n".getBytes(ISO_8859_1));
    assertThat(writer.line()).isEqualTo("+OK\r\n");
    assertThat(cache.ask("{'command':'GET','key':'x'}")).isEqualTo(JSON_PUSH_K);
    assertThat(cache.reply()).isEqualTo(MISS);
    writer.send("FLUSHALL\r\n".getBytes(ISO_8859_1));
    assertThat(cache.reply()).isEqualTo("{\"push\":\"all\"}");
    assertThat(cache.ask("{'command':'TRK','mode':'off'}")).isEqualTo("{\"status_code\":200}");
  }

  @Test
  void json_prefixes_areTold() throws IOException {
    cache.ask("{'command':'TRK','mode':'prefixes','prefixes':['k'],'noloop':true}");
    assertThat(cache.ask("{'command':'SET','key':'k','value':1}"))
        .isEqualTo("{\"status_code\":200}");
    say(writer, "MSET a 1 k 1", "+OK\r\n");
    assertThat(cache.reply()).isEqualTo(JSON_PUSH_K);
    say(writer, "SELECT 5", "+OK\r\n");
    say(writer, "SET k 1", "+OK\r\n");
    assertThat(cache.reply()).isEqualTo(JSON_PUSH_K);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'command':'TRK'}",
        "{'command':'TRK','mode':'on'}",
        "{'command':'TRK','mode':1}",
        "{'command':'TRK','mode':'keys','prefixes':['a']}",
        "{'command':'TRK','mode':'prefixes','prefixes':'a'}",
        "{'command':'TRK','mode':'prefixes','prefixes':[1]}",
        "{'command':'TRK','mode':'keys','noloop':1}"
      })
  void json_wrongMembers_areRefused(String request) throws IOException {
    assertThat(cache.ask(request)).startsWith("{\"status_code\":400,");
  }

  /** A connection that waits for a value is told meanwhile, and of the value behind it. */
  @Test
  void json_waiting_isToldInBetween() throws IOException {
    cache.ask("{'command':'TRK','mode':'keys'}");
    cache.ask("{'command':'GET','key':'other'}");
    RawClient winner = connect();
    assertThat(winner.ask("{'command':'GET','key':'k','lease':60000}")).contains("lease");
    cache.send("{'command':'GET','key':'k','lease':60000,'wait':60000}");
    say(writer, "SET other 1", "+OK\r\n");
    assertThat(cache.reply()).isEqualTo("{\"push\":\"keys\",\"keys\":[\"other\"]}");
    say(writer, "SET k 1", "+OK\r\n");
    String next = cache.reply();
    if (next.equals(JSON_PUSH_K)) { // Of what it has not got yet.
      next = cache.reply();
    }
    assertThat(next).isEqualTo("{\"status_code\":200,\"value\":\"1\"}");
    say(writer, "SET k 2", "+OK\r\n");
    // Of the change before it may be told here, too, if that comes behind the reply.
    assertThat(cache.reply()).isIn(JSON_PUSH_K, JSON_PUSH_K.replace("\"k\"", "\"k\",\"k\""));
  }

  // ---- time, and other sessions ----

  @Test
  void expiry_isTold() throws IOException {
    say(writer, "SET k 1 PX 1000", "+OK\r\n");
    say(writer, "SET far 1 EX 100000", "+OK\r\n");
    track(cache, "");
    say(cache, "GET k", "$1\r\n1\r\n");
    say(cache, "GET far", "$1\r\n1\r\n");
    nowMillis.addAndGet(3_000); // The store is maintained twice a second.
    expect(cache, PUSH_K);
    nowMillis.addAndGet(100_000_000);
    expect(cache, ">2\r\n$10\r\ninvalidate\r\n*1\r\n$3\r\nfar\r\n");
  }

  @Test
  void reset_endsIt() throws IOException {
    track(cache, "");
    say(cache, "GET k", "_\r\n");
    say(cache, "RESET", "+RESET\r\n");
    say(writer, "SET k 1", "+OK\r\n");
    say(cache, "PING", "+PONG\r\n");
  }

  /** When nobody wants to know any more, the store tells nobody, and no memory is held. */
  @Test
  void connectionThatEnds_leavesNothing() throws IOException {
    track(cache, "");
    say(cache, "GET k", "_\r\n");
    assertThat(server.tracking().bytes()).isPositive();
    cache.close();
    long deadlineNanos = System.nanoTime() + 10_000_000_000L;
    while (server.tracking().count() > 0 || server.tracking().bytes() > 0) {
      assertThat(System.nanoTime()).isLessThan(deadlineNanos);
      Thread.onSpinWait();
    }
    say(writer, "SET k 1", "+OK\r\n");
  }

  // ---- how they talk ----

  private static void track(RawClient client, String options) throws IOException {
    client.send(("HELLO 3\r\nCLIENT TRACKING ON" + options + "\r\n").getBytes(ISO_8859_1));
    while (!client.line().equals("modules\r\n")) {} // Its last member.
    assertThat(client.line()).isEqualTo("*0\r\n");
    assertThat(client.line()).isEqualTo("+OK\r\n");
  }

  private static String id(RawClient client) throws IOException {
    client.send("CLIENT ID\r\n".getBytes(ISO_8859_1));
    return client.line().substring(1).strip();
  }

  private static void say(RawClient client, String request, String expected) throws IOException {
    client.send((request + "\r\n").getBytes(ISO_8859_1));
    expect(client, expected);
  }

  private static void expect(RawClient client, String expected) throws IOException {
    assertThat(new String(client.read(expected.length()), ISO_8859_1)).isEqualTo(expected);
  }
}
