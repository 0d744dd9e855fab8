package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Commands that Redis has had since 8.4 and Valkey since 8.1, and which the servers that tests run
 * are too old for: what their documentation says. A line of a test is a command and its reply,
 * whose lines are separated by blanks.
 */
final class NewestCommandsIT {
  private SpeicherServer server;
  private Socket socket;
  private BufferedReader in;

  @BeforeEach
  void connect() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(8 << 20, Ticker.system()));
    socket = new Socket(server.address().getAddress(), server.port());
    socket.setSoTimeout(10_000);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    server.close();
  }

  private void expect(String... commandsAndReplies) throws IOException {
    for (int i = 0; i < commandsAndReplies.length; i += 2) {
      socket
          .getOutputStream()
          .write((commandsAndReplies[i] + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      String expected = commandsAndReplies[i + 1];
      StringBuilder reply = new StringBuilder(in.readLine());
      for (int more = expected.startsWith("-") ? 0 : expected.split(" ", -1).length - 1;
          more > 0;
          more--) {
        reply.append(' ').append(in.readLine());
      }
      assertThat(reply.toString()).as(commandsAndReplies[i]).isEqualTo(expected);
    }
  }

  @Test
  void set_ifValue() throws IOException {
    expect(
        "SET k new IFEQ old", "$-1",
        "EXISTS k", ":0",
        "SET k old IFNE x", "+OK",
        "SET k new IFEQ other", "$-1",
        "SET k new IFEQ old EX 100", "+OK",
        "TTL k", ":100",
        "SET k newer IFNE new", "$-1",
        "SET k newer IFNE x GET", "$3 new",
        "SET k newest IFEQ x GET", "$5 newer",
        "GET k", "$5 newer",
        "SET k v IFEQ newer NX", "-ERR syntax error",
        "SET k v XX IFEQ newer", "-ERR syntax error",
        "SET k v IFEQ", "-ERR syntax error");
  }

  @Test
  void set_ifDigest() throws IOException {
    expect(
        "DIGEST k", "$-1",
        "SET k x IFDEQ b6acb9d84a38ff74", "$-1",
        "SET k \"Hello world\" IFDNE b6acb9d84a38ff74", "+OK",
        "DIGEST k", "$16 b6acb9d84a38ff74",
        "SET k x IFDNE b6acb9d84a38ff74", "$-1",
        "SET k x IFDEQ b6acb9d84a38ff75", "$-1",
        "SET k x IFDEQ B6ACB9D84A38FF74", "+OK",
        "GET k", "$1 x",
        "SET k y IFDEQ b6acb9d84a38ff7", "-ERR digest must be exactly 16 hexadecimal characters",
        "SET k y IFDEQ b6acb9d84a38ff7g", "-ERR digest must be exactly 16 hexadecimal characters");
  }

  @Test
  void delete_ifValue() throws IOException {
    expect(
        "DELEX k IFEQ v", ":0",
        "DELEX k IFNE v", ":0",
        "SET k v", "+OK",
        "DELEX k IFEQ x", ":0",
        "DELEX k IFNE v", ":0",
        "DELIFEQ k x", ":0",
        "DELIFEQ k v", ":1",
        "SET k v", "+OK",
        "DELEX k IFNE x", ":1",
        "SET k \"Hello world\"", "+OK",
        "DELEX k IFDNE b6acb9d84a38ff74", ":0",
        "DELEX k IFDEQ b6acb9d84a38ff74", ":1",
        "SET k v", "+OK",
        "DELEX k", ":1",
        "DELEX k NONSENSE v", "-ERR syntax error",
        "DELEX k IFEQ", "-ERR syntax error");
  }

  @Test
  void setAll_withTtl() throws IOException {
    expect(
        "MSETEX 2 a 1 b 2 EX 100", ":1",
        "TTL a", ":100",
        "MSETEX 2 b 3 c 3 NX EX 50", ":0",
        "EXISTS c", ":0",
        "MSETEX 2 b 3 c 3 XX", ":0",
        "MSETEX 2 a 4 b 4 XX KEEPTTL", ":1",
        "GET a", "$1 4",
        "TTL b", ":100",
        "MSETEX 1 a 5", ":1",
        "TTL a", ":-1",
        "MSETEX 0 a 5", "-ERR invalid numkeys value",
        "MSETEX x a 5", "-ERR invalid numkeys value",
        "MSETEX 2 a 5", "-ERR wrong number of key-value pairs",
        "MSETEX 1 a 5 EX 0", "-ERR invalid expire time in 'msetex' command",
        "MSETEX 1 a 5 NX XX", "-ERR syntax error",
        "COMMAND GETKEYS MSETEX 2 a 1 b 2 EX 9", "*2 $1 a $1 b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INCREX k | *2 :1 :1 | 1",
        "INCREX k BYINT -5 | *2 :-5 :-5 | -5",
        "INCREX k BYINT 9 UBOUND 5 | *2 :0 :0 | ",
        "INCREX k BYINT 9 UBOUND 5 SATURATE | *2 :5 :5 | 5",
        "INCREX k BYINT -9 LBOUND -3 SATURATE | *2 :-3 :-3 | -3",
        "INCREX k BYFLOAT 0.5 | *2 $3 0.5 $3 0.5 | 0.5",
        "INCREX k BYFLOAT 3 UBOUND 2.5 SATURATE | *2 $3 2.5 $3 2.5 | 2.5",
        "INCREX k BYINT 1.5 | -ERR value is not an integer or out of range | ",
        "INCREX k BYINT 1 BYFLOAT 1 | -ERR syntax error | ",
        "INCREX k ENX | -ERR syntax error | ",
        "INCREX k LBOUND 3 UBOUND 2 | -ERR LBOUND can't be greater than UBOUND | ",
      })
  void increase(String command, String reply, String value) throws IOException {
    expect(command, reply, "GET k", value == null ? "$-1" : "$" + value.length() + " " + value);
  }

  @Test
  void increase_andExpire() throws IOException {
    expect(
        "INCREX k EX 100 ENX", "*2 :1 :1",
        "TTL k", ":100",
        "INCREX k EX 50 ENX", "*2 :2 :1",
        "TTL k", ":100",
        "INCREX k EX 50", "*2 :3 :1",
        "TTL k", ":50",
        "INCREX k UBOUND 3 EX 900", "*2 :3 :0",
        "TTL k", ":50",
        "INCREX k", "*2 :4 :1",
        "TTL k", ":50",
        "INCREX k PERSIST", "*2 :5 :1",
        "TTL k", ":-1",
        "SET k 9223372036854775807", "+OK",
        "INCREX k", "*2 :9223372036854775807 :0",
        "SET k x", "+OK",
        "INCREX k", "-ERR value is not an integer or out of range",
        "INCREX k BYFLOAT 1", "-ERR value is not a valid float");
  }

  @Test
  void increase_inResp3() throws IOException {
    expect("INCREX k BYFLOAT 1.25", "*2 $4 1.25 $4 1.25");
    socket.getOutputStream().write("HELLO 3\r\n".getBytes(StandardCharsets.US_ASCII));
    String line = in.readLine();
    while (!line.equals("*0")) {
      line = in.readLine();
    }
    expect("INCREX k BYFLOAT 1", "*2 ,2.25 ,1");
  }

  @Test
  void about_clientsAndCommands() throws IOException {
    expect(
        "CLIENT CAPA redirect",
        "+OK",
        "COMMAND GETKEYSANDFLAGS GET k",
        "*1 *2 $1 k *2 +RO +access",
        "COMMAND GETKEYS EVAL script 2 a b c",
        "*2 $1 a $1 b",
        "EVAL \"return redis.call('keys', '*')\" 0",
        "-ERR this server executes no scripts, apart from known ones of locks and counters: see"
            + " docs/dialects.md");
  }
}
