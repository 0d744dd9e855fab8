package io.speicher.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** Tells which standard streams a person is looking at. */
final class Terminal {
  static final int STANDARD_OUTPUT = 1;
  static final int STANDARD_ERROR = 2;

  private Terminal() {}

  /**
   * Whether a standard stream is a terminal. Java has no call for one stream, so this asks the
   * kernel where it tells (Linux), and elsewhere goes by what picocli thinks of the console.
   */
  static boolean is(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (!Files.isSymbolicLink(link)) {
      return CommandLine.Help.Ansi.AUTO.enabled();
    }
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + link, e);
    }
  }

  /** Whether standard output shows colours: a terminal that is not dumb, and nobody said no. */
  static boolean hasColours() {
    String noColor = System.getenv("NO_COLOR");
    return is(STANDARD_OUTPUT)
        && (noColor == null || noColor.isEmpty())
        && !"dumb".equals(System.getenv("TERM"));
  }
}
