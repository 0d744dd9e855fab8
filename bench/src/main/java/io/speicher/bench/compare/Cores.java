package io.speicher.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which cores a server and the load may use, so that neither takes the other's. */
record Cores(int count) {
  static Cores ofThisMachine() throws IOException {
    int count = Runtime.getRuntime().availableProcessors();
    if (count < 2) {
      throw new IOException(
          "a server and its load need a core each, but this process may use only one; use a machine with two, or let it use more of them");
    }
    return new Cores(count);
  }

  /** The first ones. */
  List<String> ofServer(int threads) {
    return pinned(range(0, Math.min(threads, count) - 1));
  }

  /** The one behind the server's; all of them where the server has all. */
  List<String> ofLoad(int serverThreads) {
    return pinned(serverThreads < count ? "" + serverThreads : range(0, count - 1));
  }

  /** So many from one on, whoever else uses them. */
  static List<String> from(int first, int cores) {
    return pinned(range(first, first + cores - 1));
  }

  private static String range(int first, int last) {
    return first == last ? "" + first : first + "-" + last;
  }

  private static List<String> pinned(String cores) {
    return List.of("taskset", "-c", cores);
  }

  /** {@code command}, kept on the cores that {@code pinning} names. */
  static List<String> pin(List<String> pinning, List<String> command) {
    List<String> pinned = new ArrayList<>(pinning);
    pinned.addAll(command);
    return pinned;
  }
}
