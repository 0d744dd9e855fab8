package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.BitSet;

/** The patterns of {@code SCN}, byte by byte, in the plainest way. */
final class ReferenceGlob {
  private final byte[] pattern;
  private final byte[] key;

  private ReferenceGlob(byte[] pattern, byte[] key) {
    this.pattern = pattern;
    this.key = key;
  }

  static boolean matches(String pattern, String key) {
    return new ReferenceGlob(pattern.getBytes(UTF_8), key.getBytes(UTF_8)).matches(0, 0);
  }

  private boolean matches(int at, int from) {
    if (at == pattern.length) {
      return from == key.length;
    }
    if (pattern[at] == '*') {
      for (int to = key.length; to >= from; to--) {
        if (matches(at + 1, to)) {
          return true;
        }
      }
      return false;
    }
    if (from == key.length) {
      return false;
    }
    int b = key[from] & 0xff;
    return switch (pattern[at]) {
      case '?' -> matches(at + 1, from + 1);
      case '[' -> {
        BitSet set = new BitSet(256);
        int next = readSet(at + 1, set);
        yield set.get(b) && matches(next, from + 1);
      }
      case '\\' -> {
        int escaped = Math.min(at + 1, pattern.length - 1);
        yield (pattern[escaped] & 0xff) == b && matches(escaped + 1, from + 1);
      }
      default -> (pattern[at] & 0xff) == b && matches(at + 1, from + 1);
    };
  }

  /** Reads a set and returns the index behind it: that of its bracket, or the end. */
  private int readSet(int start, BitSet set) {
    boolean not = start < pattern.length && pattern[start] == '^';
    int at = not ? start + 1 : start;
    while (at < pattern.length && pattern[at] != ']') {
      boolean isRange =
          at + 2 < pattern.length
              && pattern[at] != '\\'
              && pattern[at + 1] == '-'
              && pattern[at + 2] != ']'
              && pattern[at + 2] != '\\';
      if (isRange) {
        int from = pattern[at] & 0xff;
        int to = pattern[at + 2] & 0xff;
        set.set(Math.min(from, to), Math.max(from, to) + 1);
        at += 3;
      } else {
        boolean isEscaped = pattern[at] == '\\' && at + 1 < pattern.length;
        set.set(pattern[isEscaped ? at + 1 : at] & 0xff);
        at += isEscaped ? 2 : 1;
      }
    }
    if (not) {
      set.flip(0, 256);
    }
    return Math.min(at + 1, pattern.length);
  }
}
