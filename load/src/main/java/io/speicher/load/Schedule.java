package io.speicher.load;

/**
 * When the requests of one connection are due, in a phase with a rate. The threads' requests are
 * due in equal distances, and go to the thread's connections in turn.
 *
 * @param firstNanos when the first one is due
 * @param intervalNanos from one to the next, or 0 if there is no rate
 */
record Schedule(double firstNanos, double intervalNanos) {
  static final Schedule NONE = new Schedule(0, 0);

  boolean isPaced() {
    return intervalNanos > 0;
  }

  /** When the request with this number is due, of {@link System#nanoTime}. */
  long dueNanos(long number) {
    return (long) (firstNanos + number * intervalNanos);
  }
}
