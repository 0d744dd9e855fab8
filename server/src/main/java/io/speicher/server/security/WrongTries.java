package io.speicher.server.security;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many wrong passwords have come from each address. The first ones cost nothing, so that a
 * person may mistype; after them, one a second is looked at. Any thread may call any method.
 */
final class WrongTries {
  /** Who would have to wait longer is refused instead. */
  static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int FREE_TRIES = 10;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** After so long without a wrong try, what was before is forgotten. */
  private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final int MAX_ADDRESSES = 10_000;

  private static final class Tries {
    int count;
    long lastNanos;

    /** When the next try may be looked at. */
    long nextNanos;
  }

  private final LongSupplier nanoTime;

  /** By address; that of this machine's own sockets is null. The one that is longest here first. */
  @GuardedBy("this")
  private final Map<@Nullable InetAddress, Tries> byAddress = new LinkedHashMap<>();

  WrongTries(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Takes a place in the row of this address: how long it has to wait; 0 for most. */
  synchronized long delayNanos(@Nullable InetAddress from) {
    Tries tries = byAddress.get(from);
    long now = nanoTime.getAsLong();
    if (tries == null || tries.count < FREE_TRIES || now - tries.lastNanos > FORGOTTEN_NANOS) {
      return 0;
    }
    long delayNanos = Math.max(0, tries.nextNanos - now);
    if (delayNanos <= MAX_DELAY_NANOS) {
      tries.nextNanos = now + delayNanos + INTERVAL_NANOS;
    }
    return delayNanos;
  }

  /** Counts a wrong one, and returns how many there were. */
  synchronized int add(@Nullable InetAddress from) {
    long now = nanoTime.getAsLong();
    Tries tries = byAddress.get(from);
    if (tries == null || now - tries.lastNanos > FORGOTTEN_NANOS) {
      tries = new Tries();
      tries.nextNanos = now;
      byAddress.remove(from);
      byAddress.put(from, tries);
      if (byAddress.size() > MAX_ADDRESSES) {
        byAddress.remove(byAddress.keySet().iterator().next());
      }
    }
    tries.lastNanos = now;
    tries.count++;
    return tries.count;
  }

  /** A right one came from there. */
  synchronized void forget(@Nullable InetAddress from) {
    byAddress.remove(from);
  }
}
