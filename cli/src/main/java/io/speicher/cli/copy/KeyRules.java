package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.protocol.Glob;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which keys are copied, and what they are called at the target. */
final class KeyRules {
  static final String NO_PREFIX = "key does not begin with --prefix-strip";

  private final @Nullable String pattern;
  private final @Nullable Glob glob;
  private final byte[] strip;
  private final byte[] add;

  /**
   * Makes rules.
   *
   * @param pattern of the keys at the source, or null for all
   * @param strip a prefix that is taken away; keys without it are not copied
   * @param add a prefix that all get
   */
  KeyRules(@Nullable String pattern, String strip, String add) {
    this.pattern = pattern;
    glob = pattern == null ? null : new Glob(ByteBuffer.wrap(pattern.getBytes(UTF_8)));
    this.strip = strip.getBytes(UTF_8);
    this.add = add.getBytes(UTF_8);
  }

  /** What SCAN is to be told; null for all keys. */
  @Nullable String pattern() {
    return pattern;
  }

  /** Whether the pattern allows the key. */
  boolean allows(byte[] key) {
    return glob == null || glob.matches(ByteBuffer.wrap(key));
  }

  /** What the key is called at the target; null if it has not the prefix. */
  byte @Nullable [] rename(byte[] key) {
    if (strip.length == 0 && add.length == 0) {
      return key;
    }
    if (key.length < strip.length || !Arrays.equals(key, 0, strip.length, strip, 0, strip.length)) {
      return null;
    }
    byte[] renamed = Arrays.copyOf(add, add.length + key.length - strip.length);
    System.arraycopy(key, strip.length, renamed, add.length, key.length - strip.length);
    return renamed;
  }

  /** What a key of the target was called at the source. */
  byte[] original(byte[] renamed) {
    byte[] key = Arrays.copyOf(strip, strip.length + renamed.length - add.length);
    System.arraycopy(renamed, add.length, key, strip.length, renamed.length - add.length);
    return key;
  }
}
