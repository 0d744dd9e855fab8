package io.speicher.client.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads PEM files (RFC 7468), as {@code openssl} writes them, for a client that speaks TLS. */
public final class TlsFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");

  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  /** Protects what never leaves the memory of this process, because Java wants it so. */
  private static final char[] NO_PASSWORD = {};

  private TlsFiles() {}

  /**
   * Trusts the certificates that those in {@code authorities} have signed, and shows its own one if
   * it is asked.
   *
   * @param authorities null for those that Java trusts
   * @param certificates null to show none; the client's own first
   * @param key null to show none
   * @throws IllegalArgumentException if a file cannot be read or is not what it should be
   */
  public static SSLContext context(
      @Nullable Path authorities, @Nullable Path certificates, @Nullable Path key) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          certificates == null || key == null ? null : keys(certificates, key),
          authorities == null ? null : trust(authorities),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("TLS is not possible with these files: " + e, e);
    }
  }

  private static TrustManager[] trust(Path authorities)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = newStore();
    for (Certificate authority : certificates(authorities)) {
      trusted.setCertificateEntry("authority-" + trusted.size(), authority);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private static KeyManager[] keys(Path certificates, Path key)
      throws GeneralSecurityException, IOException {
    KeyStore own = newStore();
    Certificate[] chain = certificates(certificates).toArray(Certificate[]::new);
    own.setKeyEntry("own", privateKey(key), NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore newStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws GeneralSecurityException {
    Collection<? extends Certificate> found;
    try {
      found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(read(file)));
    } catch (java.security.cert.CertificateException e) {
      throw wrong(file, "it has a certificate that cannot be read", e);
    }
    if (found.isEmpty()) {
      throw wrong(file, "it has no certificate (expected: -----BEGIN CERTIFICATE)", null);
    }
    return found;
  }

  private static PrivateKey privateKey(Path file) {
    Matcher block = KEY.matcher(new String(read(file), US_ASCII));
    if (!block.find()) {
      throw wrong(
          file,
          "it has no private key in PKCS#8 (expected: -----BEGIN PRIVATE KEY, as openssl pkey -in"
              + " KEY writes it)",
          null);
    }
    byte[] bytes = Base64.getMimeDecoder().decode(block.group(1));
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (GeneralSecurityException e) {
        // It is a key of another algorithm, or none.
      }
    }
    throw wrong(file, "its private key cannot be read (expected: RSA, EC or EdDSA)", null);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw wrong(file, "it cannot be read", e);
    }
  }

  private static IllegalArgumentException wrong(Path file, String what, @Nullable Throwable cause) {
    return new IllegalArgumentException("file=" + file + ": " + what, cause);
  }
}
