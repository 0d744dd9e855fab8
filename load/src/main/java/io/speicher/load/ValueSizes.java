package io.speicher.load;

/** How long values are. The length follows from a hash, so that whoever reads it can tell. */
sealed interface ValueSizes {
  /** The length for some random bits. */
  int size(long hash);

  int smallest();

  int largest();

  /** Its text in options and results. */
  String text();

  /** All alike, or any length from one to another. */
  record Range(int smallest, int largest) implements ValueSizes {
    @Override
    public int size(long hash) {
      return smallest + (int) Math.unsignedMultiplyHigh(hash, largest - smallest + 1L);
    }

    @Override
    public String text() {
      return smallest == largest ? Integer.toString(smallest) : smallest + ".." + largest;
    }
  }

  /** Some lengths, each with a weight. */
  final class Weighted implements ValueSizes {
    private final int[] sizes;
    private final long[] weightsUpTo;
    private final String text;

    /**
     * Makes them.
     *
     * @param sizes the lengths, at least one
     * @param weights how often each comes, relative to the others
     * @param text where they come from
     */
    Weighted(int[] sizes, long[] weights, String text) {
      this.sizes = sizes.clone();
      this.text = text;
      weightsUpTo = weights.clone();
      for (int i = 1; i < weights.length; i++) {
        weightsUpTo[i] += weightsUpTo[i - 1];
      }
    }

    @Override
    public int size(long hash) {
      long pick = Math.unsignedMultiplyHigh(hash, weightsUpTo[sizes.length - 1]);
      int low = 0;
      int high = sizes.length - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (pick < weightsUpTo[middle]) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return sizes[low];
    }

    @Override
    public int smallest() {
      int smallest = Integer.MAX_VALUE;
      for (int size : sizes) {
        smallest = Math.min(smallest, size);
      }
      return smallest;
    }

    @Override
    public int largest() {
      int largest = 0;
      for (int size : sizes) {
        largest = Math.max(largest, size);
      }
      return largest;
    }

    @Override
    public String text() {
      return text;
    }
  }
}
