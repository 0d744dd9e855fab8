package io.speicher.tck;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which keys of a database are leased, and which have stale values. One thread at a time. */
final class ReferenceLeases {
  /** One that was given. */
  private record Lease(long number, long endMillis) {}

  private final @Nullable Flaw flaw;
  private final Map<String, Lease> leases = new HashMap<>();

  /** By keys: which tags were cleared since their leases were given. */
  private final Map<String, Set<String>> clearedTags = new HashMap<>();

  private final Set<String> stale = new HashSet<>();
  private long lastNumber;

  ReferenceLeases(@Nullable Flaw flaw) {
    this.flaw = flaw;
  }

  /** Returns the number of a new lease, or 0 if somebody has one. */
  long ask(String key, long millis) {
    Lease present = leases.get(key);
    boolean isHeld = present != null && nowMillis() < present.endMillis();
    if (isHeld && flaw != Flaw.givesEverybodyALease) {
      return 0;
    }
    leases.put(key, new Lease(++lastNumber, nowMillis() + millis));
    clearedTags.remove(key);
    return lastNumber;
  }

  boolean isHeld(String key, long number) {
    Lease present = leases.get(key);
    return flaw == Flaw.storesWithoutALease
        || (present != null && present.number() == number && nowMillis() < present.endMillis());
  }

  void tagsCleared(Set<String> tags) {
    for (String key : leases.keySet()) {
      clearedTags.computeIfAbsent(key, any -> new HashSet<>()).addAll(tags);
    }
  }

  /** Ends a lease if a tag was cleared that the item to be stored carries. */
  void endIfCleared(String key, Set<String> tags) {
    if (!Collections.disjoint(clearedTags.getOrDefault(key, Set.of()), tags)) {
      leases.remove(key);
    }
  }

  boolean isStale(String key) {
    return stale.contains(key);
  }

  void makeStale(String key) {
    changed(key);
    stale.add(key);
  }

  void changed(String key) {
    if (flaw != Flaw.keepsLeasesOfChangedKeys) {
      leases.remove(key);
    }
    stale.remove(key);
  }

  /** The item is gone, and with it that it was stale; who has a lease still computes the next. */
  void expired(String key) {
    stale.remove(key);
  }

  /** Ends the leases of keys that have no item, which a clear concerns nevertheless. */
  void removeIf(Predicate<String> isCleared) {
    leases.keySet().removeIf(isCleared);
  }

  void cleared() {
    leases.clear();
    stale.clear();
  }

  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
