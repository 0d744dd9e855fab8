package io.speicher.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code speicher bench}: loads a server and measures what it does.
 *
 * <p>Calling it returns the exit status: 0 when it has measured, 1 when the run failed, 3 when
 * there is no server. Wrong options are thrown as {@link ParameterException}.
 */
@Command(
    name = "bench",
    sortOptions = false,
    sortSynopsis = false,
    abbreviateSynopsis = true,
    description = "Load a server, any that speaks one of the three dialects, and measure it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher bench --preload                       the server here, nine reads to a write",
      "  speicher bench --target redis://localhost:6379 --pipeline 16 --mix get=1",
      "  speicher bench --rate 50000 --duration 1m      latencies at a rate, stalls included",
      "",
      "It writes keys that begin with 'key:', and leaves them there.",
    })
public final class BenchCommand implements Callable<Integer> {
  private static final long MOST_KEYS = 1_000_000_000;
  private static final long BUFFER_BYTES = 768L << 20;
  private static final String DEFAULT_TARGET = "speicher://localhost:14567";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--target",
      paramLabel = "URL",
      description =
          "speicher://HOST:PORT (framed JSON), redis://HOST:PORT (RESP2) or memcached://HOST:PORT"
              + " (text protocol); default: the variable SPEICHER_URL, or else "
              + DEFAULT_TARGET
              + ".")
  private @Nullable String target;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "50",
      description = "Connections (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--pipeline",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Requests that a connection sends in one write, before it waits for all their replies"
              + " (default: ${DEFAULT-VALUE}).")
  private int pipeline;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that share the connections (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Operations per second in all, sent when they are due and not when replies come. Latencies"
              + " count from when they were due, so a stall is not hidden.")
  private @Nullable Double rate;

  @Option(
      names = "--max-outstanding",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "With --rate: requests without a reply on one connection; more have to wait, and the wait"
              + " counts (default: ${DEFAULT-VALUE}).")
  private int maxOutstanding;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "How many keys there are (default: ${DEFAULT-VALUE}).")
  private long keys;

  @Option(
      names = "--key-prefix",
      paramLabel = "TEXT",
      defaultValue = "key:",
      description = "What keys begin with; twelve digits follow (default: ${DEFAULT-VALUE}).")
  private String keyPrefix = "";

  @Option(
      names = "--distribution",
      paramLabel = "NAME",
      defaultValue = "uniform",
      description =
          "Which keys are asked for: uniform; zipfian or zipfian:THETA (0.99); hot-set or"
              + " hot-set:KEYSHARE:OPSHARE (0.2:0.8); sequential (default: ${DEFAULT-VALUE}).")
  private String distribution = "";

  @Option(
      names = "--value-size",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "Bytes of a value, or a range such as 32..1024 (default: ${DEFAULT-VALUE}).")
  private String valueSize = "";

  @Option(
      names = "--value-sizes",
      paramLabel = "FILE",
      description = "Takes them from a file instead: lines of bytes and a weight.")
  private @Nullable Path valueSizesFile;

  @Option(
      names = "--mix",
      paramLabel = "WEIGHTS",
      defaultValue = "get=9,set=1",
      description = "How often each operation comes, also delete=N (default: ${DEFAULT-VALUE}).")
  private String mix = "";

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "0",
      description = "The time to live of what is set, such as 10s; 0 is none (default: 0).")
  private String ttl = "";

  @Option(names = "--preload", description = "Set each key once, before measuring.")
  private boolean preload;

  @Option(names = "--preload-only", description = "Set each key once, and measure nothing.")
  private boolean preloadOnly;

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "Load the server for so long before measuring (default: ${DEFAULT-VALUE}).")
  private String warmUp = "";

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "Measure for so long (default: ${DEFAULT-VALUE}).")
  private String duration = "";

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "Measure so many operations instead, however long they take.")
  private @Nullable Long requests;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The same seed asks for the same keys (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--verify",
      description =
          "Check every value that is read: a wrong or torn one ends the run. A miss is no fault.")
  private boolean verify;

  @Option(
      names = "--server-pid",
      paramLabel = "PID",
      description =
          "The server's process on this machine, to measure what it uses of the processors.")
  private @Nullable Long serverPid;

  @Option(names = "--json", description = "Write the result as JSON, in place of the table.")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write an HTML page with charts, which needs nothing else.")
  private @Nullable Path report;

  @Option(
      names = "--overlay",
      paramLabel = "FILE",
      description = "Show an earlier result of --json in that page, too. May be given repeatedly.")
  private List<Path> overlays = new ArrayList<>();

  @Option(
      names = "--histogram",
      paramLabel = "FILE",
      description = "Also write the latencies of each second, as a log of HdrHistogram (.hlog).")
  private @Nullable Path histogram;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  /** Makes the command, for the service loader and for picocli. */
  public BenchCommand() {}

  @Override
  public Integer call() {
    Settings settings = settings();
    ServerProcess server = serverPid == null ? null : option("", ServerProcess::find, serverPid);
    List<Overlay> earlier =
        overlays.stream().map(file -> option("--overlay", Overlay::read, file)).toList();
    if (report != null) {
      option("--report", BenchCommand::writable, report);
    }
    Control control = new Control();
    try (Interrupt _ = new Interrupt(control);
        HistogramLog log =
            histogram == null ? null : option("--histogram", BenchCommand::log, histogram)) {
      Result result = measure(settings, server, control, log);
      if (result != null) {
        write(result, earlier);
      }
      return 0;
    } catch (LoadException e) {
      err().println("speicher: " + e.getMessage());
      err().flush();
      return e.exitStatus();
    }
  }

  private @Nullable Result measure(
      Settings settings,
      @Nullable ServerProcess server,
      Control control,
      @Nullable HistogramLog log)
      throws LoadException {
    LiveLine line = new LiveLine(err(), Terminal.isStandardError(), settings);
    List<RunListener> listeners = log == null ? List.of(line) : List.of(line, log);
    Result result;
    try (LoadRun run = new LoadRun(settings, control, listeners)) {
      result = run.run(server);
      if (result == null && (control.isStopping() || !settings.preloadOnly())) {
        throw new LoadException("stopped before anything was measured");
      }
    }
    if (log != null && !log.isComplete()) {
      throw new LoadException("cannot write " + histogram + ": is the disk full?");
    }
    return result;
  }

  private void write(Result result, List<Overlay> earlier) throws LoadException {
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? ResultJson.of(result) : ResultTable.of(result).stripTrailing());
    out.flush();
    if (report == null) {
      return;
    }
    try {
      HtmlReport.write(report, result, earlier, ZonedDateTime.now(ZoneId.systemDefault()));
    } catch (IOException e) {
      throw new LoadException(1, "cannot write the report: " + e, e);
    }
  }

  /** Finds out now, rather than when all is measured, that a report has nowhere to go. */
  private static Path writable(Path file) {
    try {
      Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
      return file;
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot write " + e.getMessage(), e);
    }
  }

  private static HistogramLog log(Path file) {
    try {
      return new HistogramLog(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot write " + e.getMessage(), e);
    }
  }

  // Options.

  private Settings settings() {
    checkRange("--connections", connections, 1, 100_000);
    checkRange("--pipeline", pipeline, 1, 10_000);
    checkRange("--threads", threads, 1, connections);
    checkRange("--max-outstanding", maxOutstanding, 1, 1_000_000);
    checkRange("--keys", keys, 1, MOST_KEYS);
    checkRange("--requests", requests == null ? 1 : requests, 1, Long.MAX_VALUE / 1_000_000);
    if (rate != null && !(rate > 0 && rate <= 1e9)) {
      throw wrong("--rate=" + rate + " (expected: above 0)");
    }
    if (keyPrefix.length() > 200 || !keyPrefix.matches("[!#-\\[\\]-~]*")) {
      throw wrong(
          "--key-prefix: up to 200 letters, digits and signs of ASCII, without spaces, quotes and"
              + " backslashes");
    }
    Duration measured = option("--duration", OptionValues::time, duration);
    if (measured.isZero()) {
      throw wrong("--duration=0 (expected: a time, such as 10s)");
    }
    Settings settings =
        new Settings(
            target(),
            connections,
            pipeline,
            threads,
            keys,
            keyPrefix,
            option("--distribution", OptionValues::distribution, distribution),
            valueSizes(),
            option("--mix", OptionValues::mix, mix),
            option("--ttl", OptionValues::time, ttl).toMillis(),
            verify,
            rate == null ? 0 : rate,
            maxOutstanding,
            preload || preloadOnly,
            preloadOnly,
            option("--warm-up", OptionValues::time, warmUp),
            measured,
            requests == null ? 0 : requests,
            seed);
    checkTtl(settings);
    checkVerify(settings);
    checkBuffers(settings);
    return settings;
  }

  private Target target() {
    String fromEnvironment = System.getenv().getOrDefault("SPEICHER_URL", "");
    if (target != null) {
      return option("--target", Target::parse, target);
    }
    return fromEnvironment.isBlank()
        ? Target.parse(DEFAULT_TARGET)
        : option("SPEICHER_URL", Target::parse, fromEnvironment);
  }

  private ValueSizes valueSizes() {
    Path file = valueSizesFile;
    return file == null
        ? option("--value-size", OptionValues::valueSizes, valueSize)
        : option("--value-sizes", OptionValues::valueSizes, file);
  }

  private void checkTtl(Settings settings) {
    boolean isDate =
        MemcachedRequests.ttlSeconds(settings.ttlMillis()) > MemcachedRequests.LONGEST_TTL_SECONDS;
    if (settings.target().protocol() == Protocol.MEMCACHED && isDate) {
      throw wrong("--ttl=" + ttl + " (expected: at most 30d, for memcached)");
    }
  }

  private void checkVerify(Settings settings) {
    int smallest = settings.valueSizes().smallest();
    if (verify && smallest < Values.SMALLEST_VERIFIED) {
      throw wrong(
          "--verify needs longer values: bytes=%d (expected: at least %d)"
              .formatted(smallest, Values.SMALLEST_VERIFIED));
    }
  }

  private void checkBuffers(Settings settings) {
    Requests requestsOfProtocol = settings.target().protocol().requests(settings);
    long bytes = (long) Connection.bufferBytes(settings, requestsOfProtocol) * connections;
    if (bytes > BUFFER_BYTES) {
      throw wrong(
          "too much memory for requests: bytes=%d (expected: at most %d); choose fewer --connections"
                  .formatted(bytes, BUFFER_BYTES)
              + " or smaller values");
    }
  }

  private void checkRange(String option, long value, long smallest, long largest) {
    if (value < smallest || value > largest) {
      throw wrong("%s=%d (expected: %d..%d)".formatted(option, value, smallest, largest));
    }
  }

  private <T, R> R option(String name, Function<T, R> parser, T text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong((name.isEmpty() ? "" : name + ": ") + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Ends the run on Ctrl-C, and lets the process live until the results are written. */
  private static final class Interrupt implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final CountDownLatch written = new CountDownLatch(1);
    private final Thread hook;

    Interrupt(Control control) {
      hook =
          new Thread(() -> {
            control.stop();
            try {
              if (!written.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(1);
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
      written.countDown();
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // It is running: that is how this run has ended.
      }
    }
  }
}
