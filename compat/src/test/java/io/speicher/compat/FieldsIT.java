package io.speicher.compat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which fields of INFO, CLIENT LIST and stats the original servers have and ours has not: those
 * that docs/fields.md gives a reason for, and no other.
 */
@Timeout(120)
final class FieldsIT {
  private static final String INFO = "SET a b\r\nGET a\r\nINFO everything\r\nQUIT\r\n";
  private static final String CLIENTS = "CLIENT LIST\r\nQUIT\r\n";
  private static final String STATS = "stats\r\nquit\r\n";

  /** But for those of each command and each error, which appear when there is one. */
  private static final Pattern FIELD =
      Pattern.compile("(?m)^(?!cmdstat_|latency_percentiles_|errorstat_)([a-z_0-9]+):");

  private static final Pattern STAT = Pattern.compile("(?m)^STAT (\\S+) ");
  private static final Pattern CLIENT_FIELD = Pattern.compile("(?<=[ \\n])([a-z-]+)=");

  @TempDir Path folder;

  /** All that is answered until the server closes. */
  private static String ask(int port, String commands) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(commands.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The names in the first column of the table below a heading. */
  private static Set<String> documented(String heading) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "fields.md"));
    String section = page.substring(page.indexOf("\n## " + heading + "\n") + 1);
    int end = section.indexOf("\n## ");
    return (end < 0 ? section : section.substring(0, end))
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(0, line.indexOf(" |", 2)))
        .flatMap(cell -> found(Pattern.compile("`([^`]+)`"), cell).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the original server tells of and ours does not. */
  private static Set<String> missing(
      OriginalServer original, ServerUnderTest server, String commands, Pattern field)
      throws IOException {
    Set<String> missing = found(field, ask(original.address().getPort(), commands));
    missing.removeAll(found(field, ask(server.port(), commands)));
    return missing;
  }

  @Test
  void info() throws IOException {
    try (OriginalServer original = OriginalServer.redis(folder);
        ServerUnderTest server = ServerUnderTest.resp()) {
      assertThat(missing(original, server, INFO, FIELD)).isEqualTo(documented("Redis"));
    }
  }

  @Test
  void clientList() throws IOException {
    try (OriginalServer original = OriginalServer.redis(folder);
        ServerUnderTest server = ServerUnderTest.resp()) {
      assertThat(missing(original, server, CLIENTS, CLIENT_FIELD)).isEmpty();
    }
  }

  @Test
  void stats() throws IOException {
    try (OriginalServer original = OriginalServer.memcached(folder);
        ServerUnderTest server = ServerUnderTest.memcached()) {
      assertThat(missing(original, server, STATS, STAT)).isEqualTo(documented("memcached"));
    }
  }
}
