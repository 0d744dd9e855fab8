package io.speicher.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.server.command.ClusterOptions;
import io.speicher.server.security.Credentials;
import io.speicher.server.security.Tls;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS between nodes: version 1.3 alone, and each side shows a certificate that an authority in
 * {@code tls-ca} has signed and that names one of the peers. Uses what the server's own TLS has
 * read last, so that connections that begin after a renewal have the new certificate. Any thread
 * may call any method.
 */
final class NodeTls {

  /*
   * Each handshake has a context of its own, which costs some microseconds, so that no session is
   * ever resumed: certificates are looked at anew for each connection, and there are few.
   */
  private static final Logger logger = System.getLogger(NodeTls.class.getName());
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** What a record of a handshake begins with. */
  private static final int HANDSHAKE = 0x16;

  /** For a peer to answer whether it speaks TLS. */
  private static final int PROBE_MILLIS = 1_000;

  private static final String FAILED = "cannot speak with a node";

  /** Which it may do before its alert has been read. */
  private static final String CLOSES =
      "it closes the connection, since it does not speak TLS or does not accept the certificate of"
          + " this node";

  private static final String CLOSES_WHY =
      "; see its log, and give --tls-cert, --tls-key and --tls-ca to all nodes or to none";

  private static final String PLAIN = "it does not speak TLS";
  private static final String ALL_OR_NONE =
      "; give --tls-cert, --tls-key and --tls-ca to all nodes or to none";

  /** What is made of one state of the files. */
  private record Keys(Credentials credentials, KeyManager own, TrustManager trusted) {}

  private final Tls tls;
  private final PeerNames names;

  @GuardedBy("this")
  private @Nullable Keys keys;

  @GuardedBy("this")
  private @Nullable Credentials refused;

  /** Why this node could not connect to a peer lately. */
  private volatile @Nullable String problem;

  NodeTls(Tls tls, List<InetSocketAddress> peers) {
    this.tls = tls;
    names = new PeerNames(peers);
  }

  /** Returns null where nodes speak in plain. */
  static @Nullable NodeTls of(ClusterOptions options) {
    Tls tls = options.tls();
    return tls == null ? null : new NodeTls(tls, options.peers());
  }

  /**
   * Looks whether the others would accept what this node shows them.
   *
   * @throws IOException if not; the message says why, and what to do
   */
  void requireAcceptable() throws IOException {
    try {
      keys();
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot start: other nodes would refuse this one, " + own(e), e);
    }
  }

  // ---- credentials ----

  private synchronized Keys keys() throws GeneralSecurityException {
    Credentials current = tls.credentials();
    Keys before = keys;
    boolean isKnown =
        before != null && (before.credentials().equals(current) || current.equals(refused));
    if (before != null && isKnown) {
      return before;
    }
    try {
      Keys made = newKeys(current);
      keys = made;
      return made;
    } catch (GeneralSecurityException e) {
      if (before == null) {
        throw e;
      }
      refused = current;
      logger.log(
          Level.ERROR, "new certificate not used between nodes, which would refuse it, " + own(e));
      return before;
    }
  }

  /** What is wrong with the certificate of this node. */
  private String own(GeneralSecurityException e) {
    Reason reason = reason(e);
    return "%s: tls-cert=%s tls-ca=%s%s"
        .formatted(
            reason.what(),
            tls.settings().certificates(),
            tls.settings().authorities().orElseThrow(),
            reason.facts());
  }

  private Keys newKeys(Credentials credentials) throws GeneralSecurityException {
    X509Certificate[] chain = credentials.certificates().toArray(X509Certificate[]::new);
    PeerTrust trust = new PeerTrust(signatures(credentials), names);
    trust.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    trust.checkServerTrusted(
        chain, "UNKNOWN"); // As version 1.3 has it, whose keys are of any kind.
    char[] password = {};
    KeyStore store = emptyStore();
    store.setKeyEntry("node", credentials.key(), password, chain);
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(store, password);
    return new Keys(credentials, own.getKeyManagers()[0], trust);
  }

  private static X509ExtendedTrustManager signatures(Credentials credentials)
      throws GeneralSecurityException {
    KeyStore store = emptyStore();
    for (X509Certificate authority : credentials.authorities()) {
      store.setCertificateEntry("authority " + store.size(), authority);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty store cannot be made", e);
    }
  }

  private SSLSocketFactory factory() throws IOException {
    try {
      Keys current = keys();
      SSLContext context = SSLContext.getInstance(PROTOCOLS[0]);
      context.init(new KeyManager[] {current.own()}, new TrustManager[] {current.trusted()}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new SSLException(own(e), e);
    }
  }

  // ---- handshakes ----

  /** Says that a connection has begun with something else than TLS. */
  private static final class PlainException extends IOException {
    private static final long serialVersionUID = 1;
  }

  /** Speaks TLS on a connection to a peer. */
  SSLSocket connect(Socket plain) throws IOException {
    SSLSocket socket = (SSLSocket) factory().createSocket(plain, null, plain.getPort(), true);
    socket.setEnabledProtocols(PROTOCOLS);
    socket.startHandshake();
    return socket;
  }

  /**
   * Speaks TLS on a connection that a peer has made. What begins with something else is told
   * nothing, for a node that speaks in plain would take an alert of TLS for the length of a
   * message.
   */
  SSLSocket accept(Socket plain) throws IOException {
    int first = plain.getInputStream().read();
    if (first < 0) {
      throw new EOFException();
    }
    if (first != HANDSHAKE) {
      throw new PlainException();
    }
    byte[] consumed = {(byte) first};
    SSLSocket socket =
        (SSLSocket) factory().createSocket(plain, new ByteArrayInputStream(consumed), true);
    socket.setEnabledProtocols(PROTOCOLS);
    socket.setNeedClientAuth(true);
    socket.startHandshake();
    return socket;
  }

  // ---- what goes wrong ----

  /** What is wrong, which the log counts if it happens often, and the facts. */
  private record Reason(String what, String facts) {
    String with(String outcome, String peer) {
      return "%s, %s: peer=%s%s".formatted(outcome, what, peer, facts);
    }
  }

  /** Somebody has connected to this node, and is not let in. */
  void refused(InetSocketAddress peer, Throwable why) {
    boolean isGone = why instanceof SocketException || deepest(why) instanceof EOFException;
    if (!isGone) { // As whoever looks whether the port is open, or has another connection already.
      logger.log(
          Level.WARNING,
          reason(why).with("connection of a node refused", peer.getAddress().getHostAddress()));
    }
  }

  /** This node has connected to a peer, which is not what it should be, or does not let it in. */
  void failed(InetSocketAddress peer, Throwable why) {
    String said = reason(why).with(FAILED, text(peer));
    problem = said;
    logger.log(Level.WARNING, said);
  }

  /**
   * Why a node with these options could not connect to a peer lately, if that was a matter of TLS.
   *
   * @param tls null if it speaks in plain: then peers are asked whether they speak TLS
   */
  static Optional<String> problem(@Nullable NodeTls tls, ClusterOptions options) {
    return tls != null
        ? Optional.ofNullable(tls.problem)
        : options.peerAddresses().stream()
            .filter(peer -> !peer.equals(options.bind()))
            .filter(NodeTls::isSpokenBy)
            .findFirst()
            .map(peer ->
                new Reason("it speaks TLS, and this node does not", ALL_OR_NONE)
                    .with(FAILED, text(peer)));
  }

  private static String text(InetSocketAddress peer) {
    return peer.getAddress().getHostAddress() + ":" + peer.getPort();
  }

  private static Throwable deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }

  private Reason reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PeerTrust.StrangerException stranger) {
        return new Reason(
            "its certificate names none of --cluster-peers", " " + stranger.getMessage());
      }
      if (cause instanceof CertPathBuilderException) {
        return new Reason("its certificate is not signed by one in --tls-ca", "");
      }
    }
    Throwable deepest = deepest(failure);
    String message = String.valueOf(deepest.getMessage());
    return switch (deepest) {
      case PlainException _ -> new Reason(PLAIN, ALL_OR_NONE);
      case EOFException _ -> new Reason(CLOSES, CLOSES_WHY);
      case TimeoutException _ -> new Reason("it does not answer in time", "");
      case CertificateException _ -> new Reason("its certificate is not valid", " " + message);
      case SSLException _ when message.contains("fatal alert") ->
          new Reason("it does not accept the certificate of this node", "; its log says why");
      case SSLException _ when message.contains("Empty client certificate chain") ->
          new Reason("it shows no certificate that is signed by one in --tls-ca", "");
      case SSLException _ when message.contains("unrecognized SSL message") ->
          new Reason(PLAIN, ALL_OR_NONE);
      case SocketException _ -> new Reason(CLOSES, CLOSES_WHY);
      default -> new Reason("TLS fails", " " + message);
    };
  }

  /** Whether somebody speaks TLS there, for a node that does not. */
  private static boolean isSpokenBy(InetSocketAddress peer) {
    try (Socket plain = new Socket()) {
      plain.connect(peer, PROBE_MILLIS);
      plain.setSoTimeout(PROBE_MILLIS);
      try (SSLSocket socket =
          (SSLSocket)
              SSLContext.getDefault()
                  .getSocketFactory()
                  .createSocket(plain, null, peer.getPort(), true)) {
        socket.startHandshake();
        return true;
      }
    } catch (SSLException e) {
      return isOfTls(e);
    } catch (IOException | GeneralSecurityException e) {
      return false;
    }
  }

  /** It has sent a certificate, which is not trusted, or an alert. */
  private static boolean isOfTls(SSLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return String.valueOf(failure.getMessage()).contains("fatal alert");
  }
}
