package io.speicher.server;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What the server runs on. */
final class Machine {
  private Machine() {}

  /** The memory that this machine has, or this container if it has a limit of its own. */
  static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
