package io.speicher.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a password: enough to recognize it, and slow to guess from. Immutable.
 *
 * <p>Its text is {@code pbkdf2-sha256$COUNT$SALT$HASH}, with both in base64 without padding. The
 * password is hashed as UTF-8.
 *
 * <p>A hash that comes from an access list of Redis is another one: SHA-256 without a salt, 64
 * hexadecimal digits. It is fast to guess from, and never made here; nobody could move users from
 * there without it, since their passwords are not known.
 *
 * <p>Source: RFC 8018, PBKDF2; the count is what OWASP's Password Storage Cheat Sheet has asked for
 * since 2023.
 */
public final class PasswordHash {
  static final int ITERATIONS = 600_000;

  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final String SCHEME = "pbkdf2-sha256";
  private static final Pattern TEXT =
      Pattern.compile(SCHEME + "\\$(\\d{1,8})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{43})");

  /** As Redis writes it. */
  private static final Pattern UNSALTED = Pattern.compile("[0-9a-f]{64}");

  /** Stands for a hash without a salt. */
  private static final int ONCE = 0;

  private final int iterations;
  private final byte[] salt;
  private final byte[] hash;

  private PasswordHash(int iterations, byte[] salt, byte[] hash) {
    this.iterations = iterations;
    this.salt = salt;
    this.hash = hash;
  }

  /** Hashes a password with a salt of its own. Takes a quarter of a second of a processor. */
  public static PasswordHash of(String password) {
    return of(password, ITERATIONS);
  }

  static PasswordHash of(String password, int iterations) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new PasswordHash(iterations, salt, hash(password, iterations, salt));
  }

  /**
   * Reads what {@link #toString} has written.
   *
   * @throws IllegalArgumentException if it is something else; the message does not repeat it
   */
  public static PasswordHash parse(String text) {
    if (UNSALTED.matcher(text).matches()) {
      return new PasswordHash(ONCE, new byte[0], HexFormat.of().parseHex(text));
    }
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      int iterations = Integer.parseInt(matcher.group(1));
      if (iterations >= 1 && iterations <= MAX_ITERATIONS) {
        return new PasswordHash(
            iterations,
            Base64.getDecoder().decode(matcher.group(2)),
            Base64.getDecoder().decode(matcher.group(3)));
      }
    }
    throw new IllegalArgumentException(
        "no hash of a password (expected: "
            + SCHEME
            + "$COUNT$SALT$HASH, as `speicher user add` writes it, or the 64 lowercase hexadecimal"
            + " digits of Redis)");
  }

  /** Whether it is slow to guess from. */
  boolean isSlow() {
    return iterations != ONCE;
  }

  /** Takes as long whatever the answer is. */
  public boolean matches(String password) {
    return MessageDigest.isEqual(hash, hash(password, iterations, salt));
  }

  private static byte[] hash(String password, int iterations, byte[] salt) {
    if (iterations == ONCE) {
      return hashOnce(password);
    }
    char[] characters = password.toCharArray();
    PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, HASH_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no PBKDF2WithHmacSHA256", e);
    } finally {
      spec.clearPassword();
      Arrays.fill(characters, '\0');
    }
  }

  private static byte[] hashOnce(String password) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(password.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PasswordHash same
        && iterations == same.iterations
        && Arrays.equals(salt, same.salt)
        && Arrays.equals(hash, same.hash);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  @Override
  public String toString() {
    if (iterations == ONCE) {
      return HexFormat.of().formatHex(hash);
    }
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return SCHEME
        + '$'
        + iterations
        + '$'
        + base64.encodeToString(salt)
        + '$'
        + base64.encodeToString(hash);
  }
}
