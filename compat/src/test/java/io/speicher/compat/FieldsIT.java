package io.speicher.compat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
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
  private static final String INFO = "SET a b\r\nGET a\r\nINFO everything\r\n";
  private static final Pattern FIELD = Pattern.compile("(?m)^([a-z_0-9]+):");
  private static final Pattern STAT = Pattern.compile("(?m)^STAT (\\S+) ");
  private static final Pattern CLIENT_FIELD = Pattern.compile("(?<=[ \\n])([a-z-]+)=");

  @TempDir Path folder;

  /** All that is answered until the server closes. */
  private static String ask(int port, String commands) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
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

  private static Set<String> missing(
      int original, int ours, Function<Integer, Set<String>> fields) {
    Set<String> missing = new TreeSet<>(fields.apply(original));
    missing.removeAll(fields.apply(ours));
    return missing;
  }

  private static Set<String> fields(int port, String commands, Pattern pattern) {
    try {
      return found(pattern, ask(port, commands));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void info() throws IOException {
    OriginalServer original = OriginalServer.redis(folder);
    try (original;
        ServerUnderTest server = ServerUnderTest.resp()) {
      assertThat(
              missing(
                  original.address().getPort(),
                  server.port(),
                  port -> fields(port, INFO + "QUIT\r\n", FIELD)))
          .isEqualTo(documented("Redis"));
    }
  }

  @Test
  void clientList() throws IOException {
    OriginalServer original = OriginalServer.redis(folder);
    try (original;
        ServerUnderTest server = ServerUnderTest.resp()) {
      assertThat(
              missing(
                  original.address().getPort(),
                  server.port(),
                  port -> fields(port, "CLIENT LIST\r\nQUIT\r\n", CLIENT_FIELD)))
          .isEmpty();
    }
  }

  @Test
  void stats() throws IOException {
    OriginalServer original = OriginalServer.memcached(folder);
    try (original;
        ServerUnderTest server = ServerUnderTest.memcached()) {
      assertThat(
              missing(
                  original.address().getPort(),
                  server.port(),
                  port -> fields(port, "stats\r\nquit\r\n", STAT)))
          .isEqualTo(documented("memcached"));
    }
  }
}
