package io.speicher.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import java.util.stream.Stream;
import org.infinispan.interceptors.impl.EntryWrappingInterceptor;
import org.junit.jupiter.api.Test;

/** Which segment a key lies in. */
final class SlotPartitionerTest {
  private final SlotPartitioner partitioner = new SlotPartitioner();

  private static Key key(String text) {
    return new Key(text.getBytes(US_ASCII));
  }

  @Test
  void keysOfATag_areTogether() {
    int segment = partitioner.getSegment(key("{user:7}:name"));
    assertThat(partitioner.getSegment(key("{user:7}:mail"))).isEqualTo(segment);
    assertThat(segment).isBetween(0, SlotPartitioner.SEGMENTS - 1);
    assertThat(partitioner.getSegment(63)).isEqualTo(63);
  }

  /**
   * Infinispan looks for the owners of a segment as if its number was a key. When this fails, it
   * does so no longer: then a number need not be its own segment.
   */
  @Test
  void infinispanStillAsksForASegmentAsForAKey() throws IOException {
    Class<?> type = EntryWrappingInterceptor.class;
    try (InputStream bytes = type.getResourceAsStream(type.getSimpleName() + ".class")) {
      List<String> calls =
          ClassFile.of().parse(requireNonNull(bytes).readAllBytes()).methods().stream()
              .filter(method -> method.methodName().equalsString("segmentAddedOwners"))
              .flatMap(method -> method.code().orElseThrow().elementStream())
              .flatMap(SlotPartitionerTest::calls)
              .toList();
      assertThat(calls)
          .filteredOn(call -> call.startsWith("getDistribution(Ljava/lang/Object;)"))
          .hasSize(1);
    }
  }

  private static Stream<String> calls(CodeElement element) {
    return element instanceof InvokeInstruction call
        ? Stream.of(call.name().stringValue() + call.type().stringValue())
        : Stream.empty();
  }
}
