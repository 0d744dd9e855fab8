package io.speicher.server.security;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.speicher.dialect.Account;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * The server's side of TLS: makes an engine for each connection from a certificate and a key, which
 * it reads again when their files change. Connections keep what they began with.
 *
 * <p>Any thread may call any method, but {@link #reload} and {@link #reloadIfChanged}, which read
 * files, only one at a time and no event loop.
 */
public final class Tls implements AutoCloseable {
  private static final Logger logger = System.getLogger(Tls.class.getName());

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /** So many signatures are made at a time, while loops go on; one takes up to a millisecond. */
  private static final int HANDSHAKE_THREADS =
      Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8);

  private static final long IDLE_SECONDS = 10;

  /** OpenSSL, or what is as good, where netty-tcnative is on the class path; or else Java's own. */
  private static final SslProvider PROVIDER =
      OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;

  /** Sessions of clients that know no tickets are remembered; each takes some kilobytes. */
  private static final int MAX_SESSIONS = 2_000;

  /** As much of a message of a handshake as is received is kept until all of it is. */
  private static final int MAX_MESSAGE_BYTES = 16 << 10;

  /**
   * What a peer can make an engine hold: a handshake that does not go on, 13 KiB of Java's heap,
   * and most of another message. One that has nothing to do takes 7 KiB, and of OpenSSL 11.
   */
  private static final int ENGINE_BYTES = (16 << 10) + MAX_MESSAGE_BYTES;

  private static final long REFUSAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TlsSettings settings;
  private final Account account;
  private final int maxConnections;
  private final ThreadPoolExecutor handshakes;

  @GuardedBy("contextLock")
  private SslContext context;

  private final Object contextLock = new Object();

  /** What the context was made of. */
  private volatile Credentials credentials;

  /** How many engines there are. */
  private final AtomicInteger engineCount = new AtomicInteger();

  /** When it was last logged that there are too many. */
  private final AtomicLong refusalNanos = new AtomicLong(System.nanoTime() - REFUSAL_NANOS);

  private final FileWatch watch;

  /**
   * Reads the files.
   *
   * @param account of what connections hold outside the heap
   * @throws TlsException if they make no sense, or not together
   */
  public Tls(TlsSettings settings, Account account) throws TlsException {
    // A peer could have the server make one signature after the other.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    System.setProperty("jdk.tls.maxHandshakeMessageSize", Integer.toString(MAX_MESSAGE_BYTES));
    this.settings = settings;
    this.account = account;
    maxConnections =
        settings.maxConnections() == 0 ? maxConnections(account) : settings.maxConnections();
    watch = new FileWatch(settings.files());
    credentials = read();
    context = newContext(credentials);
    handshakes =
        new ThreadPoolExecutor(
            HANDSHAKE_THREADS,
            HANDSHAKE_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("speicher-handshake", true));
    handshakes.allowCoreThreadTimeOut(true);
  }

  public TlsSettings settings() {
    return settings;
  }

  /** Where an engine's long computations belong. */
  public Executor handshakes() {
    return handshakes;
  }

  /** What speaks TLS. */
  public static String provider() {
    return PROVIDER == SslProvider.JDK ? "JDK" : OpenSsl.versionString();
  }

  /** How many engines there is memory for. */
  private static int maxConnections(Account account) {
    long memoryBytes =
        PROVIDER == SslProvider.JDK ? Runtime.getRuntime().maxMemory() : account.limitBytes();
    return Math.toIntExact(memoryBytes / 2 / ENGINE_BYTES);
  }

  /** How many connections can be encrypted at a time. */
  public int maxConnections() {
    return maxConnections;
  }

  /**
   * Makes room for an engine, or returns false. So peers cannot fill the memory with engines: those
   * of Java may have half of the heap, and others, which lie outside, half of the account, where
   * they are counted.
   */
  public boolean tryEnter() {
    if (engineCount.incrementAndGet() > maxConnections) {
      engineCount.decrementAndGet();
      logRefusal();
      return false;
    }
    if (PROVIDER != SslProvider.JDK) {
      account.take(ENGINE_BYTES);
    }
    return true;
  }

  /** Gives that room back. */
  public void leave() {
    engineCount.decrementAndGet();
    if (PROVIDER != SslProvider.JDK) {
      account.giveBack(ENGINE_BYTES);
    }
  }

  private void logRefusal() {
    long before = refusalNanos.get();
    long now = System.nanoTime();
    if (now - before >= REFUSAL_NANOS && refusalNanos.compareAndSet(before, now)) {
      logger.log(
          Level.WARNING,
          "too many connections speak TLS, new ones are refused: max-tls-connections="
              + maxConnections
              + "; docs/security.md says how to raise it");
    }
  }

  /** For a connection that begins. */
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    synchronized (contextLock) { // It must not be released meanwhile.
      return context.newEngine(allocator);
    }
  }

  /** What the files had in them when they were read last; others after they have changed. */
  public Credentials credentials() {
    return credentials;
  }

  // ---- reading the files ----

  private Credentials read() throws TlsException {
    PemFile certificateFile = new PemFile("tls-cert", settings.certificates());
    PemFile keyFile = new PemFile("tls-key", settings.key());
    List<X509Certificate> certificates = certificateFile.certificates();
    PrivateKey key = keyFile.privateKey(settings.keyPassword());
    requirePair(certificates.getFirst().getPublicKey(), key, keyFile);
    List<X509Certificate> authorities =
        settings.authorities().isEmpty()
            ? List.of()
            : new PemFile("tls-ca", settings.authorities().get()).certificates();
    return new Credentials(key, List.copyOf(certificates), List.copyOf(authorities));
  }

  private SslContext newContext(Credentials read) throws TlsException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(read.key(), read.certificates())
            .sslProvider(PROVIDER)
            .sessionCacheSize(MAX_SESSIONS)
            .protocols(settings.protocols().isEmpty() ? PROTOCOLS : settings.protocols())
            .clientAuth(
                switch (settings.clients()) {
                  case NO -> ClientAuth.NONE;
                  case OPTIONAL -> ClientAuth.OPTIONAL;
                  case REQUIRED -> ClientAuth.REQUIRE;
                });
    if (!read.authorities().isEmpty()) {
      builder.trustManager(read.authorities());
    }
    if (!settings.ciphers().isEmpty()) {
      builder.ciphers(settings.ciphers(), IdentityCipherSuiteFilter.INSTANCE);
    }
    SslContext built = null;
    try {
      built = builder.build();
      ReferenceCountUtil.release(built.newEngine(ByteBufAllocator.DEFAULT));
      return built;
    } catch (SSLException | IllegalArgumentException e) {
      if (built != null) {
        ReferenceCountUtil.release(built);
      }
      throw new TlsException("tls-protocols or tls-ciphers: " + reason(e), e);
    }
  }

  private static String reason(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }

  private void requirePair(PublicKey certified, PrivateKey key, PemFile keyFile)
      throws TlsException {
    boolean isPair;
    try {
      Signature signature =
          Signature.getInstance(
              switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
              });
      byte[] signed = {1};
      signature.initSign(key);
      signature.update(signed);
      byte[] bySigner = signature.sign();
      signature.initVerify(certified);
      signature.update(signed);
      isPair = signature.verify(bySigner);
    } catch (GeneralSecurityException e) {
      isPair = false; // They are of different algorithms.
    }
    if (!isPair) {
      throw new TlsException(
          keyFile.message("not the key of the certificate in tls-cert=" + settings.certificates()));
    }
  }

  // ---- reading them again ----

  /**
   * Reads the files again if they have changed, and not since the last look: who replaces several
   * files is given time to do so.
   */
  public void reloadIfChanged() {
    if (watch.haveChanged()) {
      reload();
    }
  }

  /**
   * Reads the files again. If they make no sense, that is logged and what was read before stays.
   */
  public synchronized void reload() {
    watch.read(); // Whatever it is: it is logged once.
    try {
      Credentials next = read();
      SslContext nextContext = newContext(next);
      SslContext before;
      synchronized (contextLock) {
        before = context;
        context = nextContext;
      }
      credentials = next;
      ReferenceCountUtil.release(before); // Its engines retain it.
      logger.log(Level.INFO, "certificate reloaded: tls-cert=" + settings.certificates());
    } catch (TlsException e) {
      logger.log(Level.ERROR, "certificate not reloaded, the one before stays: " + e.getMessage());
    }
  }

  /** Ends its threads; connections that are in their handshake do not finish it. */
  @Override
  public void close() {
    handshakes.shutdownNow();
    synchronized (contextLock) {
      ReferenceCountUtil.release(context);
    }
  }
}
