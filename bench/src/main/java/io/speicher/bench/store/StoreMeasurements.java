package io.speicher.bench.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.bench.Arguments;
import io.speicher.bench.Machine;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Starts a measurement by its name. */
public final class StoreMeasurements {
  static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private StoreMeasurements() {}

  /** Arguments: the name of a measurement, and its own. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ReflectiveOperationException {
    String name = arguments.length == 0 ? "" : arguments[0];
    Arguments others =
        new Arguments(Arrays.asList(arguments).subList(name.isEmpty() ? 0 : 1, arguments.length));
    switch (name) {
      case "memory" -> Memory.measure(others);
      case "memory-of" -> Memory.measureOne(others);
      case "cpu" -> Cpu.measure(others);
      case "versions" -> Versions.measure(others);
      case "expiry" -> Expiry.measure(others);
      case "expiry-of" -> Expiry.measureReuse(others);
      case "maintenance-of" -> Expiry.measureMaintenance(others);
      case "clear" -> Clearing.measure(others);
      case "growth" -> Growth.measure(others);
      case "overwrite" -> Overwriting.measure(others);
      case "overwrite-of" -> Overwriting.measureOne(others);
      case "walk" -> Walk.measure(others);
      case "walk-of" -> Walk.measureOne(others);
      case "reopen" -> Reopening.measure(others);
      case "reopen-of" -> Reopening.measureOne(others);
      case "soak" -> System.exit(Soak.run(others) ? 0 : 1);
      default -> {
        System.err.println(
            "which measurement? memory, cpu, versions, expiry, clear, growth, overwrite, walk, reopen"
                + " or soak");
        System.exit(2);
      }
    }
  }

  /** Prints what stands behind the figures that follow. */
  static void printMachine() {
    Machine.print(out);
    out.printf("store    %s%n%n", Stores.name());
  }

  /** Runs a measurement in a process of its own, with the options of this one. */
  static void inOwnProcess(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), StoreMeasurements.class.getName()));
    command.addAll(Arrays.asList(arguments));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException(
          "failed: arguments=" + Arrays.toString(arguments) + " status=" + status);
    }
  }
}
