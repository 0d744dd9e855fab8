package io.speicher.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.speicher.client.ClientListener;
import io.speicher.client.exception.SpeicherException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures the calls of a client, and counts its connections, in a registry of Micrometer.
 *
 * <pre>{@code
 * Speicher.builder().listener(new MicrometerListener(registry))
 * }</pre>
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>tags</th><th>what</th></tr>
 * <tr><td>{@code speicher.client.calls}, a timer</td><td>{@code cache}, {@code operation}, {@code
 * outcome}</td><td>calls to the server; what the near cache answers is none. The outcome is {@code
 * success}, or the name of the exception</td></tr>
 * <tr><td>{@code speicher.client.connections}, a counter</td><td>{@code server}, {@code
 * event}</td><td>connections that were made ({@code connected}) and have ended ({@code
 * disconnected}), and how often the server went away ({@code unreachable})</td></tr>
 * </table>
 *
 * <p>A percentile is asked for as in all timers: by a {@code MeterFilter}, or by properties of
 * Spring Boot. One listener may serve several clients.
 */
public final class MicrometerListener implements ClientListener {
  private final MeterRegistry registry;

  /** Looked up here, since the registry would make tags for each call. */
  private final Map<Measured, Timer> timers = new ConcurrentHashMap<>();

  private record Measured(String cache, String operation, String outcome) {}

  public MicrometerListener(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void completed(
      String cache, String operation, long nanos, @Nullable SpeicherException failure) {
    String outcome = failure == null ? "success" : failure.getClass().getSimpleName();
    timers
        .computeIfAbsent(new Measured(cache, operation, outcome), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Measured calls) {
    return Timer.builder("speicher.client.calls")
        .description("Calls to the server")
        .tags("cache", calls.cache, "operation", calls.operation, "outcome", calls.outcome)
        .register(registry);
  }

  @Override
  public void connected(String server) {
    count(server, "connected");
  }

  @Override
  public void disconnected(String server, String reason) {
    count(server, "disconnected");
  }

  @Override
  public void unreachable(String server, String reason) {
    count(server, "unreachable");
  }

  private void count(String server, String event) {
    Counter.builder("speicher.client.connections")
        .description("Connections that were made or lost, and servers that could not be reached")
        .tags(Tags.of("server", server, "event", event))
        .register(registry)
        .increment();
  }
}
