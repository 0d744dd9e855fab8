package io.speicher.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands behind a figure, and what the Linux kernel says of this process. */
public final class Machine {
  private Machine() {}

  /** Prints the JDK, its options, the processor and the kernel. */
  public static void print(PrintStream out) {
    out.printf("JDK      %s %s%n", property("java.vendor"), property("java.vm.version"));
    out.printf(
        "options  %s%n",
        String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
    out.printf(
        "machine  %d x %s, %,d MB%n",
        Runtime.getRuntime().availableProcessors(),
        text("/proc/cpuinfo", "model name\\s*: (.*)"),
        number("/proc/meminfo", "MemTotal:\\s+(\\d+)") >> 10);
    out.printf("kernel   %s %s%n", property("os.name"), property("os.version"));
  }

  /** What this process has in memory now. */
  public static long residentBytes() {
    return number("/proc/self/status", "VmRSS:\\s+(\\d+)") << 10;
  }

  /** The most that this process has had in memory. */
  public static long peakResidentBytes() {
    return number("/proc/self/status", "VmHWM:\\s+(\\d+)") << 10;
  }

  /** How often another thread was given the processor instead of the calling thread. */
  public static long involuntarySwitches() {
    return number("/proc/thread-self/status", "nonvoluntary_ctxt_switches:\\s+(\\d+)");
  }

  /** Hundredths of a second that other machines took from the processors of this one. */
  public static long stolenTicks() {
    return number("/proc/stat", "cpu +(?:\\d+ ){7}(\\d+)");
  }

  /** User and system time that the calling thread has taken. */
  public static long threadCpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** User and system time that all threads of this process have taken. */
  public static long processCpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long number(String file, String pattern) {
    return Long.parseLong(text(file, pattern));
  }

  private static String text(String file, String pattern) {
    try {
      Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
      return matcher.find() ? matcher.group(1) : "0";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
