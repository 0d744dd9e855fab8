package io.speicher.bench.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyTest {

  // All of them.

  @ParameterizedTest
  @EnumSource
  void cache_withRoomForAll(Policy policy) {
    assertThat(Hits.of(policy, 10, "abcabcc")).isEqualTo("---++++");
  }

  @ParameterizedTest
  @EnumSource(names = {"LRU", "S3_FIFO", "CAFFEINE"})
  void cache_inBytes_leavesOutWhatIsTooLarge(Policy policy) {
    Trace.Builder builder = new Trace.Builder();
    builder.add("large", 5_000);
    builder.add("large", 5_000);
    builder.add("small", 10);
    builder.add("small", 10);

    Replay replay = Replay.of(builder.build(), policy, Capacity.ofBytes(4_000));

    assertThat(replay).isEqualTo(new Replay(4, 1, 10_020, 10));
  }

  @Test
  void speicher_inBytes() {
    Trace.Builder builder = new Trace.Builder();
    builder.add("key", 5_000);
    builder.add("other", 0);
    builder.add("key", 5_000);
    Capacity capacity = Capacity.ofBytes(64 << 20);

    Replay replay = Replay.of(builder.build(), Policy.SPEICHER, capacity);

    assertThat(replay).isEqualTo(new Replay(3, 1, 10_000, 5_000));
  }

  // LRU.

  @Test
  void lru_evictsTheLeastRecentlyUsed() {
    assertThat(Hits.of(Policy.LRU, 2, "abacba")).isEqualTo("--+---");
  }

  @Test
  void lru_inBytes() {
    Lru lru = new Lru(10);
    assertThat(lru.request(1, 4)).isFalse();
    assertThat(lru.request(2, 4)).isFalse();
    assertThat(lru.request(1, 4)).isTrue();
    assertThat(lru.request(3, 6)).isFalse(); // Evicts 2.
    assertThat(lru.request(1, 4)).isTrue();
    assertThat(lru.request(2, 4)).isFalse();
  }

  // S3-FIFO.

  @Test
  void s3Fifo_evictsFromTheSmallQueueFirst() {
    // As in a FIFO: the one hit on "a" is not enough to stay.
    assertThat(Hits.of(Policy.S3_FIFO, 2, "abaca")).isEqualTo("--+--");
  }

  @Test
  void s3Fifo_keepsWhatWasUsedTwice() {
    assertThat(Hits.of(Policy.S3_FIFO, 2, "aabacadaea")).isEqualTo("-+-+-+-+-+");
  }

  @Test
  void s3Fifo_putsWhatItRemembersIntoTheMainQueue() {
    // The ghost queue knows "a" when it comes again; from then on new keys pass by it.
    assertThat(Hits.of(Policy.S3_FIFO, 3, "abcdaefgha")).isEqualTo("---------+");
    assertThat(Hits.of(Policy.LRU, 3, "abcdaefgha")).isEqualTo("----------");
  }

  @Test
  void s3Fifo_inBytes_staysWithinItsCapacity() {
    S3Fifo cache = new S3Fifo(100);
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      cache.request(random.nextInt(50), 1 + random.nextInt(120));
      assertThat(cache.usedWeight()).isBetween(0L, 100L);
    }
  }

  // Those that a scan leaves alone.

  @Test
  void arc_keepsWhatWasAskedForTwice() {
    assertThat(Hits.of(Policy.ARC, 4, "ababcdefghab")).isEqualTo("--++------++");
    assertThat(Hits.of(Policy.LRU, 4, "ababcdefghab")).isEqualTo("--++--------");
  }

  @Test
  void arc_givesMoreToWhatWasLost() {
    // "c" and "d" come back while they are remembered, and so get what "a" and "b" had.
    assertThat(Hits.of(Policy.ARC, 2, "aabbcdcdcd")).endsWith("++");
  }

  @Test
  void lirs_keepsAPartOfALoop() {
    assertThat(Hits.of(Policy.LIRS, 4, "abcdeabcdeabcde")).isEqualTo("-----+++--+++--");
    assertThat(Hits.of(Policy.LRU, 4, "abcdeabcdeabcde")).doesNotContain("+");
  }

  @Test
  void twoQueues_keepsWhatComesBackAfterItHasLeft() {
    assertThat(Hits.of(Policy.TWO_QUEUES, 4, "abcdeafghijka")).isEqualTo("------------+");
    assertThat(Hits.of(Policy.LRU, 4, "abcdeafghijka")).doesNotContain("+");
  }

  @Test
  void wTinyLfu_keepsWhatIsAskedForMoreOften() {
    assertThat(Hits.of(Policy.W_TINY_LFU, 3, "aaaabcdefgha")).isEqualTo("-+++-------+");
    assertThat(Hits.of(Policy.LRU, 3, "aaaabcdefgha")).isEqualTo("-+++--------");
  }

  @ParameterizedTest
  @EnumSource(names = {"ARC", "LIRS", "TWO_QUEUES", "W_TINY_LFU", "OPT"})
  void cache_ofEqualItemsOnly_inBytes(Policy policy) {
    assertThat(policy.knowsBytes()).isFalse();
    assertThatThrownBy(() -> policy.cache(Capacity.ofBytes(1_000), new Trace.Builder().build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            policy.title + " is known for equal items only: give --capacity as a number of items");
  }

  // The optimum.

  @Test
  void opt_evictsWhatIsNeededLast() {
    assertThat(Hits.of(Policy.OPT, 2, "abcabc")).isEqualTo("---++-");
  }

  @Test
  void opt_leavesOutWhatIsNeverNeededAgain() {
    assertThat(Hits.of(Policy.OPT, 1, "axaya")).isEqualTo("--+-+");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void opt_isAsGoodAsTryingEverything(int seed) {
    Random random = new Random(seed);
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      letters.append((char) ('a' + random.nextInt(5)));
    }
    long hits = Hits.of(Policy.OPT, 2, letters.toString()).chars().filter(c -> c == '+').count();

    assertThat(hits).isEqualTo(mostHits(letters.toString(), ""));
  }

  /** Tries all that a cache of two items can do. */
  private static long mostHits(String letters, String cached) {
    if (letters.isEmpty()) {
      return 0;
    }
    String letter = letters.substring(0, 1);
    String rest = letters.substring(1);
    if (cached.contains(letter)) {
      return 1 + mostHits(rest, cached);
    }
    if (cached.length() < 2) {
      return mostHits(rest, cached + letter);
    }
    return Math.max(
        mostHits(rest, cached),
        Math.max(
            mostHits(rest, cached.charAt(0) + letter), mostHits(rest, cached.charAt(1) + letter)));
  }
}
