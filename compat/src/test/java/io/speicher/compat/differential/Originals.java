package io.speicher.compat.differential;

import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.nio.file.Path;

/** The servers that Speicher is compared with, set up to answer as it does where they can. */
final class Originals {
  private Originals() {}

  /** Evicts by frequency, as Speicher says of itself: {@code OBJECT IDLETIME} is refused then. */
  static OriginalServer redis(Path folder) throws IOException {
    return OriginalServer.redis(
        folder, "--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lfu");
  }

  static OriginalServer memcached(Path folder) throws IOException {
    return OriginalServer.memcached(folder, "-m", "64");
  }
}
