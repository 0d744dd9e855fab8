package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.DeafPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong options, and servers that are missing or wrong. */
final class BenchCommandTest {
  @TempDir private Path directory;

  // ---- options ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--target=http://localhost:1 | is no target",
        "--target=redis://localhost/1 | is no target",
        "--connections=0 | --connections=0 (expected: 1..100000)",
        "--threads=51 | --threads=51 (expected: 1..50)",
        "--pipeline=x | --pipeline",
        "--keys=0 | --keys=0",
        "--rate=0 | --rate=0.0 (expected: above 0)",
        "--distribution=zipf | --distribution: 'zipf' (expected: uniform",
        "--distribution=zipfian:1.2 | numbers between 0 and 1",
        "--value-size=0 | --value-size: '0' (expected: bytes",
        "--value-size=9..8 | --value-size",
        "--value-sizes=no/such/file | --value-sizes: cannot read",
        "--mix=get=0 | at least one weight",
        "--mix=put=1 | weights, such as",
        "--ttl=10 | a time, such as",
        "--duration=0 | --duration=0",
        "--key-prefix=a\"b | --key-prefix",
        "--server-pid=999999999 | there is no process with this number",
        "--overlay=no/such/file | --overlay: cannot read",
        "--report=no/such/file | --report: cannot write",
        "--histogram=no/such/file | --histogram: cannot write",
      })
  void options_wrong(String option, String message) {
    BenchOutcome outcome = BenchOutcome.run(option);
    assertThat(outcome.err().lines().findFirst().orElse("")).contains(message);
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void options_thatContradict() {
    assertThat(BenchOutcome.run("--verify", "--value-size=8").err())
        .startsWith("--verify needs longer values: bytes=8 (expected: at least 16)");
    assertThat(BenchOutcome.run("--target=memcached://localhost", "--ttl=31d").err())
        .startsWith("--ttl=31d (expected: at most 30d, for memcached)");
    assertThat(BenchOutcome.run("--value-size=33554432").err())
        .startsWith("too much memory for requests: ");
  }

  @Test
  void valueSizes_file() throws IOException {
    Path file = directory.resolve("sizes");
    Files.writeString(file, "# bytes weight\n10 1\n\n1000 3\n");
    ValueSizes sizes = OptionValues.valueSizes(file);
    assertThat(List.of(sizes.smallest(), sizes.largest())).isEqualTo(List.of(10, 1000));
    RandomNumbers random = new RandomNumbers(1);
    long long1000 = random.next();
    int large = 0;
    for (int i = 0; i < 10_000; i++) {
      large += sizes.size(random.next() ^ long1000) == 1000 ? 1 : 0;
    }
    assertThat(large).isBetween(7_300, 7_700);

    Files.writeString(file, "10 1\nten 1\n");
    assertThat(BenchOutcome.run("--value-sizes=" + file).err()).contains("line 2 of ");
  }

  @Test
  void overlay_otherJson() throws IOException {
    Path file = directory.resolve("other.json");
    Files.writeString(file, "{\"target\":\"x\"}");
    assertThat(BenchOutcome.run("--overlay=" + file).err())
        .contains("is no result of bench --json");
  }

  @Test
  void stat_nameWithSpacesAndBrackets() {
    String fields = " S 1 1 1 0 -1 0 0 0 0 0 12 34 0 0 20 0 1 0 0";
    assertThat(ServerProcess.nanos("17 (a) b (c)" + fields)).isEqualTo(460_000_000);
  }

  // ---- servers ----

  @Test
  void server_missing() throws IOException {
    try (DeafPort deaf = new DeafPort()) {
      BenchOutcome outcome = BenchOutcome.run("--target=redis://127.0.0.1:" + deaf.port());
      assertThat(outcome.status()).isEqualTo(3);
      assertThat(outcome.err())
          .startsWith("speicher: nothing listens on 127.0.0.1:" + deaf.port())
          .hasLineCount(1);
    }
  }

  @Test
  void server_closes() throws Exception {
    BenchOutcome outcome = against("+OK\r\n", true);
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .matches(
            "speicher: lost the connection to 127.0.0.1:\\d+ after 1 replies: the server closed it;"
                + " .*\n");
  }

  @Test
  void server_speaksSomethingElse() throws Exception {
    BenchOutcome outcome = against("HTTP/1.1 400 Bad Request\r\n", false);
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("malformed reply from ")
        .contains("begins with 'H' (expected: '+' or '-')")
        .hasLineCount(1);
  }

  @Test
  void server_refuses() throws Exception {
    BenchOutcome outcome = against("-OOM used memory is \u0007too large\r\n", false);
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .containsPattern("errors +1\\R")
        .contains("  1 times: OOM used memory is  too large");
  }

  @Test
  void verify_wrongValue() throws Exception {
    BenchOutcome outcome = against("$100\r\n" + "x".repeat(100) + "\r\n", false, "--mix=get=1");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith(
            "speicher: wrong value under the key key:000000000000: byte 0 is 0x78 (expected: a"
                + " digit).")
        .hasLineCount(1);
  }

  /** One request to a server that gives one answer. */
  private static BenchOutcome against(String answer, boolean closes, String... more)
      throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server =
          Thread.ofVirtual()
              .start(() -> {
                try (Socket socket = listening.accept()) {
                  assertThat(socket.getInputStream().read()).isPositive();
                  socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
                  if (closes) {
                    socket.shutdownOutput();
                  }
                  while (socket.getInputStream().read() >= 0) {
                    // The client ends the connection.
                  }
                } catch (IOException e) {
                  // It has ended it already.
                }
              });
      String requests = closes ? "--requests=2" : "--requests=1";
      String[] options = {
        "--target=redis://127.0.0.1:" + listening.getLocalPort(),
        "--connections=1",
        "--warm-up=0",
        "--keys=1",
        "--verify",
        requests,
        more.length == 0 ? "--mix=set=1" : more[0],
      };
      BenchOutcome outcome = BenchOutcome.run(options);
      server.join();
      return outcome;
    }
  }
}
