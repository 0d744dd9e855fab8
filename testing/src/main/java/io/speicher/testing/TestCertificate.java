package io.speicher.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate for localhost, and its key, made by the JDK's keytool; it has signed itself. */
public final class TestCertificate {
  /** Of the file that {@link #store} names. */
  public static final String PASSWORD = "changeit";

  private static final int MAX_SECONDS = 60;

  private final Path file;
  private final KeyStore store;
  private final String name;

  public TestCertificate(Path folder, String name)
      throws IOException, GeneralSecurityException, InterruptedException {
    this(folder, name, "dns:localhost,ip:127.0.0.1");
  }

  /**
   * For other hosts.
   *
   * @param hosts as keytool writes them
   */
  public TestCertificate(Path folder, String name, String hosts)
      throws IOException, GeneralSecurityException, InterruptedException {
    this(folder, name, List.of("-ext", "san=" + hosts, "-ext", "bc=ca:true"));
  }

  private TestCertificate(Path folder, String name, List<String> options)
      throws IOException, GeneralSecurityException, InterruptedException {
    this.name = name;
    file = folder.resolve(name + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString()));
    command.addAll(options);
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    if (!keytool.waitFor(MAX_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IOException("keytool has failed: " + said);
    }
    store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
  }

  /**
   * One that this one has signed. The tests that use it need a JDK of 18 or later.
   *
   * @param hosts as keytool writes them
   */
  public TestCertificate sign(String signedName, String hosts)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path folder = file.resolveSibling(signedName);
    Files.createDirectory(folder);
    Files.copy(file, folder.resolve(signedName + ".p12")); // Where keytool looks for the signer.
    TestCertificate signed =
        new TestCertificate(folder, signedName, List.of("-ext", "san=" + hosts, "-signer", name));
    signed.store.deleteEntry(name);
    return signed;
  }

  /** The file with certificate and key, in PKCS#12. */
  public Path store() {
    return file;
  }

  /** The certificate as PEM. */
  public String certificate() throws GeneralSecurityException {
    return pem("CERTIFICATE", store.getCertificate(name).getEncoded());
  }

  /** The key as PEM, in PKCS#8. */
  public String key() throws GeneralSecurityException {
    return pem("PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded());
  }

  private static String pem(String label, byte[] bytes) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** What a client trusts that trusts this alone, and shows nothing. */
  public SSLContext trusting() throws GeneralSecurityException {
    return context(null, this);
  }

  /** What a client trusts that trusts this and another one. */
  public SSLContext trustingAlso(TestCertificate other) throws GeneralSecurityException {
    return context(null, this, other);
  }

  /** What a client trusts that trusts this alone, and shows {@code own}. */
  public SSLContext trusting(TestCertificate own) throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own.store, PASSWORD.toCharArray());
    return context(keys.getKeyManagers(), this);
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TestCertificate... trustedOnes)
      throws GeneralSecurityException {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (TestCertificate one : trustedOnes) {
        trusted.setCertificateEntry(one.name, one.store.getCertificate(one.name));
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty store cannot be made", e);
    }
  }
}
