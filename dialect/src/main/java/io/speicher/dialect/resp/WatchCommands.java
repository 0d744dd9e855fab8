package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.CommandFigures;
import io.speicher.protocol.LatencyEvent;
import io.speicher.protocol.LatencyEvent.Delay;
import io.speicher.protocol.LatencyHistogram;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SlowCommand;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** SLOWLOG and LATENCY: what takes long. */
final class WatchCommands {
  private static final CommandSpec.Group SERVER = new CommandSpec.Group("server");
  private static final String LOG = "admin loading stale";
  private static final String ADMIN = "admin noscript loading stale";
  private static final int DEFAULT_COUNT = 10;

  /** The first bucket that Redis shows, and each is twice as wide as the one before it. */
  private static final long FIRST_BUCKET_NANOS = 1_024;

  private static final Spelling LATEST =
      Spelling.inspected((found, out) -> {
        out.array(found.latencyEvents().size());
        for (LatencyEvent event : found.latencyEvents()) {
          Delay last = event.delays().getLast();
          out.array(4);
          out.bulk(event.name());
          out.integer(last.atSeconds());
          out.integer(last.millis());
          out.integer(event.maxMillis());
        }
      });

  private static final Spelling DOCTOR =
      Spelling.inspected((found, out) -> out.verbatim(Doctor.ofLatency(found)));

  private static final Spelling LENGTH =
      Spelling.inspected((found, out) -> out.integer(found.slowCommands().size()));

  static final List<CommandSpec> ALL =
      List.of(
          SERVER.container(
              "slowlog",
              "2.2.12",
              "Tells which commands took long.",
              SERVER.command(
                  "slowlog|get [count]",
                  -2,
                  LOG,
                  Keys.NONE,
                  "2.2.12",
                  "O(N), N entries",
                  "Tells the last commands that took long.",
                  WatchCommands::slowCommands),
              SERVER.command(
                  "slowlog|len",
                  2,
                  LOG,
                  Keys.NONE,
                  "2.2.12",
                  "O(1)",
                  "Counts the commands that took long and are remembered.",
                  r -> r.answer(new Command.Inspect(), LENGTH)),
              SERVER.command(
                  "slowlog|reset",
                  2,
                  LOG,
                  Keys.NONE,
                  "2.2.12",
                  "O(1)",
                  "Forgets what took long.",
                  r -> r.answer(new Command.ResetSlowLog(), Spelling.OK))),
          SERVER.container(
              "latency",
              "2.8.13",
              "Tells how long commands take.",
              SERVER.command(
                  "latency|histogram [command [command ...]]",
                  -2,
                  ADMIN,
                  Keys.NONE,
                  "7.0.0",
                  "O(N), N commands",
                  "Tells how many calls of commands took how long.",
                  WatchCommands::histogram),
              SERVER.command(
                  "latency|latest",
                  2,
                  ADMIN,
                  Keys.NONE,
                  "2.8.13",
                  "O(1)",
                  "Tells the last delay of each kind.",
                  r -> r.answer(new Command.Inspect(), LATEST)),
              SERVER.command(
                  "latency|history event",
                  3,
                  ADMIN,
                  Keys.NONE,
                  "2.8.13",
                  "O(1)",
                  "Tells the delays of a kind: command, gc or maintenance.",
                  WatchCommands::history),
              SERVER.command(
                  "latency|doctor",
                  2,
                  ADMIN,
                  Keys.NONE,
                  "2.8.13",
                  "O(1)",
                  "Tells what has held up the server, in words.",
                  r -> r.answer(new Command.Inspect(), DOCTOR)),
              SERVER.command(
                  "latency|reset [event [event ...]]",
                  -2,
                  ADMIN,
                  Keys.NONE,
                  "2.8.13",
                  "O(1)",
                  "Forgets the delays of these kinds, or all.",
                  WatchCommands::resetLatency)));

  private WatchCommands() {}

  // ---- SLOWLOG ----

  private static Command slowCommands(Request request) {
    String error = "ERR count should be greater than or equal to -1";
    if (request.count() > 3) {
      throw request.wrongCount("slowlog|get");
    }
    long count = request.count() == 3 ? request.integer(2, error) : DEFAULT_COUNT;
    if (count < -1) {
      throw new RefusedException(error);
    }
    long limit = count < 0 ? Long.MAX_VALUE : count;
    return request.answer(
        new Command.Inspect(), Spelling.inspected((found, out) -> write(found, limit, out)));
  }

  private static void write(Reply.Inspected found, long limit, RespWriter out) {
    List<SlowCommand> shown = found.slowCommands().stream().limit(limit).toList();
    out.array(shown.size());
    for (SlowCommand slow : shown) {
      out.array(6);
      out.integer(slow.id());
      out.integer(slow.atMillis() / 1_000);
      out.integer(slow.micros());
      out.array(slow.words().size());
      slow.words().forEach(out::bulk);
      out.bulk(slow.peer());
      out.bulk(slow.client());
    }
  }

  // ---- LATENCY ----

  private static Command histogram(Request request) {
    Set<String> names = new HashSet<>();
    for (int i = 2; i < request.count(); i++) {
      names.add(request.string(i).toLowerCase(Locale.ROOT));
    }
    return request.answer(
        new Command.Stats(), Spelling.stats((stats, out) -> write(stats, names, out)));
  }

  private static Command history(Request request) {
    String name = request.string(2).toLowerCase(Locale.ROOT);
    return request.answer(
        new Command.Inspect(),
        Spelling.inspected((found, out) -> {
          List<Delay> delays =
              found.latencyEvents().stream()
                  .filter(event -> event.name().equals(name))
                  .flatMap(event -> event.delays().stream())
                  .toList();
          out.array(delays.size());
          for (Delay delay : delays) {
            out.array(2);
            out.integer(delay.atSeconds());
            out.integer(delay.millis());
          }
        }));
  }

  private static Command resetLatency(Request request) {
    Set<String> names = new HashSet<>();
    for (int i = 2; i < request.count(); i++) {
      names.add(request.string(i).toLowerCase(Locale.ROOT));
    }
    return request.answer(new Command.ResetLatencyEvents(names), Spelling.COUNT);
  }

  private static void write(ServerStats stats, Set<String> names, RespWriter out) {
    List<CommandFigures> found =
        stats.commands().get().stream()
            .filter(command -> command.dialect().equals(RespDialect.NAME))
            .filter(command -> names.isEmpty() || isAmong(names, command.name()))
            .filter(command -> command.latency().count() > 0)
            .toList();
    out.map(found.size());
    for (CommandFigures command : found) {
      out.bulk(command.name());
      out.map(2);
      out.bulk("calls");
      out.integer(command.calls());
      out.bulk("histogram_usec");
      Map<Long, Long> buckets = buckets(command);
      out.map(buckets.size());
      buckets.forEach((micros, count) -> {
        out.integer(micros);
        out.integer(count);
      });
    }
  }

  /** With a name that has subcommands, all of these are meant. */
  private static boolean isAmong(Set<String> names, String name) {
    int bar = name.indexOf('|');
    return names.contains(name) || (bar > 0 && names.contains(name.substring(0, bar)));
  }

  /** How many calls took up to so many microseconds: what the sample says of all of them. */
  private static Map<Long, Long> buckets(CommandFigures command) {
    LatencyHistogram latency = command.latency();
    long samples = latency.count();
    Map<Long, Long> buckets = new LinkedHashMap<>();
    long before = 0;
    for (long nanos = FIRST_BUCKET_NANOS; before < samples; nanos *= 2) {
      long count = nanos < LatencyHistogram.MAX_NANOS ? latency.countUpTo(nanos) : samples;
      if (count > before) {
        long micros = LatencyHistogram.highestEquivalent(nanos) / 1_000;
        buckets.put(micros, Math.round((double) count / samples * command.calls()));
        before = count;
      }
    }
    return buckets;
  }
}
