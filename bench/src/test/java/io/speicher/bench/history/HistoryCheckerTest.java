package io.speicher.bench.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.bench.history.Operation.Model;
import io.speicher.bench.history.Operation.Outcome;
import io.speicher.bench.history.Violation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Histories made by hand: right ones, and one for each kind of wrong. */
final class HistoryCheckerTest {
  private final List<Operation> history = new ArrayList<>();

  private void add(
      Model model,
      @Nullable String argument,
      Outcome outcome,
      @Nullable String result,
      long begin,
      long end) {
    history.add(
        new Operation(
            model, "key", argument, outcome, result, begin, end, 0, "op" + (history.size() + 1)));
  }

  private List<Kind> found() {
    return HistoryChecker.check(history).stream().map(Violation::kind).distinct().toList();
  }

  // ---- registers ----

  private void write(String value, long begin, long end) {
    add(Model.REGISTER, value, Outcome.DONE, null, begin, end);
  }

  private void read(@Nullable String value, long begin, long end) {
    add(Model.REGISTER, null, Outcome.DONE, value, begin, end);
  }

  @Test
  void register_right() {
    read(null, 0, 5);
    write("a", 1, 9);
    read("a", 2, 3); // Seen before its write is acknowledged,
    write("b", 4, 8);
    read("b", 10, 11);
    add(Model.REGISTER, "c", Outcome.UNKNOWN, null, 12, 13);
    read("b", 14, 15);
    read("c", 16, 17); // or long after its client has given up.
    add(Model.REGISTER, "d", Outcome.REFUSED, null, 18, 19);
    add(Model.REGISTER, null, Outcome.UNKNOWN, null, 18, 19);
    add(Model.REGISTER, "e", Outcome.UNKNOWN, null, 18, 19);
    read("c", 20, 21);
    assertThat(found()).isEmpty();
  }

  @Test
  void register_readAfterANewerWriteWasAcknowledged() {
    write("a", 1, 2);
    write("b", 3, 4);
    read("a", 5, 6);
    assertThat(found()).containsExactly(Kind.STALE);
    assertThat(HistoryChecker.check(history).getFirst())
        .hasToString("STALE key: 'a' was read by op3 after 'b' was written by op2");
  }

  @Test
  void register_lost() {
    write("a", 1, 2);
    read(null, 3, 4);
    assertThat(found()).containsExactly(Kind.STALE);
  }

  /** Both writes are under way, but nobody may see the older after the newer. */
  @Test
  void register_readsThatTakeTurns() {
    add(Model.REGISTER, "a", Outcome.UNKNOWN, null, 1, 2);
    add(Model.REGISTER, "b", Outcome.UNKNOWN, null, 1, 2);
    read("a", 3, 4);
    read("b", 5, 6);
    assertThat(found()).isEmpty();
    read("a", 7, 8);
    assertThat(found()).containsExactly(Kind.TAKEN_BACK);
  }

  @Test
  void register_neverWritten() {
    add(Model.REGISTER, "a", Outcome.REFUSED, null, 1, 2);
    read("a", 3, 4);
    assertThat(found()).containsExactly(Kind.NEVER_WRITTEN);
  }

  @Test
  void register_fromTheFuture() {
    read("a", 1, 2);
    write("a", 3, 4);
    assertThat(found()).containsExactly(Kind.FROM_THE_FUTURE);
  }

  /**
   * What a register has done is right by its making, so nothing may be found; and almost anything
   * else that could have been read is not.
   */
  @Test
  void register_random() {
    Random random = new Random(7);
    String value = null;
    for (int i = 0; i < 2_000; i++) {
      long moment = 10L * i;
      long begin = moment - random.nextInt(40);
      long end = moment + 1 + random.nextInt(40);
      if (random.nextInt(4) == 0) {
        value = "v" + i;
        if (random.nextInt(10) == 0) {
          add(Model.REGISTER, value, Outcome.UNKNOWN, null, begin, end);
        } else {
          write(value, begin, end);
        }
      } else {
        read(value, begin, end);
      }
    }
    assertThat(found()).isEmpty();
    read("v" + history.indexOf(firstWrite()), 30_000, 30_001);
    assertThat(found()).contains(Kind.STALE);
  }

  private Operation firstWrite() {
    return history.stream().filter(operation -> !operation.isRead()).findFirst().orElseThrow();
  }

  // ---- counters ----

  private void increment(int result, long begin, long end) {
    add(Model.COUNTER, "1", Outcome.DONE, "" + result, begin, end);
  }

  private void readCounter(@Nullable String number, long begin, long end) {
    add(Model.COUNTER, null, Outcome.DONE, number, begin, end);
  }

  @Test
  void counter_right() {
    readCounter(null, 0, 1);
    increment(1, 2, 6);
    increment(2, 3, 5);
    add(Model.COUNTER, "1", Outcome.UNKNOWN, null, 4, 7);
    readCounter("2", 8, 9);
    increment(4, 10, 11); // The unknown one has been executed late.
    add(Model.COUNTER, "1", Outcome.REFUSED, null, 12, 13);
    readCounter("4", 14, 15);
    assertThat(found()).isEmpty();
  }

  @Test
  void counter_lost() {
    increment(1, 1, 2);
    increment(2, 3, 4);
    readCounter("1", 5, 6);
    assertThat(found()).contains(Kind.LOST);
  }

  @Test
  void counter_twoMadeTheSame() {
    increment(1, 1, 4);
    increment(1, 2, 3);
    assertThat(found()).containsExactly(Kind.LOST);
  }

  @Test
  void counter_doubled() {
    increment(2, 1, 2);
    assertThat(found()).containsExactly(Kind.DOUBLED);
  }

  @Test
  void counter_refusedAndExecuted() {
    add(Model.COUNTER, "1", Outcome.REFUSED, null, 1, 2);
    readCounter("1", 3, 4);
    assertThat(found()).containsExactly(Kind.DOUBLED);
  }

  @Test
  void counter_staleBeforeItIsAcknowledged() {
    add(Model.COUNTER, "1", Outcome.UNKNOWN, null, 1, 2);
    readCounter("1", 3, 4);
    readCounter("0", 5, 6);
    assertThat(found()).containsExactly(Kind.TAKEN_BACK);
  }

  @Test
  void counter_reordered() {
    add(Model.COUNTER, "1", Outcome.UNKNOWN, null, 1, 2);
    increment(2, 3, 4);
    increment(1, 5, 6);
    assertThat(found()).contains(Kind.REORDERED);
  }

  @Test
  void counter_fromTheFuture() {
    add(Model.COUNTER, "1", Outcome.UNKNOWN, null, 1, 2);
    readCounter("1", 3, 4);
    increment(1, 5, 6);
    assertThat(found()).containsExactly(Kind.FROM_THE_FUTURE);
  }

  // ---- logs ----

  private void append(String token, @Nullable String length, long begin, long end) {
    add(Model.LOG, token, Outcome.DONE, length, begin, end);
  }

  private void readLog(@Nullable String text, long begin, long end) {
    add(Model.LOG, null, Outcome.DONE, text, begin, end);
  }

  @Test
  void log_right() {
    readLog(null, 0, 1);
    append("a;", "2", 2, 3);
    append("b;", null, 4, 8);
    readLog("a;b;", 5, 6);
    add(Model.LOG, "c;", Outcome.UNKNOWN, null, 7, 9);
    add(Model.LOG, "d;", Outcome.REFUSED, null, 7, 9);
    readLog("a;b;", 10, 11);
    readLog("a;b;c;", 12, 13);
    assertThat(found()).isEmpty();
  }

  @Test
  void log_lost() {
    append("a;", "2", 1, 2);
    append("b;", null, 3, 4);
    readLog("a;", 5, 6);
    assertThat(found()).containsExactly(Kind.LOST);
  }

  @Test
  void log_overwritten() {
    append("a;", null, 1, 2);
    append("b;", null, 1, 2);
    readLog("a;", 3, 4);
    readLog("b;", 5, 6);
    assertThat(found()).contains(Kind.LOST);
  }

  @Test
  void log_doubled() {
    append("a;", "2", 1, 2);
    readLog("a;a;", 3, 4);
    assertThat(found()).containsExactly(Kind.DOUBLED);
  }

  @Test
  void log_reordered() {
    append("a;", null, 1, 2);
    append("b;", null, 3, 4);
    readLog("b;a;", 5, 6);
    assertThat(found()).containsExactly(Kind.REORDERED);
  }

  @Test
  void log_answeredAnotherLength() {
    append("a;", "4", 1, 2);
    readLog("a;", 3, 4);
    assertThat(found()).containsExactly(Kind.REORDERED);
  }

  @Test
  void log_refusedAndExecuted() {
    add(Model.LOG, "a;", Outcome.REFUSED, null, 1, 2);
    readLog("a;", 3, 4);
    assertThat(found()).containsExactly(Kind.NEVER_WRITTEN);
  }

  @Test
  void log_torn() {
    append("a;", null, 1, 4);
    readLog("a", 2, 3);
    assertThat(found()).contains(Kind.NEVER_WRITTEN);
  }

  @Test
  void log_stale() {
    append("a;", null, 1, 2);
    readLog("a;", 3, 4);
    readLog(null, 5, 6);
    assertThat(found()).contains(Kind.STALE);
  }

  @Test
  void log_fromTheFuture() {
    readLog("a;", 1, 2);
    append("a;", null, 3, 4);
    assertThat(found()).containsExactly(Kind.FROM_THE_FUTURE);
  }
}
