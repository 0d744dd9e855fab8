package io.speicher.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.speicher.client.Cache;
import io.speicher.client.ClientListener.Call;
import io.speicher.client.Codec;
import io.speicher.client.ConnectMode;
import io.speicher.client.Speicher;
import io.speicher.client.SpeicherBuilder;
import io.speicher.client.Ttl;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.junit.SpeicherTest;
import io.speicher.junit.TestServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SpeicherTest
final class OpenTelemetryListenerTest {
  @RegisterExtension
  static final OpenTelemetryExtension telemetry = OpenTelemetryExtension.create();

  private static SpeicherBuilder traced() {
    return Speicher.builder().listener(new OpenTelemetryListener(telemetry.getOpenTelemetry()));
  }

  private static Speicher traced(TestServer server) {
    return traced().url(server.url()).namespace(server.namespace()).build();
  }

  @Test
  void spans_ofCalls(TestServer server) {
    Span request =
        telemetry.getOpenTelemetry().getTracer("test").spanBuilder("request").startSpan();
    try (Speicher speicher = traced(server)) {
      Cache<String> users = speicher.cache("users", Codec.string());
      Context.current()
          .with(request)
          .wrap(() -> {
            users.async().set("ada", "Ada").join();
            assertThat(users.get("ada")).isEqualTo("Ada");
            assertThat(speicher.get("nope")).isNull();
          })
          .run();
      request.end();
    }

    // What a future completes on another thread may end a little later than join.
    await().until(() -> calls().size() >= 3);
    List<SpanData> spans = calls();
    assertThat(spans)
        .extracting(SpanData::getName)
        .containsExactly("set users", "get users", "get");
    assertThat(spans)
        .allSatisfy(span -> {
          assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
          assertThat(span.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
          assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        });
    assertThat(spans.get(1).getAttributes().asMap())
        .containsAllEntriesOf(attributes(server, "get").asMap())
        .containsEntry(AttributeKey.stringKey("db.collection.name"), "users")
        .hasSize(6);
    assertThat(spans.get(2).getAttributes().asMap()).isEqualTo(attributes(server, "get").asMap());
  }

  /** In the order in which they began. */
  private static List<SpanData> calls() {
    return telemetry.getSpans().stream()
        .filter(span -> span.getKind() == SpanKind.CLIENT)
        .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
        .toList();
  }

  private static Attributes attributes(TestServer server, String operation) {
    return Attributes.builder()
        .put("db.system.name", "speicher")
        .put("db.operation.name", operation)
        .put("db.namespace", server.namespace())
        .put("server.address", server.host())
        .put("server.port", server.port())
        .build();
  }

  @Test
  void span_ofACallThatTheServerRefuses(TestServer server) {
    try (Speicher speicher = traced(server)) {
      speicher.set("count", "many");
      assertThatExceptionOfType(SpeicherException.class)
          .isThrownBy(() ->
              speicher.cache("", Codec.longs()).add("count", 1, 1, Ttl.of(Duration.ofMinutes(1))));
    }
    SpanData add = calls().get(1);
    assertThat(add.getName()).isEqualTo("add");
    assertThat(add.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(add.getAttributes().get(AttributeKey.stringKey("error.type")))
        .isEqualTo("io.speicher.client.exception.RefusedException");
    assertThat(add.getAttributes().get(AttributeKey.stringKey("db.response.status_code")))
        .startsWith("4");
  }

  @Test
  void span_ofACallWithoutAServer() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    try (Speicher speicher =
        traced().host("127.0.0.1").port(port).connect(ConnectMode.LAZY).build()) {
      assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> speicher.get("k"));
    }
    SpanData get = calls().get(0);
    assertThat(get.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(get.getStatus().getDescription()).contains("127.0.0.1:" + port);
    assertThat(get.getAttributes().get(AttributeKey.stringKey("error.type")))
        .isEqualTo(ConnectFailedException.class.getName());
  }

  @Test
  void durations_ofCalls(TestServer server) {
    try (Speicher speicher = traced(server)) {
      speicher.set("k", "v");
      speicher.get("k");
      speicher.get("nope");
    }
    MetricData durations =
        telemetry.getMetrics().stream()
            .filter(metric -> metric.getName().equals("db.client.operation.duration"))
            .findFirst()
            .orElseThrow();
    assertThat(durations.getUnit()).isEqualTo("s");
    HistogramPointData gets =
        durations.getHistogramData().getPoints().stream()
            .filter(point -> point.getAttributes().equals(attributes(server, "get")))
            .findFirst()
            .orElseThrow();
    assertThat(gets.getCount()).isEqualTo(2);
    assertThat(gets.getSum()).isBetween(1e-6, 10.0);
    assertThat(gets.getBoundaries()).startsWith(0.001, 0.005);
  }

  @Test
  void server_ofOtherForms() {
    assertThat(address("[::1]:14567")).isEqualTo("::1 14567");
    assertThat(address("/run/speicher.sock")).isEqualTo("/run/speicher.sock null");
    assertThat(address("run:x.sock")).isEqualTo("run:x.sock null");
  }

  /** What a span says of where the call went. */
  private static String address(String server) {
    telemetry.clearSpans();
    new OpenTelemetryListener(telemetry.getOpenTelemetry())
        .started(new Call(server, "", "", "get"))
        .completed(1, null);
    Attributes attributes = calls().get(0).getAttributes();
    return attributes.get(AttributeKey.stringKey("server.address"))
        + " "
        + attributes.get(AttributeKey.longKey("server.port"));
  }
}
