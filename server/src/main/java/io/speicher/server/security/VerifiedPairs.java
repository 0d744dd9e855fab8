package io.speicher.server.security;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who has said the right password lately. Of the password it keeps a hash with a key that this
 * process has made and nobody else knows, for a minute. Any thread may call any method.
 */
final class VerifiedPairs {
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int MAX_USERS = 1_024;
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  /** The last right pair of a user. */
  private static final class Verified {
    final Users.Entry user;
    final byte[] hash;
    final long sinceNanos;

    Verified(Users.Entry user, byte[] hash, long sinceNanos) {
      this.user = user;
      this.hash = hash;
      this.sinceNanos = sinceNanos;
    }
  }

  private final LongSupplier nanoTime;
  private final SecretKeySpec key;

  @GuardedBy("this")
  private final Map<String, Verified> byName = new LinkedHashMap<>();

  VerifiedPairs(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, ALGORITHM);
  }

  /** The keyed hash of a password. */
  byte[] hash(String password) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + ALGORITHM, e);
    }
  }

  /** The user of this name as it was when this hash was that of its password, if it ever was. */
  synchronized Users.@Nullable Entry find(String name, byte[] hash) {
    Verified known = byName.get(name);
    return known != null
            && nanoTime.getAsLong() - known.sinceNanos < REMEMBERED_NANOS
            && MessageDigest.isEqual(known.hash, hash)
        ? known.user
        : null;
  }

  /** Where there are too many, the one that was added first makes room. */
  synchronized void add(String name, byte[] hash, Users.Entry user) {
    byName.remove(name);
    byName.put(name, new Verified(user, hash, nanoTime.getAsLong()));
    if (byName.size() > MAX_USERS) {
      byName.remove(byName.keySet().iterator().next());
    }
  }
}
