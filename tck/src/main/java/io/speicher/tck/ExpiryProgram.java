package io.speicher.tck;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at an item from its beginning to its end. The server executes a request between the moment
 * when it is sent and the moment when its reply is here; so there are times by which the item has
 * to be there, and times by which it has to be gone, however busy the machine is.
 */
final class ExpiryProgram {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Clocks of servers may tick so slowly, and a busy machine stops a server after such a look. */
  private static final long TICK_MILLIS = 100;

  /** A clock that tells whole milliseconds ends a time by less than one of them too early. */
  private static final long CLOCK_MILLIS = 1;

  private final Wire wire;
  private final String key;
  private final long ttlMillis;

  ExpiryProgram(Wire wire, String key, int ttlMillis) {
    this.wire = wire;
    this.key = key;
    this.ttlMillis = ttlMillis;
  }

  void run() throws IOException {
    long sent = System.nanoTime();
    Replies.ask(
        wire,
        "{\"command\":\"SET\",\"key\":\"%s\",\"value\":1,\"ttl\":%d}".formatted(key, ttlMillis));
    long stored = System.nanoTime();
    boolean there = true;
    while (there) {
      long asked = System.nanoTime();
      Json.Members reply = Replies.ask(wire, "{\"command\":\"TTL\",\"key\":\"" + key + "\"}");
      long answered = System.nanoTime();
      there = "200".equals(Replies.status(reply));
      if (there) {
        check(reply, millis(asked - stored), millis(answered - sent));
        LockSupport.parkNanos(POLL_NANOS);
      } else if (millis(answered - sent) < ttlMillis - CLOCK_MILLIS) {
        throw failure("was gone after " + millis(answered - sent) + " ms");
      }
    }
  }

  /** Of an item whose age is between these. */
  private void check(Json.Members reply, long youngest, long oldest) {
    if (youngest > ttlMillis + TICK_MILLIS) {
      throw failure("was still there after " + youngest + " ms");
    }
    long left =
        reply.last("ttl") instanceof Json.Literal literal && literal.text().matches("\\d{1,9}")
            ? Long.parseLong(literal.text())
            : -1;
    if (left < ttlMillis - oldest - TICK_MILLIS || left > ttlMillis - youngest + TICK_MILLIS) {
      throw failure("had a ttl of " + left + " ms after " + youngest + " to " + oldest + " ms");
    }
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private CaseFailure failure(String what) {
    return new CaseFailure("the item " + what, "it lives " + ttlMillis + " ms");
  }
}
