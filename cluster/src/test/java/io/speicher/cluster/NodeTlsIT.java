package io.speicher.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.speicher.dialect.Account;
import io.speicher.server.security.ClientCertificates;
import io.speicher.server.security.Tls;
import io.speicher.server.security.TlsSettings;
import io.speicher.testing.CapturedLog;
import io.speicher.testing.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS between nodes: two of them as processes of their own, and sockets within this one. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class NodeTlsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int HANDSHAKE = 0x16;

  @TempDir private static Path folder;

  /** Has signed those of the nodes, and that of a client. */
  private static TestCertificate authority;

  private static TestCertificate node;
  private static TestCertificate client;

  /** Names a node, and is of another authority, which is itself. */
  private static TestCertificate stranger;

  private static final List<TestNode> nodes = new ArrayList<>();
  private static List<TestNode.Ports> ports = List.of();

  private static final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeAll
  static void start() throws Exception {
    Future<TestCertificate> other = start(() -> new TestCertificate(folder, "stranger"));
    authority = new TestCertificate(folder, "authority", "dns:ca.test");
    Future<TestCertificate> signed =
        start(() ->
            authority.sign("client", "dns:app.test,dns:*.apps.test,ip:127.0.0.9,dns:localhost"));
    node = authority.sign("node", "ip:127.0.0.1");
    ports = TestNode.freePorts(2);
    for (TestNode.Ports own : ports) {
      nodes.add(new TestNode("shop", own, ports, folder, options(node, authority)));
    }
    client = signed.get();
    stranger = other.get();
  }

  private static <T> Future<T> start(Callable<T> task) {
    return threads.submit(task);
  }

  @AfterAll
  static void stop() {
    nodes.forEach(TestNode::close);
    threads.close();
  }

  /** Those of a server that shows a certificate, and trusts an authority. */
  private static String[] options(TestCertificate own, TestCertificate trusted)
      throws IOException, GeneralSecurityException {
    Path files = Files.createTempDirectory(folder, "tls");
    write(files, own);
    Files.writeString(files.resolve("ca.pem"), trusted.certificate());
    return new String[] {
      "--tls-cert", files.resolve("cert.pem").toString(),
      "--tls-key", files.resolve("key.pem").toString(),
      "--tls-ca", files.resolve("ca.pem").toString()
    };
  }

  private static void write(Path files, TestCertificate own)
      throws IOException, GeneralSecurityException {
    Files.writeString(files.resolve("cert.pem"), own.certificate());
    Files.writeString(files.resolve("key.pem"), own.key());
  }

  private static void awaitNodes() {
    await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(TestNode::isListening));
    for (TestNode one : nodes) {
      await()
          .atMost(PATIENCE)
          .until(() ->
              one.resp("CLUSTER", "INFO").contains("cluster_known_nodes:" + nodes.size() + "\r"));
    }
  }

  // ---- nodes ----

  /** Last, since the nodes start meanwhile. */
  @Test
  @Order(Integer.MAX_VALUE)
  void nodes_areOneCacheAndLetNobodyElseIn() throws Exception {
    awaitNodes();
    assertAnswering("before");
    List<TestNode.Ports> more = new ArrayList<>(ports);
    more.addAll(TestNode.freePorts(1));
    try (TestNode plain =
        new TestNode(
            "shop",
            "127.0.0.1",
            more.getLast(),
            TestNode.addresses(more),
            folder,
            List.of("-Dspeicher.cluster.joinSeconds=1"))) {
      assertPortsAreClosed(); // Meanwhile.
      assertThat(plain.awaitEnd()).isEqualTo(1);
      assertThat(plain.log())
          .contains("too few peers answer within 1 s: needed=2 peers=3")
          .contains("it speaks TLS, and this node does not: peer=127.0.0.1:", "; give --tls-cert");
    }
    assertThat(nodes.stream().map(TestNode::log).reduce("", String::concat))
        .contains("connection of a node refused, it does not speak TLS: peer=127.0.0.1; give")
        .contains("its certificate names none of --cluster-peers: peer=127.0.0.1 names=[app.test, ")
        .doesNotContain("Exception");
    awaitNodes();
    assertAnswering("after");
  }

  private static void assertAnswering(String prefix) {
    for (int i = 0; i < 30; i++) {
      String key = prefix + i;
      assertThat(nodes.get(i % 2).resp("SET", key, "value" + i)).isEqualTo("OK");
      for (TestNode one : nodes) {
        assertThat(one.get(key)).isEqualTo("value" + i);
      }
    }
  }

  /** Both of them, for messages and for failure detection, to who is no node. */
  private static void assertPortsAreClosed() throws Exception {
    byte[] jgroups = {'b', 'e', 'l', 'a', 0x57, 0x1c, 0, 7, 4, 127, 0, 0, 1, 0x1e, 0x7a};
    for (int port : new int[] {ports.get(0).bus(), ports.get(0).bus() + 100}) {
      try (Socket plain = socket(port)) {
        plain.getOutputStream().write(jgroups);
        assertThat(plain.getInputStream().readAllBytes()).isEmpty();
      }
      SSLContext ofClient = authority.trusting(client);
      try (Socket plain = socket(port);
          SSLSocket shown =
              (SSLSocket) ofClient.getSocketFactory().createSocket(plain, "", port, true)) {
        assertThatThrownBy(() -> shown.getInputStream().read()).isInstanceOf(IOException.class);
      }
    }
  }

  private static Socket socket(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  // ---- sockets ----

  /** Of a node whose only peer is at 127.0.0.1. */
  private static NodeTls nodeTls(Tls files) {
    return new NodeTls(files, List.of(InetSocketAddress.createUnresolved("127.0.0.1", 7801)));
  }

  private static Tls tls(String... options) throws IOException {
    return new Tls(
        new TlsSettings(
            Path.of(options[1]),
            Path.of(options[3]),
            Optional.empty(),
            Optional.of(Path.of(options[5])),
            ClientCertificates.NO,
            false,
            List.of(),
            List.of(),
            Duration.ofSeconds(10),
            0),
        new Account(1 << 20, 1 << 10));
  }

  private static NodeServerSocket listen(NodeTls tls) throws IOException {
    NodeServerSocket listening = new NodeServerSocket(tls);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return listening;
  }

  private static NodeSocket connect(NodeTls tls, int port) throws IOException {
    NodeSocket socket = new NodeSocket(tls);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    return socket;
  }

  /** Others would refuse it later, and say so in their logs alone. */
  @Test
  void certificateOfThisNode_namesNoPeer() throws Exception {
    try (Tls files = tls(options(client, authority))) {
      assertThatThrownBy(nodeTls(files)::requireAcceptable)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "cannot start: other nodes would refuse this one, its certificate names none of"
                  + " --cluster-peers: tls-cert=")
          .hasMessageContaining("names=[app.test, *.apps.test, 127.0.0.9, localhost]")
          .hasMessageEndingWith("(expected: 127.0.0.1 among its alternative names)");
    }
    try (Tls files = tls(options(node, stranger))) {
      assertThatThrownBy(nodeTls(files)::requireAcceptable)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("its certificate is not signed by one in --tls-ca: tls-cert=");
    }
  }

  @Test
  void nodeOfOtherAuthority_isRefusedByBothSides() throws Exception {
    try (Tls files = tls(options(node, authority));
        Tls others = tls(options(stranger, stranger));
        CapturedLog log = new CapturedLog(NodeTls.class.getName());
        NodeServerSocket listening = listen(nodeTls(files))) {
      try (NodeSocket sender = connect(nodeTls(others), listening.getLocalPort())) {
        assertThatThrownBy(() -> sender.getInputStream().read())
            .isInstanceOf(SocketException.class);
      }
      SSLContext showing = authority.trusting(stranger);
      try (Socket plain = socket(listening.getLocalPort());
          SSLSocket shown =
              (SSLSocket)
                  showing.getSocketFactory().createSocket(plain, "", plain.getPort(), true)) {
        assertThatThrownBy(() -> shown.getInputStream().read()).isInstanceOf(IOException.class);
      }
      String cannotSpeak =
          "WARNING cannot speak with a node, its certificate is not signed by one in --tls-ca:"
              + " peer=127.0.0.1:"
              + listening.getLocalPort();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(log.lines())
                  .contains(cannotSpeak)
                  .anyMatch(line ->
                      line.matches(
                          "WARNING connection of a node refused, it.*certificate.*: peer=127.*")));
    }
  }

  /**
   * What is written before the handshake is done comes first; nothing of it can be read on the way.
   */
  @Test
  void wire_hasRecordsOfTlsAlone() throws Exception {
    try (Tls files = tls(options(node, authority))) {
      NodeTls tls = nodeTls(files);
      try (NodeServerSocket listening = listen(tls);
          Relay relay = new Relay(listening.getLocalPort());
          NodeSocket sender = connect(tls, relay.port())) {
        sender.getOutputStream().write("secret one, ".getBytes(US_ASCII));
        try (Socket receiver = listening.accept()) {
          sender.getOutputStream().write("secret two".getBytes(US_ASCII));
          assertThat(receiver.getInputStream().readNBytes(22))
              .asString(US_ASCII)
              .isEqualTo("secret one, secret two");
          receiver.getOutputStream().write("secret three".getBytes(US_ASCII));
          assertThat(sender.getInputStream().readNBytes(12))
              .asString(US_ASCII)
              .isEqualTo("secret three");
        }
        assertThat(sender.getInputStream().read()).isEqualTo(-1);
        for (ByteArrayOutputStream seen : List.of(relay.sent, relay.returned)) {
          assertThat(seen.toByteArray()).startsWith(HANDSHAKE, 3);
          assertThat(seen.toString(US_ASCII)).doesNotContain("secret");
        }
      }
    }
  }

  /** Passes bytes on between one connection and a port, and remembers them. */
  private static final class Relay implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    final ByteArrayOutputStream returned = new ByteArrayOutputStream();
    private final Future<?> work;

    Relay(int port) throws IOException {
      work =
          start(() -> {
            try (Socket from = listening.accept();
                Socket to = socket(port)) {
              Future<?> back = start(() -> pass(to, from, returned));
              pass(from, to, sent);
              return back.get();
            }
          });
    }

    int port() {
      return listening.getLocalPort();
    }

    private static Object pass(Socket from, Socket to, OutputStream copy) throws IOException {
      byte[] bytes = new byte[1 << 14];
      InputStream in = from.getInputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        copy.write(bytes, 0, read);
        to.getOutputStream().write(bytes, 0, read);
      }
      to.shutdownOutput();
      return from;
    }

    @Override
    public void close() throws IOException {
      listening.close();
      work.cancel(true);
    }
  }

  /** The one thread that sends to all peers is not kept by a node that hangs. */
  @Test
  void peerThatHangs_keepsNobody() throws Exception {
    try (Tls files = tls(options(node, authority));
        CapturedLog log = new CapturedLog(NodeTls.class.getName());
        ServerSocket hanging = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        NodeSocket sender = connect(nodeTls(files), hanging.getLocalPort())) {
      sender.getOutputStream().write(new byte[300_000]);
      try (Socket seen = hanging.accept()) {
        assertThat(seen.getInputStream().read()).isEqualTo(HANDSHAKE);
        assertThat(seen.getInputStream().available()).isLessThan(10_000);
      }
      assertThatThrownBy(() -> sender.getInputStream().read()).isInstanceOf(IOException.class);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith(
              "WARNING cannot speak with a node, it closes the connection, since it does not");
    }
  }

  /** Connections that say nothing do not keep a node out. */
  @Test
  void silentConnections_keepNobodyOut() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try (Tls files = tls(options(node, authority))) {
      NodeTls tls = nodeTls(files);
      try (NodeServerSocket listening = listen(tls)) {
        for (int i = 0; i < 5; i++) {
          silent.add(socket(listening.getLocalPort()));
        }
        try (NodeSocket sender = connect(tls, listening.getLocalPort());
            Socket receiver = listening.accept()) {
          sender.getOutputStream().write(7);
          assertThat(receiver.getInputStream().read()).isEqualTo(7);
        }
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void renewedCertificate_isUsedForNewConnections() throws Exception {
    String[] options = options(node, authority);
    Path folderOfFiles = requireNonNull(Path.of(options[1]).getParent());
    try (Tls files = tls(options);
        CapturedLog serverLog = CapturedLog.ofServer();
        CapturedLog log = new CapturedLog(NodeTls.class.getName())) {
      NodeTls tls = nodeTls(files);
      try (NodeServerSocket listening = listen(tls)) {
        assertThat(shownAt(listening.getLocalPort())).isEqualTo(certificate(node));
        write(folderOfFiles, stranger); // The server's clients may trust it, the nodes do not.
        files.reload();
        assertThat(shownAt(listening.getLocalPort())).isEqualTo(certificate(node));
        assertThat(log.lines())
            .anyMatch(line ->
                line.startsWith(
                    "SEVERE new certificate not used between nodes, which would refuse it"));
        Files.writeString(Path.of(options[5]), stranger.certificate() + authority.certificate());
        files.reload();
        assertThat(shownAt(listening.getLocalPort())).isEqualTo(certificate(stranger));
        assertThat(serverLog.lines()).hasSize(2);
      }
    }
  }

  /** The certificate that is shown to one who shows none. */
  private static X509Certificate shownAt(int port) throws Exception {
    SSLContext trusting = authority.trustingAlso(stranger);
    try (Socket plain = socket(port);
        SSLSocket socket =
            (SSLSocket) trusting.getSocketFactory().createSocket(plain, "", port, true)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static X509Certificate certificate(TestCertificate of) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(of.certificate().getBytes(US_ASCII)));
  }

  // ---- names ----

  @Test
  void names_ofPeers() throws Exception {
    X509Certificate certificate = certificate(client);
    assertThat(Stream.of("app.test", "APP.Test.", "x.apps.test", "127.0.0.9"))
        .allMatch(host -> isNamed(host, certificate));
    assertThat(Stream.of("apps.test", "x.y.apps.test", "xapps.test", "client", "127.0.0.1", "::1"))
        .noneMatch(host -> isNamed(host, certificate));
    assertThat(PeerNames.hostsOf(certificate)).contains("*.apps.test", "127.0.0.9");
  }

  private static boolean isNamed(String host, X509Certificate certificate) {
    try {
      return new PeerNames(List.of(InetSocketAddress.createUnresolved(host, 7801)))
          .areNamedBy(certificate);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
