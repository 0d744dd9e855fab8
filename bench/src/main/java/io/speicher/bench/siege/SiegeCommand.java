package io.speicher.bench.siege;

import static java.util.stream.Collectors.joining;

import io.speicher.bench.Machine;
import io.speicher.bench.process.ProcessStatistics;
import io.speicher.bench.process.ServerProcess;
import io.speicher.bench.traces.CommandErrors;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench/siege}: hostile peers beside well-behaved clients, and what the server kept. */
@Command(
    name = "bench/siege",
    description = {
      "Besiege a server: hostile peers in all dialects beside well-behaved clients that check every byte.",
      "Exit status 1 if the server broke one of its bounds."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  bench/siege --seconds 60                              a server of its own, a random seed",
      "  bench/siege --seed 42 --attacks slow-reader,flooder   the same draws again, two attacks alone",
      "  bench/siege --target 127.0.0.1:14567 --pid 4711       a server that runs already"
    })
final class SiegeCommand implements Callable<Integer> {
  private static final long MEGABYTE = 1 << 20;

  /** What a process may take beside its budget and its account of connections. */
  private static final int OVERHEAD_MEGABYTES = 100;

  /** What connections that are at rest may hold together. */
  private static final int REST_MEGABYTES = 1;

  /** How much more may be alive on the heap after a siege than before it. */
  private static final int LEFT_OVER_MEGABYTES = 8;

  private static final int STOP_SECONDS = 40;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Draw what the attackers do from this seed (default: a random one).")
  private @Nullable Long seed;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "How long the attacks last (default: 60).")
  private int seconds;

  @Option(
      names = "--memory",
      paramLabel = "MB",
      defaultValue = "256",
      description = "Budget of the server, in MB (default: 256).")
  private int memoryMegabytes;

  @Option(
      names = "--connection-memory",
      paramLabel = "MB",
      defaultValue = "96",
      description = "What connections may take beside the budget, in MB (default: 96).")
  private int connectionMegabytes;

  @Option(
      names = "--attackers",
      paramLabel = "N",
      defaultValue = "24",
      description = "Attacks at a time (default: 24).")
  private int attackers;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "6",
      description = "Well-behaved clients, in all dialects by turns (default: 6).")
  private int clients;

  @Option(
      names = "--attacks",
      paramLabel = "NAME",
      split = ",",
      description = "Only these attacks; --list shows all.")
  private List<String> attacks = List.of();

  @Option(names = "--list", description = "List the attacks and exit.")
  private boolean list;

  @Option(
      names = "--latency",
      paramLabel = "MS",
      defaultValue = "20",
      description =
          "What 99.9 %% of the well-behaved clients' requests may take beside what this program and the machine take, in ms (default: 20).")
  private int latencyMillis;

  @Option(
      names = "--target",
      paramLabel = "127.0.0.1:PORT",
      description = "Besiege the server on this port instead of one of its own.")
  private @Nullable String target;

  @Option(
      names = "--pid",
      paramLabel = "PID",
      description = "With --target: the server's process, whose memory is watched.")
  private @Nullable Long pid;

  @Option(
      names = "--into",
      paramLabel = "FOLDER",
      description = "Where the chart and the server's log go (default: bench/target/siege).")
  private Path into = Path.of(System.getProperty("bench.root", "."), "bench/target/siege");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private final PrintStream out = System.out;

  private SiegeCommand() {}

  public static void main(String[] arguments) {
    CommandErrors.runAndExit(new SiegeCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (list) {
      Attack.ALL.forEach(attack -> out.println(attack.title()));
      return 0;
    }
    Siege.Plan plan =
        new Siege.Plan(
            seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed,
            seconds,
            chosenAttacks(),
            attackers,
            clients);
    out.printf(
        "siege    seed=%d seconds=%d memory=%dmb attackers=%d clients=%d attacks=%s%n",
        plan.seed(),
        seconds,
        memoryMegabytes,
        attackers,
        clients,
        plan.attacks().stream().map(Attack::title).collect(joining(",")));
    Machine.print(out);
    Files.createDirectories(into);
    return target == null ? besiegeOwn(plan) : besiege(plan, target);
  }

  private List<Attack> chosenAttacks() {
    return attacks.isEmpty()
        ? Attack.ALL
        : attacks.stream()
            .map(name ->
                Attack.titled(name)
                    .orElseThrow(() ->
                        new ParameterException(
                            spec.commandLine(), "unknown attack '" + name + "'; see --list")))
            .toList();
  }

  private int besiege(Siege.Plan plan, String address) throws IOException, InterruptedException {
    String port = address.substring(address.lastIndexOf(':') + 1);
    Siege siege =
        new Siege(plan, Integer.parseInt(port), pid == null ? null : new ProcessStatistics(pid));
    siege.run();
    return conclude(plan, siege, bounds(siege, Integer.parseInt(port)));
  }

  private int besiegeOwn(Siege.Plan plan) throws IOException, InterruptedException {
    try (ServerLog log = new ServerLog(into.resolve("server-" + plan.seed() + ".log"));
        ServerProcess server =
            ServerProcess.start(
                "Speicher",
                ServerProcess.SPEICHER_LISTENS,
                new ProcessBuilder(
                    Path.of(System.getProperty("bench.root", "."), "speicher").toString(),
                    "server",
                    "--port",
                    "0",
                    "--memory",
                    memoryMegabytes + "mb",
                    "--connection-memory",
                    connectionMegabytes + "mb"),
                log::add)) {
      double aliveBefore = (double) server.liveHeapBytes() / MEGABYTE;
      int filesBefore = server.statistics().openFileCount();
      Siege siege = new Siege(plan, server.port(), server.statistics());
      siege.run();
      List<Bound> bounds = bounds(siege, server.port());
      bounds.add(
          Bound.atMost(
              "open files afterwards, besides the clients'",
              siege.watch().seconds().getLast().openFiles() - plan.clients() - 1,
              filesBefore,
              ""));
      bounds.add(
          Bound.atMost(
              "heap alive afterwards",
              (double) server.liveHeapBytes() / MEGABYTE,
              aliveBefore + LEFT_OVER_MEGABYTES,
              "MB"));
      OptionalInt status = server.stop(STOP_SECONDS);
      bounds.add(
          Bound.required(
              "exit status after SIGTERM",
              status.isPresent() ? "" + status.getAsInt() : "none within " + STOP_SECONDS + " s",
              "0"));
      bounds.add(Bound.none("stack frames in the server's log", log.stackFrames()));
      out.printf("log      %,d lines: %s%n", log.lines(), log.file());
      return conclude(plan, siege, bounds);
    }
  }

  private List<Bound> bounds(Siege siege, int port) {
    List<Bound> bounds = new ArrayList<>();
    Findings findings = siege.findings();
    Watch watch = siege.watch();
    bounds.add(
        Bound.none("replies with bytes that do not belong there", findings.wrongReplies().count()));
    bounds.add(Bound.none("errors of well-behaved clients", findings.clientErrors().count()));
    bounds.add(
        Bound.atMost(
            "latency of well-behaved clients, 99.9 %",
            watch.millisAt(99.9) - siege.hiccups().millisAt(99.9), latencyMillis, "ms"));
    watch
        .peakResidentBytes()
        .ifPresent(peak ->
            bounds.add(
                Bound.atMost(
                    "resident memory, highest",
                    (double) peak / MEGABYTE,
                    residentBoundMegabytes(),
                    "MB")));
    bounds.add(
        Bound.atMost(
            "account of connections, highest",
            (double) watch.peakAccountBytes() / MEGABYTE,
            connectionMegabytes,
            "MB"));
    bounds.add(
        Bound.atMost(
            "account of connections, afterwards",
            (double) watch.seconds().getLast().accountBytes() / MEGABYTE,
            REST_MEGABYTES,
            "MB"));
    for (Wire wire : Wires.ALL) {
      bounds.add(
          Bound.required("afterwards, a client of " + wire.title(), probe(wire, port), "answered"));
    }
    return bounds;
  }

  private int residentBoundMegabytes() {
    return memoryMegabytes + connectionMegabytes + OVERHEAD_MEGABYTES;
  }

  /** Asks the server something by a new connection. */
  private static String probe(Wire wire, int port) {
    Value value = new Value("probe:" + wire.title(), 1, 100);
    try (Peer peer = new Peer(port, wire, 0, new Findings())) {
      peer.setReadTimeout(5_000);
      peer.greet();
      peer.set(value);
      peer.check(List.of(value));
      return "answered";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private int conclude(Siege.Plan plan, Siege siege, List<Bound> bounds) throws IOException {
    Findings findings = siege.findings();
    Watch watch = siege.watch();
    out.printf(
        "hostile  %,d connections, %,d commands, %,d times refused or cut off%n",
        findings.connections(), findings.commands(), findings.refusals());
    out.printf(
        "clients  %,d requests; latency in ms: 50 %% %.2f, 99 %% %.2f, 99.9 %% %.2f, longest %.1f%n",
        watch.requests(),
        watch.millisAt(50),
        watch.millisAt(99),
        watch.millisAt(99.9),
        watch.millisAt(100));
    out.printf(
        "         of which this program and the machine: 99 %% %.2f, 99.9 %% %.2f, longest %.1f%n",
        siege.hiccups().millisAt(99),
        siege.hiccups().millisAt(99.9),
        siege.hiccups().millisAt(100));
    out.printf(
        "server   at most %,d threads and %,d open files%n%n",
        watch.seconds().stream().mapToInt(Watch.Second::threads).max().orElse(0),
        watch.seconds().stream().mapToInt(Watch.Second::openFiles).max().orElse(0));
    for (Bound bound : bounds) {
      out.printf(
          "%-46s %-20s %-20s %s%n",
          bound.what(), bound.measured(), bound.wanted(), bound.isKept() ? "kept" : "BROKEN");
    }
    findings.wrongReplies().messages().forEach(message -> out.println("wrong reply: " + message));
    findings.clientErrors().messages().forEach(message -> out.println("error: " + message));
    Path chart = into.resolve("siege-" + plan.seed() + ".svg");
    Files.writeString(
        chart,
        new SiegeSvg(watch.seconds())
            .draw(
                "A siege of %d s, seed %d, a budget of %d MB"
                    .formatted(seconds, plan.seed(), memoryMegabytes),
                residentBoundMegabytes() * MEGABYTE / 1e6,
                latencyMillis));
    out.printf("chart    %s%n", chart);
    boolean isKept = bounds.stream().allMatch(Bound::isKept);
    out.printf("verdict  %s, seed=%d%n", isKept ? "kept" : "BROKEN", plan.seed());
    return isKept ? 0 : 1;
  }
}
