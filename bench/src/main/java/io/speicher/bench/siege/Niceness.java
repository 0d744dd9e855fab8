package io.speicher.bench.siege;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * How much of the processors a thread leaves to others, by {@code setpriority(2)}: on Linux each
 * thread has a value of its own.
 */
@SuppressWarnings("restricted") // The one function has the arguments that are declared here.
final class Niceness {
  private static final int PRIO_PROCESS = 0;
  private static final int THIS_THREAD = 0;
  private static final int MOST = 19;

  private static final MethodHandle SET_PRIORITY =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("setpriority"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT));

  private Niceness() {}

  /** Has the operating system's thread that runs this take what others leave, for good. */
  static void giveWay() {
    try {
      int failed = (int) SET_PRIORITY.invokeExact(PRIO_PROCESS, THIS_THREAD, MOST);
      if (failed != 0) {
        throw new IllegalStateException("setpriority failed");
      }
    } catch (Throwable e) {
      throw new IllegalStateException("the priority of a thread cannot be lowered", e);
    }
  }
}
