package io.speicher.bench.compare;

import io.speicher.bench.traces.CommandErrors;
import io.speicher.load.Protocol;
import io.speicher.protocol.Quantities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code bench/compare}: Speicher beside Valkey, Redis and memcached. */
@Command(
    name = "bench/compare",
    description =
        "Compare what operations cost Speicher, Valkey, Redis and memcached on this machine.",
    sortOptions = false,
    abbreviateSynopsis = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  bench/compare                                the table of the targets, about 20 minutes",
      "  bench/compare --dialects resp --operations get --pipelines 16",
      "  bench/compare --sizes 1kb,10kb --server-threads 1,2",
      "  bench/compare --tail                         latency at 70 %% of what the servers can do",
      "  bench/compare --same-rate                    cost at 70 %% of what the servers can do",
      "",
      "Needs two cores and Debian's redis-server and memcached; bench/valkey builds Valkey. What is",
      "missing is left out. CPU time holds to a few percent on a quiet machine; throughput does not.",
      "",
      "Writes into bench/results:",
      "  compare.md, compare-*.svg    the table, and a chart for each part of it",
      "  compare-tail.md, compare-same-rate.md, compare-connections.md, compare-loops.md,",
      "  compare-durable.md, compare-start.md",
    })
final class CompareCommand implements Callable<Integer> {
  private static final int DEFAULT_ROUNDS = 5;
  private static final int DEFAULT_SECONDS = 3;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--dialects",
      paramLabel = "NAME",
      split = ",",
      description = {
        "resp, memcached, json (default: all). JSON is compared with Valkey",
        "over RESP, since nobody else speaks it."
      })
  private @Nullable List<Protocol> dialects;

  @Option(
      names = "--operations",
      paramLabel = "NAME",
      split = ",",
      description = "get, set, mixed, which is get and set 9:1 (default: get,set).")
  private @Nullable List<Operation> operations;

  @Option(
      names = "--sizes",
      paramLabel = "SIZE",
      split = ",",
      converter = ValueSize.class,
      description = "Sizes of values, such as 32,100,1kb,10kb (default: 100).")
  private @Nullable List<Integer> sizes;

  @Option(
      names = "--pipelines",
      paramLabel = "N",
      split = ",",
      converter = Count.class,
      description = "Requests on their way in each connection (default: 1,16,64).")
  private @Nullable List<Integer> pipelines;

  @Option(
      names = "--server-threads",
      paramLabel = "N",
      split = ",",
      converter = Count.class,
      description = "Threads, and cores, of Speicher and memcached (default: 1).")
  private @Nullable List<Integer> serverThreads;

  @Option(
      names = "--keys",
      paramLabel = "N",
      split = ",",
      converter = Count.class,
      description = {
        "How many keys there are (default: 1000000). A tenth or a hundredth is",
        "taken where so many values would need too much memory."
      })
  private @Nullable List<Integer> keys;

  @Option(
      names = "--servers",
      paramLabel = "NAME",
      split = ",",
      description = "speicher, valkey, redis, memcached (default: those that there are).")
  private @Nullable List<Server> servers;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      converter = Count.class,
      description = "How often everybody takes a turn (default: 5; --tail 10, --start 11).")
  private @Nullable Integer rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      converter = Count.class,
      description = "How long a turn takes (default: 3; --tail 30).")
  private @Nullable Integer seconds;

  @ArgGroup private @Nullable Mode mode;

  /** One of them, or none. */
  static final class Mode {
    @Option(
        names = "--full",
        description = {
          "Compare everything with everything that the options above do not",
          "narrow: takes hours, and says how many before it starts."
        })
    private boolean full;

    @Option(
        names = "--tail",
        description = {
          "Instead, the latency of 99.9 %% of the replies in an open loop, at 70 %%",
          "of what the slowest of Speicher and Valkey can do."
        })
    private boolean tail;

    @Option(
        names = "--same-rate",
        description = {
          "Instead, what operations cost in an open loop, at 70 %% of what the",
          "slowest of Speicher and Valkey can do."
        })
    private boolean sameRate;

    @Option(
        names = "--connections-cost",
        description = {
          "Instead, what operations cost while 10,000 connections are open,",
          "beside 50."
        })
    private boolean connectionsCost;

    @Option(
        names = "--two-loops",
        description = {
          "Instead, what operations cost a server with two event loops, against",
          "two servers with one each, on two cores that are loaded alike."
        })
    private boolean twoLoops;

    @Option(
        names = "--durable",
        description = {
          "Instead, what --data costs on tmpfs and on a disk, beside a server",
          "without files, and Valkey with its log."
        })
    private boolean durable;

    @Option(
        names = "--start",
        description = "Instead, the time from starting to the first reply, and memory then.")
    private boolean start;

    private Mode() {}
  }

  @Option(
      names = "--first-port",
      paramLabel = "PORT",
      converter = Count.class,
      description = "Servers listen on free ports from here on (default: ${DEFAULT-VALUE}).")
  private int firstPort = 21_000;

  @Option(
      names = "--into",
      paramLabel = "FOLDER",
      description = "Where to write (default: bench/results of this source tree).")
  private @Nullable Path into;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private CompareCommand() {}

  public static void main(String[] arguments) {
    // Whoever ends this process ends what it has started.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy)));
    CommandErrors.runAndExit(new CompareCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException {
    Path root = Path.of(System.getProperty("bench.root"));
    Path folder = into == null ? root.resolve("bench/results") : into;
    Programs programs = programs(root);
    List<String> notes = new ArrayList<>(programs.absent());
    notes.addAll(OtherWork.warnings());
    notes.forEach(System.err::println);
    Bench bench = new Bench(programs, Cores.ofThisMachine(), new Ports(firstPort), notes);
    if (mode != null && mode.tail) {
      tail(bench, folder);
    } else if (mode != null && mode.sameRate) {
      sameRate(bench, folder);
    } else if (mode != null && mode.connectionsCost) {
      connectionsCost(bench, folder);
    } else if (mode != null && mode.twoLoops) {
      twoLoops(bench, folder);
    } else if (mode != null && mode.durable) {
      durable(bench, folder);
    } else if (mode != null && mode.start) {
      start(bench, folder);
    } else {
      compare(bench, folder);
    }
    return 0;
  }

  private Programs programs(Path root) throws IOException {
    Programs programs = Programs.find(root, servers == null ? defaultServers() : servers);
    if (servers != null && !programs.absent().isEmpty()) {
      throw new IOException(String.join("\n", programs.absent()));
    }
    return programs;
  }

  private List<Server> defaultServers() {
    return mode != null && (mode.tail || mode.sameRate || mode.durable)
        ? List.of(Server.SPEICHER, Server.VALKEY)
        : List.of(Server.values());
  }

  private void compare(Bench bench, Path folder) throws IOException {
    List<Comparison> comparisons = choice().comparisons(bench.programs().servers());
    if (comparisons.isEmpty()) {
      throw wrong("none of these servers speaks one of these dialects");
    }
    ComparisonRun run = new ComparisonRun(bench, rounds(DEFAULT_ROUNDS), seconds(DEFAULT_SECONDS));
    double expected = comparisons.stream().mapToDouble(run::expectedSeconds).sum();
    RemainingTime remaining = announce(Duration.ofSeconds((long) expected));
    ComparisonPages pages =
        new ComparisonPages(bench, folder, rounds(DEFAULT_ROUNDS), seconds(DEFAULT_SECONDS));
    try {
      for (Comparison comparison : comparisons) {
        // After each, so that hours are not lost if somebody needs the machine.
        pages.add(run.measure(comparison, remaining));
      }
    } finally {
      remaining.clear();
    }
    System.out.print(pages.text());
    System.err.println("written: " + pages.path());
  }

  private Choice choice() {
    Choice wide = mode != null && mode.full ? Choice.FULL : Choice.OF_TARGETS;
    return new Choice(
        or(dialects, wide.dialects()),
        or(operations, wide.operations()),
        or(sizes, wide.valueBytes()),
        or(pipelines, wide.pipelines()),
        or(serverThreads, wide.serverThreads()),
        or(keys, wide.keyCounts()));
  }

  private static <T> List<T> or(@Nullable List<T> chosen, List<T> otherwise) {
    return chosen == null ? otherwise : chosen.stream().distinct().toList();
  }

  private void tail(Bench bench, Path folder) throws IOException {
    Cell cell =
        new Cell(
            or(operations, List.of(Operation.MIXED)).getFirst(),
            or(pipelines, List.of(1)).getFirst());
    Tail tail = new Tail(bench, respContenders(bench), cell, rounds(10), seconds(30));
    announce(tail.expected());
    write(folder.resolve("compare-tail.md"), tail.measure());
  }

  private void sameRate(Bench bench, Path folder) throws IOException {
    List<Cell> cells = cells(List.of(Operation.GET, Operation.SET), List.of(1, 16, 64));
    SameRate sameRate =
        new SameRate(
            bench, respContenders(bench), cells, rounds(DEFAULT_ROUNDS), seconds(DEFAULT_SECONDS));
    announce(sameRate.expected());
    write(folder.resolve("compare-same-rate.md"), sameRate.measure());
  }

  private void connectionsCost(Bench bench, Path folder) throws IOException {
    List<Cell> cells = cells(List.of(Operation.GET), List.of(1, 16));
    ConnectionsCost cost =
        new ConnectionsCost(
            bench, respContenders(bench), cells, rounds(DEFAULT_ROUNDS), seconds(DEFAULT_SECONDS));
    announce(cost.expected());
    write(folder.resolve("compare-connections.md"), cost.measure());
  }

  private void twoLoops(Bench bench, Path folder) throws IOException {
    List<Cell> cells = cells(List.of(Operation.GET, Operation.SET), List.of(1, 16, 64));
    TwoLoops loops = new TwoLoops(bench, cells, rounds(DEFAULT_ROUNDS), seconds(DEFAULT_SECONDS));
    announce(loops.expected());
    write(folder.resolve("compare-loops.md"), loops.measure());
  }

  private void durable(Bench bench, Path folder) throws IOException {
    List<Cell> cells = cells(List.of(Operation.GET, Operation.SET), List.of(1, 16, 64));
    DurableCost cost =
        new DurableCost(bench, cells, rounds(DEFAULT_ROUNDS), seconds(DEFAULT_SECONDS));
    announce(cost.expected());
    write(folder.resolve("compare-durable.md"), cost.measure());
  }

  /** All operations that were asked for at all depths, or at these. */
  private List<Cell> cells(List<Operation> otherOperations, List<Integer> otherPipelines) {
    List<Cell> cells = new ArrayList<>();
    for (Operation operation : or(operations, otherOperations)) {
      or(pipelines, otherPipelines).forEach(pipeline -> cells.add(new Cell(operation, pipeline)));
    }
    return cells;
  }

  private void start(Bench bench, Path folder) throws IOException {
    Starts starts = new Starts(bench, rounds(11));
    announce(starts.expected());
    write(folder.resolve("compare-start.md"), starts.measure());
  }

  private List<Contender> respContenders(Bench bench) {
    List<Contender> contenders = bench.respContenders();
    if (contenders.isEmpty()) {
      throw wrong("none of these servers speaks RESP");
    }
    return contenders;
  }

  private int rounds(int otherwise) {
    return rounds == null ? otherwise : rounds;
  }

  private int seconds(int otherwise) {
    return seconds == null ? otherwise : seconds;
  }

  private static RemainingTime announce(Duration expected) {
    System.err.println("this takes about " + RemainingTime.show(expected));
    return new RemainingTime(expected);
  }

  private static void write(Path path, String text) throws IOException {
    Files.createDirectories(path.resolveSibling("."));
    Files.writeString(path, text);
    System.out.print(text);
    System.err.println("written: " + path);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (!text.matches("[1-9]\\d{0,8}")) {
        throw new TypeConversionException("'" + text + "' is not a number from 1 on");
      }
      return Integer.valueOf(text);
    }
  }

  private static final class ValueSize implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      try {
        return Math.toIntExact(Quantities.bytes(text));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
