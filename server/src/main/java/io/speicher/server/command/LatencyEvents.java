package io.speicher.server.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.protocol.LatencyEvent;
import io.speicher.protocol.LatencyEvent.Delay;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What has held up the server, in memory: slow commands, garbage collection, maintenance. As in
 * Redis, the longest delay of a second is remembered, for the last {@value #MAX_DELAYS} seconds
 * that had one. Any thread may call anything; who calls has been slow already.
 */
public final class LatencyEvents {
  /** A command that has kept its event loop for as long as the slow log wants it. */
  public static final String COMMAND = "command";

  /**
   * All threads have waited for the garbage collector, all its runs within half a second together.
   */
  public static final String GC = "gc";

  /** The work of the background, which may hold up writers but no reader. */
  public static final String MAINTENANCE = "maintenance";

  static final int MAX_DELAYS = 160;

  private static final class Event {
    private final Deque<Delay> delays = new ArrayDeque<>();
    private long maxMillis;
  }

  private final InstantSource clock;

  @GuardedBy("this")
  private final Map<String, Event> events = new TreeMap<>();

  public LatencyEvents(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Notes a delay, in milliseconds that have begun.
   *
   * @param name one of the constants of this class
   */
  public synchronized void add(String name, long nanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
    long second = TimeUnit.MILLISECONDS.toSeconds(clock.millis());
    Event event = events.computeIfAbsent(name, unknown -> new Event());
    event.maxMillis = Math.max(event.maxMillis, millis);
    Delay last = event.delays.peekLast();
    if (last != null && last.atSeconds() == second) {
      event.delays.removeLast();
      millis = Math.max(millis, last.millis());
    }
    event.delays.addLast(new Delay(second, millis));
    if (event.delays.size() > MAX_DELAYS) {
      event.delays.removeFirst();
    }
  }

  /** All kinds that were noted, by name. */
  public synchronized List<LatencyEvent> all() {
    return events.entrySet().stream()
        .map(one ->
            new LatencyEvent(
                one.getKey(), List.copyOf(one.getValue().delays), one.getValue().maxMillis))
        .toList();
  }

  /**
   * Forgets events, and returns of how many kinds.
   *
   * @param names none for all
   */
  public synchronized int clear(Collection<String> names) {
    int before = events.size();
    events.keySet().removeIf(name -> names.isEmpty() || names.contains(name));
    return before - events.size();
  }
}
