package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

final class KeyHashTest {
  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final KeyHash hash = newHash();

  private KeyHash newHash() {
    NativeMemory root = NativeMemory.reserve(RootLayout.ROOT_BYTES);
    try {
      KeyHash.writeSecrets(root.address(), random);
      return new KeyHash(root.address());
    } finally {
      root.release();
    }
  }

  @Test
  void of_anyBuffer_isTheSame() {
    for (int bytes = 1; bytes <= 100; bytes++) {
      byte[] key = randomBytes(bytes);
      long expected = hash.of(0, ByteBuffer.wrap(key));
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes + 9);
      direct.position(5);
      direct.put(key).flip().position(5);
      assertThat(hash.of(0, direct)).isEqualTo(expected);
      long address = MemorySegment.ofBuffer(direct).address();
      assertThat(hash.of(0, address, bytes)).isEqualTo(expected);
      assertThat(direct.position()).isEqualTo(5);
      assertThat(newHash().of(0, ByteBuffer.wrap(key))).isNotEqualTo(expected);
    }
  }

  @Test
  void of_shortKeys_allDifferent() {
    Set<Long> hashes = new HashSet<>();
    int keys = 0;
    for (int a = 0; a < 256; a++) {
      hashes.add(hash.of(0, ByteBuffer.wrap(new byte[] {(byte) a})));
      keys++;
      for (int b = 0; b < 256; b++) {
        hashes.add(hash.of(0, ByteBuffer.wrap(new byte[] {(byte) a, (byte) b})));
        keys++;
        for (int c = a & 3; c < 256; c += 4) { // Every byte at each place, not every combination.
          hashes.add(hash.of(0, ByteBuffer.wrap(new byte[] {(byte) a, (byte) b, (byte) c})));
          keys++;
        }
      }
    }
    assertThat(hashes).as("-Dseed=" + seed).hasSize(keys);
  }

  @Test
  void of_prefixesOfZeros_allDifferent() {
    Set<Long> hashes = new HashSet<>();
    for (int bytes = 1; bytes <= 2_000; bytes++) {
      hashes.add(hash.of(0, ByteBuffer.allocate(bytes)));
    }
    assertThat(hashes).as("-Dseed=" + seed).hasSize(2_000);
  }

  @Test
  void of_sequentialKeys_areSpreadEvenly() {
    spreadsEvenly(i -> bytes("key-" + i));
    spreadsEvenly(i -> bytes("user:%08d:profile".formatted(i)));
    spreadsEvenly(i -> ByteBuffer.allocate(4).putInt(0, i));
    spreadsEvenly(i -> ByteBuffer.allocate(8).putLong(0, (long) i << 32));
    spreadsEvenly(i -> ByteBuffer.allocate(40).putInt(20, i));
  }

  private void spreadsEvenly(IntFunction<ByteBuffer> keys) {
    spreadsEvenly(keys, key -> (int) (hash.of(0, key) >>> 56)); // Tables.
    spreadsEvenly(keys, key -> HashIndex.tagOf(hash.of(0, key)) >>> 12); // Buckets.
    spreadsEvenly(keys, key -> HashIndex.tagOf(hash.of(0, key)) & 255); // What tells them apart.
  }

  /** Chi-squared of 255 degrees of freedom is less than 400 but for one case in ten million. */
  private void spreadsEvenly(IntFunction<ByteBuffer> keys, ToIntFunction<ByteBuffer> place) {
    int count = 50_000;
    int[] counts = new int[256];
    for (int i = 0; i < count; i++) {
      counts[place.applyAsInt(keys.apply(i))]++;
    }
    double expected = count / 256.0;
    double chiSquared = 0;
    for (int found : counts) {
      chiSquared += (found - expected) * (found - expected) / expected;
    }
    assertThat(chiSquared).as("-Dseed=" + seed).isLessThan(400);
  }

  @Test
  void of_oneBitMore_changesHalfOfTheBits() {
    for (int bytes : new int[] {1, 2, 3, 4, 7, 8, 12, 16, 17, 24, 32, 33, 100}) {
      int trials = 3_000;
      int[] flips = new int[64];
      for (int i = 0; i < trials; i++) {
        byte[] key = randomBytes(bytes);
        long before = hash.of(0, ByteBuffer.wrap(key));
        key[random.nextInt(bytes)] ^= (byte) (1 << random.nextInt(8));
        long changed = before ^ hash.of(0, ByteBuffer.wrap(key));
        assertThat(changed).isNotZero();
        for (int bit = 0; bit < 64; bit++) {
          flips[bit] += (int) (changed >>> bit) & 1;
        }
      }
      for (int bit = 0; bit < 64; bit++) {
        assertThat(flips[bit] / (double) trials)
            .as("-Dseed=%d bytes=%d bit=%d", seed, bytes, bit)
            .isBetween(0.42, 0.58);
      }
    }
  }

  private byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
