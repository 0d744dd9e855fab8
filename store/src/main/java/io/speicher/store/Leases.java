package io.speicher.store;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who of those who miss a value computes it, and that only this one stores it.
 *
 * <p>A lease is given to one of those who ask for a key that has no item, or one that is stale or
 * expires soon. It is over when its time is up, and as soon as the key gets another item or none:
 * whoever deletes a key, or clears it with others, can rely on it that no value is stored that was
 * computed before.
 *
 * <p>Any thread may call any method, as those of the {@link Store}.
 */
public final class Leases {

  /*
   * A lease is the version of an item that has the mark LEASED. So what ends it needs no code: every
   * change gives a key another version, and a deletion, a clear and an eviction none. To store with a
   * lease is to compare a version and set. The version says when the lease ends:
   *
   *   63   62   61                20   19      0
   *  | 0 | 1 | end in milliseconds   | number  |
   *
   * No item has such a version otherwise, since versions count bytes that were written (bit 62 is
   * reached after four exbibytes). The number tells leases apart that end in the same millisecond.
   *
   * Where there is no item, the store keeps one with the mark PLACEHOLDER, which expires with the
   * lease and which nobody is shown but those who ask for leases.
   *
   * It costs the 8 bytes of the version and the byte of the marks. Source of the idea: R. Nishtala et
   * al., "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1.
   */

  /** Stands for no lease. */
  public static final long NONE = 0;

  /** The least of all leases. Versions that a store gives by itself are below it. */
  public static final long LEAST = 1L << 62;

  private static final int NUMBER_BITS = 20;
  private static final int MAX_NUMBER = (1 << NUMBER_BITS) - 1;
  private static final long MAX_END_MILLIS = (LEAST - 1) >>> NUMBER_BITS;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Processes that give leases of the same item do not begin with the same number. */
  private static final AtomicInteger lastNumber =
      new AtomicInteger(ThreadLocalRandom.current().nextInt());

  private final Store store;

  public Leases(Store store) {
    this.store = store;
  }

  // ---- what an item says ----

  /** Whether a version is a lease that ends. */
  public static boolean isLease(long version) {
    return version >= LEAST;
  }

  private static long endMillis(long lease) {
    return (lease & (LEAST - 1)) >>> NUMBER_BITS;
  }

  /** A lease that no one has had and that ends at this time. */
  public static long newLease(long endMillis) {
    long number = lastNumber.getAndIncrement() & MAX_NUMBER;
    return LEAST | Math.min(endMillis, MAX_END_MILLIS) << NUMBER_BITS | number;
  }

  /** Whether the version of an item is a lease, be it over or not. */
  public static boolean hasVersionOfLease(Item item) {
    return (item.marks() & Item.LEASED) != 0 && isLease(item.version());
  }

  public static boolean isStale(Item item) {
    return (item.marks() & Item.STALE) != 0;
  }

  /** Whether it stands for an item that somebody has the lease of. */
  public static boolean isPlaceholder(Item item) {
    return (item.marks() & Item.PLACEHOLDER) != 0;
  }

  /** Whether somebody has the lease of the item. */
  public static boolean isLeased(Item item, long nowMillis) {
    return (item.marks() & Item.LEASED) != 0 && leaseEndMillis(item) > nowMillis;
  }

  /** When the lease of an item ends that is leased, or {@link Item#NEVER}: with the item. */
  private static long leaseEndMillis(Item item) {
    long version = item.version();
    return isLease(version) ? endMillis(version) : Item.NEVER;
  }

  /** Whether the lease of an item can be had: it is stale, or has less time left than that. */
  public static boolean canBeLeased(Item item, long earlyMillis, long nowMillis) {
    boolean isWanted =
        isStale(item)
            || (item.expiresAtMillis() != Item.NEVER
                && item.expiresAtMillis() - nowMillis < earlyMillis);
    return isWanted && !isLeased(item, nowMillis);
  }

  /**
   * The marks that another value of the item has, or the same one elsewhere: no lease that ends.
   */
  public static int marksWithoutLease(Item item) {
    return hasVersionOfLease(item) ? item.marks() & ~Item.LEASED : item.marks();
  }

  // ---- asking ----

  /** Is shown what a key has, maybe more than once: only the last call counts. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Sees the item, or null if there is none.
     *
     * @param lease what whoever asks is given, or {@link #NONE}
     */
    void read(@Nullable Item item, long lease);
  }

  /**
   * What became of a question.
   *
   * @param isHit whether there was an item
   * @param isTooLarge whether the store has no room for the lease
   * @param heldUntilMillis when the lease of somebody else ends, if that is why neither an item nor
   *     a lease was given, or {@link Item#NEVER}; else 0
   */
  public record Answer(boolean isHit, boolean isTooLarge, long heldUntilMillis) {
    private static final Answer HIT = new Answer(true, false, 0);
    private static final Answer GIVEN = new Answer(false, false, 0);
    private static final Answer TOO_LARGE = new Answer(false, true, 0);
  }

  /**
   * Shows the item of a key, or gives its lease to who asks.
   *
   * @param leaseMillis how long the lease is to last, at least 1
   * @param earlyMillis an item that has less time to live can be leased
   */
  public Answer get(ByteBuffer key, long leaseMillis, long earlyMillis, Reader reader) {
    return show(key, earlyMillis, reader) ? Answer.HIT : ask(key, leaseMillis, earlyMillis, reader);
  }

  /**
   * Shows the item of a key, or returns false where that is not enough for who asks: there is none,
   * or its lease can be had.
   */
  public boolean show(ByteBuffer key, long earlyMillis, Reader reader) {
    boolean[] isEnough = new boolean[1];
    boolean isHit =
        store.get(
            key,
            item -> {
              isEnough[0] = !isVacant(item) && !canBeLeased(item, earlyMillis, store.nowMillis());
              if (isEnough[0]) {
                reader.read(item, NONE);
              }
            });
    return isHit && isEnough[0];
  }

  private Answer ask(ByteBuffer key, long leaseMillis, long earlyMillis, Reader reader) {
    Answer[] answer = new Answer[1];
    UpdateResult result =
        store.updateLeased(
            key,
            old -> {
              long nowMillis = store.nowMillis();
              if (old != null && isVacant(old)) {
                answer[0] = new Answer(false, false, endOfVacancyMillis(old));
                reader.read(null, NONE);
                return Update.KEEP;
              }
              answer[0] = old == null ? Answer.GIVEN : Answer.HIT;
              if (old != null && !canBeLeased(old, earlyMillis, nowMillis)) {
                reader.read(old, NONE);
                return Update.KEEP;
              }
              long endMillis = nowMillis + leaseMillis;
              long lease = newLease(endMillis);
              reader.read(old, lease);
              return old == null ? placeholder(lease, endMillis) : leased(old, lease);
            });
    return result == UpdateResult.TOO_LARGE ? Answer.TOO_LARGE : answer[0];
  }

  /** Whether an item only says that somebody computes one: a placeholder, or memcached's. */
  private static boolean isVacant(Item item) {
    return isPlaceholder(item)
        || ((item.marks() & (Item.LEASED | Item.STALE)) == Item.LEASED
            && !item.value().hasRemaining()
            && !isLease(item.version()));
  }

  private static long endOfVacancyMillis(Item item) {
    return Math.min(item.expiresAtMillis(), leaseEndMillis(item));
  }

  private static Update.Replace placeholder(long lease, long endMillis) {
    return new Update.Replace(NOTHING, NOTHING, 0, 0, endMillis, lease)
        .withMarks(Item.LEASED | Item.PLACEHOLDER);
  }

  /** The same item with a lease, or with another one. */
  public static Update.Replace leased(Item old, long lease) {
    return new Update.Replace(
            old.value(), NOTHING, old.kind(), old.flags(), old.expiresAtMillis(), lease)
        .withMarks(old.marks() | Item.LEASED)
        .keepingTags();
  }

  /** Whether an update gives a lease, and the value that there was, if any, stays as it is. */
  public static boolean isNothingElse(Update update) {
    return update instanceof Update.Replace replace
        && (replace.marks() & Item.LEASED) != 0
        && isLease(replace.version());
  }

  // ---- storing ----

  /**
   * Stores an item for who has this lease of its key.
   *
   * @param updater makes the item of the one that there is, or of null
   * @return {@link UpdateResult#KEPT}, and nothing is stored, if that lease is over. The lease of a
   *     key without an item ends by the clear of a tag, too, that the item stored by it carries
   */
  public UpdateResult set(ByteBuffer key, long lease, Updater updater) {
    return store.updateLeased(
        key,
        old -> {
          if (old == null || old.version() != lease || !isLeased(old, store.nowMillis())) {
            return Update.KEEP;
          }
          return updater.update(isPlaceholder(old) ? null : old);
        });
  }

  /** Marks an item as stale. What was leased before is not any longer. */
  public static Update.Replace stale(Item old, long expiresAtMillis) {
    return new Update.Replace(
            old.value(),
            NOTHING,
            old.kind(),
            old.flags(),
            expiresAtMillis,
            Update.Replace.NEW_VERSION)
        .withMarks(Item.STALE)
        .keepingTags();
  }
}
