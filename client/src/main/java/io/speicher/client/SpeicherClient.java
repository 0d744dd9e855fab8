package io.speicher.client;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.ServerUrl;
import io.speicher.client.wire.Tls;
import io.speicher.client.wire.TlsFiles;
import io.speicher.protocol.Limits;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client of a Speicher server, and a cache of strings.
 *
 * <pre>{@code
 * try (SpeicherClient cache = SpeicherClient.connect("localhost", 14567)) {
 *   cache.set("foo", "bar");      // true
 *   cache.get("foo");             // "bar", or null when there is none
 *   cache.delete("foo");          // true: there was one
 * }
 * }</pre>
 *
 * <p>One client serves a whole program: it is safe for all threads, and has one connection and one
 * daemon thread of its own, named {@code speicher-client-} and the server's address. When it loses
 * the connection it makes a new one by itself, trying after 10 ms at first and once a second at
 * last. Commands that were sent on the lost one fail, since nobody knows whether they were
 * executed, and are never sent again. Commands that wait to be sent fail when the next attempt to
 * connect fails, and later ones fail at once until an attempt succeeds.
 */
public final class SpeicherClient extends Cache<String> implements AutoCloseable {
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

  private SpeicherClient(Dispatcher dispatcher, long timeoutNanos) {
    super(dispatcher, Codec.text(), timeoutNanos);
  }

  /**
   * Connects with the defaults of {@link Builder}.
   *
   * @throws ConnectFailedException if that fails
   */
  public static SpeicherClient connect(String host, int port) {
    return builder().host(host).port(port).build();
  }

  /**
   * Connects with the defaults of {@link Builder}.
   *
   * @param url {@code speicher://host:port}, or one of the other forms of {@link Builder#url}
   * @throws ConnectFailedException if that fails
   */
  public static SpeicherClient connect(String url) {
    return builder().url(url).build();
  }

  /** Starts with the defaults, for {@code localhost}. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Closes the connection. Commands without a reply fail with {@link ClosedException}, and so does
   * every later call, on views too. Returns when that is done, within a second; when it was done
   * already, at once.
   */
  @Override
  public void close() {
    dispatcher.close();
  }

  static long timeoutNanos(String name, Duration timeout) {
    requireNonNull(name, timeout);
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          name + "=" + timeout + " (expected: " + MIN_TIMEOUT + ".." + MAX_TIMEOUT + ")");
    }
    return timeout.toNanos();
  }

  /** What a client can be told before it connects. Not safe for more than one thread at a time. */
  public static final class Builder {
    private static final int MAX_PENDING = 1 << 20;

    private String host = "localhost";
    private int port = Address.DEFAULT_PORT;
    private @Nullable Path socketFile;
    private boolean usesTls;
    private @Nullable SSLContext tls;
    private boolean verifiesHost = true;
    private @Nullable Login login;
    private Duration timeout = Duration.ofSeconds(2);
    private Duration connectTimeout = Duration.ofSeconds(2);
    private int maxPending = 16_384;
    private int maxFrameBytes = Limits.DEFAULT.maxFrameBytes();

    private Builder() {}

    /** A host name or an IP address; {@code localhost} unless told otherwise. */
    public Builder host(String host) {
      this.host = new Address.Port(requireNonNull("host", host), port).host();
      socketFile = null;
      return this;
    }

    /** From 1 to 65,535; 14567 unless told otherwise. */
    public Builder port(int port) {
      this.port = new Address.Port(host, port).port();
      socketFile = null;
      return this;
    }

    /** The Unix domain socket of a server on this machine, in the place of host and port. */
    public Builder socket(Path path) {
      socketFile = requireNonNull("path", path);
      return this;
    }

    /**
     * Host and port in one, and perhaps who the client is.
     *
     * @param url {@code speicher://host:port}, or without the port, which then is 14567; or {@code
     *     speicher://user:password@host:port}, both percent-encoded; {@code speichers://} in the
     *     place of {@code speicher://} for {@link #tls()}; or {@code unix:/path} for {@link
     *     #socket}
     */
    public Builder url(String url) {
      ServerUrl said = ServerUrl.of(requireNonNull("url", url));
      if (said.server() instanceof Address.Port address) {
        host(address.host()).port(address.port());
      } else if (said.server() instanceof Address.SocketFile file) {
        socket(file.path());
      }
      usesTls |= said.usesTls();
      login = said.login() == null ? login : said.login();
      return this;
    }

    /**
     * Speaks TLS, and trusts the certificates that Java trusts. The server's certificate has to
     * name the host that was asked for.
     */
    public Builder tls() {
      usesTls = true;
      return this;
    }

    /** Speaks TLS, and trusts and shows what {@code context} does. */
    public Builder tls(SSLContext context) {
      tls = requireNonNull("context", context);
      return tls();
    }

    /**
     * Speaks TLS, and trusts the certificates that those in a file have signed.
     *
     * @param authorities certificates in PEM; that of a server which has signed its own
     * @throws IllegalArgumentException if the file is none of these
     */
    public Builder tls(Path authorities) {
      return tls(TlsFiles.context(requireNonNull("authorities", authorities), null, null));
    }

    /**
     * The same, and shows a certificate if the server asks for one.
     *
     * @param authorities certificates in PEM, or null for those that Java trusts
     * @param certificate the client's own in PEM, and those between it and its root
     * @param key its private key in PEM: PKCS#8, and not encrypted
     * @throws IllegalArgumentException if the files are none of these
     */
    public Builder tls(@Nullable Path authorities, Path certificate, Path key) {
      return tls(
          TlsFiles.context(
              authorities, requireNonNull("certificate", certificate), requireNonNull("key", key)));
    }

    /**
     * Whether the server's certificate has to name the host that was asked for, which it has unless
     * told otherwise. Without that, everybody with a certificate of the same authority can pose as
     * the server.
     */
    public Builder verifyHostName(boolean verifies) {
      verifiesHost = verifies;
      return this;
    }

    /**
     * Who the client says it is on each connection, before it sends anything else. A connection
     * where the server refuses that is lost, with that reason.
     *
     * @param user {@code default} where the server has but a password
     */
    public Builder login(String user, String password) {
      login = new Login(requireNonNull("user", user), requireNonNull("password", password));
      return this;
    }

    /**
     * How long an operation may take, from the call to the reply; two seconds unless told
     * otherwise. See {@link Cache#withTimeout} for single calls.
     *
     * <p>It is also the measure of silence: when a command went unanswered for so long, and nothing
     * at all was received since it was sent, the connection is taken for dead and made anew.
     *
     * @param timeout from one millisecond to one day
     */
    public Builder timeout(Duration timeout) {
      timeoutNanos("timeout", timeout);
      this.timeout = timeout;
      return this;
    }

    /**
     * How long one attempt to connect may take; two seconds unless told otherwise.
     *
     * @param connectTimeout from one millisecond to one day
     */
    public Builder connectTimeout(Duration connectTimeout) {
      timeoutNanos("connectTimeout", connectTimeout);
      this.connectTimeout = connectTimeout;
      return this;
    }

    /**
     * How many commands may be without a reply at a time, those included whose callers have given
     * up; 16,384 unless told otherwise. One more fails with {@link QueueFullException}.
     *
     * @param maxPending from 1 to 1,048,576
     */
    public Builder maxPending(int maxPending) {
      this.maxPending = within("maxPending", maxPending, MAX_PENDING);
      return this;
    }

    /**
     * The longest frame, in bytes, that is sent or received; 32 MiB unless told otherwise, as the
     * server has it. A longer command is refused with {@link IllegalArgumentException} before it is
     * sent, a longer reply is malformed.
     *
     * @param maxFrameBytes from 1 to 268,435,455
     */
    public Builder maxFrameBytes(int maxFrameBytes) {
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
     * Connects, and waits for that.
     *
     * @throws ConnectFailedException if there is no connection in time
     * @throws IllegalArgumentException if what was said contradicts itself
     * @throws CallInterruptedException if the thread is interrupted meanwhile; it is still marked
     *     as interrupted
     */
    public SpeicherClient build() {
      if (usesTls && socketFile != null) {
        throw new IllegalArgumentException(
            "a Unix domain socket is not encrypted: leave out TLS, or connect to a port");
      }
      long timeoutNanos = timeout.toNanos();
      Settings settings =
          new Settings(
              socketFile == null
                  ? new Address.Port(host, port)
                  : new Address.SocketFile(socketFile),
              login,
              usesTls ? new Tls(tls == null ? defaultTls() : tls, verifiesHost) : null,
              timeoutNanos,
              (int) connectTimeout.toMillis(),
              maxPending,
              maxFrameBytes);
      return new SpeicherClient(Dispatcher.open(settings), timeoutNanos);
    }

    private static SSLContext defaultTls() {
      try {
        return SSLContext.getDefault();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Java has no TLS", e);
      }
    }
  }
}
