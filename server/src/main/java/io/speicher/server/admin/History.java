package io.speicher.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.protocol.CommandFigures;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.LatencyHistogram;
import io.speicher.protocol.Metric;
import io.speicher.protocol.ServerStats;
import io.speicher.server.http.Events;
import io.speicher.server.http.HttpRequest;
import io.speicher.server.http.Page;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import tools.jackson.core.JsonGenerator;

/**
 * What the server did in each second of the last minutes, for whoever wants to see it: what was,
 * and then each second as it passes.
 *
 * <p>A sample is kept as the JSON that is sent, of about 700 bytes: it is made once, whatever the
 * number of peers that get it. One thread samples; others may ask at any time.
 */
final class History {
  /** So many samples are kept, 210 KB in all. */
  static final int MAX_SAMPLES = 300;

  private static final String EVENT = "sample";

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  /**
   * The classes of latencies, two for each power of two: nanoseconds that those of a class stay
   * below. The first one holds all below 1 us, and what is longer than 4 s is in the last one.
   */
  private static final long[] BOUNDS =
      LongStream.rangeClosed(10, 32).flatMap(i -> LongStream.of(1L << i, 3L << (i - 1))).toArray();

  private static final List<Gauge> SHOWN_GAUGES =
      List.of(
          Gauge.UPTIME,
          Gauge.ITEMS,
          Gauge.USED_BYTES,
          Gauge.BUDGET_BYTES,
          Gauge.CONNECTION_BYTES,
          Gauge.CONNECTION_BUDGET_BYTES,
          Gauge.RESIDENT_BYTES,
          Gauge.CONNECTIONS,
          Gauge.MAX_CONNECTIONS);

  private static final List<Metric> SHOWN_TOTALS =
      List.of(
          Counter.COMMANDS,
          Counter.ERRORS,
          Counter.GET_HITS,
          Counter.GET_MISSES,
          Counter.SETS,
          Counter.CONNECTIONS,
          Counter.REJECTED_CONNECTIONS,
          Counter.READ_BYTES,
          Counter.WRITTEN_BYTES,
          Gauge.EVICTED_ITEMS,
          Gauge.EXPIRED_ITEMS,
          Gauge.USER_CPU,
          Gauge.SYSTEM_CPU);

  private final ServerStatus status;
  private final LongSupplier nanoTime;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Events events;
  private final Deque<byte[]> samples = new ArrayDeque<>();

  private List<Long> loopThreads = List.of();
  private Snapshot last;

  /** What is counted from the start on. */
  private record Snapshot(
      long nanos,
      ServerStats stats,
      Map<String, Long> commands,
      LatencyHistogram latency,
      List<Long> loopNanos) {}

  History(ServerStatus status, LongSupplier nanoTime) {
    this.status = status;
    this.nanoTime = nanoTime;
    events = new Events(status::has);
    last = snapshot();
  }

  /** Tells whose processor time is the event loops'; before the first sample. */
  void watch(List<Long> newLoopThreads) {
    loopThreads = List.copyOf(newLoopThreads);
    last = snapshot();
  }

  // ---- sampling ----

  /** Takes a sample, keeps it, and sends it to those who listen. */
  void sample() {
    Snapshot now = snapshot();
    Snapshot before = last;
    last = now;
    byte[] sample = Json.object(out -> write(before, now, out));
    synchronized (samples) {
      if (samples.size() == MAX_SAMPLES) {
        samples.removeFirst();
      }
      samples.addLast(sample);
    }
    events.send(EVENT, sample);
  }

  private Snapshot snapshot() {
    ServerStats stats = status.stats();
    Map<String, Long> commands = new TreeMap<>();
    LatencyHistogram latency = new LatencyHistogram();
    for (CommandFigures one : stats.commands().get()) {
      commands.merge(one.dialect(), one.calls() + one.rejected(), Long::sum);
      latency.addAll(one.latency());
    }
    List<Long> loopNanos = loopThreads.stream().map(threads::getThreadCpuTime).toList();
    return new Snapshot(nanoTime.getAsLong(), stats, commands, latency, loopNanos);
  }

  private static void write(Snapshot before, Snapshot now, JsonGenerator out) {
    double seconds = Math.max(1, now.nanos - before.nanos) / NANOS_PER_SECOND;
    out.writeNumberProperty("at_ms", now.stats.nowMillis());
    for (Gauge gauge : SHOWN_GAUGES) {
      out.writeNumberProperty(gauge.jsonName(), now.stats.of(gauge));
    }
    out.writeObjectPropertyStart("per_second");
    for (Metric metric : SHOWN_TOTALS) {
      writeRate(metric.jsonName(), before.stats.of(metric), now.stats.of(metric), seconds, out);
    }
    out.writeEndObject();
    out.writeObjectPropertyStart("commands_per_second");
    now.commands.forEach((dialect, count) ->
        writeRate(dialect, before.commands.getOrDefault(dialect, 0L), count, seconds, out));
    out.writeEndObject();
    out.writeArrayPropertyStart("loop_load");
    for (int i = 0; i < now.loopNanos.size(); i++) {
      long busyNanos = now.loopNanos.get(i) - before.loopNanos.get(i);
      out.writeNumber(rounded(busyNanos / NANOS_PER_SECOND / seconds));
    }
    out.writeEndArray();
    writeLatency(now.latency.since(before.latency), out);
  }

  /** A total that was set to zero meanwhile has not grown. */
  private static void writeRate(
      String name, long before, long now, double seconds, JsonGenerator out) {
    out.writeNumberProperty(name, rounded(Math.max(0, now - before) / seconds));
  }

  private static double rounded(double number) {
    return Math.round(number * 1_000) / 1_000.0;
  }

  private static void writeLatency(LatencyHistogram latency, JsonGenerator out) {
    out.writeObjectPropertyStart("latency");
    long count = latency.count();
    out.writeNumberProperty("count", count);
    out.writeNumberProperty("p50_ns", latency.percentileNanos(50));
    out.writeNumberProperty("p99_ns", latency.percentileNanos(99));
    out.writeNumberProperty("p999_ns", latency.percentileNanos(99.9));
    out.writeArrayPropertyStart("counts");
    long seen = 0;
    for (int i = 0; i < BOUNDS.length && seen < count; i++) {
      boolean isLast = i == BOUNDS.length - 1;
      long upTo = isLast ? count : latency.countUpTo(BOUNDS[i] - 1);
      out.writeNumber(upTo - seen);
      seen = upTo;
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  // ---- pages ----

  /** Writes all samples that are kept, oldest first. */
  void writeAll(JsonGenerator out) {
    out.writeNumberProperty("max_samples", MAX_SAMPLES);
    out.writeArrayPropertyStart("latency_bounds_ns");
    LongStream.of(BOUNDS).forEach(out::writeNumber);
    out.writeEndArray();
    out.writeArrayPropertyStart("samples");
    synchronized (samples) {
      samples.forEach(sample -> out.writeRawValue(new String(sample, UTF_8)));
    }
    out.writeEndArray();
  }

  /** Each sample from now on, as it is taken. */
  Page stream(HttpRequest request) {
    return request.method().equals("HEAD")
        ? Page.text(200, "")
        : Page.stream(events, Objects.requireNonNull(request.user()));
  }
}
