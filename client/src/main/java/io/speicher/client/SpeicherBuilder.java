package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.client.net.ConnectionObserver;
import io.speicher.client.net.ServerBackend;
import io.speicher.client.net.Settings;
import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.ServerUrl;
import io.speicher.client.wire.Tls;
import io.speicher.client.wire.TlsFiles;
import io.speicher.protocol.Limits;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a client can be told before it connects. Not safe for more than one thread at a time. */
public final class SpeicherBuilder {
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_TIMEOUT = Duration.ofDays(1);
  private static final int MAX_CONNECTIONS = 64;

  /** What no server has: a name instead of an address. */
  private static final Pattern PROVIDED = Pattern.compile("speicher:(?!//)");

  private String host = "localhost";
  private int port = Address.DEFAULT_PORT;

  /** In the place of host and port; empty for these. */
  private List<Address> servers = List.of();

  /** A URL that names no server. */
  private @Nullable String providedUrl;

  private boolean usesTls;
  private @Nullable SSLContext tls;
  private boolean verifiesHost = true;
  private @Nullable Login login;
  private Duration timeout = Duration.ofSeconds(2);
  private Duration connectTimeout = Duration.ofSeconds(2);
  private Duration heartbeat = Duration.ofSeconds(15);
  private long maxPendingBytes = 64L << 20;
  private int maxFrameBytes = Limits.DEFAULT.maxFrameBytes();
  private int connections = 1;
  private boolean retriesReads;
  private String namespace = "";
  private ConnectMode connectMode = ConnectMode.EAGER;
  private @Nullable Breaker breaker;
  private @Nullable Executor callbackExecutor;
  private final List<ClientListener> listeners = new ArrayList<>();

  SpeicherBuilder() {}

  /** A host name or an IP address; {@code localhost} unless told otherwise. */
  public SpeicherBuilder host(String host) {
    this.host = new Address.Port(nonNull("host", host), port).host();
    return at(List.of());
  }

  /** From 1 to 65,535; 14567 unless told otherwise. */
  public SpeicherBuilder port(int port) {
    this.port = new Address.Port(host, port).port();
    return at(List.of());
  }

  private SpeicherBuilder at(List<Address> said) {
    servers = said;
    providedUrl = null;
    return this;
  }

  /**
   * Several nodes of one cluster, in the place of host and port. Any of them will do: the client
   * connects to one, and to another one if that cannot be had or is lost.
   *
   * @param addresses {@code host:port}, or without the port, which then is 14567; an IPv6 address
   *     is in brackets
   */
  public SpeicherBuilder nodes(String... addresses) {
    List<Address> said = new ArrayList<>();
    for (String address : addresses) {
      said.add(Address.Port.of(nonNull("address", address), Address.DEFAULT_PORT));
    }
    if (said.isEmpty()) {
      throw new IllegalArgumentException("addresses=0 (expected: at least 1)");
    }
    return at(List.copyOf(said));
  }

  /** The Unix domain socket of a server on this machine, in the place of host and port. */
  public SpeicherBuilder socket(Path path) {
    return at(List.of(new Address.SocketFile(nonNull("path", path))));
  }

  /**
   * Host and port in one, and perhaps who the client is.
   *
   * @param url {@code speicher://host:port}, or without the port, which then is 14567; or {@code
   *     speicher://user:password@host:port}, both percent-encoded; {@code
   *     speicher://host:port,host:port} for {@link #nodes}; {@code speichers://} in the place of
   *     {@code speicher://} for {@link #tls()}; {@code unix:/path} for {@link #socket}; or {@code
   *     speicher:embedded}, if the module {@code embedded} is there, for an engine in this process,
   *     for which of all settings only {@link #namespace} counts
   */
  public SpeicherBuilder url(String url) {
    boolean isProvided = PROVIDED.matcher(nonNull("url", url)).lookingAt();
    providedUrl = isProvided ? url : null;
    if (isProvided) {
      return this;
    }
    ServerUrl said = ServerUrl.of(url);
    if (said.servers().size() == 1 && said.servers().get(0) instanceof Address.Port address) {
      host(address.host()).port(address.port());
    } else {
      at(said.servers());
    }
    usesTls |= said.usesTls();
    login = said.login() == null ? login : said.login();
    return this;
  }

  /**
   * Speaks TLS, and trusts the certificates that Java trusts. The server's certificate has to name
   * the host that was asked for.
   */
  public SpeicherBuilder tls() {
    usesTls = true;
    return this;
  }

  /** Speaks TLS, and trusts and shows what {@code context} does. */
  public SpeicherBuilder tls(SSLContext context) {
    tls = nonNull("context", context);
    return tls();
  }

  /**
   * Speaks TLS, and trusts the certificates that those in a file have signed.
   *
   * @param authorities certificates in PEM; that of a server which has signed its own
   * @throws IllegalArgumentException if the file is none of these
   */
  public SpeicherBuilder tls(Path authorities) {
    return tls(TlsFiles.context(nonNull("authorities", authorities), null, null));
  }

  /**
   * The same, and shows a certificate if the server asks for one.
   *
   * @param authorities certificates in PEM, or null for those that Java trusts
   * @param certificate the client's own in PEM, and those between it and its root
   * @param key its private key in PEM: PKCS#8, and not encrypted
   * @throws IllegalArgumentException if the files are none of these
   */
  public SpeicherBuilder tls(@Nullable Path authorities, Path certificate, Path key) {
    return tls(
        TlsFiles.context(authorities, nonNull("certificate", certificate), nonNull("key", key)));
  }

  /**
   * Whether the server's certificate has to name the host that was asked for, which it has unless
   * told otherwise. Without that, everybody with a certificate of the same authority can pose as
   * the server.
   */
  public SpeicherBuilder verifyHostName(boolean verifies) {
    verifiesHost = verifies;
    return this;
  }

  /**
   * Who the client says it is on each connection, before it sends anything else. A connection where
   * the server refuses that is lost, with that reason.
   *
   * @param user {@code default} where the server has but a password
   */
  public SpeicherBuilder login(String user, String password) {
    login = new Login(nonNull("user", user), nonNull("password", password));
    return this;
  }

  /**
   * How long an operation may take, from the call to the reply; two seconds unless told otherwise.
   * See {@link CacheOptions#timeout} for single caches.
   *
   * <p>It is also the measure of silence: when a command went unanswered for so long, and nothing
   * at all was received since it was sent, the connection is taken for dead and made anew.
   *
   * @param timeout from one millisecond to one day
   */
  public SpeicherBuilder timeout(Duration timeout) {
    requireTimeout("timeout", timeout);
    this.timeout = timeout;
    return this;
  }

  /**
   * How long one attempt to connect may take; two seconds unless told otherwise.
   *
   * @param connectTimeout from one millisecond to one day
   */
  public SpeicherBuilder connectTimeout(Duration connectTimeout) {
    requireTimeout("connectTimeout", connectTimeout);
    this.connectTimeout = connectTimeout;
    return this;
  }

  /**
   * How often the server is asked for a sign of life while nothing else is asked of it; every 15
   * seconds unless told otherwise. It is what notices a connection that a firewall has dropped, and
   * keeps others from being dropped.
   *
   * @param interval from one millisecond to one day
   */
  public SpeicherBuilder heartbeat(Duration interval) {
    requireTimeout("heartbeat", interval);
    heartbeat = interval;
    return this;
  }

  /**
   * How much memory commands without a reply may take on each connection, those included whose
   * callers have given up; 64 MiB unless told otherwise. A command that would exceed it fails with
   * {@link io.speicher.client.exception.QueueFullException}, unless it is the only one.
   *
   * @param bytes at least 1; a command takes its own bytes and about 300 more
   */
  public SpeicherBuilder maxPendingBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("maxPendingBytes=" + bytes + " (expected: at least 1)");
    }
    maxPendingBytes = bytes;
    return this;
  }

  /**
   * How many connections there are; one unless told otherwise. With several, a large value holds up
   * small ones only on its own. Each key belongs to one of them.
   *
   * @param count from 1 to 64
   */
  public SpeicherBuilder connections(int count) {
    connections = within("connections", count, MAX_CONNECTIONS);
    return this;
  }

  /**
   * Whether a read whose connection is lost is sent once more, within the same timeout; not unless
   * told otherwise. A write never is.
   */
  public SpeicherBuilder retryReads(boolean retries) {
    retriesReads = retries;
    return this;
  }

  /** When to leave a server alone that does not answer; never unless told otherwise. */
  public SpeicherBuilder breaker(Breaker breaker) {
    this.breaker = nonNull("breaker", breaker);
    return this;
  }

  /**
   * What all keys of this client begin with, such as {@code staging:}; nothing unless told
   * otherwise.
   */
  public SpeicherBuilder namespace(String prefix) {
    namespace = nonNull("prefix", prefix);
    return this;
  }

  /** Whether {@link #build} waits for a connection, which it does unless told otherwise. */
  public SpeicherBuilder connect(ConnectMode mode) {
    connectMode = nonNull("mode", mode);
    return this;
  }

  /**
   * Where futures are completed and listeners called; on up to 64 daemon threads of the client's
   * own unless told otherwise. It belongs to the caller. If it refuses a task, callbacks wait for
   * those that run, and if none does they run on the client's I/O thread.
   */
  public SpeicherBuilder callbackExecutor(Executor executor) {
    callbackExecutor = nonNull("executor", executor);
    return this;
  }

  /** Who is told what the client does, after those that were named before. */
  public SpeicherBuilder listener(ClientListener listener) {
    listeners.add(nonNull("listener", listener));
    return this;
  }

  /**
   * The longest frame, in bytes, that is sent or received; 32 MiB unless told otherwise, as the
   * server has it. A longer command fails with {@link
   * io.speicher.client.exception.ValueTooLongException} before it is sent, a longer reply is
   * malformed.
   *
   * @param maxFrameBytes from 1 to 268,435,455
   */
  public SpeicherBuilder maxFrameBytes(int maxFrameBytes) {
    this.maxFrameBytes = within("maxFrameBytes", maxFrameBytes, Limits.MAX_FRAME_BYTES);
    return this;
  }

  private static int within(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + "=" + value + " (expected: 1.." + max + ")");
    }
    return value;
  }

  /**
   * Connects, and waits for that unless it is to be {@link ConnectMode#LAZY}.
   *
   * @throws io.speicher.client.exception.ConnectFailedException if it waits, and there is no
   *     connection in time
   * @throws IllegalArgumentException if what was said contradicts itself
   * @throws io.speicher.client.exception.CallInterruptedException if the thread is interrupted
   *     meanwhile; it is still marked as interrupted
   */
  public Speicher build() {
    String provided = providedUrl;
    if (provided != null) {
      return open(provided);
    }
    List<Address> used = servers.isEmpty() ? List.of(new Address.Port(host, port)) : servers;
    if (usesTls && used.get(0) instanceof Address.SocketFile) {
      throw new IllegalArgumentException(
          "a Unix domain socket is not encrypted: leave out TLS, or connect to a port");
    }
    Settings settings =
        new Settings(
            used,
            login,
            usesTls ? new Tls(tls == null ? defaultTls() : tls, verifiesHost) : null,
            timeout.toNanos(),
            (int) connectTimeout.toMillis(),
            heartbeat.toNanos(),
            maxPendingBytes,
            maxFrameBytes,
            connections,
            breaker == null ? 0 : breaker.failures(),
            breaker == null ? 0 : breaker.openFor().toNanos(),
            retriesReads,
            callbackExecutor,
            observer());
    ServerBackend backend = ServerBackend.open(settings, connectMode == ConnectMode.EAGER);
    CallObserver observer =
        listeners.isEmpty()
            ? null
            : new CallObserver(Listeners.of(listeners), settings.server(), namespace);
    return new BackendSpeicher(backend, namespace, timeout, observer);
  }

  private Speicher open(String url) {
    return ServiceLoader.load(SpeicherProvider.class, SpeicherProvider.class.getClassLoader())
        .stream()
        .map(provider -> provider.get().open(url, namespace))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "url="
                    + url
                    + ": nothing on the class path serves it (speicher:embedded needs"
                    + " io.speicher:speicher-embedded, and Java 25)"));
  }

  private ConnectionObserver observer() {
    ClientListener told = Listeners.of(listeners);
    return new ConnectionObserver() {
      @Override
      public void connected(String server) {
        told.connected(server);
      }

      @Override
      public void lost(String server, String reason) {
        told.disconnected(server, reason);
      }

      @Override
      public void unreachable(String server, String reason) {
        told.unreachable(server, reason);
      }
    };
  }

  private static SSLContext defaultTls() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java has no TLS", e);
    }
  }

  static void requireTimeout(String name, Duration timeout) {
    nonNull(name, timeout);
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          name + "=" + timeout + " (expected: " + MIN_TIMEOUT + ".." + MAX_TIMEOUT + ")");
    }
  }
}
