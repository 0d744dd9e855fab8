package io.speicher.load;

/** Says to all threads of a run that it ends before its time. */
final class Control {
  private volatile boolean stopping;

  /** Ends the run. Any thread may call this, and more than once. */
  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }
}
