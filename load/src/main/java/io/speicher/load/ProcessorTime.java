package io.speicher.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How long this process has been running on processors. */
final class ProcessorTime {
  private ProcessorTime() {}

  static long nanosOfThisProcess() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
