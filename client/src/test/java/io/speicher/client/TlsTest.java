package io.speicher.client;

import static io.speicher.client.FakeServer.DONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client over TLS, against a server of the JDK's. */
@Timeout(60)
final class TlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int KEY_LIMIT_BYTES = 1 << 20;

  static { // Java looks at it once, before its first handshake.
    Security.setProperty("jdk.tls.keyLimits", "AES/GCM/NoPadding KeyUpdate " + KEY_LIMIT_BYTES);
  }

  @TempDir private static Path folder;
  private static TestCertificate certificate;
  private static TestCertificate other;
  private static Path certificateFile;
  private static Path keyFile;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificate = new TestCertificate(folder, "first");
    other = new TestCertificate(folder, "second");
    certificateFile = Files.writeString(folder.resolve("cert.pem"), certificate.certificate());
    keyFile = Files.writeString(folder.resolve("key.pem"), certificate.key());
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private FakeServer start(SSLContext context, FakeServer.Script script) throws IOException {
    FakeServer server = FakeServer.start(context, script);
    opened.add(server);
    return server;
  }

  private FakeServer start() throws Exception {
    return start(certificate.trusting(certificate), FakeServer.greetingCorrect());
  }

  private SpeicherBuilder client(FakeServer server) {
    return Speicher.builder()
        .host("localhost")
        .port(server.port())
        .timeout(PATIENCE)
        .connectTimeout(PATIENCE);
  }

  private Strings connect(SpeicherBuilder builder) {
    Strings client = new Strings(builder);
    opened.add(client);
    return client;
  }

  private static void assertFails(SpeicherBuilder builder, String reason) {
    assertThatExceptionOfType(ConnectFailedException.class)
        .isThrownBy(builder::build)
        .withMessageContaining(reason)
        .withMessageContaining("expected: a server that speaks TLS there");
  }

  // What is said.

  @Test
  void commands() throws Exception {
    Strings client = connect(client(start()).tls(certificateFile));
    assertThat(client.get("k")).isNull();
    client.set("k", "v");
    assertThat(client.get("k")).isEqualTo("v");
    assertThat(client.delete("k")).isTrue();
  }

  @Test
  void url() throws Exception {
    FakeServer server = start();
    Strings client =
        connect(
            client(server)
                .tls(certificate.trusting())
                .url("speichers://localhost:" + server.port()));
    client.set("k", "v");
    assertThat(client.get("k")).isEqualTo("v");
  }

  /** Longer than records and socket buffers are, in both directions. */
  @ParameterizedTest
  @ValueSource(ints = {16_300, 16_384, 100_000, 10_000_000})
  void longValue(int length) throws Exception {
    Strings client = connect(client(start()).tls(certificateFile));
    String value = "v".repeat(length);
    client.set("k", value);
    assertThat(value.equals(client.get("k"))).isTrue();
  }

  @Test
  void manyCommandsAtATime() throws Exception {
    Strings client = connect(client(start()).tls(certificateFile));
    List<CompletableFuture<?>> sets = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      sets.add(client.setAsync("k" + i, "v" + i));
    }
    for (CompletableFuture<?> set : sets) {
      set.get();
    }
    for (int i = 0; i < 5_000; i += 97) {
      assertThat(client.get("k" + i)).isEqualTo("v" + i);
    }
  }

  /** Whatever came with the server's last message of the handshake is read. */
  @Test
  void repliesBeforeRequests() throws Exception {
    FakeServer server =
        start(
            certificate.trusting(certificate),
            peer -> {
              peer.reply("{\"status_code\":503,\"message\":\"too many\"}");
              peer.awaitEnd();
            });
    assertThatExceptionOfType(ConnectFailedException.class)
        .isThrownBy(() -> client(server).tls(certificateFile).build())
        .withMessageContaining("too many");
  }

  @Test
  void connectionIsMadeAnew() throws Exception {
    FakeServer server =
        start(
            certificate.trusting(certificate),
            peer -> {
              peer.greet();
              peer.request();
              if (peer.index() > 0) {
                peer.reply(DONE);
                peer.awaitEnd();
              }
            });
    Strings client = connect(client(server).tls(certificateFile));
    assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> client.set("k", "v"));
    client.set("k", "v");
    assertThat(server.connectionCount()).isEqualTo(2);
  }

  /** The keys change in the middle: the client has to say something that nobody asked for. */
  @Test
  void changeOfKeys() throws Exception {
    Strings client = connect(client(start()).tls(certificateFile));
    String value = "v".repeat(KEY_LIMIT_BYTES);
    for (int i = 0; i < 20; i++) {
      client.set("k", value);
      assertThat(value.equals(client.get("k"))).isTrue();
    }
  }

  // Who is trusted.

  @Test
  void unknownAuthority() throws Exception {
    assertFails(client(start()).tls(other.trusting()), "unable to find valid certification path");
    assertFails(client(start()).tls(), "unable to find valid certification path");
  }

  @Test
  void otherHost() throws Exception {
    TestCertificate elsewhere = new TestCertificate(folder, "elsewhere", "dns:elsewhere");
    FakeServer server = start(elsewhere.trusting(elsewhere), FakeServer.greetingCorrect());
    SpeicherBuilder builder = client(server).tls(elsewhere.trusting());
    assertFails(builder, "localhost");
    connect(builder.verifyHostName(false)).set("k", "v");
  }

  /** The name that counts is that of the node that is connected to. */
  @Test
  void severalNodes_eachHasToBeNamed() throws Exception {
    TestCertificate ofLocalhost = new TestCertificate(folder, "localhost", "dns:localhost");
    FakeServer server = start(ofLocalhost.trusting(ofLocalhost), FakeServer.greetingCorrect());
    SpeicherBuilder builder =
        Speicher.builder()
            .tls(ofLocalhost.trusting(ofLocalhost))
            .timeout(PATIENCE)
            .connectTimeout(PATIENCE);
    String unnamed = "127.0.0.1:" + server.port();
    for (int i = 0; i < 10; i++) { // In both orders.
      Strings client = connect(builder.nodes(unnamed, "localhost:" + server.port()));
      client.set("k", "v");
    }
    assertThatExceptionOfType(ConnectFailedException.class)
        .isThrownBy(() -> connect(builder.nodes(unnamed, unnamed)))
        .withMessageContaining("names this host");
  }

  @Test
  void clientCertificate() throws Exception {
    FakeServer server =
        start(
            certificate.trusting(certificate),
            peer -> {
              peer.requireCertificate();
              peer.greet();
              FakeServer.correct().serve(peer);
            });
    connect(client(server).tls(certificateFile, certificateFile, keyFile)).set("k", "v");
    assertThatExceptionOfType(ConnectFailedException.class)
        .isThrownBy(() -> client(server).tls(certificateFile).build());
  }

  // What cannot be.

  @Test
  void plainServer() {
    try (FakeServer server =
        FakeServer.startRaw(peer -> {
          peer.send((byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 'x', (byte) 0);
          peer.awaitEnd();
        })) {
      assertFails(client(server).tls(), "reason=");
    }
  }

  @Test
  void silentServer() {
    try (FakeServer server = FakeServer.startRaw(FakeServer.Peer::awaitEnd)) {
      assertThatExceptionOfType(ConnectFailedException.class)
          .isThrownBy(() -> client(server).connectTimeout(Duration.ofMillis(50)).tls().build())
          .withMessageContaining("no answer within 50 ms");
    }
  }

  @Test
  void vanishingServer() {
    try (FakeServer server = FakeServer.startRaw(FakeServer.Peer::payloadStart)) {
      assertFails(client(server).tls(), "closed the connection in the middle of the handshake");
    }
  }

  @Test
  void socketFile_isNotEncrypted() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Speicher.builder().socket(folder.resolve("s")).tls().build())
        .withMessage("a Unix domain socket is not encrypted: leave out TLS, or connect to a port");
  }

  @Test
  void files() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    Path broken =
        Files.writeString(
            folder.resolve("broken.pem"),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    Path missing = folder.resolve("missing.pem");
    SpeicherBuilder builder = Speicher.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.tls(missing))
        .withMessage("file=" + missing + ": it cannot be read");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.tls(empty))
        .withMessageContaining("it has no certificate");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.tls(null, certificateFile, certificateFile))
        .withMessageContaining("it has no private key in PKCS#8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.tls(null, certificateFile, broken))
        .withMessageContaining("its private key cannot be read");
  }
}
