package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.speicher.server.security.ClientCertificates;
import io.speicher.server.security.Tls;
import io.speicher.server.security.TlsException;
import io.speicher.testing.CapturedLog;
import io.speicher.testing.TestCertificate;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server over TLS, asked by the JDK's own client, once with each transport. */
@Timeout(120)
@ParameterizedClass
@EnumSource
final class TlsIT {
  private static final int LARGE_BYTES = 10 << 20;

  /** Half of a piece of a long reply: it is sent in pieces, one of which waits for the socket. */
  private static final int WAITING_BYTES = 32 << 10;

  private static final String ONLY_TLS = "this port speaks nothing but TLS";

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

  TlsIT(Transport transport) {
    this.transport = transport;
  }

  @BeforeEach
  void writeFiles() throws Exception {
    Path own = Files.createTempDirectory(folder, "tls");
    certificateFile = own.resolve("cert.pem");
    keyFile = own.resolve("key.pem");
    write(certificate);
  }

  private void write(TestCertificate written) throws IOException, GeneralSecurityException {
    Files.writeString(certificateFile, written.certificate());
    Files.writeString(keyFile, written.key());
  }

  private ServerSettings settings() {
    return TestSettings.of(2, transport)
        .with(ServerSettings.TLS_CERT, Optional.of(certificateFile))
        .with(ServerSettings.TLS_KEY, Optional.of(keyFile))
        .withOtherPorts(0, 0);
  }

  private SpeicherServer start() throws IOException {
    return opened.start(settings());
  }

  private RawClient connect(int port, SSLContext context) throws IOException {
    return connect(new Socket(InetAddress.getLoopbackAddress(), port), context);
  }

  private RawClient connect(Socket socket, SSLContext context) throws IOException {
    SSLSocket encrypted =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    return opened.add(new RawClient(encrypted));
  }

  private RawClient connect(int port) throws Exception {
    return connect(port, certificate.trusting());
  }

  private RawClient plain(int port) throws IOException {
    return opened.add(new RawClient(port));
  }

  private static void ask(RawClient client, String request, String reply) throws IOException {
    client.send(request.getBytes(ISO_8859_1));
    assertThat(new String(client.read(reply.length()), ISO_8859_1)).isEqualTo(reply);
  }

  /** The build runs these tests with each. */
  @Test
  void provider_isTheOneThatIsThere() {
    String expected = System.getProperty("tls.provider", "JDK");
    assertThat(Tls.provider()).startsWith(expected);
  }

  // ---- dialects ----

  @Test
  void everyDialect_onOnePort() throws Exception {
    int port = start().port();
    ask(connect(port), "set k 0 0 1\r\nv\r\n", "STORED\r\n");
    ask(connect(port), "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "$1\r\nv\r\n");
    assertThat(connect(port).ask("{'command':'GET','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"value\":\"v\"}");
    ask(plain(port), "get k\r\n", "VALUE k 0 1\r\nv\r\nEND\r\n");
  }

  @Test
  void otherPorts() throws Exception {
    SpeicherServer server = start();
    int redisPort = server.redisAddress().orElseThrow().getPort();
    int memcachedPort = server.memcachedAddress().orElseThrow().getPort();
    ask(connect(redisPort), "PING\r\n", "+PONG\r\n");
    ask(plain(redisPort), "PING\r\n", "+PONG\r\n");
    ask(connect(memcachedPort), "mn\r\n", "MN\r\n");
    ask(plain(memcachedPort), "mn\r\n", "MN\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 5_000})
  void pipeline(int depth) throws Exception {
    int port = start().port();
    RawClient resp = connect(port);
    RawClient memcached = connect(port);
    for (int round = 0; round < 20; round++) {
      ask(
          resp,
          "SET k %05d\r\nGET k\r\n".formatted(round).repeat(depth),
          "+OK\r\n$5\r\n%05d\r\n".formatted(round).repeat(depth));
      ask(
          memcached,
          "get k\r\n".repeat(depth),
          "VALUE k 0 5\r\n%05d\r\nEND\r\n".formatted(round).repeat(depth));
    }
  }

  /** Each loop reads several of them at a time, encrypted ones and others. */
  @Test
  void manyConnections() throws Exception {
    int port = start().port();
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      clients.add(i % 3 == 0 ? plain(port) : connect(port));
    }
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < clients.size(); i++) {
        clients.get(i).send("SET k%d %d\r\nGET k%d\r\n".formatted(i, round, i).getBytes(US_ASCII));
      }
      for (RawClient client : clients) {
        ask(client, "", "+OK\r\n$%d\r\n%d\r\n".formatted(round < 10 ? 1 : 2, round));
      }
    }
  }

  // ---- long values ----

  @Test
  void longValue() throws Exception {
    RawClient client = connect(start().port());
    String value = randomText(LARGE_BYTES);
    ask(
        client,
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + LARGE_BYTES + "\r\n" + value + "\r\n",
        "+OK\r\n");
    ask(client, "GET k\r\n", "$" + LARGE_BYTES + "\r\n" + value + "\r\n");
    ask(client, "PING\r\n", "+PONG\r\n");
  }

  private static String randomText(int length) {
    Random random = new Random(length);
    StringBuilder text = new StringBuilder(length);
    while (text.length() < length) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  /** What is encrypted and not taken is on the account, others go on, and nothing is lost. */
  @Test
  void slowReader() throws Exception {
    int port = start().port();
    String value = randomText(LARGE_BYTES);
    RawClient other = connect(port);
    ask(other, "set k 0 0 " + LARGE_BYTES + "\r\n" + value + "\r\n", "STORED\r\n");
    Socket small = new Socket();
    small.setReceiveBufferSize(16 << 10);
    small.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    RawClient slow = connect(small, certificate.trusting());
    ask(slow, "PING\r\n", "+PONG\r\n");
    long idleBytes = opened.account().usedBytes(); // Of engines that are not Java's.
    slow.send("GET k\r\n".repeat(3).concat("PING\r\n".repeat(100)).getBytes(US_ASCII));
    await().until(() -> opened.account().usedBytes() > idleBytes + WAITING_BYTES);
    ask(other, "get none\r\n", "END\r\n");
    String reply = "$" + LARGE_BYTES + "\r\n" + value + "\r\n";
    ask(slow, "", reply.repeat(3) + "+PONG\r\n".repeat(100));
    await().until(() -> opened.account().usedBytes() < idleBytes + WAITING_BYTES);
  }

  @Test
  void vanishingReader() throws Exception {
    int port = start().port();
    String value = randomText(LARGE_BYTES);
    ask(connect(port), "set k 0 0 " + LARGE_BYTES + "\r\n" + value + "\r\n", "STORED\r\n");
    long idleBytes = opened.account().usedBytes();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      RawClient client = connect(socket, certificate.trusting());
      ask(client, "PING\r\n", "+PONG\r\n");
      long connectedBytes = opened.account().usedBytes();
      client.send("GET k\r\n".repeat(3).getBytes(US_ASCII));
      await().until(() -> opened.account().usedBytes() > connectedBytes + WAITING_BYTES);
    }
    await().until(() -> opened.account().usedBytes() == idleBytes);
    ask(connect(port), "PING\r\n", "+PONG\r\n");
  }

  // ---- records ----

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_000})
  void records_inPieces(int pieceBytes) throws Exception {
    int port = start().port();
    SlicingSocket socket = new SlicingSocket(pieceBytes);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    RawClient client = connect(socket, certificate.trusting());
    String value = "v".repeat(20_000);
    ask(
        client,
        "set k 0 0 20000\r\n" + value + "\r\nget k\r\n",
        "STORED\r\nVALUE k 0 20000\r\n" + value + "\r\nEND\r\n");
  }

  /** Sends what is written a few bytes at a time. */
  private static final class SlicingSocket extends Socket {
    private final int pieceBytes;

    SlicingSocket(int pieceBytes) {
      this.pieceBytes = pieceBytes;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          for (int at = 0; at < length; at += pieceBytes) {
            out.write(bytes, offset + at, Math.min(pieceBytes, length - at));
          }
        }
      };
    }
  }

  // ---- peers that do not get through ----

  @Test
  void tlsOnly_plainText() throws Exception {
    SpeicherServer server = opened.start(settings().with(ServerSettings.TLS_ONLY, true));
    RawClient resp = plain(server.port());
    resp.send("*1\r\n$4\r\nPING\r\n".getBytes(US_ASCII));
    assertThat(new String(resp.rest(), US_ASCII)).isEqualTo("-ERR " + ONLY_TLS + "\r\n");
    RawClient memcached = plain(server.memcachedAddress().orElseThrow().getPort());
    memcached.send("set k 0 0 1\r\nv\r\n".getBytes(US_ASCII));
    assertThat(new String(memcached.rest(), US_ASCII)).contains(ONLY_TLS);
    RawClient json = plain(server.port());
    assertThat(json.ask("{'command':'SET','key':'k','value':'v'}")).contains("503", ONLY_TLS);
    RawClient encrypted = connect(server.port());
    ask(encrypted, "get k\r\n", "END\r\n");
    assertThat(errors(encrypted)).isEqualTo(3);
  }

  private static long errors(RawClient client) throws IOException {
    client.send("stats\r\n".getBytes(US_ASCII));
    StringBuilder text = new StringBuilder();
    while (text.indexOf("END\r\n") < 0) {
      text.append(new String(client.read(1), US_ASCII));
    }
    return text.toString()
        .lines()
        .filter(line -> line.startsWith("STAT ssl_handshake_errors "))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void clientCertificates_required() throws Exception {
    Path authorities =
        Files.writeString(certificateFile.resolveSibling("ca.pem"), other.certificate());
    try (CapturedLog log = CapturedLog.ofServer()) {
      SpeicherServer server =
          opened.start(
              settings()
                  .with(ServerSettings.TLS_CA, Optional.of(authorities))
                  .with(ServerSettings.TLS_CLIENTS, ClientCertificates.REQUIRED));
      RawClient good = connect(server.port(), certificate.trusting(other));
      ask(good, "mn\r\n", "MN\r\n");
      for (SSLContext bad : List.of(certificate.trusting(), certificate.trusting(certificate))) {
        RawClient client = connect(server.port(), bad);
        assertThatThrownBy(
                () -> {
                  client.send("mn\r\n".getBytes(US_ASCII));
                  client.read(4);
                })
            .isInstanceOfAny(SSLException.class, SocketException.class);
      }
      await().until(() -> errors(good) == 2);
      assertThat(log.lines()).noneMatch(line -> line.contains("connection failed"));
    }
  }

  /** A certificate of a user is as good as a password; that of nobody is as good as none. */
  @Test
  void clientCertificates_ofUsers() throws Exception {
    Path authorities =
        Files.writeString(
            certificateFile.resolveSibling("ca.pem"),
            other.certificate() + certificate.certificate());
    Path users =
        Files.writeString(
            certificateFile.resolveSibling("users.toml"),
            """
            [user.app]
            certificates = ["second"]
            keys = ["~app:*"]
            groups = ["read"]
            """);
    SpeicherServer server =
        opened.start(
            settings()
                .with(ServerSettings.TLS_CA, Optional.of(authorities))
                .with(ServerSettings.TLS_CLIENTS, ClientCertificates.OPTIONAL)
                .with(ServerSettings.USERS, Optional.of(users)));
    RawClient app = connect(server.port(), certificate.trusting(other));
    ask(app, "ACL WHOAMI\r\n", "$3\r\napp\r\n");
    ask(app, "GET app:1\r\n", "$-1\r\n");
    ask(app, "GET x\r\n", "-NOPERM No permissions to access a key\r\n");
    ask(app, "RESET\r\nACL WHOAMI\r\n", "+RESET\r\n$3\r\napp\r\n");
    for (SSLContext nobody : List.of(certificate.trusting(), certificate.trusting(certificate))) {
      ask(connect(server.port(), nobody), "ACL WHOAMI\r\n", "-NOAUTH Authentication required.\r\n");
    }
  }

  @Test
  void handshake_neverFinished() throws Exception {
    SpeicherServer server =
        opened.start(settings().with(ServerSettings.TLS_HANDSHAKE_TIMEOUT, Duration.ofSeconds(2)));
    RawClient silent = plain(server.port());
    silent.send(new byte[] {0x16, 3, 1, 0, 100});
    assertThat(silent.rest()).hasSizeLessThan(20);
    RawClient nonsense = plain(server.port());
    nonsense.send(new byte[] {0x16, 3, 1, 0, 4, 1, 2, 3, 4});
    assertThat(nonsense.rest()).hasSizeLessThan(20);
    assertThat(errors(connect(server.port()))).isEqualTo(2);
  }

  @Test
  void tlsOnly_neverBegun() throws Exception {
    SpeicherServer server =
        opened.start(
            settings()
                .with(ServerSettings.TLS_ONLY, true)
                .with(ServerSettings.TLS_HANDSHAKE_TIMEOUT, Duration.ofSeconds(2)));
    assertThat(plain(server.port()).isAtEnd()).isTrue();
    assertThat(errors(connect(server.port()))).isEqualTo(1);
  }

  // ---- the end ----

  @Test
  void halfClosed_isAnswered() throws Exception {
    assumeTrue(Tls.provider().equals("JDK"), "with OpenSSL, Netty ends both halves");
    RawClient client = connect(start().port());
    client.send("PING\r\n".repeat(10).getBytes(US_ASCII));
    client.shutdownOutput();
    assertThat(new String(client.rest(), US_ASCII)).isEqualTo("+PONG\r\n".repeat(10));
  }

  @Test
  void quit_endsGently() throws Exception {
    RawClient client = connect(start().port());
    ask(client, "QUIT\r\n", "+OK\r\n");
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void drain_answersWhatWasReceived() throws Exception {
    SpeicherServer server = start();
    RawClient client = connect(server.port());
    ask(client, "PING\r\n", "+PONG\r\n");
    client.send("PING\r\n".repeat(100).getBytes(US_ASCII));
    assertThat(server.drain(Duration.ofSeconds(10))).isZero();
    assertThat(new String(client.rest(), US_ASCII)).isEqualTo("+PONG\r\n".repeat(100));
  }

  // ---- files ----

  @Test
  void start_brokenFiles() throws Exception {
    Files.writeString(keyFile, other.key());
    assertThatThrownBy(this::start)
        .isInstanceOf(TlsException.class)
        .hasMessage(
            "tls-key=%s: not the key of the certificate in tls-cert=%s"
                .formatted(keyFile, certificateFile));
    Files.writeString(keyFile, "nothing");
    assertThatThrownBy(this::start).hasMessageContaining("tls-key=" + keyFile);
    Files.delete(certificateFile);
    assertThatThrownBy(this::start).hasMessage("tls-cert=" + certificateFile + ": no such file");
  }

  @Test
  void start_unknownProtocolOrCipher() {
    assertThatThrownBy(
            () -> opened.start(settings().with(ServerSettings.TLS_PROTOCOLS, List.of("TLSv9"))))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("TLSv9");
    assertThatThrownBy(
            () -> opened.start(settings().with(ServerSettings.TLS_CIPHERS, List.of("ROT13"))))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("ROT13");
  }

  /** What was logged about the files of this test; others are on their way. */
  private List<String> reloads(CapturedLog log) {
    return log.lines().stream()
        .filter(
            line -> line.contains(certificateFile.toString()) || line.contains(keyFile.toString()))
        .toList();
  }

  private static void shakeHands(int port, SSLContext context) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      ((SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true))
          .startHandshake();
    }
  }

  @Test
  void reload_underLoad() throws Exception {
    try (CapturedLog log = CapturedLog.ofServer()) {
      SpeicherServer server = start();
      RawClient lasting = connect(server.port());
      ask(lasting, "mn\r\n", "MN\r\n"); // Or its handshake would come later.
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger connected = new AtomicInteger();
      try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
        Future<?> load =
            executor.submit(() -> {
              while (!stop.get()) { // Either certificate may be there; one of them is.
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                  ask(connect(socket, certificate.trustingAlso(other)), "mn\r\n", "MN\r\n");
                }
                connected.incrementAndGet();
              }
              return null;
            });
        await().until(() -> connected.get() > 3);
        write(other);
        await().until(() -> !reloads(log).isEmpty());
        ask(connect(server.port(), other.trusting()), "mn\r\n", "MN\r\n");
        assertThatThrownBy(() -> shakeHands(server.port(), certificate.trusting()))
            .isInstanceOf(SSLException.class);
        Files.writeString(keyFile, "broken");
        await().until(() -> reloads(log).size() > 1);
        int before = connected.get();
        await().until(() -> connected.get() > before + 3);
        stop.set(true);
        load.get();
      }
      ask(lasting, "mn\r\n", "MN\r\n");
      assertThat(reloads(log))
          .containsExactly(
              "INFO certificate reloaded: tls-cert=" + certificateFile,
              "SEVERE certificate not reloaded, the one before stays: tls-key="
                  + keyFile
                  + ": it has no private key (expected: -----BEGIN PRIVATE KEY)");
    }
  }
}
