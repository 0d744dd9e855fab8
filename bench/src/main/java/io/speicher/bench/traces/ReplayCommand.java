package io.speicher.bench.traces;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code bench/replay}: how many requests of one trace hit. */
@Command(
    name = "bench/replay",
    description = "Replay requests through a cache, and say how many of them hit.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  bench/replay --capacity 1000 requests.txt",
      "  bench/replay --capacity 64mb --policy lru requests.txt",
      "  cut -d' ' -f7 access.log | bench/replay --capacity 10000",
      "  bench/replay --capacity 500 --trace sprite --policy opt",
      "",
      "Each line is a request: KEY, or KEY and the size of its value in bytes, with a space between",
      "them. What is not there when it is asked for is put. An item keeps the size that it was put",
      "with, until it is evicted. A capacity in items holds so many, whatever their sizes. Of one in",
      "bytes, the store takes everything it needs, and the other policies keys and values alone.",
    })
final class ReplayCommand implements Callable<Integer> {
  private static final int LABEL_COLUMNS = 16;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The requests (default: standard input).")
  private @Nullable Path file;

  @Option(
      names = "--capacity",
      paramLabel = "N|SIZE",
      converter = CapacityConverter.class,
      description = "What the cache holds: 1000 is so many items, 64mb so much memory.")
  private @Nullable Capacity capacity;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      converter = PolicyConverter.class,
      defaultValue = "speicher",
      description = {
        "speicher (the store as it ships, and the default), lru, s3-fifo, arc, lirs, 2q,",
        "w-tinylfu, caffeine, or opt: the best that is possible, knowing the future."
      })
  private Policy policy = Policy.SPEICHER;

  @Option(
      names = "--trace",
      paramLabel = "NAME",
      converter = TraceConverter.class,
      description = {
        "Instead of FILE, a well-known trace: loop, gli, multi1, multi2, multi3,",
        "sprite, web07, web12, orm-busy, orm-night, scarab-recs, adapt-size.",
        "The first time, 96 MB are fetched."
      })
  private @Nullable BundledTrace bundled;

  @Option(
      names = "--print",
      description = "Print the requests as lines, instead of replaying them.")
  private boolean print;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private ReplayCommand() {}

  public static void main(String[] arguments) {
    CommandErrors.runAndExit(new ReplayCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException, BadTraceException {
    requireSense();
    Trace trace = read();
    try (PrintStream out = standardOutput()) {
      if (print) {
        for (int i = 0; i < trace.requestCount(); i++) {
          out.println(trace.line(i));
        }
      } else if (capacity != null) {
        report(out, trace, Replay.of(trace, policy, capacity), capacity);
      }
    }
    return 0;
  }

  private void requireSense() {
    if (file != null && bundled != null) {
      throw wrong("give FILE or --trace, not both");
    }
    if (!print && capacity == null) {
      throw wrong("how large is the cache? give --capacity 1000 (items) or --capacity 64mb");
    }
    if (capacity != null && capacity.isBytes() && !policy.knowsBytes()) {
      throw wrong(
          policy.title + " is known for equal items only: give --capacity in items, as in 1000");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Trace read() throws IOException, BadTraceException {
    if (bundled != null) {
      return bundled.read(TraceJar.path());
    }
    if (file == null) {
      return TraceLines.read("standard input", System.in);
    }
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      String what =
          Files.isDirectory(file)
              ? "is a folder"
              : Files.exists(file) ? "may not be read" : "no such file";
      String hint = isTraceName(file.toString()) ? " (did you mean --trace " + file + "?)" : "";
      throw new IOException(file + ": " + what + hint);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return TraceLines.read(file.toString(), in);
    }
  }

  private static boolean isTraceName(String text) {
    return Stream.of(BundledTrace.values()).anyMatch(trace -> trace.title().equals(text));
  }

  private void report(PrintStream out, Trace trace, Replay replay, Capacity holds) {
    print(out, "policy", policy.title);
    print(out, "capacity", holds.toString());
    if (policy == Policy.SPEICHER && !holds.isBytes()) {
      int exact = EqualItems.of((int) holds.amount()).itemCount();
      if (exact < holds.amount()) {
        print(out, "  of which used", "%,d items, which fill whole segments".formatted(exact));
      }
    }
    print(out, "keys", "%,d".formatted(trace.keyCount()));
    print(out, "requests", "%,d".formatted(replay.requestCount()));
    print(out, "hits", "%,d".formatted(replay.hitCount()));
    print(out, "misses", "%,d".formatted(replay.requestCount() - replay.hitCount()));
    print(out, "hit ratio", "%.2f %%".formatted(100 * replay.hitRatio()));
    if (trace.hasSizes()) {
      print(out, "byte hit ratio", "%.2f %%".formatted(100 * replay.byteHitRatio()));
    }
  }

  private static void print(PrintStream out, String label, String value) {
    out.println(label + " ".repeat(LABEL_COLUMNS - label.length()) + value);
  }

  /** Keys are printed byte for byte, since they were read so; all else is ASCII. */
  private static PrintStream standardOutput() {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
        false,
        ISO_8859_1);
  }

  private static final class CapacityConverter implements ITypeConverter<Capacity> {
    @Override
    public Capacity convert(String text) {
      try {
        return Capacity.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  private static final class PolicyConverter implements ITypeConverter<Policy> {
    @Override
    public Policy convert(String text) {
      return Choice.of("policy", text, Policy.values(), Policy::optionName);
    }
  }

  private static final class TraceConverter implements ITypeConverter<BundledTrace> {
    @Override
    public BundledTrace convert(String text) {
      return Choice.of("trace", text, BundledTrace.values(), BundledTrace::title);
    }
  }
}
