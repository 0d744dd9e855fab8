package io.speicher.dialect.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.CommandFigures;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.LatencyHistogram;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.ServerStats;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class InfoTextTest {
  private final InfoText info = new InfoText();

  @Test
  void text_sections() {
    assertThat(info.text(stats(7), Set.of("keyspace", "clients")))
        .startsWith("# Clients\r\ncluster_connections:0\r\n")
        .contains("connected_clients:3\r\n", "\r\n\r\n# Keyspace\r\ndb0:keys=7,")
        .doesNotContain("# Server");
    assertThat(info.text(stats(7), Set.of()))
        .contains("used_memory:1536\r\nused_memory_human:1.50K\r\n", "uptime_in_seconds:65\r\n");
  }

  /** A transaction may ask for the same a thousand times. */
  @Test
  void text_ofTheSameNumbers_isMadeOnce() {
    ServerStats stats = stats(7);
    String keyspace = info.text(stats, Set.of("keyspace"));
    assertThat(info.text(stats, Set.of("keyspace"))).isSameAs(keyspace);
    assertThat(info.text(stats, Set.of("cluster"))).isEqualTo("# Cluster\r\ncluster_enabled:0\r\n");
    assertThat(info.text(stats, Set.of("keyspace"))).isEqualTo(keyspace);
    assertThat(info.text(stats(8), Set.of("keyspace"))).contains("keys=8,");
  }

  @Test
  void text_dialects_areShownIfAskedFor() {
    assertThat(info.text(stats(7), Set.of())).doesNotContain("# Dialectstats");
    assertThat(info.text(stats(7), Set.of("all"))).contains("# Dialectstats\r\n");
    assertThat(info.text(worked(), Set.of("dialectstats")))
        .isEqualTo(
            """
            # Dialectstats\r
            dialect_json:calls=5,usec=2,failed_calls=0\r
            dialect_resp:calls=30,usec=9,failed_calls=3\r
            """);
  }

  @Test
  void text_ofANodeOfACluster() {
    ServerStats alone = stats(7);
    assertThat(info.text(alone, Set.of("server"))).contains("redis_mode:standalone\r\n");
    ServerStats node =
        new ServerStats(
            "1.0", 0, Map.of(Gauge.CLUSTER_NODES, 3L, Gauge.CLUSTER_PEERS, 5L), List.of());
    assertThat(info.text(node, Set.of("server"))).contains("redis_mode:cluster\r\n");
    assertThat(info.text(node, Set.of("cluster")))
        .startsWith("# Cluster\r\ncluster_enabled:1\r\ncluster_nodes:3\r\ncluster_peers:5\r\n");
  }

  private static ServerStats worked() {
    return new ServerStats(
        "1.0",
        0,
        Map.of(),
        List.of(),
        () ->
            List.of(
                new CommandFigures("resp", "get", 10, 4_000, 0, 1, new LatencyHistogram()),
                new CommandFigures("resp", "set", 20, 5_000, 0, 2, new LatencyHistogram()),
                new CommandFigures("json", "get", 5, 2_999, 0, 0, new LatencyHistogram())),
        Map.of(),
        List.of(),
        List.of(new NamespaceFigures(new Namespace("users:"), 3, 120, 50, 10, 12, 2, 1, false)));
  }

  @Test
  void text_ofNamespaces() {
    assertThat(new InfoText().text(worked(), Set.of("namespaces")))
        .isEqualTo(
            """
            # Namespaces\r
            namespace0:prefix=users:,items=3,bytes=120,hits=50,misses=10,sets=12,evicted=2,expired=1\r
            """);
    assertThat(new InfoText().text(worked(), Set.of())).doesNotContain("users:");
  }

  private static ServerStats stats(long items) {
    return new ServerStats(
        "1.0",
        0,
        Map.of(
            Gauge.ITEMS,
            items,
            Gauge.USED_BYTES,
            1_536L,
            Gauge.UPTIME,
            65_432L,
            Gauge.CONNECTIONS,
            3L),
        List.of(),
        List::of,
        Map.of(),
        items == 0 ? List.of() : List.of(new ServerStats.Database(0, items, 0)),
        List.of());
  }
}
