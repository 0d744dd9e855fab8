package io.speicher.server.admin;

import io.speicher.protocol.CommandFigures;
import io.speicher.protocol.LatencyHistogram;
import io.speicher.protocol.ServerStats;
import io.speicher.server.admin.MetricsText.FamilyType;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What is counted of each command, as families of metrics. A command appears once it was called, so
 * that there are never more of them than dialects have commands.
 */
final class CommandFamilies {
  private static final String SECONDS = "seconds";

  /** The upper bounds of the buckets, in microseconds. */
  private static final long[] BOUNDS = {
    10,
    25,
    50,
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    1_000_000,
    10_000_000
  };

  private CommandFamilies() {}

  static void write(ServerStats stats, MetricsText text) {
    List<CommandFigures> commands = stats.commands().get();
    text.family(
        "speicher_command_calls",
        FamilyType.COUNTER,
        null,
        "Commands executed, by dialect and command.");
    commands.forEach(one -> text.sample("_total", Long.toString(one.calls()), labels(one)));
    text.family(
        "speicher_command_execution_seconds",
        FamilyType.COUNTER,
        SECONDS,
        "Time that event loops took to execute commands.");
    commands.forEach(one -> text.sample("_total", Double.toString(one.nanos() / 1e9), labels(one)));
    failures(
        "speicher_command_rejected",
        "Commands refused before they were executed.",
        CommandFigures::rejected,
        commands,
        text);
    failures(
        "speicher_command_failed",
        "Commands executed and answered with an error.",
        CommandFigures::failed,
        commands,
        text);
    text.family(
        "speicher_command_latency_seconds",
        FamilyType.HISTOGRAM,
        SECONDS,
        "Time from the receipt of a command to its reply, of one in 16 commands.");
    commands.stream().filter(one -> one.latency().count() > 0).forEach(one -> histogram(one, text));
    text.family(
        "speicher_error_replies",
        FamilyType.COUNTER,
        null,
        "Errors answered, by the code at their beginning.");
    stats
        .errors()
        .forEach((code, count) -> text.sample("_total", Long.toString(count), "code", code));
  }

  private static void failures(
      String family,
      String help,
      ToLongFunction<CommandFigures> count,
      List<CommandFigures> commands,
      MetricsText text) {
    text.family(family, FamilyType.COUNTER, null, help);
    commands.forEach(
        one -> text.sample("_total", Long.toString(count.applyAsLong(one)), labels(one)));
  }

  private static String[] labels(CommandFigures command) {
    return new String[] {"dialect", command.dialect(), "command", command.name()};
  }

  /** The sum is not counted: it is what the buckets say, 0.8 % too much at the most. */
  private static void histogram(CommandFigures command, MetricsText text) {
    LatencyHistogram latency = command.latency();
    long count = latency.count();
    for (long micros : BOUNDS) {
      bucket(command, Double.toString(micros / 1e6), latency.countUpTo(1_000 * micros), text);
    }
    bucket(command, "+Inf", count, text);
    text.sample("_sum", Double.toString(latency.sumNanos() / 1e9), labels(command));
    text.sample("_count", Long.toString(count), labels(command));
  }

  private static void bucket(CommandFigures command, String bound, long count, MetricsText text) {
    text.sample(
        "_bucket",
        Long.toString(count),
        "dialect",
        command.dialect(),
        "command",
        command.name(),
        "le",
        bound);
  }
}
