package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.ServerStats;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Commands on the server and on all that it has. */
final class ServerCommands {
  private static final CommandSpec.Group SERVER = new CommandSpec.Group("server");
  private static final String ADMIN = "admin noscript loading stale";
  private static final long MICROS = 1_000_000;

  private static final Spelling TIME =
      Spelling.count((out, micros) -> {
        out.array(2);
        out.bulk(Long.toString(micros / MICROS));
        out.bulk(Long.toString(micros % MICROS));
      });

  private static final Spelling ROLE = Spelling.raw("*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n");

  private static final Spelling NOT_REWRITTEN =
      Spelling.inspected((found, out) ->
          out.error(
              "ERR the server does not write its configuration file: change the file of --config"
                  + " yourself, so that the settings hold at the next start"));

  static final List<CommandSpec> ALL =
      List.of(
          SERVER.command(
              "dbsize",
              1,
              "readonly fast @keyspace @scan",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Counts the items of the database.",
              r -> r.answer(new Command.CountItems(), Spelling.COUNT)),
          SERVER.command(
              "flushall [ASYNC | SYNC]",
              -1,
              "write @keyspace @dangerous @clear",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Removes all items of all databases.",
              r -> clear(r, true)),
          SERVER.command(
              "flushdb [ASYNC | SYNC]",
              -1,
              "write @keyspace @dangerous @clear",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Removes all items of the database.",
              r -> clear(r, false)),
          SERVER.command(
              "swapdb index1:integer index2:integer",
              3,
              "write fast @keyspace @dangerous @clear",
              Keys.NONE,
              "4.0.0",
              "O(1)",
              "Exchanges the items of two databases.",
              ServerCommands::swap),
          SERVER.command(
              "time",
              1,
              "loading stale fast",
              Keys.NONE,
              "2.6.0",
              "O(1)",
              "Tells the time of the server.",
              r -> r.answer(new Command.Time(), TIME)),
          SERVER.command(
              "info [section [section ...]]",
              -1,
              "loading stale @dangerous",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Tells what the server has counted.",
              ServerCommands::info),
          SERVER.command(
              "role",
              1,
              "noscript loading stale fast @admin @dangerous",
              Keys.NONE,
              "2.8.12",
              "O(1)",
              "Tells the server's part in replication: here, it has no replicas.",
              r -> r.answer(ROLE)),
          SERVER.command(
              "shutdown [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]",
              -1,
              "admin noscript loading stale no_multi allow_busy",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Stops the server.",
              ServerCommands::shutdown),
          SERVER.command(
              "debug SLEEP seconds:double",
              -2,
              ADMIN,
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Lets the connection wait: SLEEP seconds.",
              ServerCommands::debug),
          SERVER.command(
              "monitor",
              1,
              ADMIN + " no_multi",
              Keys.NONE,
              "1.0.0",
              "O(1)",
              "Tells of each command that the server executes.",
              r -> r.answer(new Command.Monitor(), Spelling.OK)),
          SERVER.container(
              "config",
              "2.0.0",
              "Tells how the server was started.",
              SERVER.command(
                  "config|get parameter [parameter ...]",
                  -3,
                  ADMIN,
                  Keys.NONE,
                  "2.0.0",
                  "O(N), N parameters",
                  "Tells the parameters that match a pattern.",
                  Configuration::get),
              SERVER.command(
                  "config|set parameter value [parameter value ...]",
                  -4,
                  ADMIN,
                  Keys.NONE,
                  "2.0.0",
                  "O(N), N parameters",
                  "Sets parameters.",
                  Configuration::set),
              SERVER.command(
                  "config|rewrite",
                  2,
                  ADMIN,
                  Keys.NONE,
                  "2.8.0",
                  "O(1)",
                  "Refused: the server does not write its configuration file.",
                  r -> r.answer(new Command.Inspect(), NOT_REWRITTEN)),
              SERVER.command(
                  "config|resetstat",
                  2,
                  ADMIN,
                  Keys.NONE,
                  "2.0.0",
                  "O(1)",
                  "Sets the counters to zero.",
                  r -> r.answer(new Command.ResetStats(), Spelling.OK))),
          SERVER.container(
              "memory",
              "4.0.0",
              "Tells what items take.",
              SERVER.command(
                  "memory|usage key [SAMPLES count]",
                  -3,
                  "readonly",
                  Keys.SECOND,
                  "4.0.0",
                  "O(1)",
                  "Tells roughly how many bytes an item takes.",
                  KeyCommands::memoryUsage),
              SERVER.command(
                  "memory|stats",
                  2,
                  "",
                  Keys.NONE,
                  "4.0.0",
                  "O(1)",
                  "Tells what the memory of the server is used for.",
                  r -> r.answer(new Command.Stats(), Spelling.stats(ServerCommands::memory))),
              SERVER.command(
                  "memory|doctor",
                  2,
                  "",
                  Keys.NONE,
                  "4.0.0",
                  "O(1)",
                  "Tells what is wrong with the memory of the server, in words.",
                  r ->
                      r.answer(
                          new Command.Stats(),
                          Spelling.stats((stats, out) -> out.verbatim(Doctor.ofMemory(stats))))),
              SERVER.command(
                  "memory|purge",
                  2,
                  "",
                  Keys.NONE,
                  "4.0.0",
                  "O(1)",
                  "Does nothing: free memory goes back to the system within seconds by itself.",
                  r -> r.answer(Spelling.OK))));

  private ServerCommands() {}

  /** The fields of Redis that have a meaning here, and then ours. */
  private static void memory(ServerStats stats, RespWriter out) {
    long items = stats.of(Gauge.ITEMS);
    long used = stats.of(Gauge.USED_BYTES);
    long connections = stats.of(Gauge.CONNECTION_BYTES);
    Map<String, Long> numbers = new LinkedHashMap<>();
    numbers.put("peak.allocated", stats.of(Gauge.PEAK_BYTES));
    numbers.put("total.allocated", used + connections);
    numbers.put("clients.normal", connections);
    numbers.put("keys.count", items);
    numbers.put("keys.bytes-per-key", items == 0 ? 0 : used / items);
    numbers.put("dataset.bytes", used);
    numbers.put("budget.bytes", stats.of(Gauge.BUDGET_BYTES));
    numbers.put("clients.budget.bytes", stats.of(Gauge.CONNECTION_BUDGET_BYTES));
    numbers.put("process.resident.bytes", stats.of(Gauge.RESIDENT_BYTES));
    out.map(numbers.size());
    numbers.forEach((name, number) -> {
      out.bulk(name);
      out.integer(number);
    });
  }

  private static Command swap(Request request) {
    int database = request.database(1, "ERR invalid first DB index");
    int other = request.database(2, "ERR invalid second DB index");
    return request.answer(new Command.SwapDatabases(database, other), Spelling.OK);
  }

  private static Command clear(Request request, boolean allDatabases) {
    boolean plain = request.count() == 1;
    if (!plain && !(request.count() == 2 && (request.is(1, "sync") || request.is(1, "async")))) {
      throw RefusedException.syntax();
    }
    return request.answer(new Command.Clear(0, allDatabases), Spelling.OK);
  }

  private static Command info(Request request) {
    Set<String> names = new HashSet<>();
    for (int i = 1; i < request.count(); i++) {
      names.add(request.string(i).toLowerCase(Locale.ROOT));
    }
    InfoText text = request.infoText();
    return request.answer(
        new Command.Stats(), Spelling.stats((stats, out) -> out.verbatim(text.text(stats, names))));
  }

  /** There is nothing to save, so the words that say how do not matter. */
  private static Command shutdown(Request request) {
    boolean aborts = false;
    for (int i = 1; i < request.count(); i++) {
      boolean known =
          request.is(i, "nosave")
              || request.is(i, "save")
              || request.is(i, "now")
              || request.is(i, "force");
      aborts |= request.is(i, "abort");
      if (!known && !request.is(i, "abort")) {
        throw RefusedException.syntax();
      }
    }
    if (aborts && request.count() > 2) {
      throw RefusedException.syntax();
    }
    if (aborts) {
      throw new RefusedException("ERR No shutdown in progress.");
    }
    return request.answer(new Command.Shutdown(), Spelling.NONE);
  }

  private static Command debug(Request request) {
    if (request.is(1, "sleep") && request.count() == 3) {
      return request.answer(new Command.Pause(millis(request.string(2))), Spelling.OK);
    }
    throw new RefusedException(
        "ERR unknown subcommand or wrong number of arguments for '"
            + request.string(1)
            + "'. Try DEBUG HELP.");
  }

  /** What is no number counts as 0, as in Redis. */
  private static long millis(String seconds) {
    try {
      return Math.max(0, Math.min(Integer.MAX_VALUE, (long) (1_000 * Double.parseDouble(seconds))));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
