package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

final class ClusterSettingsTest {
  private static final String BIND = "127.0.0.1:7801";

  /** What comes last, after all settings were found to be right: there is no cluster here. */
  private static final String ACCEPTED = "the jars of the cluster are not on the class path";

  private static AbstractThrowableAssert<?, ? extends Throwable> assertStarting(
      int size, String... peers) {
    ServerSettings settings =
        ServerSettings.DEFAULT
            .with(ServerSettings.CLUSTER, "shop")
            .with(ServerSettings.CLUSTER_BIND, BIND)
            .with(ServerSettings.CLUSTER_PEERS, List.of(peers))
            .with(ServerSettings.CLUSTER_SIZE, size);
    return assertThatThrownBy(() -> ClusterSettings.of(settings, null))
        .isInstanceOf(IOException.class);
  }

  @Test
  void peers_addresses() {
    assertStarting(0, BIND, "127.0.0.2:7801", "[::1]:7801").hasMessageContaining("[::1]:7801");
    assertStarting(0, BIND, "127.0.0.2:7801").hasMessageContaining(ACCEPTED);
    assertStarting(0, "127.0.0.2:7801", "127.0.0.3:7801")
        .hasMessageContaining("--cluster-bind=127.0.0.1:7801 is none of --cluster-peers");
    assertStarting(0, "7801").hasMessageContaining("'7801' is not HOST:PORT");
  }

  /** One name may be that of all nodes, of which none but this one has an address yet. */
  @Test
  void peers_name() {
    assertStarting(0, "localhost:7801")
        .hasMessageContaining(
            "localhost:7801 may stand for several nodes: say with --cluster-size how many nodes");
    assertStarting(3, "localhost:7801").hasMessageContaining(ACCEPTED);
    assertStarting(0, "localhost:7801", "localhost:7802").hasMessageContaining(ACCEPTED);
    assertStarting(0, BIND).hasMessageContaining(ACCEPTED);
  }

  @Test
  void peers_none() {
    assertStarting(0).hasMessageContaining(ACCEPTED);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertStarting(
      ServerSettings settings) {
    return assertThatThrownBy(() -> ClusterSettings.of(settings, null))
        .isInstanceOf(IOException.class);
  }

  /** What others can reach is encrypted, or somebody has said that it need not be. */
  @Test
  void encryption() {
    ServerSettings forOthers =
        ServerSettings.DEFAULT
            .with(ServerSettings.CLUSTER, "shop")
            .with(ServerSettings.CLUSTER_BIND, "192.0.2.1:7801");
    assertStarting(forOthers)
        .hasMessageContaining("others can reach --cluster-bind=192.0.2.1:7801")
        .hasMessageContaining("have them do so with --tls-cert, --tls-key and --tls-ca, or allow");
    assertStarting(forOthers.with(ServerSettings.INSECURE, true)).hasMessageContaining(ACCEPTED);
    ServerSettings withCertificate =
        forOthers
            .with(ServerSettings.TLS_CERT, Optional.of(Path.of("cert.pem")))
            .with(ServerSettings.TLS_KEY, Optional.of(Path.of("key.pem")));
    assertStarting(withCertificate).hasMessageContaining("--tls-cert in a cluster needs --tls-ca");
    assertStarting(withCertificate.with(ServerSettings.INSECURE, true))
        .hasMessageContaining("--tls-cert in a cluster needs --tls-ca");
    assertStarting(withCertificate.with(ServerSettings.TLS_CA, Optional.of(Path.of("ca.pem"))))
        .hasMessageContaining(ACCEPTED);
  }
}
