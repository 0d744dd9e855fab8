package io.speicher.server.security;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that openssl has made. */
final class PemFileTest {
  @TempDir private Path folder;

  private static String resource(String name) throws IOException {
    try (InputStream in = PemFileTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), US_ASCII);
    }
  }

  private PemFile file(String text) throws IOException {
    return new PemFile("tls-key", Files.writeString(folder.resolve("file.pem"), text));
  }

  // ---- keys ----

  @ParameterizedTest
  @CsvSource({"rsa-pkcs8.pem, RSA", "ec-pkcs8.pem, EC", "ed25519-pkcs8.pem, EdDSA"})
  void key(String name, String algorithm) throws IOException {
    assertThat(file(resource(name)).privateKey(Optional.empty()).getAlgorithm())
        .isEqualTo(algorithm);
  }

  @ParameterizedTest
  @CsvSource({"rsa-pkcs1.pem, rsa-pkcs8.pem", "ec-sec1.pem, ec-pkcs8.pem"})
  void key_olderForm_isTheSame(String older, String newer) throws IOException {
    assertThat(secret(file(resource(older)).privateKey(Optional.empty())))
        .isEqualTo(secret(file(resource(newer)).privateKey(Optional.empty())));
  }

  private static BigInteger secret(PrivateKey key) {
    return switch (key) {
      case RSAPrivateKey rsa -> rsa.getPrivateExponent();
      case ECPrivateKey ec -> ec.getS();
      default -> throw new IllegalArgumentException("no such algorithm: " + key.getAlgorithm());
    };
  }

  @Test
  void key_behindCertificate() throws IOException {
    String both = resource("rsa-certificate.pem") + "a comment\r\n" + resource("rsa-pkcs8.pem");
    assertThat(file(both).privateKey(Optional.empty()).getAlgorithm()).isEqualTo("RSA");
    assertThat(file(both).certificates()).hasSize(1);
  }

  @Test
  void key_encrypted() throws IOException {
    PemFile encrypted = file(resource("ec-encrypted.pem"));
    assertThatThrownBy(() -> encrypted.privateKey(Optional.empty()))
        .isInstanceOf(TlsException.class)
        .hasMessage(
            "tls-key=%s: its private key is encrypted; say its password with tls-key-password-file, or write it in plain with: openssl pkey -in KEY"
                .formatted(encrypted.path()));
  }

  @Test
  void key_encrypted_withItsPassword() throws IOException {
    PemFile encrypted = file(resource("ec-encrypted.pem"));
    Path right = Files.writeString(folder.resolve("right"), "secret\nand more\n");
    assertThat(secret(encrypted.privateKey(Optional.of(right))))
        .isEqualTo(secret(new PemFile("", plain()).privateKey(Optional.empty())));
    Path wrong = Files.writeString(folder.resolve("wrong"), "Secret\n");
    assertThatThrownBy(() -> encrypted.privateKey(Optional.of(wrong)))
        .isInstanceOf(TlsException.class)
        .hasMessage(
            "tls-key=%s: its private key is not encrypted by the password in %s"
                .formatted(encrypted.path(), wrong));
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> encrypted.privateKey(Optional.of(missing)))
        .isInstanceOf(TlsException.class)
        .hasMessage("tls-key-password-file=" + missing + ": no such file");
  }

  private Path plain() throws IOException {
    return Files.writeString(folder.resolve("plain.pem"), resource("ec-pkcs8.pem"));
  }

  /** Whatever a file holds, it is told with its name. */
  @ParameterizedTest
  @ValueSource(strings = {"rsa-pkcs1.pem", "ec-sec1.pem", "ec-pkcs8.pem"})
  void key_cutAnywhere(String name) throws IOException {
    String whole = resource(name);
    int end = whole.lastIndexOf("-----END");
    for (int length = 0; length < end - 4; length += 3) {
      PemFile cut = file(whole.substring(0, length) + whole.substring(end));
      assertThatThrownBy(() -> cut.privateKey(Optional.empty()))
          .as("length=%d", length)
          .isInstanceOf(TlsException.class)
          .hasMessageStartingWith("tls-key=" + cut.path() + ": ");
    }
  }

  // ---- certificates ----

  @Test
  void certificates_inTheirOrder() throws IOException {
    String certificate = resource("rsa-certificate.pem");
    assertThat(file(certificate + certificate).certificates()).hasSize(2);
  }

  @Test
  void certificates_noneOrBroken() throws IOException {
    PemFile none = file(resource("rsa-pkcs8.pem"));
    assertThatThrownBy(none::certificates).hasMessageContaining("it has no certificate");
    PemFile broken = file("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertThatThrownBy(broken::certificates)
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("cannot be read");
    PemFile missing = new PemFile("tls-cert", folder.resolve("missing"));
    assertThatThrownBy(missing::certificates).hasMessageEndingWith("missing: no such file");
  }
}
