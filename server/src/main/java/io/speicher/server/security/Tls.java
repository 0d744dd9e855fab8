package io.speicher.server.security;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

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

  /** What tells that a file is another one, as far as the file system does. */
  private record Version(FileTime changed, long bytes, @Nullable Object file) {}

  private final TlsSettings settings;
  private final ThreadPoolExecutor handshakes;
  private volatile SslContext context;

  /** What the files were like when they were read, and when they were looked at last. */
  private List<Optional<Version>> read;

  private List<Optional<Version>> seen;

  /**
   * Reads the files.
   *
   * @throws TlsException if they make no sense, or not together
   */
  public Tls(TlsSettings settings) throws TlsException {
    // A peer could have the server make one signature after the other.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    this.settings = settings;
    read = versions();
    seen = read;
    context = newContext();
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

  /** For a connection that begins. */
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return context.newEngine(allocator);
  }

  // ---- reading the files ----

  private SslContext newContext() throws TlsException {
    PemFile certificateFile = new PemFile("tls-cert", settings.certificates());
    PemFile keyFile = new PemFile("tls-key", settings.key());
    List<X509Certificate> certificates = certificateFile.certificates();
    PrivateKey key = keyFile.privateKey();
    requirePair(certificates.getFirst().getPublicKey(), key, keyFile);
    SslContextBuilder builder =
        SslContextBuilder.forServer(key, certificates)
            .sslProvider(SslProvider.JDK)
            .protocols(settings.protocols().isEmpty() ? PROTOCOLS : settings.protocols())
            .clientAuth(
                switch (settings.clients()) {
                  case NO -> ClientAuth.NONE;
                  case OPTIONAL -> ClientAuth.OPTIONAL;
                  case REQUIRED -> ClientAuth.REQUIRE;
                });
    if (settings.authorities().isPresent()) {
      builder.trustManager(new PemFile("tls-ca", settings.authorities().get()).certificates());
    }
    if (!settings.ciphers().isEmpty()) {
      builder.ciphers(settings.ciphers(), IdentityCipherSuiteFilter.INSTANCE);
    }
    try {
      SslContext built = builder.build();
      ReferenceCountUtil.release(built.newEngine(ByteBufAllocator.DEFAULT));
      return built;
    } catch (SSLException | IllegalArgumentException e) {
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
    List<Optional<Version>> now = versions();
    boolean isSettled = now.equals(seen);
    seen = now;
    if (isSettled && !now.equals(read)) {
      reload();
    }
  }

  /**
   * Reads the files again. If they make no sense, that is logged and what was read before stays.
   */
  public synchronized void reload() {
    read = versions(); // Whatever it is: it is logged once.
    try {
      context = newContext();
      logger.log(Level.INFO, "certificate reloaded: tls-cert=" + settings.certificates());
    } catch (TlsException e) {
      logger.log(Level.ERROR, "certificate not reloaded, the one before stays: " + e.getMessage());
    }
  }

  private List<Optional<Version>> versions() {
    List<Optional<Version>> versions = new ArrayList<>();
    for (Path file : settings.files()) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        versions.add(
            Optional.of(
                new Version(
                    attributes.lastModifiedTime(), attributes.size(), attributes.fileKey())));
      } catch (IOException e) {
        versions.add(Optional.empty()); // Reading it tells why.
      }
    }
    return versions;
  }

  /** Ends its threads; connections that are in their handshake do not finish it. */
  @Override
  public void close() {
    handshakes.shutdownNow();
  }
}
