package io.speicher.bench.traces;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests in the order they came. Keys are numbered from 0, which makes policies short and fast;
 * {@link #key} has the key itself.
 */
final class Trace {
  private final String[] keys;
  private final int[] requests;
  private final int @Nullable [] sizes;

  private Trace(String[] keys, int[] requests, int @Nullable [] sizes) {
    this.keys = keys;
    this.requests = requests;
    this.sizes = sizes;
  }

  int requestCount() {
    return requests.length;
  }

  int keyCount() {
    return keys.length;
  }

  /** Which key the request at {@code index} is for. */
  int request(int index) {
    return requests[index];
  }

  boolean hasSizes() {
    return sizes != null;
  }

  /** The size of the value that the request at {@code index} is for, or {@code otherwise}. */
  int valueBytes(int index, int otherwise) {
    return sizes == null ? otherwise : sizes[index];
  }

  /** All values of the trace, each key's as large as it was asked for first. */
  long objectBytes() {
    boolean[] seen = new boolean[keys.length];
    long bytes = 0;
    for (int i = 0; sizes != null && i < requests.length; i++) {
      bytes += seen[requests[i]] ? 0 : sizes[i];
      seen[requests[i]] = true;
    }
    return bytes;
  }

  /** Byte for byte as it was read. */
  byte[] key(int number) {
    return keys[number].getBytes(ISO_8859_1);
  }

  int keyBytes(int number) {
    return keys[number].length();
  }

  /** The request at {@code index} as a line that {@link TraceLines} reads. */
  String line(int index) {
    String key = keys[requests[index]];
    return sizes == null ? key : key + " " + sizes[index];
  }

  /** Takes requests one after the other: all of them with a size, or all without. */
  static final class Builder {
    private final Map<String, Integer> numbers = new HashMap<>();
    private int[] requests = new int[1 << 10];
    private int @Nullable [] sizes;
    private int count;

    int count() {
      return count;
    }

    boolean hasSizes() {
      return sizes != null;
    }

    void add(long key) {
      add(Long.toString(key));
    }

    /** A character of {@code key} stands for a byte. */
    void add(String key) {
      if (count == requests.length) {
        requests = Arrays.copyOf(requests, count * 2);
      }
      Integer number = numbers.putIfAbsent(key, numbers.size());
      requests[count++] = number == null ? numbers.size() - 1 : number;
    }

    void add(String key, int valueBytes) {
      if (sizes == null || count == sizes.length) {
        sizes = sizes == null ? new int[1 << 10] : Arrays.copyOf(sizes, count * 2);
      }
      sizes[count] = valueBytes;
      add(key);
    }

    Trace build() {
      String[] keys = new String[numbers.size()];
      numbers.forEach((key, number) -> keys[number] = key);
      return new Trace(
          keys, Arrays.copyOf(requests, count), sizes == null ? null : Arrays.copyOf(sizes, count));
    }
  }
}
