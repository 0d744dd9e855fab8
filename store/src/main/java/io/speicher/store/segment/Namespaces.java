package io.speicher.store.segment;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces that are declared, found by the keys of their items. Immutable; where none is
 * declared, there is no such object.
 *
 * <p><b>Cost.</b> The places of a key where a prefix might end are found eight bytes at a time. For
 * each of them, the longest first, the beginning of the key is hashed and looked up: five
 * nanoseconds.
 */
final class Namespaces {

  /*
   * A namespace that is dropped after it was cleared is still asked whether an item lies before its
   * cutoff, until a walk has unlinked all of these; else they would come back. Everything else about
   * such an item is asked of the next shorter prefix. One that is declared anew, inside another one
   * or in its own place, begins with the cutoff of what its items belonged to before.
   */

  /** A prefix and what it means. */
  static final class Entry {
    private final Namespace namespace;

    /** When it was dropped, as {@link Parts} counts its changes; 0 if it was not. */
    private final long droppedAt;

    /** The longest one that the prefix begins with, but for itself. */
    private @Nullable Entry outer;

    private Entry(Namespace namespace, long droppedAt) {
      this.namespace = namespace;
      this.droppedAt = droppedAt;
    }

    boolean isDropped() {
      return droppedAt != 0;
    }

    /** The namespace that items belong to which are found by this prefix, or null. */
    @Nullable Namespace owner() {
      Entry owner = this;
      while (owner != null && owner.isDropped()) {
        owner = owner.outer;
      }
      return owner == null ? null : owner.namespace;
    }

    /** Whether an item that is found by this prefix was cleared. */
    boolean covers(Segments segments, long sequence, long location) {
      boolean covered = false;
      for (Entry entry = this; entry != null && !covered; entry = entry.next()) {
        covered = entry.namespace.part.era().covers(segments, sequence, location);
      }
      return covered;
    }

    /** What also concerns such an item. */
    private @Nullable Entry next() {
      return isDropped() ? outer : null;
    }

    /** How far items were cleared that are found by this prefix, or null. */
    @Nullable Cutoff cutoff() {
      Cutoff last = null;
      for (Entry entry = this; entry != null; entry = entry.next()) {
        Cutoff cutoff = entry.namespace.part.era().cutoff();
        last = cutoff == null || (last != null && !cutoff.isLaterThan(last)) ? last : cutoff;
      }
      return last;
    }
  }

  private static final Comparator<Namespace> BY_PREFIX =
      (one, other) -> Arrays.compareUnsigned(one.prefix(), other.prefix());

  private final KeyHash keyHash;
  private final List<Entry> entries;

  /** Open addressing by the hashes of the prefixes; a power of two, and at least half empty. */
  private final @Nullable Entry[] slots;

  private final PrefixEnds ends;

  private Namespaces(KeyHash keyHash, Collection<Entry> all) {
    this.keyHash = keyHash;
    entries = all.stream().map(entry -> new Entry(entry.namespace, entry.droppedAt)).toList();
    slots = new Entry[Integer.highestOneBit(entries.size()) * 4];
    ends = new PrefixEnds(entries.stream().map(entry -> entry.namespace.prefix()).toList());
    for (Entry entry : entries) {
      int slot = slot(entry.namespace.hash);
      while (slots[slot] != null) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = entry;
    }
    for (Entry entry : entries) {
      byte[] prefix = entry.namespace.prefix();
      entry.outer = find(ByteBuffer.wrap(prefix), prefix.length - 1);
    }
  }

  // ---- changing: under the lock of the pool ----

  /** The table of these, or null if there are none. */
  private static @Nullable Namespaces of(KeyHash keyHash, Collection<Entry> entries) {
    return entries.isEmpty() ? null : new Namespaces(keyHash, entries);
  }

  /**
   * The namespaces that another process has declared.
   *
   * @param droppedAt of each; 0 if it was not dropped
   */
  static @Nullable Namespaces resume(
      KeyHash keyHash, List<Namespace> namespaces, List<Long> droppedAt) {
    List<Entry> all = new ArrayList<>();
    for (int i = 0; i < namespaces.size(); i++) {
      all.add(new Entry(namespaces.get(i), droppedAt.get(i)));
    }
    return of(keyHash, all);
  }

  /** All that have to be remembered when the process is gone. */
  List<PartsState.Declared> remembered() {
    return entries.stream()
        .map(entry ->
            new PartsState.Declared(
                ByteBuffer.wrap(entry.namespace.prefix()),
                entry.namespace.rule(),
                entry.namespace.part.era().cutoff(),
                entry.droppedAt))
        .toList();
  }

  /** With another namespace, in place of one that has the same prefix and was dropped. */
  static Namespaces with(@Nullable Namespaces before, KeyHash keyHash, Namespace added) {
    List<Entry> all = new ArrayList<>(before == null ? List.of() : before.entries);
    all.removeIf(entry -> Arrays.equals(entry.namespace.prefix(), added.prefix()));
    all.add(new Entry(added, 0));
    return new Namespaces(keyHash, all);
  }

  /** Without a namespace, or with that one dropped, if it was ever cleared. */
  @Nullable Namespaces without(Namespace removed, long droppedAt) {
    List<Entry> all = new ArrayList<>(entries);
    all.removeIf(entry -> entry.namespace.equals(removed));
    if (removed.part.era().cutoff() != null) {
      all.add(new Entry(removed, droppedAt));
    }
    return of(keyHash, all);
  }

  /** Without those that were dropped up to that change. */
  @Nullable Namespaces withoutDropped(long droppedUpTo) {
    List<Entry> all = new ArrayList<>(entries);
    boolean changed = all.removeIf(entry -> entry.isDropped() && entry.droppedAt <= droppedUpTo);
    return changed ? of(keyHash, all) : this;
  }

  /** How many prefixes are remembered. */
  int size() {
    return entries.size();
  }

  /** The namespaces that are declared, in the order of their prefixes. */
  List<Namespace> declared() {
    return entries.stream()
        .filter(entry -> !entry.isDropped())
        .map(entry -> entry.namespace)
        .sorted(BY_PREFIX)
        .toList();
  }

  /** The namespace that is declared with this prefix, or null. */
  @Nullable Namespace declared(ByteBuffer prefix) {
    Entry found = of(prefix);
    return found == null
            || found.isDropped()
            || found.namespace.prefix().length != prefix.remaining()
        ? null
        : found.namespace;
  }

  // ---- finding ----

  /** The longest prefix that a key begins with, or null. */
  @Nullable Entry of(ByteBuffer key) {
    return find(key, key.remaining());
  }

  /** The namespace that an item with this key belongs to, or null. */
  @Nullable Namespace ownerOf(ByteBuffer key) {
    Entry entry = find(key, key.remaining());
    return entry == null ? null : entry.owner();
  }

  private @Nullable Entry find(ByteBuffer key, int maxBytes) {
    int start = key.position();
    for (int block = ends.blocks(maxBytes) - 1; block >= 0; block--) {
      long places = ends.in(block, key, start, maxBytes);
      while (places != 0) {
        int length = longest(block, places);
        Entry found = find(keyHash.of(0, key, start, length), length);
        if (found != null && isPrefix(found.namespace.prefix(), key, start)) {
          return found;
        }
        places ^= Long.highestOneBit(places);
      }
    }
    return null;
  }

  /** As {@link #of(ByteBuffer)}, for the key of an item where it lies. */
  @Nullable Entry of(StoredItem item) {
    long address = item.keyAddress();
    for (int block = ends.blocks(item.keyBytes()) - 1; block >= 0; block--) {
      long places = ends.in(block, address, item.keyBytes());
      while (places != 0) {
        int length = longest(block, places);
        Entry found = find(keyHash.of(0, address, length), length);
        if (found != null && isPrefix(found.namespace.prefix(), address)) {
          return found;
        }
        places ^= Long.highestOneBit(places);
      }
    }
    return null;
  }

  /** The length of what ends at the last of these places of a block. */
  private static int longest(int block, long places) {
    return PrefixEnds.BLOCK * (block + 1) - Long.numberOfLeadingZeros(places);
  }

  private @Nullable Entry find(long hash, int length) {
    for (int slot = slot(hash); ; slot = (slot + 1) & (slots.length - 1)) {
      Entry entry = slots[slot];
      if (entry == null
          || (entry.namespace.hash == hash && entry.namespace.prefix().length == length)) {
        return entry;
      }
    }
  }

  private int slot(long hash) {
    return (int) hash & (slots.length - 1);
  }

  private static boolean isPrefix(byte[] prefix, ByteBuffer key, int start) {
    for (int i = 0; i < prefix.length; i++) {
      if (prefix[i] != key.get(start + i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPrefix(byte[] prefix, long address) {
    for (int i = 0; i < prefix.length; i++) {
      if (prefix[i] != (byte) NativeMemory.getByte(address + i)) {
        return false;
      }
    }
    return true;
  }
}
