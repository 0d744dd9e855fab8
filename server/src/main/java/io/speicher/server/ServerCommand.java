package io.speicher.server;

import static io.speicher.protocol.Quantities.ofBytes;

import com.sun.management.UnixOperatingSystemMXBean;
import io.speicher.server.net.Network;
import io.speicher.server.security.Tls;
import io.speicher.server.security.TlsException;
import io.speicher.store.Opening;
import io.speicher.store.Ticker;
import io.speicher.store.segment.Geometry;
import io.speicher.store.segment.SegmentStore;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code speicher server}: runs a server until it is told to stop. */
@Command(
    name = "server",
    description = "Run a cache server on this machine.",
    sortOptions = false,
    sortSynopsis = false,
    abbreviateSynopsis = true,
    modelTransformer = ServerCommand.OptionsOfSettings.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher server                                 a cache on localhost:14567",
      "  speicher server --port 0 --memory 256mb         a small one on any free port",
      "  SPEICHER_MEMORY=4gb speicher server             settings from the environment",
      "  speicher server --config speicher.toml          settings from a file",
      "",
      "Sizes are written 512kb, 64mb, 2gb; times 500ms, 10s, 5m, 2h, 1d. Every option can also be set",
      "by a variable (--max-frame by SPEICHER_MAX_FRAME) or in the file (max-frame = \"64mb\"). Options",
      "win over variables, and variables over the file. Stop the server with Ctrl-C or SIGTERM: it",
      "answers what it has received and exits with 0; a second signal stops it at once.",
    })
public final class ServerCommand implements Callable<Integer> {
  /** The files that the process opens beside connections: jars, libraries, event loops. */
  private static final int RESERVED_FILES = 64;

  /**
   * The status of a process that ended itself, as sysexits(3) has it: supervisors start it again.
   */
  private static final int CANNOT_GO_ON = 70;

  /** The options of this class come behind those of the settings in the help. */
  private static final int BEHIND_SETTINGS = 1_000;

  static {
    ServerLog.quietenNetty();
    // What comes after the command line is loaded while picocli reads it: each takes a third of the
    // time to start.
    Thread.ofPlatform().daemon().name("speicher-prepare").start(ServerCommand::prepare);
  }

  private final Map<String, String> environment;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      order = BEHIND_SETTINGS,
      description =
          "Read settings from this TOML file; speicher.toml in the source shows them all.")
  private @Nullable Path config;

  @Option(
      names = "--data-reset",
      order = BEHIND_SETTINGS + 1,
      description = "Begin anew in the directory of --data: what is in it is deleted.")
  private boolean resetsData;

  @Option(
      names = "--print-memory",
      order = BEHIND_SETTINGS + 2,
      description = "Show how much memory the server may take with these settings, and exit.")
  private boolean printsMemory;

  @Option(
      names = {"-h", "--help"},
      order = BEHIND_SETTINGS + 3,
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  /** For picocli, as a service. */
  public ServerCommand() {
    this(System.getenv());
  }

  ServerCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Adds an option for each setting. */
  static final class OptionsOfSettings implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec command) {
      int order = 0;
      for (Setting<?> setting : ServerSettings.OPTIONS) {
        command.addOption(
            OptionSpec.builder(setting.option())
                .type(String.class)
                .arity(setting.type().isYesOrNo() ? "0..1" : "1")
                .fallbackValue("yes")
                .paramLabel(setting.type().label())
                .description(setting.help().replace("%", "%%")) // It is a format to picocli.
                .order(order++)
                .build());
      }
      return command;
    }
  }

  /** Uses what takes long to load; only that it is loaded matters. */
  private static void prepare() {
    try {
      Transport.best();
      new SegmentStore(SegmentStore.MIN_BUDGET_BYTES, Ticker.system()).close();
    } catch (RuntimeException | Error e) {
      // The start proper meets the same and tells of it.
    }
  }

  /** Returns when the server has stopped. */
  @Override
  public Integer call() throws InterruptedException, ReflectiveOperationException {
    ServerSettings settings = settings();
    MemoryPlan plan = MemoryPlan.of(settings);
    if (printsMemory) {
      spec.commandLine().getOut().print(plan.table());
      return CommandLine.ExitCode.OK;
    }
    requireRoom(plan, settings);
    requireIntention(settings);
    LogFormat format = settings.get(ServerSettings.LOG_FORMAT);
    ServerLog log =
        ServerLog.toStandardError(new LogLines(format, LogLines.isJournal(environment)));
    settings.get(ServerSettings.LOG_LEVEL).apply();
    try {
      return serve(settings, log);
    } finally {
      log.close();
    }
  }

  private int serve(ServerSettings settings, ServerLog log)
      throws InterruptedException, ReflectiveOperationException {
    StopSignal stop = new StopSignal();
    try (SpeicherServer server = start(settings, store(settings, log))) {
      if (server.hasFiles()) {
        stop.onHangUp(server::reloadFiles);
      }
      server.stopRequested().thenRun(stop::stop);
      server.failed().thenAccept(reason -> endAtOnce(reason, log));
      ServiceManager manager = ServiceManager.of(environment, ProcessHandle.current().pid());
      manager.watchdog().ifPresent(period -> server.watch(period.dividedBy(2), manager::isWell));
      announce(server, settings, log);
      warnOfTooFewFiles(settings.maxConnections(), log);
      manager.ready();
      stop.await();
      manager.stopping();
      Duration timeout = server.drainTimeout();
      say("stopping: answering what has been received, for at most " + seconds(timeout), log);
      int cut = server.drain(timeout);
      say(cut == 0 ? "stopped" : "stopped; connections cut off: " + cut, log);
      return CommandLine.ExitCode.OK;
    } catch (IOException e) {
      log.announce(LogLevel.ERROR, "speicher: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private SegmentStore store(ServerSettings settings, ServerLog log) throws IOException {
    Geometry geometry =
        Geometry.of(settings.memoryBytes()).withTagBytes(settings.get(ServerSettings.TAG_MEMORY));
    Optional<Path> directory = settings.get(ServerSettings.DATA);
    try {
      return directory.isPresent()
          ? SegmentStore.open(
              directory.get(),
              geometry,
              resetsData,
              settings.get(ServerSettings.SYNC),
              new RecoveryProgress(directory.get(), line -> say(line, log), terminal()))
          : new SegmentStore(geometry, Ticker.system());
    } catch (RuntimeException | OutOfMemoryError e) {
      throw cannotStart(settings, e);
    }
  }

  /** Standard error, if somebody sits there. */
  private static @Nullable PrintStream terminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
        ? System.err
        : null;
  }

  private static SpeicherServer start(ServerSettings settings, SegmentStore store)
      throws IOException {
    try {
      return SpeicherServer.start(settings, store);
    } catch (TlsException e) {
      throw new IOException("cannot start: " + e.getMessage(), e);
    } catch (RuntimeException | OutOfMemoryError e) {
      throw cannotStart(settings, e);
    }
  }

  private static IOException cannotStart(ServerSettings settings, Throwable e) {
    return new IOException(
        "cannot start: %s: memory=%s threads=%d; lower --memory or --threads, or raise what this process may take (ulimit -a)"
            .formatted(reason(e), ofBytes(settings.memoryBytes()), settings.threads()),
        e);
  }

  /** What is behind an exception that only says what could not be done. */
  private static String reason(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  /** A loop that ended has connections that nobody serves or closes: only a new process helps. */
  private static void endAtOnce(String reason, ServerLog log) {
    log.announce(
        LogLevel.ERROR,
        "speicher: the server cannot go on: " + reason + "; ending, to be started again");
    log.flush();
    Runtime.getRuntime().halt(CANNOT_GO_ON);
  }

  /** What options, environment and file say. */
  ServerSettings settings() {
    Map<String, String> options = new HashMap<>();
    for (Setting<?> setting : ServerSettings.OPTIONS) {
      String text = spec.findOption(setting.option()).getValue();
      if (text != null) {
        options.put(setting.name(), text);
      }
    }
    SettingSources sources = new SettingSources(options, environment);
    try {
      ServerSettings settings = PasswordFile.read(sources.read(config));
      settings.tls(); // Tells what is missing.
      warn(sources.warnings());
      return settings;
    } catch (IllegalArgumentException e) {
      throw wrong(e);
    }
  }

  private void warn(List<String> warnings) {
    PrintWriter err = spec.commandLine().getErr();
    warnings.forEach(warning -> err.println("speicher: warning: " + warning));
    err.flush();
  }

  /** Nobody lets others reach their items by accident. */
  private void requireIntention(ServerSettings settings) {
    InetSocketAddress address = new InetSocketAddress(settings.bind(), 0);
    boolean isForOthers = !address.isUnresolved() && !address.getAddress().isLoopbackAddress();
    if (isForOthers && !settings.hasUsers() && !settings.get(ServerSettings.INSECURE)) {
      throw wrong(
          new IllegalArgumentException(
              "others can reach --bind="
                  + settings.bind()
                  + ", and there is no password: say one with --password-file FILE or --users FILE, or"
                  + " --insecure to let everybody read and delete everything"));
    }
  }

  private void requireRoom(MemoryPlan plan, ServerSettings settings) {
    try {
      plan.requireRoom(settings.limits().maxFrameBytes());
    } catch (IllegalArgumentException e) {
      throw wrong(e);
    }
  }

  /** The first words, up to the port, stay as they are: scripts wait for them. */
  private void announce(SpeicherServer server, ServerSettings settings, ServerLog log) {
    InetAddress address = server.address().getAddress();
    say(
        "listening on %s (memory %s, threads %d, transport %s)"
            .formatted(
                Network.hostAndPort(address.getHostAddress(), server.port()),
                ofBytes(settings.memoryBytes()),
                settings.threads(),
                settings.transport().name().toLowerCase(Locale.ROOT)),
        log);
    Optional<Path> directory = settings.get(ServerSettings.DATA);
    if (directory.isPresent()) {
      server.opening().ifPresent(opening -> say(told(opening, directory.get()), log));
    }
    server.redisAddress().ifPresent(also -> announceOther(also, "RESP", log));
    server.memcachedAddress().ifPresent(also -> announceOther(also, "memcached", log));
    server.httpAddress().ifPresent(also -> announceOther(also, "HTTP", log));
    settings
        .socketFile()
        .ifPresent(file -> say("also listening on " + file.path() + " (all dialects)", log));
    server
        .maxTlsConnections()
        .ifPresent(max ->
            say(
                "speaking TLS, by %s, over at most %d connections at a time"
                    .formatted(Tls.provider(), max),
                log));
    if (!address.isLoopbackAddress() && !settings.hasUsers()) {
      warn(
          "others can reach "
              + address.getHostAddress()
              + ", and there is no password: whoever connects can read and delete everything",
          log);
    }
  }

  private static String told(Opening opening, Path directory) {
    String found =
        switch (opening.kind()) {
          case CREATED -> "a new directory";
          case STOPPED -> "as a server has left it that had stopped";
          case KILLED ->
              "as a server has left it that was killed: repaired tables=%d segments=%d"
                  .formatted(opening.repairedTables(), opening.repairedSegments());
          case RESIZED -> "made with another --memory or --tag-memory, and copied";
          case RECOVERED ->
              "recovered after a power failure: torn items dropped=%d".formatted(opening.dropped());
        };
    return "keeping items in %s (%s): items=%d, opened in %d ms"
        .formatted(
            directory, found, opening.itemCount(), TimeUnit.NANOSECONDS.toMillis(opening.nanos()));
  }

  private void announceOther(InetSocketAddress address, String dialect, ServerLog log) {
    say(
        "also listening on %s (%s only)"
            .formatted(
                Network.hostAndPort(address.getAddress().getHostAddress(), address.getPort()),
                dialect),
        log);
  }

  /** A connection is an open file to the operating system, which may allow only so many. */
  private void warnOfTooFewFiles(int maxConnections, ServerLog log) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long files = system.getMaxFileDescriptorCount();
      if (files < maxConnections + RESERVED_FILES) {
        warn(
            "this process may open %d files, too few for max-connections=%d; raise ulimit -n or lower --max-connections"
                .formatted(files, maxConnections),
            log);
      }
    }
  }

  /** Once the server listens, nothing may wait for who reads standard error. */
  private static void say(String message, ServerLog log) {
    log.announce(LogLevel.INFO, "speicher: " + message);
  }

  private static void warn(String message, ServerLog log) {
    log.announce(LogLevel.WARNING, "speicher: warning: " + message);
  }

  private ParameterException wrong(IllegalArgumentException e) {
    return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1_000.0 + " s";
  }
}
