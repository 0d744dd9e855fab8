package io.speicher.bench;

/** An axis from 0 on, with a line at every round number. */
public record Scale(double step, int steps) {
  private static final int MOST_STEPS = 5;

  /** Steps of 1, 2 or 5 times a power of ten. */
  public static Scale upTo(double highest) {
    double power = Math.pow(10, Math.floor(Math.log10(highest)) - 1);
    for (double factor : new double[] {1, 2, 5, 10, 20, 50}) {
      double step = factor * power;
      if (highest <= MOST_STEPS * step) {
        return new Scale(step, (int) Math.ceil(highest / step - 1e-9));
      }
    }
    throw new IllegalArgumentException("no scale: highest=" + highest);
  }

  public double highest() {
    return step * steps;
  }

  /** With as many decimals as the step has. */
  public String label(double value) {
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return ("%." + decimals + "f").formatted(value);
  }
}
