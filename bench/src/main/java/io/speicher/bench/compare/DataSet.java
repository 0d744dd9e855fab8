package io.speicher.bench.compare;

import io.speicher.protocol.Quantities;

/**
 * What the servers hold.
 *
 * @param valueBytes the length of each value
 * @param keyCount how many keys there are, and all of them are there
 */
record DataSet(int valueBytes, int keyCount) {
  /** The most that a data set may take, since four servers hold it at a time. */
  private static final long MOST_BYTES = 2_400_000_000L;

  /** A key of 16 bytes, and what the most wasteful of the servers needs beside it. */
  private static final int BYTES_BESIDE_VALUE = 120;

  /**
   * So many keys, or a tenth or a hundredth of them where values are so long that they would need
   * more memory than a machine has for several servers.
   */
  static DataSet fitting(int valueBytes, int keyCount) {
    int fitting = keyCount;
    while ((long) fitting * (valueBytes + BYTES_BESIDE_VALUE) > MOST_BYTES) {
      fitting /= 10;
    }
    return new DataSet(valueBytes, fitting);
  }

  String title() {
    return "values of %s, %,d keys".formatted(bytes(), keyCount);
  }

  private String bytes() {
    return valueBytes < 1_024
        ? valueBytes + " bytes"
        : Quantities.ofBytes(valueBytes).replace("kb", " KiB").replace("mb", " MiB");
  }

  /** For the name of a file. */
  String shortName() {
    return "%s-%s".formatted(Quantities.ofBytes(valueBytes), keys());
  }

  private String keys() {
    return keyCount % 1_000_000 == 0 ? keyCount / 1_000_000 + "m" : keyCount / 1_000 + "k";
  }
}
