package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class PrefixEndsTest {
  private static final String BYTES =
      "ab:/\u0000\u007f\u0080\u00ff9;"; // Neighbours of the delimiters.

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void in_isWhereBytesAndLengthsSayIt() {
    for (int round = 0; round < 2_000; round++) {
      List<byte[]> prefixes = new ArrayList<>();
      for (int i = random.nextInt(1, 20); i > 0; i--) {
        byte[] prefix = randomBytes(random.nextInt(1, 251));
        prefix[prefix.length - 1] = (byte) ":/#".charAt(random.nextInt(3));
        prefixes.add(prefix);
      }
      byte[] key = randomBytes(random.nextInt(1, 300));
      assertThat(ends(prefixes, key))
          .as("seed %d", seed)
          .isEqualTo(
              prefixes.stream()
                  .map(prefix -> prefix.length)
                  .filter(length -> length <= key.length && isLast(prefixes, key[length - 1]))
                  .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  private byte[] randomBytes(int bytes) {
    byte[] made = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      made[i] = (byte) BYTES.charAt(random.nextInt(BYTES.length()));
    }
    return made;
  }

  private static boolean isLast(List<byte[]> prefixes, byte b) {
    return prefixes.stream().anyMatch(prefix -> prefix[prefix.length - 1] == b);
  }

  /** The lengths at which prefixes may end in a key, which are the same wherever it lies. */
  private static Set<Integer> ends(List<byte[]> prefixes, byte[] key) {
    PrefixEnds ends = new PrefixEnds(prefixes);
    ByteBuffer direct = ByteBuffer.allocateDirect(key.length + 3).position(3).put(key).flip();
    long address = MemorySegment.ofBuffer(direct).address() + 3;
    Set<Integer> found = new TreeSet<>();
    for (int block = 0; block < ends.blocks(key.length); block++) {
      long places = ends.in(block, direct, 3, key.length);
      assertThat(ends.in(block, address, key.length)).isEqualTo(places);
      assertThat(ends.in(block, ByteBuffer.wrap(key), 0, key.length)).isEqualTo(places);
      for (int i = 0; i < PrefixEnds.BLOCK; i++) {
        if ((places >>> i & 1) != 0) {
          found.add(block * PrefixEnds.BLOCK + i + 1);
        }
      }
    }
    return found;
  }
}
