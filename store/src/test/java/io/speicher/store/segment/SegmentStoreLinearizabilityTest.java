package io.speicher.store.segment;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.TtlRule;
import io.speicher.store.Updates;
import io.speicher.store.Updates.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random operations of three threads on two keys: whatever they return must be what they could have
 * returned one after the other. Lincheck (https://github.com/JetBrains/lincheck) chooses the
 * operations and looks for an order.
 *
 * <p>It does so in two ways. A stress test lets the threads run. Model checking (with {@code
 * -Plong}) runs one thread at a time and decides where to switch: at each access to the heap that
 * others share, and, as it is told here, at each call of {@link NativeMemory}.
 *
 * <p>{@code -Dscenarios=} and {@code -Dinvocations=} let both run for longer.
 */
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:9")
@Param(name = "thread", gen = ThreadIdGen.class)
public final class SegmentStoreLinearizabilityTest {

  /*
   * The store is small, and when a scenario begins, most of its segments are filled with what is dead
   * already. A few more calls of fill() make it merge: the living items of a segment, those of the two
   * keys among them, move to another one, and the segment is used again. So little is alive that
   * nothing needs to be evicted; were it evicted, validate() would say so.
   *
   * A version means nothing but itself, so a thread keeps the one that it has read last, and what is
   * compared is whether a write that depends on it is done.
   */
  private static final int SEGMENT_BYTES = 8 << 10;
  private static final int ITEM_SEGMENTS = 8;
  private static final int FILLED_SEGMENTS = 6;
  private static final int KEYS = 2;

  /** The key that is the prefix of a namespace, and all that there is in it. */
  private static final int NAMESPACE_KEY = 1;

  private static final ByteBuffer TAG = text(7);
  private static final int THREADS = 3;

  /** What concerns one thread, or is guarded by a lock, is not worth a switch. */
  private static final String[] NOTHING_SHARED = {
    KeyHash.class.getName(),
    Draft.class.getName(),
    Verifier.class.getName(),
    TtlWindows.class.getName(),
    EvictionPolicy.class.getName(),
    Ghosts.class.getName(),
    IndexPages.class.getName(),
  };

  private final SegmentStore store =
      new SegmentStore(
          new Geometry(24 * SEGMENT_BYTES, SEGMENT_BYTES, ITEM_SEGMENTS),
          () -> 1_700_000_000_000L,
          new Random(1)); // Always the same, or model checking could not repeat a run.
  private final long[][] versions = new long[THREADS + 2][KEYS + 1];

  public SegmentStoreLinearizabilityTest() {
    for (int i = 0; i < FILLED_SEGMENTS; i++) {
      fill();
    }
    store.createNamespace(name(NAMESPACE_KEY), TtlRule.NONE);
  }

  // ---- the operations ----

  @Operation
  public long get(@Param(name = "key") int key) {
    long[] value = {-1};
    return store.get(name(key), item -> value[0] = number(item)) ? value[0] : -1;
  }

  @Operation
  public long getVersion(@Param(name = "thread") int thread, @Param(name = "key") int key) {
    long[] seen = new long[2];
    boolean hit =
        store.get(
            name(key),
            item -> {
              seen[0] = number(item);
              seen[1] = item.version();
            });
    versions[thread][key] = hit ? seen[1] : 0;
    return hit ? seen[0] : -1;
  }

  @Operation
  public String put(@Param(name = "key") int key, @Param(name = "value") int value) {
    return store.put(name(key), text(value), PutOptions.DEFAULT).toString();
  }

  @Operation
  public String putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
    return putIf(key, value, Condition.IF_ABSENT);
  }

  @Operation
  public String putIfVersion(
      @Param(name = "thread") int thread,
      @Param(name = "key") int key,
      @Param(name = "value") int value) {
    return putIf(key, value, Condition.ifVersion(versions[thread][key]));
  }

  private String putIf(int key, int value, Condition condition) {
    return Updates.putIf(store, name(key), text(value), PutOptions.DEFAULT, condition).toString();
  }

  @Operation
  public boolean delete(@Param(name = "key") int key) {
    return store.delete(name(key));
  }

  @Operation
  public String deleteVersion(@Param(name = "thread") int thread, @Param(name = "key") int key) {
    return Updates.delete(store, name(key), versions[thread][key]).toString();
  }

  @Operation
  public long add(@Param(name = "key") int key, @Param(name = "value") int delta) {
    return Updates.add(store, name(key), delta).orElse(-1);
  }

  @Operation
  public boolean touch(@Param(name = "key") int key) {
    return Updates.touch(store, name(key), Item.NEVER);
  }

  @Operation
  public String putTagged(@Param(name = "key") int key, @Param(name = "value") int value) {
    return store
        .put(name(key), text(value), PutOptions.DEFAULT.withTags(List.of(TAG.duplicate())))
        .toString();
  }

  @Operation
  public void clearTag() {
    store.clearTags(List.of(TAG.duplicate()));
  }

  /** Of which one of the keys is. */
  @Operation
  public void clearNamespace() {
    store.clearNamespace(name(NAMESPACE_KEY));
  }

  @Operation
  public void clear() {
    store.clear();
  }

  /** Fills a segment, of which most is dead at once. */
  @Operation
  public void fill() {
    for (int i = 0; i < 4; i++) {
      store.put(name(1_000 + i % 2), ByteBuffer.allocate(SEGMENT_BYTES / 4), PutOptions.DEFAULT);
    }
  }

  @Validate
  public void validate() {
    store.verify();
    if (store.stats().evictedItemCount() != 0) {
      throw new IllegalStateException("evicted: " + store.stats());
    }
    store.close();
  }

  private static long number(Item item) {
    ByteBuffer value = item.value();
    long number = 0;
    for (int i = value.position(); i < value.limit(); i++) {
      number = 10 * number + value.get(i) - '0';
    }
    return number;
  }

  private static ByteBuffer name(int key) {
    return text(key);
  }

  private static ByteBuffer text(int number) {
    return ByteBuffer.wrap(Integer.toString(number).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What the operations do to a map. */
  public static final class Specification {
    private record Stored(long value, long version, boolean tagged) {}

    private final Map<Integer, Stored> items = new HashMap<>();
    private final long[][] versions = new long[THREADS + 2][KEYS + 1];
    private long lastVersion;

    public long get(int key) {
      Stored stored = items.get(key);
      return stored == null ? -1 : stored.value();
    }

    public long getVersion(int thread, int key) {
      Stored stored = items.get(key);
      versions[thread][key] = stored == null ? 0 : stored.version();
      return get(key);
    }

    public String put(int key, int value) {
      items.put(key, new Stored(value, ++lastVersion, false));
      return "STORED";
    }

    public String putTagged(int key, int value) {
      items.put(key, new Stored(value, ++lastVersion, true));
      return "STORED";
    }

    public void clearTag() {
      items.values().removeIf(Stored::tagged);
    }

    public void clearNamespace() {
      items.remove(NAMESPACE_KEY);
    }

    public String putIfAbsent(int key, int value) {
      return items.containsKey(key) ? "KEPT" : put(key, value);
    }

    public String putIfVersion(int thread, int key, int value) {
      Stored stored = items.get(key);
      boolean holds = stored != null && stored.version() == versions[thread][key];
      return holds ? put(key, value) : "KEPT";
    }

    public boolean delete(int key) {
      return items.remove(key) != null;
    }

    public String deleteVersion(int thread, int key) {
      Stored stored = items.get(key);
      if (stored == null || stored.version() != versions[thread][key]) {
        return "KEPT";
      }
      items.remove(key);
      return "REMOVED";
    }

    public long add(int key, int delta) {
      Stored stored = items.get(key);
      if (stored == null) {
        return -1;
      }
      items.put(key, new Stored(stored.value() + delta, ++lastVersion, stored.tagged()));
      return stored.value() + delta;
    }

    public boolean touch(int key) {
      return items.containsKey(key);
    }

    public void clear() {
      items.clear();
    }

    public void fill() {}
  }

  // ---- the tests ----

  @Test
  void stress() {
    check(
        new StressOptions()
            .iterations(Integer.getInteger("scenarios", 20))
            .invocationsPerIteration(Integer.getInteger("invocations", 500)));
  }

  /** Takes half a minute before the first scenario runs. */
  @Test
  @Tag("long")
  void modelChecking() {
    check(
        new ModelCheckingOptions()
            .iterations(Integer.getInteger("scenarios", 30))
            .invocationsPerIteration(Integer.getInteger("invocations", 300))
            .loopBound(1_000) // A page has 128 buckets, and to look at all of them is not to hang.
            .addGuarantee(forClasses(NOTHING_SHARED).allMethods().ignore())
            .addGuarantee(forClasses(NativeMemory.class.getName()).allMethods().treatAsAtomic()));
  }

  private static void check(Options<?, ?> options) {
    options
        .threads(THREADS)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(3)
        .sequentialSpecification(Specification.class)
        .check(SegmentStoreLinearizabilityTest.class);
  }
}
