package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.client.exception.SpeicherException;
import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * Tells the flight recorder of the JVM about slow and failed calls ({@code
 * io.speicher.client.Call}) and about connections ({@code io.speicher.client.Connection}), while it
 * records. It needs the module {@code jdk.jfr}, which a JDK has.
 *
 * <pre>{@code
 * Speicher.builder().listener(FlightRecorderListener.slowerThan(Duration.ofMillis(10)))
 * }</pre>
 */
public final class FlightRecorderListener implements ClientListener {
  @Name("io.speicher.client.Call")
  @Label("Call")
  @Description("A call to a Speicher server that was slow or has failed")
  @Category("Speicher")
  @SuppressWarnings("UnusedVariable") // The recorder reads the fields.
  private static final class CallEvent extends Event {
    @Label("Cache")
    @Nullable String cache;

    @Label("Operation")
    @Nullable String operation;

    @Label("Time")
    @Timespan(Timespan.NANOSECONDS)
    long tookNanos;

    @Label("Failure")
    @Nullable String failure;
  }

  @Name("io.speicher.client.Connection")
  @Label("Connection")
  @Description("A connection to a Speicher server serves, has ended, or cannot be made")
  @Category("Speicher")
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // As above.
  private static final class ConnectionEvent extends Event {
    @Label("Server")
    @Nullable String server;

    @Label("State")
    @Nullable String state;

    @Label("Reason")
    @Nullable String reason;
  }

  private final long slowNanos;

  private FlightRecorderListener(long slowNanos) {
    this.slowNanos = slowNanos;
  }

  /**
   * Tells of calls that take at least so long, and of all that fail.
   *
   * @param threshold zero for all calls: an event for each costs more than the call
   */
  public static FlightRecorderListener slowerThan(Duration threshold) {
    return new FlightRecorderListener(nonNull("threshold", threshold).toNanos());
  }

  @Override
  public void completed(
      String cache, String operation, long nanos, @Nullable SpeicherException failure) {
    if ((nanos < slowNanos && failure == null) || !FlightRecorder.isInitialized()) {
      return; // An event would load the recorder, which takes the first call 100 ms and more.
    }
    CallEvent event = new CallEvent();
    if (event.isEnabled()) {
      event.cache = cache;
      event.operation = operation;
      event.tookNanos = nanos;
      event.failure = failure == null ? null : failure.toString();
      event.commit();
    }
  }

  @Override
  public void connected(String server) {
    tell(server, "connected", null);
  }

  @Override
  public void disconnected(String server, String reason) {
    tell(server, "disconnected", reason);
  }

  @Override
  public void unreachable(String server, String reason) {
    tell(server, "unreachable", reason);
  }

  private static void tell(String server, String state, @Nullable String reason) {
    if (!FlightRecorder.isInitialized()) {
      return;
    }
    ConnectionEvent event = new ConnectionEvent();
    if (event.isEnabled()) {
      event.server = server;
      event.state = state;
      event.reason = reason;
      event.commit();
    }
  }
}
