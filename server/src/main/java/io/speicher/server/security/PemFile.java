package io.speicher.server.security;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A file of PEM blocks (RFC 7468), as {@code openssl} writes them.
 *
 * @param option the setting that names the file, for messages
 */
record PemFile(String option, Path path) {

  /*
   * Java reads private keys in PKCS#8 alone. The older forms, PKCS#1 for RSA and SEC 1 for elliptic
   * curves, are what PKCS#8 wraps, so they are wrapped here:
   *
   *   SEQUENCE { INTEGER 0, SEQUENCE { the algorithm }, OCTET STRING { the older form } }
   *
   * SEC 1 names its curve in an element [0] behind the number.
   */
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final byte CURVE = (byte) 0xA0;
  private static final byte[] VERSION_0 = HexFormat.of().parseHex("020100");
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  /** The certificates of the file, at least one, in their order. */
  List<X509Certificate> certificates() throws TlsException {
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = blocks();
    while (blocks.find()) {
      if (blocks.group(1).equals("CERTIFICATE")) {
        try {
          certificates.add(
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(bytes(blocks))));
        } catch (GeneralSecurityException e) {
          throw wrong("it has a certificate that cannot be read", e);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsException(message("it has no certificate (expected: -----BEGIN CERTIFICATE)"));
    }
    return certificates;
  }

  /**
   * The first private key of the file.
   *
   * @param password the file whose first line is the key's password, if it has one
   */
  PrivateKey privateKey(Optional<Path> password) throws TlsException {
    Matcher blocks = blocks();
    while (blocks.find()) {
      switch (blocks.group(1)) {
        case "PRIVATE KEY" -> {
          return pkcs8(bytes(blocks));
        }
        case "RSA PRIVATE KEY" -> {
          requirePlain(blocks);
          return pkcs8(wrapped(RSA, bytes(blocks)));
        }
        case "EC PRIVATE KEY" -> {
          requirePlain(blocks);
          byte[] key = bytes(blocks);
          return pkcs8(wrapped(element(SEQUENCE, joined(EC, curve(key))), key));
        }
        case "ENCRYPTED PRIVATE KEY" -> {
          return pkcs8(decrypted(bytes(blocks), password.orElseThrow(this::encrypted)));
        }
        default -> {} // Parameters of a curve, or a certificate beside the key.
      }
    }
    throw new TlsException(message("it has no private key (expected: -----BEGIN PRIVATE KEY)"));
  }

  private void requirePlain(Matcher block) throws TlsException {
    if (block.group(2).contains("ENCRYPTED")) {
      throw new TlsException(
          message(
              "its private key is encrypted in an old way; write it anew with: openssl pkcs8 -topk8"
                  + " -in KEY"));
    }
  }

  private TlsException encrypted() {
    return new TlsException(
        message(
            "its private key is encrypted; say its password with tls-key-password-file, or write it"
                + " in plain with: openssl pkey -in KEY"));
  }

  /** PBES2 as openssl writes it (RFC 8018, section 6.2). */
  private byte[] decrypted(byte[] bytes, Path passwordFile) throws TlsException {
    PemFile file = new PemFile("tls-key-password-file", passwordFile);
    char[] password = file.text(UTF_8).lines().findFirst().orElse("").toCharArray();
    try {
      EncryptedPrivateKeyInfo key = new EncryptedPrivateKeyInfo(bytes);
      // Java calls the scheme PBES2, and its parameters by the name of the algorithm.
      String algorithm = key.getAlgParameters().toString();
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password)),
          key.getAlgParameters());
      return key.getKeySpec(cipher).getEncoded();
    } catch (NoSuchAlgorithmException | IOException e) {
      throw wrong("its private key is encrypted in a way that is not known (expected: PBES2)", e);
    } catch (GeneralSecurityException e) {
      throw wrong("its private key is not encrypted by the password in " + passwordFile, e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private PrivateKey pkcs8(byte[] bytes) throws TlsException {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (GeneralSecurityException e) {
        // It is a key of another algorithm, or none.
      }
    }
    throw new TlsException(message("its private key cannot be read (expected: RSA, EC or EdDSA)"));
  }

  private Matcher blocks() throws TlsException {
    return BLOCK.matcher(text(US_ASCII));
  }

  private String text(Charset charset) throws TlsException {
    try {
      return Files.readString(path, charset);
    } catch (NoSuchFileException e) {
      throw wrong("no such file", e);
    } catch (AccessDeniedException e) {
      throw wrong("permission denied", e);
    } catch (IOException e) {
      throw wrong("it is no text", e);
    }
  }

  private byte[] bytes(Matcher block) throws TlsException {
    try {
      return Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw wrong("it has a block that is not in base 64", e);
    }
  }

  TlsException wrong(String what, Throwable cause) {
    return new TlsException(message(what), cause);
  }

  String message(String what) {
    return option + "=" + path + ": " + what;
  }

  // ---- the older forms of keys ----

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return element(SEQUENCE, joined(VERSION_0, algorithm, element(OCTET_STRING, key)));
  }

  /** The element [0] of a key in SEC 1: SEQUENCE { INTEGER 1, OCTET STRING, [0], [1] }. */
  private byte[] curve(byte[] key) throws TlsException {
    int lengthBytes = key.length > 1 && key[1] < 0 ? key[1] & 0x7F : 0;
    int secret = 2 + lengthBytes + VERSION_0.length;
    int curve = end(key, secret);
    int end = end(key, curve);
    if (end <= key.length && key[curve] == CURVE) {
      return Arrays.copyOfRange(key, curve + 2, end);
    }
    throw new TlsException(message("its private key does not name its curve"));
  }

  /** Where the element ends that begins there, of up to 127 bytes; maybe outside of the key. */
  private static int end(byte[] key, int start) {
    return start + 1 < key.length && key[start + 1] >= 0
        ? start + 2 + key[start + 1]
        : Integer.MAX_VALUE - 2;
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
