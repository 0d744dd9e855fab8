package io.speicher.embedded;

import io.speicher.client.Backends;
import io.speicher.client.Speicher;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;

/**
 * Opens engines inside this process: caches outside the Java heap, without a network.
 *
 * <pre>{@code
 * try (Speicher speicher = Embedded.open(Embedded.gb(2))) {
 *   Cache<User> users = speicher.cache("users", codec, o -> o.ttl(Duration.ofMinutes(10)));
 *   User ada = users.get("ada", database::loadUser);
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Any thread may use the client. A call runs on the thread that makes it, and
 * never waits: asynchronous calls are done when they return, and time limits mean nothing.
 *
 * <p><b>Memory.</b> Keys, values and index together stay within the budget; what is used least is
 * evicted to make room. Memory becomes resident when it is first used, and the heap holds nothing
 * for an item. A value is copied when it is stored and when it is read. The process needs {@code
 * --enable-native-access=ALL-UNNAMED} to be free of the JDK's warning.
 *
 * <p>Items live as long as the client: {@link Speicher#close} gives the memory back.
 */
public final class Embedded {
  private Embedded() {}

  /**
   * An engine of its own.
   *
   * @param memoryBytes from 256 KiB to 512 GiB
   * @throws IllegalArgumentException if it is not
   * @throws OutOfMemoryError if the system has no such address space
   */
  public static Speicher open(long memoryBytes) {
    return open(memoryBytes, "");
  }

  /** The same, whose keys all begin with {@code namespace}. */
  static Speicher open(long memoryBytes, String namespace) {
    SegmentStore store = new SegmentStore(memoryBytes, Ticker.system());
    return Backends.speicher(new EmbeddedBackend(store), namespace);
  }

  /** So many mebibytes, in bytes. */
  public static long mb(int mebibytes) {
    return (long) mebibytes << 20;
  }

  /** So many gibibytes, in bytes. */
  public static long gb(int gibibytes) {
    return (long) gibibytes << 30;
  }
}
