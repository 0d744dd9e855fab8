package io.speicher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.infinispan.commons.util.IntSets;
import org.junit.jupiter.api.Test;

/** What a node knows of the operations of the last seconds. */
final class RecentOperationsTest {
  private static final byte[] REPLY = {1};
  private static final byte[] LATER = {2};
  private static final int MANY = 100_000;

  private final AtomicLong nanos = new AtomicLong(-5); // Java's clock may be negative.
  private final RecentOperations recent = new RecentOperations(nanos::get);

  private long after(long seconds) {
    return nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void reply() {
    recent.add(7, REPLY);
    assertThat(recent.reply(7)).isSameAs(REPLY);
    assertThat(recent.reply(8)).isNull();
    recent.add(7, LATER);
    assertThat(recent.reply(7)).isSameAs(LATER);
  }

  @Test
  void reply_isForgottenAfterSomeTime() {
    long start = nanos.get();
    recent.add(1, REPLY);
    after(9);
    recent.add(2, REPLY);
    assertThat(recent.reply(1)).isNotNull();
    assertThat(recent.isCompleteSince(start)).isTrue();
    after(2);
    recent.add(3, REPLY);
    assertThat(recent.reply(1)).isNull();
    assertThat(recent.reply(2)).isNotNull();
    assertThat(recent.isCompleteSince(start)).isFalse();
    assertThat(recent.isCompleteSince(start + 1)).isTrue();
    after(9);
    recent.add(4, REPLY);
    assertThat(recent.reply(2)).isNull();
    assertThat(recent.isCompleteSince(start + 1)).isFalse();
  }

  @Test
  void isCompleteSince_notBeforeItsBegin() {
    assertThat(recent.isCompleteSince(nanos.get())).isTrue();
    assertThat(recent.isCompleteSince(nanos.get() - 1)).isFalse();
  }

  /** It forgets, and knows that it does. */
  @Test
  void manyOperations() {
    long start = after(1);
    for (int id = 0; id < MANY; id++) {
      recent.add(id, REPLY);
      nanos.incrementAndGet();
    }
    assertThat(recent.reply(0)).isNull();
    assertThat(recent.reply(MANY - 1)).isNotNull();
    assertThat(recent.isCompleteSince(start)).isFalse();
    assertThat(recent.isCompleteSince(nanos.get() - 1_000)).isTrue();
  }

  @Test
  void ownedSegments() {
    OwnedSegments owned = new OwnedSegments(nanos::get);
    assertThat(owned.isSince(3, nanos.get())).isFalse();
    long start = nanos.get();
    owned.add(IntSets.from(Set.of(3, 4)));
    after(1);
    owned.add(IntSets.immutableSet(3)); // It has had it all the time.
    assertThat(owned.isSince(3, start)).isTrue();
    assertThat(owned.isSince(3, start - 1)).isFalse();
    owned.remove(IntSets.immutableSet(3));
    assertThat(owned.isSince(3, nanos.get())).isFalse();
    owned.add(IntSets.immutableSet(3));
    assertThat(owned.isSince(3, start)).isFalse();
    assertThat(owned.isSince(3, nanos.get())).isTrue();
    assertThat(owned.isSince(4, start)).isTrue();
  }
}
