package io.speicher.server.command;

import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Reply;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Finds keys without being told which: a step of SCAN. Any thread may call it. */
public final class KeySearch {
  /** How many keys are looked at between two looks at the clock. */
  static final int KEYS_AT_ONCE = 32;

  /** A step of a scan looks for so long at the most, and returns so many bytes of keys. */
  private static final long MAX_SCAN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int MAX_SCAN_BYTES = 1 << 20;

  private KeySearch() {}

  /** As the other one, with as many bytes of keys as a reply may have. */
  static Reply.Keys scan(Store store, Command.Scan scan, Predicate<ByteBuffer> wanted) {
    return scan(store, scan, wanted, MAX_SCAN_BYTES);
  }

  /**
   * Walks on until it has looked at as many keys as were asked for, or long enough: how many are
   * looked at is a hint in every dialect, so a nearly empty store takes a call or two, and a full
   * one nobody's time.
   *
   * @param wanted which of the keys that match may be found
   * @param maxBytes after so many bytes of keys it stops
   */
  public static Reply.Keys scan(
      Store store, Command.Scan scan, Predicate<ByteBuffer> wanted, int maxBytes) {
    if (store.itemCount() == 0) {
      return new Reply.Keys(0, List.of()); // Without walking through an empty index.
    }
    List<ByteBuffer> keys = new ArrayList<>();
    Glob pattern = scan.pattern();
    long deadlineNanos = System.nanoTime() + MAX_SCAN_NANOS;
    int[] seen = new int[1];
    int[] bytes = new int[1];
    long cursor = scan.cursor();
    do {
      cursor =
          store.scan(
              cursor,
              Math.min(scan.count() - seen[0], KEYS_AT_ONCE),
              key -> {
                seen[0]++;
                if ((pattern == null || pattern.matches(key)) && wanted.test(key)) {
                  bytes[0] += key.remaining();
                  keys.add(key);
                }
              });
    } while (cursor != 0
        && seen[0] < scan.count()
        && bytes[0] < maxBytes
        && System.nanoTime() - deadlineNanos < 0);
    return new Reply.Keys(cursor, keys);
  }
}
