package io.speicher.bench;

import java.util.Arrays;

/** One figure, measured several times. */
public final class Rounds {
  private double[] sorted = {};

  /** Takes the figure of one more round. */
  public void add(double figure) {
    sorted = Arrays.copyOf(sorted, sorted.length + 1);
    sorted[sorted.length - 1] = figure;
    Arrays.sort(sorted);
  }

  /** Of an even number of figures, the mean of the two in the middle. */
  public double median() {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  public double lowest() {
    return sorted[0];
  }

  public double highest() {
    return sorted[sorted.length - 1];
  }

  /** Median, lowest and highest. */
  public String show(int decimals) {
    String number = "%." + decimals + "f";
    return (number + " (" + number + " to " + number + ")")
        .formatted(median(), lowest(), highest());
  }
}
