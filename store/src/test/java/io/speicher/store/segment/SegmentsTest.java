package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SegmentsTest {
  private static final int SEGMENT_BYTES = 4 << 10;
  private static final int COUNT = 8;
  private static final long BASE = 1_700_000_000_000L;

  private static final int HEADER_BYTES = SegmentLayout.HEADER_BYTES;

  private final StoreLayout layout = new StoreLayout(SEGMENT_BYTES, COUNT, 0, 1, 0);
  private final NativeMemory memory = NativeMemory.reserve(layout.bytes());
  private final Segments segments = Segments.create(layout, memory.address());

  @AfterEach
  void release() {
    memory.release();
  }

  // ---- lives ----

  @Test
  void create_allAreFree() {
    for (int segment = 0; segment < COUNT; segment++) {
      assertThat(segments.isInUse(segment)).isFalse();
      assertThat(segments.itemClass(segment)).isEqualTo(Segments.FREE);
      assertThat(segments.sequenceAcquire(segment)).isZero();
      assertThat(segments.reserve(segment, 0, 10)).isEqualTo(-1);
    }
  }

  @Test
  void begin_describesItself() {
    segments.begin(3, 17, 1, BASE, 5);

    long sequence = segments.sequenceAcquire(3);
    assertThat(sequence).isPositive().isEqualTo(segments.lastSequence());
    assertThat(segments.expiryBaseMillis(3)).isEqualTo(BASE);
    assertThat(segments.itemClass(3)).isEqualTo(17);
    assertThat(segments.stamp(3)).isEqualTo(5);
    long header = segments.address(segments.startOf(3));
    assertThat(SegmentLayout.isSound(header, RootLayout.secret(memory.address(), 0))).isTrue();
    assertThat(SegmentLayout.state(header)).isEqualTo(SegmentLayout.OPEN);
    assertThat(SegmentLayout.sequence(header)).isEqualTo(sequence);
    assertThat(SegmentLayout.itemClass(header)).isEqualTo(17);
    assertThat(SegmentLayout.runLength(header)).isEqualTo(1);
    assertThat(SegmentLayout.expiryBaseMillis(header)).isEqualTo(BASE);
    assertThat(SegmentLayout.stamp(header)).isEqualTo(5);
    assertThat(SegmentLayout.writeOffset(header)).isZero();
    assertThat(segments.isHeaderSound(3)).isTrue();
  }

  @Test
  void end_thenBegin_isAnotherLife() {
    segments.begin(0, 0, 1, BASE, 0);
    long first = segments.sequenceAcquire(0);
    assertThat(segments.reserve(0, first, 10)).isEqualTo(HEADER_BYTES);
    segments.done(0);
    assertThat(segments.seal(0)).isTrue();

    segments.end(0);
    assertThat(segments.sequenceAcquire(0)).isZero();
    assertThat(segments.isInUse(0)).isFalse();
    assertThat(segments.reserve(0, first, 10)).isEqualTo(-1);

    segments.begin(0, 0, 1, BASE, 0);
    long second = segments.sequenceAcquire(0);
    assertThat(second).isGreaterThan(first);
    assertThat(segments.reserve(0, first, 10)).isEqualTo(-1);
    assertThat(segments.reserve(0, second, 10)).isEqualTo(HEADER_BYTES);
    assertThat(segments.version(first, HEADER_BYTES))
        .isNotEqualTo(segments.version(second, HEADER_BYTES));
  }

  /** Numbers are compared by their low 23 bits where writers reserve. */
  @Test
  void reserve_manyLivesLater_ofAnotherSegment() {
    for (int i = 0; i < (1 << 16); i++) {
      segments.begin(1, 0, 1, BASE, 0);
      segments.seal(1);
      segments.end(1);
    }
    segments.begin(0, 0, 1, BASE, 0);
    assertThat(segments.reserve(0, segments.sequenceAcquire(0), 10)).isEqualTo(HEADER_BYTES);
  }

  @Test
  void version_isAnotherOneForEachLocationAndLife() {
    Set<Long> versions = new HashSet<>();
    for (long sequence = 1; sequence <= 50; sequence++) {
      for (long offset = HEADER_BYTES; offset < SEGMENT_BYTES; offset += 5) {
        assertThat(versions.add(segments.version(sequence, segments.startOf(2) + offset))).isTrue();
      }
    }
  }

  // ---- filling ----

  @Test
  void reserve_untilItIsFull() {
    segments.begin(2, 0, 1, BASE, 0);
    long sequence = segments.sequenceAcquire(2);
    long start = segments.startOf(2);
    assertThat(segments.reserve(2, sequence, 1_000)).isEqualTo(start + HEADER_BYTES);
    assertThat(segments.reserve(2, sequence, 3_000)).isEqualTo(start + HEADER_BYTES + 1_000);
    assertThat(segments.reserve(2, sequence, 49)).isEqualTo(-1);
    assertThat(segments.reserve(2, sequence, 48)).isEqualTo(start + HEADER_BYTES + 4_000);
    assertThat(segments.writeOffset(2)).isEqualTo(SEGMENT_BYTES);
    assertThat(segments.reserve(2, sequence, 1)).isEqualTo(-1);
  }

  @Test
  void seal_waitsForWriters() {
    segments.begin(0, 0, 1, BASE, 0);
    long sequence = segments.sequenceAcquire(0);
    segments.reserve(0, sequence, 10);
    segments.reserve(0, sequence, 10);

    assertThat(segments.seal(0)).isFalse();
    assertThat(segments.hasWriters(0)).isTrue();
    assertThat(segments.reserve(0, sequence, 10)).isEqualTo(-1);
    segments.done(0);
    assertThat(segments.seal(0)).isFalse();
    segments.done(0);
    assertThat(segments.seal(0)).isTrue();
    assertThat(segments.hasWriters(0)).isFalse();
    assertThat(segments.writeOffset(0)).isEqualTo(HEADER_BYTES + 20);
    long header = segments.address(segments.startOf(0));
    assertThat(SegmentLayout.state(header)).isEqualTo(SegmentLayout.SEALED);
    assertThat(SegmentLayout.writeOffset(header)).isEqualTo(HEADER_BYTES + 20);
    assertThat(segments.isHeaderSound(0)).isTrue();
  }

  @Test
  void reserve_fromManyThreads_noneOverlaps() throws InterruptedException {
    segments.begin(0, 0, 1, BASE, 0);
    long sequence = segments.sequenceAcquire(0);
    ConcurrentLinkedQueue<Long> locations = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                long location = segments.reserve(0, sequence, 8);
                while (location >= 0) {
                  locations.add(location);
                  segments.done(0);
                  location = segments.reserve(0, sequence, 8);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(locations).hasSize((SEGMENT_BYTES - HEADER_BYTES) / 8).doesNotHaveDuplicates();
    assertThat(locations).allMatch(location -> location % 8 == 0 && location >= HEADER_BYTES);
    assertThat(segments.seal(0)).isTrue();
  }

  @Test
  void addLiveBytes_addsAndTakes() {
    segments.begin(0, 0, 1, BASE, 0);
    segments.addLiveBytes(0, 100);
    segments.addLiveBytes(0, -40);
    assertThat(segments.liveBytes(0)).isEqualTo(60);
  }

  // ---- runs ----

  @Test
  void segmentsFor_atItsBounds() {
    assertThat(segments.segmentsFor(1)).isEqualTo(1);
    assertThat(segments.segmentsFor(SEGMENT_BYTES - HEADER_BYTES)).isEqualTo(1);
    assertThat(segments.segmentsFor(SEGMENT_BYTES - HEADER_BYTES + 1)).isEqualTo(2);
    assertThat(segments.segmentsFor(2 * SEGMENT_BYTES - HEADER_BYTES)).isEqualTo(2);
  }

  @Test
  void reserveRun_takesOneItem() {
    segments.begin(2, 9, 3, BASE, 0);
    assertThat(segments.itemClass(3)).isEqualTo(Segments.RUN_TAIL);
    assertThat(segments.itemClass(4)).isEqualTo(Segments.RUN_TAIL);
    assertThat(segments.itemClass(5)).isEqualTo(Segments.FREE);
    assertThat(segments.runLength(4)).isEqualTo(3);

    assertThat(segments.reserveRun(2, 3 * SEGMENT_BYTES - HEADER_BYTES))
        .isEqualTo(segments.startOf(2) + HEADER_BYTES);
    assertThat(segments.reserve(2, segments.sequenceAcquire(2), 1)).isEqualTo(-1);
    assertThat(segments.seal(2)).isFalse();
    segments.done(2);
    assertThat(segments.seal(2)).isTrue();

    segments.end(2);
    for (int segment = 2; segment < 5; segment++) {
      assertThat(segments.itemClass(segment)).isEqualTo(Segments.FREE);
    }
  }

  @Test
  void isOlder_byStampThenBySequence() {
    segments.begin(0, 0, 1, BASE, 7);
    segments.begin(1, 0, 1, BASE, 7);
    segments.begin(2, 0, 1, BASE, 6);
    assertThat(segments.isOlder(0, 1)).isTrue();
    assertThat(segments.isOlder(1, 0)).isFalse();
    assertThat(segments.isOlder(2, 0)).isTrue();
    segments.setPlace(2, 0, 8);
    assertThat(segments.isOlder(2, 0)).isFalse();
  }
}
