package io.speicher.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.speicher.server.security.ClientCertificates;
import io.speicher.testing.CapturedLog;
import io.speicher.testing.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections come to speak TLS, whatever becomes of it; once with each transport. */
@Timeout(180)
@ParameterizedClass
@EnumSource
final class TlsHandshakeIT {
  private static final String PING = "PING\r\n";
  private static final String PONG = "+PONG\r\n";

  /** How often the certificate changes; {@code -Dreloads=1000} takes half a minute. */
  private static final int RELOADS = Integer.getInteger("reloads", 50);

  @TempDir private static Path folder;
  private static TestCertificate certificate;
  private static TestCertificate other;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificate = new TestCertificate(folder, "first");
    other = new TestCertificate(folder, "second");
  }

  private final Transport transport;
  @RegisterExtension final Opened opened = new Opened();
  private Path certificateFile;
  private Path keyFile;

  TlsHandshakeIT(Transport transport) {
    this.transport = transport;
  }

  @BeforeEach
  void writeFiles() throws Exception {
    Path own = Files.createTempDirectory(folder, "tls");
    certificateFile = Files.writeString(own.resolve("cert.pem"), certificate.certificate());
    keyFile = Files.writeString(own.resolve("key.pem"), certificate.key());
  }

  private ServerSettings settings() {
    return TestSettings.of(2, transport)
        .with(ServerSettings.TLS_CERT, Optional.of(certificateFile))
        .with(ServerSettings.TLS_KEY, Optional.of(keyFile));
  }

  private ServerSettings settingsForClientCertificates() {
    return settings()
        .with(ServerSettings.TLS_CA, Optional.of(certificateFile))
        .with(ServerSettings.TLS_CLIENTS, ClientCertificates.REQUIRED);
  }

  private EngineClient connect(int port, String protocol, EngineClient.Wire wire) throws Exception {
    return opened.add(new EngineClient(port, certificate.trusting(certificate), protocol, wire));
  }

  private static SSLSocket socket(int port, SSLContext context) throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
    return (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
  }

  private static void ping(SSLSocket socket) throws IOException {
    socket.getOutputStream().write(PING.getBytes(US_ASCII));
    assertThat(socket.getInputStream().readNBytes(PONG.length()))
        .asString(US_ASCII)
        .isEqualTo(PONG);
  }

  /** It still serves, and nobody is left. */
  private void assertServesOnlyThisOne(SpeicherServer server) throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      await()
          .untilAsserted(() -> {
            client.send("INFO clients\r\n".getBytes(US_ASCII));
            assertThat(client.bulk()).contains("connected_clients:1\r\n");
          });
    }
  }

  // ---- the last message of the handshake, requests and the end in one go ----

  /** With a certificate, the server verifies a signature elsewhere while all the rest is there. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lastFlight_requestsAndEnd(boolean withCertificate) throws Exception {
    int port = opened.start(withCertificate ? settingsForClientCertificates() : settings()).port();
    for (int i = 0; i < 20; i++) {
      EngineClient client = connect(port, "TLSv1.3", EngineClient::whole);
      client.shakeHands();
      client.write(PING.repeat(10).getBytes(US_ASCII));
      client.flush();
      client.shutdownOutput();
      String replies = PONG.repeat(10);
      assertThat(client.read(replies.length())).asString(US_ASCII).isEqualTo(replies);
    }
  }

  @Test
  void lastFlight_thenDrain() throws Exception {
    SpeicherServer server = opened.start(settingsForClientCertificates());
    EngineClient client = connect(server.port(), "TLSv1.3", EngineClient::whole);
    client.shakeHands();
    client.write(PING.getBytes(US_ASCII));
    client.flush();
    client.read(PONG.length()); // Or the server might not have accepted it yet.
    client.write(PING.repeat(10).getBytes(US_ASCII));
    client.flush();
    assertThat(server.drain(Duration.ofSeconds(10))).isZero();
    assertThat(client.read(PONG.length() * 10)).asString(US_ASCII).isEqualTo(PONG.repeat(10));
  }

  // ---- what peers send is cut and changed everywhere ----

  /** The bytes come in two pieces. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void inTwoPieces_cutEverywhere(String protocol) throws Exception {
    int port = opened.start(settingsForClientCertificates()).port();
    int total = converse(port, protocol, EngineClient::whole);
    for (int cut = 1; cut < total; cut += 7) {
      int at = cut;
      converse(
          port,
          protocol,
          (socket, bytes, offset) -> {
            int first = Math.clamp(at - offset, 0, bytes.length);
            socket.getOutputStream().write(bytes, 0, first);
            socket.getOutputStream().write(bytes, first, bytes.length - first);
          });
    }
  }

  private int converse(int port, String protocol, EngineClient.Wire wire) throws Exception {
    try (EngineClient client =
        new EngineClient(port, certificate.trusting(certificate), protocol, wire)) {
      client.shakeHands();
      client.write(PING.getBytes(US_ASCII));
      client.flush();
      assertThat(client.read(PONG.length())).asString(US_ASCII).isEqualTo(PONG);
      return client.sentBytes();
    }
  }

  /** The connection ends, or is reset, behind any byte. */
  @ParameterizedTest
  @CsvSource({"TLSv1.3, false", "TLSv1.3, true", "TLSv1.2, false"})
  void endsAnywhere(String protocol, boolean isReset) throws Exception {
    SpeicherServer server = opened.start(settingsForClientCertificates());
    int total = converse(server.port(), protocol, EngineClient::whole);
    for (int cut = 1; cut < total; cut += 5) {
      int at = cut;
      failWith(
          server.port(),
          protocol,
          (socket, bytes, offset) -> {
            socket.getOutputStream().write(bytes, 0, Math.clamp(at - offset, 0, bytes.length));
            if (at <= offset + bytes.length) {
              socket.setSoLinger(isReset, 0);
              socket.close();
            }
          });
    }
    assertServesOnlyThisOne(server);
  }

  /** Any byte is another one. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void changedAnywhere(String protocol) throws Exception {
    SpeicherServer server = opened.start(settingsForClientCertificates());
    int total = converse(server.port(), protocol, EngineClient::whole);
    for (int changed = 5; changed < total; changed += 11) { // Behind the head of a record.
      int at = changed;
      failWith(
          server.port(),
          protocol,
          (socket, bytes, offset) -> {
            if (at >= offset && at < offset + bytes.length) {
              bytes[at - offset] ^= 0x40;
            }
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
          });
    }
    assertServesOnlyThisOne(server);
  }

  /** Says the same as {@link #converse}, whatever the answer is. */
  private void failWith(int port, String protocol, EngineClient.Wire wire) throws Exception {
    try (EngineClient client =
        new EngineClient(port, certificate.trusting(certificate), protocol, wire)) {
      client.shakeHands();
      client.write(PING.getBytes(US_ASCII));
      client.flush();
      client.read(PONG.length());
    } catch (IOException | IllegalStateException e) {
      // The server has refused it, or the client has ended it: what counts is what is left.
    }
  }

  /** Records in the form of TLS that hold nothing of it. */
  @Test
  void rubbish() throws Exception {
    SpeicherServer server = opened.start(settings());
    for (int i = 0; i < 200; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        byte[] bytes = new byte[5 + i * 7];
        new java.util.Random(i).nextBytes(bytes);
        bytes[0] = 0x16;
        bytes[1] = 3;
        bytes[2] = 1;
        bytes[3] = (byte) (i % 3 == 0 ? 0xFF : 0);
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // Closed with unread bytes, which is a reset.
      }
    }
    assertServesOnlyThisOne(server);
  }

  // ---- sessions ----

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void session_isResumed(String protocol) throws Exception {
    int port = opened.start(settings()).port();
    SSLContext context = certificate.trusting();
    SSLSession first = session(port, context, protocol);
    SSLSession second = session(port, context, protocol);
    assertThat(second.getCreationTime()).isEqualTo(first.getCreationTime());
    assertThat(session(port, certificate.trusting(), protocol).getCreationTime())
        .isNotEqualTo(first.getCreationTime());
  }

  private static SSLSession session(int port, SSLContext context, String protocol)
      throws IOException {
    try (SSLSocket socket = socket(port, context)) {
      socket.setEnabledProtocols(new String[] {protocol});
      ping(socket); // The ticket comes behind the handshake.
      return socket.getSession();
    }
  }

  /** Otherwise a peer could make the server compute for ever on one connection. */
  @Test
  void renegotiation_isRefused() throws Exception {
    int port = opened.start(settings()).port();
    try (SSLSocket socket = socket(port, certificate.trusting())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.setSoTimeout(10_000);
      ping(socket);
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                ping(socket);
              })
          .isInstanceOf(IOException.class);
    }
  }

  // ---- memory ----

  /** Each handshake that never ends takes an engine, and there are only so many. */
  @Test
  void engines_areBounded() throws Exception {
    try (CapturedLog log = CapturedLog.ofServer()) {
      SpeicherServer server = opened.start(settings().with(ServerSettings.MAX_TLS_CONNECTIONS, 3));
      List<SSLSocket> sockets = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        SSLSocket socket = socket(server.port(), certificate.trusting());
        opened.add(socket);
        ping(socket);
        sockets.add(socket);
      }
      assertThatThrownBy(() -> ping(socket(server.port(), certificate.trusting())))
          .isInstanceOf(IOException.class);
      assertThat(log.lines()).anyMatch(line -> line.contains("too many connections speak TLS"));
      try (RawClient plain = new RawClient(server.port())) {
        plain.send(PING.getBytes(US_ASCII));
        assertThat(plain.read(PONG.length())).asString(US_ASCII).isEqualTo(PONG);
      }
      sockets.getFirst().close();
      await()
          .ignoreExceptions()
          .untilAsserted(() -> {
            try (SSLSocket socket = socket(server.port(), certificate.trusting())) {
              ping(socket);
            }
          });
    }
  }

  // ---- many certificates ----

  @Test
  void reload_manyTimesUnderLoad() throws Exception {
    try (CapturedLog log = CapturedLog.ofServer()) {
      SpeicherServer server = opened.start(settings());
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger asked = new AtomicInteger();
      try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
        List<Future<?>> load = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          load.add(
              executor.submit(() -> {
                while (!stop.get()) {
                  try (SSLSocket socket = socket(server.port(), certificate.trustingAlso(other))) {
                    ping(socket);
                    ping(socket);
                  }
                  asked.incrementAndGet();
                }
                return null;
              }));
        }
        for (int i = 1; i <= RELOADS; i++) {
          replace(i % 2 == 0 ? certificate : other);
          server.reloadFiles();
          int reloads = i;
          await()
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(1))
              .until(() -> reloads(log) >= reloads);
        }
        int before = asked.get();
        await().until(() -> asked.get() > before + 10);
        stop.set(true);
        for (Future<?> one : load) {
          one.get(); // No request has failed.
        }
      }
    }
  }

  private static long reloads(CapturedLog log) {
    return log.lines().stream().filter(line -> line.contains("certificate reloaded")).count();
  }

  private void replace(TestCertificate next) throws Exception {
    Path cert = Files.writeString(certificateFile.resolveSibling("new-cert"), next.certificate());
    Path key = Files.writeString(certificateFile.resolveSibling("new-key"), next.key());
    Files.move(cert, certificateFile, StandardCopyOption.ATOMIC_MOVE);
    Files.move(key, keyFile, StandardCopyOption.ATOMIC_MOVE);
  }

  // ---- what is agreed on ----

  /** As a scanner does it: asks for each version and each cipher suite alone. */
  @Test
  void versionsAndCiphers() throws Exception {
    int port = opened.start(settings()).port();
    List<Integer> all = new ArrayList<>();
    for (int suite = 0; suite <= 0xFF; suite++) {
      all.add(suite);
      all.add(0xC000 | suite);
    }
    for (int version : new int[] {0x0300, 0x0301, 0x0302}) {
      assertThat(agreedSuite(port, version, all)).as("version=%x", version).isEqualTo(-1);
    }
    List<Integer> agreed = new ArrayList<>();
    for (int suite : all) {
      if (agreedSuite(port, 0x0303, List.of(suite)) == suite) {
        agreed.add(suite);
      }
    }
    assertThat(agreed).isNotEmpty().isSubsetOf(FORWARD_SECRET);
  }

  /** TLS_ECDHE_ECDSA with AES and ChaCha20: the certificate has an EC key. */
  private static final List<Integer> FORWARD_SECRET =
      List.of(0xC009, 0xC00A, 0xC023, 0xC024, 0xC02B, 0xC02C, 0xC0AC, 0xC0AD, 0xC0AE, 0xC0AF);

  /** The cipher suite that the server chooses for a hello of this version, or -1. */
  private static int agreedSuite(int port, int version, List<Integer> suites) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(hello(version, suites));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int type = in.read();
      if (type != 0x16) {
        return -1; // An alert, or nothing.
      }
      in.skipNBytes(4);
      assertThat(in.readUnsignedByte()).isEqualTo(2); // ServerHello (RFC 5246, section 7.4.1.3)
      in.skipNBytes(3);
      assertThat(in.readUnsignedShort()).isEqualTo(version);
      in.skipNBytes(32);
      in.skipNBytes(in.readUnsignedByte());
      return in.readUnsignedShort();
    }
  }

  /** A ClientHello (RFC 5246, section 7.4.1.2) with the extensions that EC keys need. */
  private static byte[] hello(int version, List<Integer> suites) throws IOException {
    ByteArrayOutputStream bodyBytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bodyBytes);
    body.writeShort(version);
    body.write(new byte[32]);
    body.writeByte(0); // No session.
    body.writeShort(2 * suites.size());
    for (int suite : suites) {
      body.writeShort(suite);
    }
    body.writeShort(0x0100); // No compression.
    byte[] groups = {0, 10, 0, 4, 0, 2, 0, 23};
    byte[] formats = {0, 11, 0, 2, 1, 0};
    byte[] signatures = {0, 13, 0, 6, 0, 4, 4, 3, 2, 3};
    body.writeShort(groups.length + formats.length + signatures.length);
    body.write(groups);
    body.write(formats);
    body.write(signatures);

    ByteArrayOutputStream record = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(record);
    out.writeByte(0x16);
    out.writeShort(0x0301);
    out.writeShort(bodyBytes.size() + 4);
    out.writeInt(1 << 24 | bodyBytes.size());
    bodyBytes.writeTo(out);
    return record.toByteArray();
  }

  // ---- keys that are encrypted ----

  @Test
  void keyWithPassword() throws Exception {
    Path encrypted = keyFile.resolveSibling("encrypted.pem");
    Path password = Files.writeString(keyFile.resolveSibling("password"), "se cret\n");
    io.speicher.testing.Program.find("openssl", "openssl")
        .run(
            Duration.ofMinutes(1),
            folder,
            "",
            List.of(
                "pkcs8",
                "-topk8",
                "-in",
                keyFile.toString(),
                "-out",
                encrypted.toString(),
                "-passout",
                "file:" + password));
    ServerSettings settings =
        settings()
            .with(ServerSettings.TLS_KEY, Optional.of(encrypted))
            .with(ServerSettings.TLS_KEY_PASSWORD_FILE, Optional.of(password));
    try (SSLSocket socket = socket(opened.start(settings).port(), certificate.trusting())) {
      ping(socket);
    }
  }
}
