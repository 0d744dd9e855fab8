package io.speicher.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A pattern of bytes, as Redis has them: {@code *} any number of bytes, {@code ?} any one, {@code
 * [a-c]} and {@code [^a]} one of a set, and a backslash takes away the meaning of what follows. Any
 * thread may use it.
 *
 * <p>Source: the command KEYS in the documentation of Redis.
 */
public final class Glob {

  /*
   * A pattern is a row of elements, each a set of bytes, with stars between some of them. After
   * each byte of a key, a bit for each number of elements says whether the bytes so far match that
   * many: bit n + 1 follows from bit n if the byte is in the set of element n, and a bit in front
   * of a star stays. So a byte takes one step for 64 elements, whatever the pattern and the key
   * are, where going back to the last star takes a step for each byte of both (Baeza-Yates and
   * Gonnet, "A New Approach to Text Searching", Communications of the ACM 35(10), 1992).
   *
   * Where a star is reached, what precedes it cannot matter any more: whatever an earlier star
   * could be given, the last one can be given too.
   */

  /** A longer pattern would take the time of others. */
  public static final int MAX_BYTES = 1_024;

  private static final int BYTE_VALUES = 256;

  private final byte[] pattern;

  /** How many elements there are. */
  private int size;

  /** How many words of 64 bits there are for one bit for each element and one more. */
  private final int words;

  /** For each byte, a bit for each element that has it in its set. */
  private final long[] elementsOf;

  /** A bit for each number of elements that a star follows. */
  private final long[] stars;

  /**
   * Copies the remaining bytes.
   *
   * @throws IllegalArgumentException if there are more than {@link #MAX_BYTES}
   */
  public Glob(ByteBuffer pattern) {
    if (pattern.remaining() > MAX_BYTES) {
      throw new IllegalArgumentException(tooLong(pattern.remaining()));
    }
    this.pattern = new byte[pattern.remaining()];
    pattern.get(pattern.position(), this.pattern);
    words = this.pattern.length / Long.SIZE + 1;
    elementsOf = new long[BYTE_VALUES * words];
    stars = new long[words];
    compile();
  }

  /** The pattern that matches the keys that begin with {@code prefix}. */
  public static ByteBuffer ofPrefix(ByteBuffer prefix) {
    ByteBuffer escaped = ByteBuffer.allocate(2 * prefix.remaining() + 1);
    for (int i = prefix.position(); i < prefix.limit(); i++) {
      byte b = prefix.get(i);
      if (b == '*' || b == '?' || b == '[' || b == '\\') {
        escaped.put((byte) '\\');
      }
      escaped.put(b);
    }
    return escaped.put((byte) '*').flip();
  }

  /** The pattern as it was written. */
  public ByteBuffer pattern() {
    return ByteBuffer.wrap(pattern).asReadOnlyBuffer();
  }

  /** What is wrong with a pattern that is too long, for the peer. */
  public static String tooLong(int patternBytes) {
    return "pattern too long: bytes=" + patternBytes + " (expected: up to " + MAX_BYTES + ")";
  }

  // ---- compiling ----

  private void compile() {
    int at = 0;
    while (at < pattern.length) {
      switch (pattern[at]) {
        case '*' -> {
          stars[size / Long.SIZE] |= 1L << size;
          at++;
        }
        case '?' -> {
          addRange(0, BYTE_VALUES - 1);
          size++;
          at++;
        }
        case '[' -> {
          at = addSet(at + 1);
          size++;
        }
        case '\\' -> {
          add(pattern[Math.min(at + 1, pattern.length - 1)]);
          size++;
          at += 2;
        }
        default -> {
          add(pattern[at]);
          size++;
          at++;
        }
      }
    }
  }

  /** Adds a byte to the set of the element that is read. */
  private void add(byte b) {
    addRange(b & 0xFF, b & 0xFF);
  }

  private void addRange(int from, int to) {
    for (int value = from; value <= to; value++) {
      elementsOf[value * words + size / Long.SIZE] |= 1L << size;
    }
  }

  /** Reads a set up to its bracket or, if it has none, the end; returns the index behind it. */
  private int addSet(int start) {
    boolean not = start < pattern.length && pattern[start] == '^';
    int at = not ? start + 1 : start;
    while (at < pattern.length && pattern[at] != ']') {
      if (pattern[at] == '\\' && at + 1 < pattern.length) {
        add(pattern[at + 1]);
        at += 2;
      } else if (isRange(at)) {
        int from = pattern[at] & 0xFF;
        int to = pattern[at + 2] & 0xFF;
        addRange(Math.min(from, to), Math.max(from, to));
        at += 3;
      } else {
        add(pattern[at]);
        at++;
      }
    }
    if (not) {
      for (int value = 0; value < BYTE_VALUES; value++) {
        elementsOf[value * words + size / Long.SIZE] ^= 1L << size;
      }
    }
    return at + 1;
  }

  /** A hyphen is one only between two bytes that are neither escaped nor the end of the set. */
  private boolean isRange(int at) {
    return at + 2 < pattern.length
        && pattern[at + 1] == '-'
        && pattern[at + 2] != ']'
        && pattern[at + 2] != '\\';
  }

  // ---- matching ----

  /** Whether every key matches. */
  public boolean matchesAll() {
    return pattern.length == 1 && pattern[0] == '*';
  }

  /** Whether every key matches that begins with the remaining bytes of {@code prefix}. */
  public boolean matchesAllOf(ByteBuffer prefix) {
    boolean endsInStar = (stars[size / Long.SIZE] & 1L << size) != 0;
    return endsInStar && matches(prefix);
  }

  /** Whether the remaining bytes of {@code key} match. */
  public boolean matches(ByteBuffer key) {
    return words == 1 ? matchesInOneWord(key) : matchesInWords(key);
  }

  private boolean matchesInOneWord(ByteBuffer key) {
    long all = 1L << size;
    long allWithStar = all & stars[0];
    long matched = 1;
    int end = key.limit();
    for (int i = key.position(); i < end; i++) {
      if ((matched & allWithStar) != 0) {
        return true;
      }
      long starred = matched & stars[0];
      matched = (matched & elementsOf[key.get(i) & 0xFF]) << 1 | starred;
      if (matched == 0) {
        return false;
      }
    }
    return (matched & all) != 0;
  }

  private boolean matchesInWords(ByteBuffer key) {
    int last = size / Long.SIZE;
    long all = 1L << size;
    long[] matched = new long[words];
    matched[0] = 1;
    int first = 0;
    int end = key.limit();
    for (int i = key.position(); i < end; i++) {
      if ((matched[last] & stars[last] & all) != 0) {
        return true;
      }
      int row = (key.get(i) & 0xFF) * words;
      long carry = 0;
      long any = 0;
      int lastStar = first;
      for (int w = first; w <= last; w++) {
        long starred = matched[w] & stars[w];
        long next = matched[w] & elementsOf[row + w];
        matched[w] = next << 1 | carry | starred;
        carry = next >>> (Long.SIZE - 1);
        any |= matched[w];
        lastStar = starred == 0 ? lastStar : w;
      }
      if (any == 0) {
        return false;
      }
      first = lastStar;
    }
    return (matched[last] & all) != 0;
  }

  @Override
  public String toString() {
    return new String(pattern, StandardCharsets.UTF_8);
  }
}
