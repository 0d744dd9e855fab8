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
  private static final Key KEY = new Key(new byte[] {'k'});
  private static final Key OTHER_KEY = new Key(new byte[] {'o'});
  private static final long NONE = RecentOperations.NONE;
  private static final int MANY = 100_000;

  private final AtomicLong nanos = new AtomicLong(-5); // Java's clock may be negative.
  private final RecentOperations recent = new RecentOperations(nanos::get);

  private long after(long seconds) {
    return nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void reply() {
    recent.add(KEY, 7, NONE, REPLY);
    assertThat(recent.reply(7)).isSameAs(REPLY);
    assertThat(recent.reply(8)).isNull();
    recent.add(KEY, 7, 7, LATER);
    assertThat(recent.reply(7)).isSameAs(LATER);
  }

  @Test
  void reply_isForgottenAfterSomeTime() {
    long start = nanos.get();
    recent.add(KEY, 1, NONE, REPLY);
    after(9);
    recent.add(KEY, 2, 1, REPLY);
    assertThat(recent.reply(1)).isNotNull();
    assertThat(recent.isCompleteSince(start)).isTrue();
    after(2);
    recent.add(KEY, 3, 2, REPLY);
    assertThat(recent.reply(1)).isNull();
    assertThat(recent.reply(2)).isNotNull();
    assertThat(recent.isCompleteSince(start)).isFalse();
    assertThat(recent.isCompleteSince(start + 1)).isTrue();
    after(9);
    recent.add(OTHER_KEY, 4, NONE, REPLY);
    assertThat(recent.reply(2)).isNull();
    assertThat(recent.isCompleteSince(start + 1)).isFalse();
    assertThat(recent.last(KEY)).isEqualTo(3);
    after(2);
    recent.add(OTHER_KEY, 5, 4, REPLY);
    assertThat(recent.last(KEY)).isEqualTo(NONE);
  }

  /** What is stored again is remembered for as long as what is new. */
  @Test
  void reply_isForgottenLaterIfItIsStoredAgain() {
    recent.add(KEY, 1, NONE, REPLY);
    recent.add(OTHER_KEY, 2, NONE, REPLY);
    after(9);
    recent.add(KEY, 1, 1, REPLY);
    after(2);
    recent.add(KEY, 3, 1, REPLY);
    assertThat(recent.reply(1)).isNotNull();
    assertThat(recent.reply(2)).isNull();
  }

  /**
   * A primary that learns of a new topology does not store what its backups have stored, and
   * decides the next operation without it.
   */
  @Test
  void reply_isUnknownOfWhatThePrimaryHasNotStored() {
    RecentOperations backup = new RecentOperations(nanos::get);
    recent.add(KEY, 1, NONE, REPLY);
    backup.add(KEY, 1, NONE, REPLY);
    backup.add(OTHER_KEY, 9, NONE, REPLY);

    backup.add(KEY, 2, recent.last(KEY), REPLY);
    assertThat(backup.reply(2)).isSameAs(REPLY); // So it is if the backup is the primary now.

    long previous = recent.last(KEY);
    recent.add(KEY, 3, previous, REPLY);
    backup.add(KEY, 3, previous, REPLY);
    assertThat(backup.reply(2)).isSameAs(Operation.OUTCOME_UNKNOWN);
    assertThat(backup.reply(1)).isSameAs(REPLY);
    assertThat(backup.reply(3)).isSameAs(REPLY);
    assertThat(backup.reply(9)).isSameAs(REPLY);

    previous = recent.last(KEY);
    recent.add(KEY, 4, previous, REPLY);
    backup.add(KEY, 4, previous, REPLY);
    assertThat(backup.reply(3)).isSameAs(REPLY);
  }

  /** As an operation that is sent again and was taken back is executed by the same primary. */
  @Test
  void reply_isKnownWhereItIsExecutedAgain() {
    recent.add(KEY, 1, NONE, REPLY);
    recent.add(KEY, 2, 1, REPLY);
    recent.add(KEY, 2, 1, LATER);
    assertThat(recent.reply(2)).isSameAs(LATER);
  }

  /** It is in what this node has now, so it must not be executed again. */
  @Test
  void reply_isUnknownOfWhatThisNodeHasNotStored() {
    recent.add(KEY, 1, NONE, REPLY);
    recent.add(KEY, 3, 2, REPLY);
    assertThat(recent.reply(2)).isSameAs(Operation.OUTCOME_UNKNOWN);
    assertThat(recent.reply(3)).isSameAs(REPLY);
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
    for (int id = 1; id <= MANY; id++) {
      recent.add(KEY, id, id - 1, REPLY);
      nanos.incrementAndGet();
    }
    assertThat(recent.reply(1)).isNull();
    assertThat(recent.reply(MANY)).isNotNull();
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
