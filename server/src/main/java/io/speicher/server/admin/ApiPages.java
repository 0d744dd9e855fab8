package io.speicher.server.admin;

import io.speicher.dialect.User;
import io.speicher.protocol.BigKeys;
import io.speicher.protocol.BigKeys.BigKey;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.HotKey;
import io.speicher.protocol.Metric;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SettingValue;
import io.speicher.protocol.SlowCommand;
import io.speicher.server.command.Cluster;
import io.speicher.server.http.HttpRequest;
import io.speicher.server.http.Page;
import io.speicher.server.http.PageToken;
import io.speicher.server.http.Route;
import io.speicher.server.http.Route.Right;
import io.speicher.store.HitRatioCurve;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * The same as INFO, CONFIG GET, CLIENT LIST and so on tell, as JSON for programs. {@code
 * openapi.json} beside this class describes it, and ApiIT holds the two together.
 */
final class ApiPages {
  static final String PREFIX = "/api/v1/";
  private static final String JSON = "application/json";
  private static final String DESCRIPTION = "openapi.json";

  /** Where there are more, the rest is not listed: the text is made in memory. */
  static final int MAX_CLIENTS = 10_000;

  private static final int MAX_HOT_KEYS = 100;

  private final ServerStatus status;
  private final History history;
  private final PageToken token;

  ApiPages(ServerStatus status, History history, PageToken token) {
    this.status = status;
    this.history = history;
    this.token = token;
  }

  List<Route> routes() {
    return List.of(
        Route.get(PREFIX + DESCRIPTION, Right.USER, this::description),
        Route.get(PREFIX + "status", Right.USER, request -> object(this::status)),
        Route.get(PREFIX + "config", Right.ADMIN, request -> object(this::config)),
        Route.get(PREFIX + "clients", Right.ADMIN, request -> object(this::clients)),
        Route.get(PREFIX + "slowlog", Right.ADMIN, request -> object(this::slowCommands)),
        Route.get(PREFIX + "hotkeys", Right.ADMIN, request -> object(this::hotKeys)),
        Route.get(PREFIX + "bigkeys", Right.ADMIN, request -> object(this::bigKeys)),
        Route.get(PREFIX + "hitratio", Right.USER, request -> object(this::hitRatio)),
        Route.get(PREFIX + "namespaces", Right.ADMIN, request -> object(this::namespaces)),
        Route.get(PREFIX + "cluster", Right.USER, request -> object(this::cluster)),
        Route.get(PREFIX + "history", Right.USER, request -> object(history::writeAll)),
        Route.get(PREFIX + "stream", Right.USER, history::stream),
        Route.get(PREFIX + "session", Right.USER, this::session));
  }

  private Page description(HttpRequest request) {
    try (InputStream in =
        Objects.requireNonNull(ApiPages.class.getResourceAsStream(DESCRIPTION), DESCRIPTION)) {
      return Page.constant(JSON, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Page object(Consumer<JsonGenerator> members) {
    return Page.of(JSON, Json.object(members));
  }

  /** Who asks, and what a peer has to show that wants something done. */
  private Page session(HttpRequest request) {
    User user = Objects.requireNonNull(request.user());
    return object(out -> {
      out.writeStringProperty("user", user.name());
      out.writeBooleanProperty("may_administer", Right.ADMIN.isOf(user));
      out.writeBooleanProperty("may_clear", Right.CLEAR.isOf(user));
      out.writeStringProperty("token", token.text());
    });
  }

  private void status(JsonGenerator out) {
    ServerStats stats = status.stats();
    out.writeStringProperty("version", stats.version());
    out.writeNumberProperty("now_ms", stats.nowMillis());
    out.writeBooleanProperty("ready", status.notReady() == null);
    out.writeObjectPropertyStart("numbers");
    for (Metric metric : ServerStats.metrics()) {
      out.writeNumberProperty(metric.jsonName(), stats.of(metric));
    }
    out.writeEndObject();
  }

  private void config(JsonGenerator out) {
    out.writeArrayPropertyStart("settings");
    for (SettingValue setting : status.settings()) {
      out.writeStartObject();
      out.writeStringProperty("name", setting.name());
      out.writeStringProperty("value", setting.value());
      out.writeStringProperty("origin", setting.origin());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void slowCommands(JsonGenerator out) {
    out.writeArrayPropertyStart("slow_commands");
    for (SlowCommand slow : status.slowLog().all()) {
      out.writeStartObject();
      out.writeNumberProperty("id", slow.id());
      out.writeNumberProperty("at_ms", slow.atMillis());
      out.writeNumberProperty("duration_us", slow.micros());
      out.writeArrayPropertyStart("words");
      slow.words().forEach(word -> out.writeString(KeyText.of(word)));
      out.writeEndArray();
      out.writeStringProperty("peer", slow.peer());
      out.writeStringProperty("client", slow.client());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void hotKeys(JsonGenerator out) {
    hotKeys("hot_keys", HotKey.Rank.USES, out);
    hotKeys("hot_keys_by_bytes", HotKey.Rank.BYTES, out);
  }

  private void hotKeys(String name, HotKey.Rank rank, JsonGenerator out) {
    out.writeArrayPropertyStart(name);
    for (Duration window : HotKey.WINDOWS) {
      for (HotKey hot : status.hotKeys(rank, window, MAX_HOT_KEYS)) {
        out.writeStartObject();
        key(hot.key(), hot.keyBytes(), out);
        out.writeNumberProperty("window_s", hot.windowSeconds());
        out.writeNumberProperty("uses", hot.uses());
        out.writeNumberProperty("transferred_bytes", hot.bytes());
        out.writeEndObject();
      }
    }
    out.writeEndArray();
  }

  private static void key(String beginning, int bytes, JsonGenerator out) {
    out.writeStringProperty("key", KeyText.of(beginning));
    out.writeNumberProperty("key_bytes", bytes);
  }

  private void bigKeys(JsonGenerator out) {
    BigKeys found = status.bigKeys();
    out.writeNumberProperty("walk_ended_ms", found.endedMillis());
    out.writeNumberProperty("walk_duration_ms", found.walkMillis());
    out.writeArrayPropertyStart("big_keys");
    for (BigKey big : found.keys()) {
      out.writeStartObject();
      key(big.key(), big.keyBytes(), out);
      out.writeNumberProperty("item_bytes", big.bytes());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void hitRatio(JsonGenerator out) {
    HitRatioCurve curve = status.hitRatioCurve();
    hitRatio("last_hour", curve.lastHour(), out);
    hitRatio("last_day", curve.lastDay(), out);
  }

  private static void hitRatio(String name, HitRatioCurve.Period period, JsonGenerator out) {
    out.writeObjectPropertyStart(name);
    out.writeNumberProperty("sampled_reads", period.sampledReadCount());
    out.writeArrayPropertyStart("points");
    for (HitRatioCurve.Point point : period.points()) {
      out.writeStartObject();
      out.writeNumberProperty("scale", point.scale());
      out.writeNumberProperty("memory_bytes", point.budgetBytes());
      out.writeNumberProperty("hit_ratio", point.hitRatio());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void namespaces(JsonGenerator out) {
    out.writeArrayPropertyStart("namespaces");
    for (NamespaceFigures figures : status.namespaces()) {
      Namespace namespace = figures.namespace();
      out.writeStartObject();
      out.writeStringProperty("namespace", namespace.prefix());
      out.writeNumberProperty("ttl_ms", namespace.ttlMillis());
      out.writeNumberProperty("max_ttl_ms", namespace.maxTtlMillis());
      out.writeNumberProperty("jitter_percent", namespace.jitterPercent());
      out.writeNumberProperty("items", figures.items());
      out.writeNumberProperty("item_bytes", figures.bytes());
      out.writeNumberProperty("hits", figures.hits());
      out.writeNumberProperty("misses", figures.misses());
      out.writeNumberProperty("sets", figures.sets());
      out.writeNumberProperty("evicted", figures.evicted());
      out.writeNumberProperty("expired", figures.expired());
      out.writeBooleanProperty("counting", figures.isCounting());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  /** Without a cluster, there are no nodes. */
  private void cluster(JsonGenerator out) {
    Cluster cluster = status.cluster();
    out.writeStringProperty("name", cluster == null ? "" : cluster.view().name());
    out.writeBooleanProperty("available", cluster != null && cluster.isAvailable());
    out.writeBooleanProperty("draining", cluster != null && cluster.isDraining());
    out.writeArrayPropertyStart("nodes");
    for (Cluster.Share share : cluster == null ? List.<Cluster.Share>of() : cluster.shares()) {
      out.writeStartObject();
      out.writeStringProperty("id", share.node().id());
      out.writeStringProperty("host", share.node().host());
      out.writeNumberProperty("port", share.node().port());
      out.writeBooleanProperty("myself", share.node().isMyself());
      out.writeNumberProperty("primary_segments", share.primary());
      out.writeNumberProperty("copied_segments", share.copies());
      out.writeNumberProperty("awaited_segments", share.awaited());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayPropertyStart("stalls");
    for (Cluster.Stall stall : cluster == null ? List.<Cluster.Stall>of() : cluster.stalls()) {
      out.writeStartObject();
      out.writeNumberProperty("ended_ms", stall.endMillis());
      out.writeNumberProperty("duration_ms", stall.millis());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private void clients(JsonGenerator out) {
    Iterator<ConnectionInfo> connections = status.connections();
    out.writeArrayPropertyStart("clients");
    for (int i = 0; i < MAX_CLIENTS && connections.hasNext(); i++) {
      client(connections.next(), out);
    }
    out.writeEndArray();
    out.writeBooleanProperty("complete", !connections.hasNext());
  }

  private static void client(ConnectionInfo client, JsonGenerator out) {
    out.writeStartObject();
    out.writeNumberProperty("id", client.id());
    out.writeStringProperty("peer", client.peer());
    out.writeStringProperty("local", client.local());
    out.writeStringProperty("user", client.user());
    out.writeStringProperty("name", client.name());
    out.writeStringProperty("library", client.library());
    out.writeStringProperty("library_version", client.libraryVersion());
    out.writeStringProperty("last_command", client.lastCommand());
    out.writeNumberProperty("age_ms", client.ageMillis());
    out.writeNumberProperty("idle_ms", client.idleMillis());
    out.writeNumberProperty("received_bytes", client.receivedBytes());
    out.writeNumberProperty("unsent_bytes", client.unsentBytes());
    out.writeNumberProperty("held_bytes", client.heldBytes());
    out.writeEndObject();
  }
}
