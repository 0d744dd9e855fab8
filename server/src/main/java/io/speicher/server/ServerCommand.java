package io.speicher.server;

import static io.speicher.protocol.Quantities.ofBytes;

import com.sun.management.UnixOperatingSystemMXBean;
import io.speicher.protocol.Limits;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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
    defaultValueProvider = ServerDefaults.class,
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
  /** What the process takes beside the memory for items: code, connections, buffers. */
  private static final long PROCESS_BYTES = 150 << 20;

  /** The files that the process opens beside connections: jars, libraries, event loops. */
  private static final int RESERVED_FILES = 64;

  static {
    // What comes after the command line is loaded while picocli reads it: each takes a third of the
    // time to start.
    Thread.ofPlatform().daemon().name("speicher-prepare").start(ServerCommand::prepare);
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on; 0 picks a free one (default: ${DEFAULT-VALUE}).",
      defaultValue = "14567",
      converter = OptionValues.Count.class)
  private int port;

  @Option(
      names = "--redis-port",
      paramLabel = "PORT",
      description =
          "One more port, such as 6379, that speaks only RESP; 0 picks a free one (default:"
              + " ${DEFAULT-VALUE}). --port speaks it too.",
      defaultValue = "none",
      converter = OptionValues.OtherPort.class)
  private OptionalInt redisPort = OptionalInt.empty();

  @Option(
      names = "--memcached-port",
      paramLabel = "PORT",
      description =
          "One more port, such as 11211, that speaks only memcached's protocols; 0 picks a free one"
              + " (default: ${DEFAULT-VALUE}). --port speaks them too.",
      defaultValue = "none",
      converter = OptionValues.OtherPort.class)
  private OptionalInt memcachedPort = OptionalInt.empty();

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}). There is no password: an address that"
              + " others can reach, such as 0.0.0.0, lets them read and delete everything.",
      defaultValue = "127.0.0.1")
  private String bind = "";

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "Memory for items, index and bookkeeping: a size, or a share of this machine's memory such"
              + " as 50%% (default: ${DEFAULT-VALUE}). When it is full, old items make room.",
      defaultValue = "25%",
      converter = OptionValues.Memory.class)
  private long memory;

  @Option(
      names = "--max-frame",
      paramLabel = "SIZE",
      description = "Longest request, and so about the largest item (default: ${DEFAULT-VALUE}).",
      defaultValue = "32mb",
      converter = OptionValues.Size.class)
  private int maxFrame;

  @Option(
      names = "--max-key",
      paramLabel = "SIZE",
      description = "Longest key, at most 65535 bytes (default: ${DEFAULT-VALUE}).",
      defaultValue = "65535",
      converter = OptionValues.Size.class)
  private int maxKey;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Connections at a time; more are refused (default: ${DEFAULT-VALUE}).",
      defaultValue = "10000",
      converter = OptionValues.Count.class)
  private int maxConnections;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      description =
          "Close connections that say nothing for so long; 0 never (default: ${DEFAULT-VALUE}).",
      defaultValue = "0",
      converter = OptionValues.Time.class)
  private Duration idleTimeout = Duration.ZERO;

  @Option(
      names = "--drain-timeout",
      paramLabel = "TIME",
      description =
          "When stopping, wait so long for clients to take their replies (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "10s",
      converter = OptionValues.Time.class)
  private Duration drainTimeout = Duration.ZERO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Event loops; 0 is one for each processor (default: ${DEFAULT-VALUE}).",
      defaultValue = "0",
      converter = OptionValues.Count.class)
  private int threads;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Read settings from this TOML file; speicher.toml in the source shows them all.")
  @SuppressWarnings("UnusedVariable") // ServerDefaults asks picocli for it, before fields are set.
  private @Nullable Path config;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  /** Uses what takes long to load; only that it is loaded matters. */
  private static void prepare() {
    Transport.best();
    new SegmentStore(SegmentStore.MIN_BUDGET_BYTES, Ticker.system()).close();
  }

  /** Returns when the server has stopped. */
  @Override
  public Integer call() throws InterruptedException, ReflectiveOperationException {
    Logging.toStandardError();
    ServerSettings settings = settings();
    requireRoomFor(memory);
    StopSignal stop = new StopSignal();
    try (SpeicherServer server =
        SpeicherServer.start(settings, new SegmentStore(memory, Ticker.system()))) {
      server.stopRequested().thenRun(stop::stop);
      announce(server, settings);
      warnOfTooFewFiles();
      stop.await();
      say("stopping: answering what has been received, for at most " + seconds(drainTimeout));
      int cut = server.drain(drainTimeout);
      say(cut == 0 ? "stopped" : "stopped; connections cut off: " + cut);
      return CommandLine.ExitCode.OK;
    } catch (IOException e) {
      say(
          e.getMessage()
              + "; stop what listens there, or choose another port (0 picks a free one) or --bind");
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private ServerSettings settings() {
    try {
      return new ServerSettings(
          bind,
          port,
          redisPort,
          memcachedPort,
          new Limits(maxFrame, maxKey),
          maxConnections,
          idleTimeout,
          drainTimeout,
          threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
          Transport.best());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /** Two of the largest items must fit, and all of it must fit into the machine. */
  private void requireRoomFor(long bytes) {
    long least = Math.max(2L * maxFrame, SegmentStore.MIN_BUDGET_BYTES);
    if (bytes < least) {
      throw wrong(
          "memory too small: memory=%s max-frame=%s (expected: at least two frames, %s); raise --memory or lower --max-frame"
              .formatted(ofBytes(bytes), ofBytes(maxFrame), ofBytes(least)));
    }
    long machine = OptionValues.machineBytes();
    long most = Math.min(machine - PROCESS_BYTES, SegmentStore.MAX_BUDGET_BYTES);
    if (bytes > most) {
      throw wrong(
          "memory too large: memory=%s machine=%s (expected: at most %s, since the process takes %s beside it); lower --memory"
              .formatted(ofBytes(bytes), ofBytes(machine), ofBytes(most), ofBytes(PROCESS_BYTES)));
    }
  }

  /** The first words, up to the port, stay as they are: scripts wait for them. */
  private void announce(SpeicherServer server, ServerSettings settings) {
    InetAddress address = server.address().getAddress();
    say(
        "listening on %s (memory %s, threads %d, transport %s)"
            .formatted(
                SpeicherServer.hostAndPort(address.getHostAddress(), server.port()),
                ofBytes(memory),
                settings.threads(),
                settings.transport().name().toLowerCase(Locale.ROOT)));
    server.redisAddress().ifPresent(also -> announceOther(also, "RESP"));
    server.memcachedAddress().ifPresent(also -> announceOther(also, "memcached"));
    if (!address.isLoopbackAddress()) {
      say(
          "warning: others can reach "
              + address.getHostAddress()
              + ", and there is no password: whoever connects can read and delete everything");
    }
  }

  private void announceOther(InetSocketAddress address, String dialect) {
    say(
        "also listening on %s (%s only)"
            .formatted(
                SpeicherServer.hostAndPort(
                    address.getAddress().getHostAddress(), address.getPort()),
                dialect));
  }

  /** A connection is an open file to the operating system, which may allow only so many. */
  private void warnOfTooFewFiles() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long files = system.getMaxFileDescriptorCount();
      if (files < maxConnections + RESERVED_FILES) {
        say(
            "warning: this process may open %d files, too few for max-connections=%d; raise ulimit -n or lower --max-connections"
                .formatted(files, maxConnections));
      }
    }
  }

  private void say(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("speicher: " + message);
    err.flush();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1_000.0 + " s";
  }
}
