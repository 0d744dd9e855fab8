package io.speicher.cli.copy;

import io.speicher.cli.console.Peer;
import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Units;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One copy: a thread reads batches from the source, the caller's thread writes them to the target,
 * a few of them ahead of its answers.
 */
final class CopyRun {
  /** So many batches are sent before the first of them has to be answered. */
  private static final int SENT_AHEAD = 3;

  private static final int BAR_COLUMNS = 20;

  private final Plan plan;
  private final Source source;
  private final Target target;
  private final CopyState state;
  private final Progress progress;
  private final Skips skips;
  private final Tally tally = new Tally();
  private final Deque<Sent> sent = new ArrayDeque<>();
  private final Throttle throttle;
  private final long startNanos = System.nanoTime();

  /** What was counted before this run, and does not count for its rate. */
  private long seenBefore;

  /** From where another run goes on; null as long as nothing has been copied. */
  private @Nullable String position;

  private boolean hasTargetFailed;

  /**
   * How to copy.
   *
   * @param isDry whether nothing is written
   * @param itemsPerSecond at most; 0 for as fast as it goes
   * @param targetDatabase null for the one that the item is in at the source
   */
  record Plan(
      Peer from,
      Peer to,
      boolean replaces,
      boolean isDry,
      long itemsPerSecond,
      @Nullable Integer targetDatabase) {

    int databaseOf(Batch batch) {
      return targetDatabase == null ? batch.database() : targetDatabase;
    }
  }

  /** A batch, or a part of one, that the target has not answered yet. */
  private record Sent(Batch batch, List<Item> items, boolean isEnd) {}

  CopyRun(
      Plan plan, Source source, Target target, CopyState state, Progress progress, Skips skips) {
    this.plan = plan;
    this.source = source;
    this.target = target;
    this.state = state;
    this.progress = progress;
    this.skips = skips;
    throttle = new Throttle(plan.itemsPerSecond());
  }

  Tally tally() {
    return tally;
  }

  /** Whether it goes on where an earlier run has ended. */
  boolean resume() throws IOException {
    String saved = state.restore(source.incarnation(), tally, skips);
    if (saved == null) {
      return false;
    }
    source.resume(saved);
    seenBefore = tally.seen;
    return true;
  }

  /** Copies all. What has been read before a failure is written before it is thrown. */
  void run() throws IOException, InterruptedException {
    try (Reading reading = new Reading(source)) {
      try {
        for (Batch batch = take(reading); batch != null; batch = take(reading)) {
          write(batch, reading);
        }
      } finally {
        settleAll(reading);
      }
    }
    state.forget();
  }

  private @Nullable Batch take(Reading reading) throws IOException, InterruptedException {
    try {
      return reading.take(this::showProgress);
    } catch (IOException | RuntimeException e) {
      throw new EndpointException(plan.from(), e);
    }
  }

  private void write(Batch batch, Reading reading) throws IOException {
    try {
      List<Item> fitting = fitting(batch.items());
      int slice = throttle.slice(fitting.size());
      for (int from = 0; from < fitting.size(); from += slice) {
        int end = Math.min(fitting.size(), from + slice);
        send(new Sent(batch, fitting.subList(from, end), end == fitting.size()), reading);
      }
      if (fitting.isEmpty()) {
        send(new Sent(batch, fitting, true), reading);
      }
      showProgress();
    } catch (IOException | RuntimeException e) {
      hasTargetFailed = true;
      throw new EndpointException(plan.to(), e);
    }
  }

  /** What the target can take, as far as that is known before. */
  private List<Item> fitting(List<Item> items) {
    List<Item> fitting = new ArrayList<>(items.size());
    for (Item item : items) {
      String reason = unfit(item, target);
      if (reason == null) {
        fitting.add(item);
      } else {
        skips.add(reason, item.key());
      }
    }
    return fitting;
  }

  /** Why a target cannot take an item, or null. */
  static @Nullable String unfit(Item item, Target target) {
    if (item.key().length > target.longestKey()) {
      return Target.KEY_TOO_LONG;
    }
    return item.value().length > target.longestValue() ? Target.VALUE_TOO_LONG : null;
  }

  private void send(Sent next, Reading reading) throws IOException {
    if (!plan.isDry()) {
      target.send(plan.databaseOf(next.batch()), next.items(), plan.replaces());
    }
    sent.add(next);
    while (sent.size() > SENT_AHEAD) {
      settle(reading);
    }
    throttle.add(next.items().size(), this::showProgress);
  }

  /** Waits for the answers to what was sent first, and counts it. */
  private void settle(Reading reading) throws IOException {
    Sent first = sent.remove();
    List<Target.Outcome> outcomes =
        plan.isDry()
            ? first.items().stream().map(item -> Target.STORED).toList()
            : target.receive();
    for (int i = 0; i < outcomes.size(); i++) {
      Item item = first.items().get(i);
      if (outcomes.get(i) instanceof Target.Outcome.NotStored not) {
        skips.add(not.reason(), item.key());
      } else {
        tally.add(item, target.hasFlags(), target.hasKinds());
      }
    }
    if (first.isEnd()) {
      tally.seen += first.batch().seen();
      position = first.batch().position();
      state.saveNowAndThen(source.incarnation(), position, tally, skips);
      reading.release(first.batch());
    }
  }

  /** At the end, and when the source has failed: then this is the last that can be done. */
  private void settleAll(Reading reading) throws IOException {
    if (hasTargetFailed) {
      saveState();
      return;
    }
    try {
      while (!sent.isEmpty()) {
        settle(reading);
      }
    } catch (IOException | RuntimeException e) {
      throw new EndpointException(plan.to(), e);
    } finally {
      saveState();
    }
  }

  private void saveState() throws IOException {
    if (position != null) {
      state.save(source.incarnation(), position, tally, skips);
    }
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private void showProgress() {
    progress.show(line(tally, skips, source.total(), seenBefore, seconds()));
  }

  /** How far a copy is: a bar, the rate, the time that is left, and what was skipped. */
  static String line(Tally tally, Skips skips, long total, long seenBefore, double seconds) {
    StringBuilder line = new StringBuilder();
    double rate = (tally.seen - seenBefore) / Math.max(0.001, seconds);
    if (total > 0) {
      double share = Math.min(1, (double) tally.seen / total);
      int full = (int) Math.round(share * BAR_COLUMNS);
      line.append('[').append("#".repeat(full)).append(".".repeat(BAR_COLUMNS - full)).append("] ");
      line.append(Units.count(tally.seen)).append(" of ").append(Units.count(total)).append(", ");
    } else {
      line.append(Units.count(tally.seen)).append(" keys, ");
    }
    line.append(Units.count(rate)).append("/s");
    if (total > tally.seen && rate > 0) {
      line.append(", ").append(Units.seconds(Math.round((total - tally.seen) / rate)));
      line.append(" left");
    }
    if (skips.total() > 0) {
      line.append(", skipped ").append(Units.count(skips.total())).append(": ");
      line.append(largest(skips.all()));
    }
    return line.toString();
  }

  private static String largest(Map<String, Skips.Reason> reasons) {
    return reasons.entrySet().stream()
        .max((a, b) -> Long.compare(a.getValue().count(), b.getValue().count()))
        .map(Map.Entry::getKey)
        .map(reason -> reason.length() > 40 ? reason.substring(0, 37) + "..." : reason)
        .map(reason -> reasons.size() > 1 ? reason + " and others" : reason)
        .orElse("");
  }
}
