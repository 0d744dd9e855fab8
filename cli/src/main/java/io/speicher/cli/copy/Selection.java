package io.speicher.cli.copy;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which items of a source are copied, what they are called at the target, and where the others are
 * counted.
 *
 * @param database null for all
 * @param isWanted which keys are read at all, of those that the rules allow
 * @param limit longer values are counted, and not copied
 */
record Selection(
    @Nullable Integer database,
    KeyRules rules,
    Predicate<byte[]> isWanted,
    ValueLimit limit,
    Skips skips) {

  /** All that the rules allow. */
  Selection(@Nullable Integer database, KeyRules rules, ValueLimit limit, Skips skips) {
    this(database, rules, any -> true, limit, skips);
  }

  /** The same of these keys alone; what is left out this time is not counted. */
  Selection only(Predicate<byte[]> wanted) {
    return new Selection(database, rules, wanted, limit, new Skips());
  }

  boolean wants(byte[] key) {
    return rules.allows(key) && isWanted.test(key);
  }

  boolean wantsDatabase(int number) {
    return database == null || database == number;
  }

  void countOtherDatabase(int number, byte[] key) {
    skips.add("in another database (--db " + number + ")", key);
  }

  void countTooLong(byte[] key) {
    skips.add(limit.reason(), key);
  }

  /**
   * Adds an item with the key that it is to have, or counts it.
   *
   * @return whether it was added
   */
  boolean add(Item item, List<Item> items) {
    byte[] renamed = rules.rename(item.key());
    if (item.value().length > limit.bytes()) {
      countTooLong(item.key());
      return false;
    }
    if (renamed == null) {
      skips.add(KeyRules.NO_PREFIX, item.key());
      return false;
    }
    items.add(item.withKey(renamed));
    return true;
  }
}
