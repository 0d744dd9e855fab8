package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.CapturedLog;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server with a password, in each dialect. */
final class AuthenticationIT {
  private static final String NOAUTH = "-NOAUTH Authentication required.\r\n";
  private static final String WRONGPASS =
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
  private static final String DONE = "{\"status_code\":200}";
  private static final String REQUIRED =
      "{\"status_code\":401,\"message\":\"authentication required\"}";

  @RegisterExtension final Opened opened = new Opened();
  private final CapturedLog log = opened.add(CapturedLog.ofServer());
  private SpeicherServer server;

  AuthenticationIT() throws IOException {
    ServerSettings settings =
        TestSettings.of(1, Transport.best()).with(ServerSettings.PASSWORD, "sesame");
    server = opened.start(settings);
  }

  @AfterEach
  void noPasswordIsLogged() {
    assertThat(log.lines()).noneMatch(line -> line.contains("sesame"));
  }

  // ---- RESP ----

  @Test
  void resp() throws IOException {
    RawClient client = connect();
    exchange(client, "GET a\r\n", NOAUTH);
    exchange(client, "*2\r\n$3\r\nGET\r\n$1\r\na\r\n", NOAUTH); // As clients spell it.
    exchange(client, "PING\r\n", NOAUTH);
    exchange(client, "MULTI\r\n", NOAUTH);
    exchange(client, "GET\r\n", "-ERR wrong number of arguments for 'get' command\r\n");
    exchange(client, "AUTH no\r\n", WRONGPASS);
    exchange(client, "AUTH nobody sesame\r\n", WRONGPASS);
    exchange(client, "AUTH a b c\r\n", "-ERR syntax error\r\n");
    exchange(client, "AUTH sesame\r\nSET a 1\r\nGET a\r\n", "+OK\r\n+OK\r\n$1\r\n1\r\n");
    exchange(client, "AUTH no\r\nGET a\r\n", WRONGPASS + "$1\r\n1\r\n");
    exchange(client, "AUTH default sesame\r\n", "+OK\r\n");
    exchange(client, "RESET\r\nGET a\r\n", "+RESET\r\n" + NOAUTH);
    exchange(client, "QUIT\r\n", "+OK\r\n");
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void resp_hello() throws IOException {
    RawClient client = connect();
    exchange(
        client,
        "HELLO 3\r\n",
        "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
            + " <proto> AUTH <user> <pass> option can be used to authenticate the client and select"
            + " the RESP protocol version at the same time\r\n");
    exchange(client, "HELLO 3 AUTH default no\r\n", WRONGPASS);
    exchange(client, "HELLO 3 AUTH default sesame SETNAME n\r\n", "%7\r\n$6\r\nserver\r\n");
    client.read(
        "$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n"
            .length());
  }

  @Test
  void resp_authIsNoPartOfATransaction() throws IOException {
    RawClient client = connect();
    exchange(client, "AUTH sesame\r\n", "+OK\r\n");
    exchange(
        client,
        "MULTI\r\nAUTH sesame\r\nEXEC\r\n",
        "+OK\r\n+QUEUED\r\n*1\r\n-ERR Command not allowed inside a transaction\r\n");
  }

  @Test
  void resp_limitsBeforeAuthentication() throws IOException {
    assertThat(ask("*11\r\n"))
        .isEqualTo("-ERR Protocol error: unauthenticated multibulk length\r\n");
    assertThat(ask("*2\r\n$4\r\nAUTH\r\n$16385\r\n"))
        .isEqualTo("-ERR Protocol error: unauthenticated bulk length\r\n");
  }

  /** Nobody but the connection that asks waits for the hash. */
  @Test
  void resp_othersGoOnMeanwhile() throws IOException {
    RawClient other = connect();
    exchange(other, "AUTH sesame\r\n", "+OK\r\n");
    RawClient client = connect();
    client.send("AUTH wrong\r\nPING\r\n".getBytes(US_ASCII));
    exchange(other, "PING\r\n".repeat(100), "+PONG\r\n".repeat(100));
    assertThat(text(client, WRONGPASS.length() + NOAUTH.length())).isEqualTo(WRONGPASS + NOAUTH);
    assertThat(log.lines())
        .containsExactly("WARNING authentication failed: address=127.0.0.1 tries=1");
  }

  /** The reply comes although the peer has closed its half, or is cut while it waits. */
  @Test
  void resp_endOfInput() throws IOException {
    RawClient client = connect();
    client.send("AUTH sesame\r\nPING\r\n".getBytes(US_ASCII));
    client.shutdownOutput();
    assertThat(new String(client.rest(), US_ASCII)).isEqualTo("+OK\r\n+PONG\r\n");
  }

  @Test
  void resp_passwordIsShownNowhere() throws IOException {
    RawClient client = connect();
    exchange(client, "AUTH sesame\r\n", "+OK\r\n");
    exchange(client, "CONFIG GET requirepass\r\n", "*2\r\n$11\r\nrequirepass\r\n$0\r\n\r\n");
    client.send("INFO\r\nCLIENT LIST\r\nCONFIG GET *\r\nQUIT\r\n".getBytes(US_ASCII));
    assertThat(new String(client.rest(), ISO_8859_1))
        .contains("cmd=client|list user=default")
        .doesNotContain("sesame");
  }

  // ---- memcached ----

  @Test
  void memcached() throws IOException {
    RawClient client = connect();
    exchange(client, "get a\r\n", "CLIENT_ERROR unauthenticated\r\n");
    exchange(client, "mn\r\n", "CLIENT_ERROR unauthenticated\r\n");
    exchange(
        client, "set x 0 0 6\r\nsesame\r\n", "CLIENT_ERROR bad authentication token format\r\n");
    exchange(client, "set x 0 0 10\r\ndefault no\r\n", "CLIENT_ERROR authentication failure\r\n");
    exchange(client, "set x 0 0 14\r\ndefault sesame\r\n", "STORED\r\n");
    exchange(client, "get x\r\n", "END\r\n");
    exchange(client, "set x 0 0 14\r\ndefault sesame\r\n", "STORED\r\n");
    exchange(client, "get x\r\n", "VALUE x 0 14\r\ndefault sesame\r\nEND\r\n");
  }

  @Test
  void memcachedBinary() throws IOException {
    RawClient client = connect();
    client.send(RawClient.binary(0x20, "", ""));
    assertThat(binaryReply(client)).isEqualTo("0 PLAIN");
    client.send(RawClient.binary(0x0b, "", ""));
    assertThat(binaryReply(client)).startsWith("0 ");
    client.send(RawClient.binary(0x21, "PLAIN", "\0default\0no"));
    assertThat(binaryReply(client)).isEqualTo("32 Auth failure.");
    client.send(RawClient.binary(0x21, "CRAM-MD5", "\0default\0sesame"));
    assertThat(binaryReply(client)).isEqualTo("32 Auth failure.");
    client.send(RawClient.binary(0x21, "PLAIN", "\0default\0sesame"));
    assertThat(binaryReply(client)).isEqualTo("0 Authenticated");
    client.send(RawClient.binary(0x00, "a", ""));
    assertThat(binaryReply(client)).isEqualTo("1 Not found");
  }

  @Test
  void memcachedBinary_unauthenticated() throws IOException {
    RawClient client = connect();
    client.send(RawClient.binary(0x00, "a", ""));
    assertThat(binaryReply(client)).isEqualTo("32 Auth failure.");
    assertThat(client.isAtEnd()).isTrue();
  }

  // ---- framed JSON ----

  @Test
  void json() throws IOException {
    RawClient client = connect();
    assertThat(client.ask("{'command':'GET','key':'a'}")).isEqualTo(REQUIRED);
    assertThat(client.ask("{'command':'PING'}")).isEqualTo(REQUIRED);
    assertThat(client.ask("{'command':'AUTH'}"))
        .isEqualTo("{\"status_code\":400,\"message\":\"member missing: password\"}");
    assertThat(client.ask("{'command':'AUTH','user':'default','password':'no'}"))
        .isEqualTo("{\"status_code\":401,\"message\":\"wrong user or password\"}");
    assertThat(client.ask("{'command':'AUTH','password':'s\\u0065same'}")).isEqualTo(DONE);
    assertThat(client.ask("{'command':'SET','key':'a','value':1}")).isEqualTo(DONE);
    assertThat(client.ask("{'command':'GET','key':'a'}"))
        .isEqualTo("{\"status_code\":200,\"value\":1}");
  }

  @Test
  void json_longFrameBeforeAuthentication() throws IOException {
    RawClient client = connect();
    client.send(RawClient.frame("{'command':'PING','x':'" + "x".repeat(16 << 10) + "'}"));
    assertThat(client.reply()).contains("\"status_code\":400");
    assertThat(client.isAtEnd()).isTrue();
  }

  // ---- what it takes ----

  private RawClient connect() throws IOException {
    return opened.add(new RawClient(server.port()));
  }

  private static void exchange(RawClient client, String request, String reply) throws IOException {
    client.send(request.getBytes(ISO_8859_1));
    assertThat(text(client, reply.length())).isEqualTo(reply);
  }

  private String ask(String request) throws IOException {
    RawClient client = connect();
    client.send(request.getBytes(US_ASCII));
    return new String(client.rest(), US_ASCII);
  }

  private static String text(RawClient client, int length) throws IOException {
    return new String(client.read(length), ISO_8859_1);
  }

  /** Status and body. */
  private static String binaryReply(RawClient client) throws IOException {
    byte[] header = client.read(24);
    return header[7] + " " + text(client, header[11] & 0xFF);
  }
}
