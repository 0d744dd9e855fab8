package io.speicher.cli.copy;

import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Units;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares items of the source with those of the target: value, expiry, and what else both of them
 * keep. Items that differ are read again from both sides, since they may be written at this moment;
 * those of a file are read again from the target alone.
 */
final class Verification {
  private static final long SAMPLE_ITEMS = 10_000;
  private static final int ROUNDS = 5;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int MOST_EXAMPLES = 5;

  /** What ends that soon may have ended on one side. */
  private static final long ENDS_SOON_MILLIS = 2_000;

  private final Source source;
  private final Target target;
  private final @Nullable Target sourceByKey;
  private final KeyRules rules;
  private final CopyRun.Plan plan;

  private long same;
  private long missing;
  private long different;
  private final List<String> examples = new ArrayList<>();

  /** An item of the source that was not found so at the target. */
  private record Doubt(int database, int targetDatabase, Item item, boolean isMissing) {}

  /**
   * @param sourceByKey the source again, or null if it cannot be asked for a key
   */
  Verification(
      Source source,
      Target target,
      @Nullable Target sourceByKey,
      KeyRules rules,
      CopyRun.Plan plan) {
    this.source = source;
    this.target = target;
    this.sourceByKey = sourceByKey;
    this.rules = rules;
    this.plan = plan;
  }

  /** What was found. */
  record Result(long same, long missing, long different, List<String> examples) {
    boolean isGood() {
      return missing == 0 && different == 0;
    }
  }

  /** Lets all keys through, or about 10,000 of {@code total}, always the same ones. */
  static Predicate<byte[]> sample(boolean takesAll, long total) {
    if (takesAll || total <= SAMPLE_ITEMS) {
      return key -> true;
    }
    long share = (long) ((double) SAMPLE_ITEMS / total * Integer.MAX_VALUE);
    return key -> {
      int hash = 0x811C_9DC5; // FNV-1a, and its bits mixed.
      for (byte b : key) {
        hash = (hash ^ b) * 0x0100_0193;
      }
      hash = (hash ^ (hash >>> 16)) * 0x85EB_CA6B;
      hash = (hash ^ (hash >>> 13)) * 0xC2B2_AE35;
      return ((hash ^ (hash >>> 16)) & Integer.MAX_VALUE) < share;
    };
  }

  /** Compares what the source gives. */
  Result run(Progress progress) throws IOException {
    for (Batch batch = next(); batch != null; batch = next()) {
      List<Item> items =
          batch.items().stream().filter(item -> CopyRun.unfit(item, target) == null).toList();
      List<Doubt> doubts = compare(batch.database(), plan.databaseOf(batch), items);
      for (int round = 1; round < ROUNDS && !doubts.isEmpty(); round++) {
        LockSupport.parkNanos(PAUSE_NANOS);
        doubts = again(doubts);
      }
      doubts.forEach(this::count);
      progress.show(
          "verified %s, %s differ".formatted(Units.count(same), Units.count(missing + different)));
    }
    return new Result(same, missing, different, examples);
  }

  private @Nullable Batch next() throws IOException {
    try {
      return source.next();
    } catch (IOException | RuntimeException e) {
      throw new EndpointException(plan.from(), e);
    }
  }

  private List<Doubt> compare(int database, int targetDatabase, List<Item> items)
      throws IOException {
    if (items.isEmpty()) {
      return List.of();
    }
    List<@Nullable Item> found = read(targetDatabase, items);
    List<Doubt> doubts = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      Item other = found.get(i);
      boolean comparesFlags = source.hasFlags() && target.hasFlags();
      boolean comparesKinds = source.hasKinds() && target.hasKinds();
      if (other != null && item.matches(other, comparesFlags, comparesKinds)) {
        same++;
      } else if (!item.ends() || item.ttlMillis() > ENDS_SOON_MILLIS) {
        doubts.add(new Doubt(database, targetDatabase, item, other == null));
      }
    }
    return doubts;
  }

  private List<@Nullable Item> read(int database, List<Item> items) throws IOException {
    try {
      return target.read(database, items.stream().map(Item::key).toList());
    } catch (IOException | RuntimeException e) {
      throw new EndpointException(plan.to(), e);
    }
  }

  private List<Doubt> again(List<Doubt> doubts) throws IOException {
    List<Item> items = new ArrayList<>();
    for (Doubt doubt : doubts) {
      Item item = reread(doubt);
      if (item != null) {
        items.add(item);
      }
    }
    return compare(doubts.get(0).database(), doubts.get(0).targetDatabase(), items);
  }

  /** The item as it is by now; null if it is gone. */
  private @Nullable Item reread(Doubt doubt) throws IOException {
    if (sourceByKey == null) {
      return doubt.item();
    }
    byte[] key = doubt.item().key();
    try {
      Item item = sourceByKey.read(doubt.database(), List.of(rules.original(key))).get(0);
      return item == null ? null : item.withKey(key);
    } catch (IOException | RuntimeException e) {
      throw new EndpointException(plan.from(), e);
    }
  }

  private void count(Doubt doubt) {
    if (doubt.isMissing()) {
      missing++;
    } else {
      different++;
    }
    if (examples.size() < MOST_EXAMPLES) {
      byte[] key = doubt.item().key();
      examples.add(
          Printable.quoted(ByteBuffer.wrap(Arrays.copyOf(key, Math.min(key.length, 64))))
              + (doubt.isMissing() ? " is missing" : " differs"));
    }
  }
}
