package io.speicher.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class ValuesTest {
  private static final Values VALUES = new Values(new ValueSizes.Range(16, 40_000));

  @Test
  void problem_noneOfWhatWasPut() {
    for (long key = 0; key < 100; key++) {
      byte[] value = value(key, key * 1_000_003);
      assertThat(VALUES.problem(key, value, value.length)).isNull();
    }
  }

  @Test
  void problem_everyByteThatDiffers() {
    byte[] value = new byte[40];
    Values fixed = new Values(new ValueSizes.Range(40, 40));
    long hash = Values.hash(3, 17);
    fixed.put(ByteBuffer.wrap(value), 17, hash, 40);
    for (int i = 0; i < value.length; i++) {
      byte right = value[i];
      value[i] = '!';
      assertThat(fixed.problem(3, value, value.length)).contains("byte " + i + " ");
      value[i] = right;
    }
    assertThat(fixed.problem(3, value, value.length)).isNull();
  }

  @Test
  void problem_otherKey_otherLength_torn() {
    byte[] value = value(1, 5);
    assertThat(VALUES.problem(2, value, value.length)).isNotNull();
    assertThat(VALUES.problem(1, value, value.length - 1)).contains("bytes (expected: ");
    assertThat(VALUES.problem(1, value, 15)).contains("it has 15 bytes (expected: at least 16)");

    Values fixed = new Values(new ValueSizes.Range(100, 100));
    byte[] first = new byte[100];
    byte[] second = new byte[100];
    fixed.put(ByteBuffer.wrap(first), 1, Values.hash(1, 1), 100);
    fixed.put(ByteBuffer.wrap(second), 2, Values.hash(1, 2), 100);
    System.arraycopy(second, 50, first, 50, 50);
    assertThat(fixed.problem(1, first, 100)).contains("byte 5").contains("as write 1 left it");
  }

  private static byte[] value(long key, long counter) {
    long hash = Values.hash(key, counter);
    byte[] value = new byte[VALUES.size(hash)];
    VALUES.put(ByteBuffer.wrap(value), counter, hash, value.length);
    return value;
  }
}
