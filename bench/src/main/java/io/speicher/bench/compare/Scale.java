package io.speicher.bench.compare;

/** An axis from 0 on, with a line at every round number. */
record Scale(double step, int steps) {
  private static final int MOST_STEPS = 5;

  /** Steps of 1, 2 or 5 times a power of ten. */
  static Scale upTo(double highest) {
    double power = Math.pow(10, Math.floor(Math.log10(highest)) - 1);
    for (double factor : new double[] {1, 2, 5, 10, 20, 50}) {
      double step = factor * power;
      if (highest <= MOST_STEPS * step) {
        return new Scale(step, (int) Math.ceil(highest / step - 1e-9));
      }
    }
    throw new IllegalArgumentException("no scale: highest=" + highest);
  }

  double highest() {
    return step * steps;
  }

  /** With as many decimals as the step has. */
  String label(double value) {
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return ("%." + decimals + "f").formatted(value);
  }
}
