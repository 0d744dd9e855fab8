package io.speicher.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.speicher.client.ClientListener;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.exception.ServerFailedException;
import io.speicher.client.exception.SpeicherException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each call of a client, and measures it in the histogram {@code
 * db.client.operation.duration} (seconds), as OpenTelemetry's <a
 * href="https://opentelemetry.io/docs/specs/semconv/database/">semantic conventions for
 * databases</a> ask for.
 *
 * <pre>{@code
 * Speicher.builder().listener(new OpenTelemetryListener(openTelemetry))
 * }</pre>
 *
 * <p>A span is named after the operation and the cache, {@code get users}, and is a child of the
 * one that is current where the call is made, be it asynchronous. Both have the attributes {@code
 * db.system.name} ({@code speicher}), {@code db.operation.name}, {@code db.collection.name} (the
 * cache), {@code db.namespace}, {@code server.address} and {@code server.port}; and if the call
 * failed {@code error.type}, the class of the exception, and {@code db.response.status_code}, if
 * there is one. Keys and values are in none of them. What the near cache answers is no call.
 *
 * <p>One listener may serve several clients.
 */
public final class OpenTelemetryListener implements ClientListener {
  private static final String SCOPE = "io.speicher.client";

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("db.operation.name");
  private static final AttributeKey<String> COLLECTION =
      AttributeKey.stringKey("db.collection.name");
  private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");
  private static final AttributeKey<String> STATUS =
      AttributeKey.stringKey("db.response.status_code");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

  /** In seconds; those that the conventions name. */
  private static final List<Double> BOUNDARIES =
      List.of(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0);

  private final Tracer tracer;
  private final DoubleHistogram durations;

  public OpenTelemetryListener(OpenTelemetry telemetry) {
    tracer = telemetry.getTracer(SCOPE);
    durations =
        telemetry
            .getMeter(SCOPE)
            .histogramBuilder("db.client.operation.duration")
            .setUnit("s")
            .setDescription("Duration of database client operations.")
            .setExplicitBucketBoundariesAdvice(BOUNDARIES)
            .build();
  }

  @Override
  public Completion started(Call call) {
    Attributes attributes = attributes(call);
    Context context = Context.current(); // That of the measurement, too: its exemplar.
    String name = call.cache().isEmpty() ? call.operation() : call.operation() + " " + call.cache();
    Span span =
        tracer
            .spanBuilder(name)
            .setParent(context)
            .setSpanKind(SpanKind.CLIENT)
            .setAllAttributes(attributes)
            .startSpan();
    return (nanos, failure) -> {
      Attributes outcome = failure == null ? Attributes.empty() : outcome(failure);
      if (failure != null) {
        span.setAllAttributes(outcome);
        span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
      }
      span.end();
      durations.record(
          nanos / 1e9, attributes.toBuilder().putAll(outcome).build(), context.with(span));
    };
  }

  private static Attributes attributes(Call call) {
    AttributesBuilder attributes =
        Attributes.builder().put(SYSTEM, "speicher").put(OPERATION, call.operation());
    putUnlessEmpty(attributes, COLLECTION, call.cache());
    putUnlessEmpty(attributes, NAMESPACE, call.namespace());
    putServer(attributes, call.server());
    return attributes.build();
  }

  private static void putUnlessEmpty(
      AttributesBuilder attributes, AttributeKey<String> key, String value) {
    if (!value.isEmpty()) {
      attributes.put(key, value);
    }
  }

  /** The path of a socket has no port, and neither have several nodes. */
  private static void putServer(AttributesBuilder attributes, String server) {
    int colon = server.lastIndexOf(':');
    boolean isPort = colon >= 0 && !server.startsWith("/") && server.indexOf(',') < 0;
    Long port = isPort ? port(server.substring(colon + 1)) : null;
    if (port == null) {
      attributes.put(ADDRESS, server);
      return;
    }
    String host = server.substring(0, colon);
    boolean isIpv6 = host.startsWith("[") && host.endsWith("]");
    attributes.put(ADDRESS, isIpv6 ? host.substring(1, host.length() - 1) : host).put(PORT, port);
  }

  private static @Nullable Long port(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null; // A path that has a colon.
    }
  }

  private static Attributes outcome(SpeicherException failure) {
    AttributesBuilder attributes = Attributes.builder().put(ERROR, failure.getClass().getName());
    if (failure instanceof RefusedException refused) {
      attributes.put(STATUS, String.valueOf(refused.statusCode()));
    } else if (failure instanceof ServerFailedException failed) {
      attributes.put(STATUS, String.valueOf(failed.statusCode()));
    }
    return attributes.build();
  }
}
