package io.speicher.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A pattern of bytes, as Redis has them: {@code *} any number of bytes, {@code ?} any one, {@code
 * [a-c]} and {@code [^a]} one of a set, and a backslash takes away the meaning of what follows.
 *
 * <p>Source: the command KEYS in the documentation of Redis.
 */
public final class Glob {
  private final byte[] pattern;

  /** Copies the remaining bytes. */
  public Glob(ByteBuffer pattern) {
    this.pattern = new byte[pattern.remaining()];
    pattern.get(pattern.position(), this.pattern);
  }

  /** Whether every key matches. */
  public boolean matchesAll() {
    return pattern.length == 1 && pattern[0] == '*';
  }

  /** Whether the remaining bytes of {@code key} match. */
  public boolean matches(ByteBuffer key) {
    /*
     * A star that matches too little is given one byte more, and what follows is tried again. Only
     * the last star has to be: whatever an earlier one could be given, the last can be given too.
     * So it takes at most pattern times key steps.
     */
    int start = key.position();
    int length = key.remaining();
    int k = 0;
    int p = 0;
    int retryPattern = -1;
    int retryKey = 0;
    while (k < length) {
      if (p < pattern.length && pattern[p] == '*') {
        retryPattern = ++p;
        retryKey = k;
      } else if (p < pattern.length && matchesOne(p, key.get(start + k))) {
        p = next(p);
        k++;
      } else if (retryPattern >= 0) {
        p = retryPattern;
        k = ++retryKey;
      } else {
        return false;
      }
    }
    while (p < pattern.length && pattern[p] == '*') {
      p++;
    }
    return p == pattern.length;
  }

  private boolean matchesOne(int p, byte b) {
    return switch (pattern[p]) {
      case '?' -> true;
      case '[' -> matchesSet(p + 1, b & 0xFF);
      case '\\' -> pattern[Math.min(p + 1, pattern.length - 1)] == b;
      default -> pattern[p] == b;
    };
  }

  private boolean matchesSet(int p, int b) {
    boolean not = p < pattern.length && pattern[p] == '^';
    boolean found = false;
    int at = not ? p + 1 : p;
    while (at < pattern.length && pattern[at] != ']') {
      if (pattern[at] == '\\' && at + 1 < pattern.length) {
        found |= (pattern[at + 1] & 0xFF) == b;
        at += 2;
      } else if (at + 2 < pattern.length && pattern[at + 1] == '-') {
        int from = pattern[at] & 0xFF;
        int to = pattern[at + 2] & 0xFF;
        found |= b >= Math.min(from, to) && b <= Math.max(from, to);
        at += 3;
      } else {
        found |= (pattern[at] & 0xFF) == b;
        at++;
      }
    }
    return found != not;
  }

  /** Where the element after the one at {@code p} begins. */
  private int next(int p) {
    if (pattern[p] == '\\') {
      return Math.min(p + 2, pattern.length);
    }
    if (pattern[p] != '[') {
      return p + 1;
    }
    int at = p + 1;
    if (at < pattern.length && pattern[at] == '^') {
      at++;
    }
    while (at < pattern.length && pattern[at] != ']') {
      if (pattern[at] == '\\' && at + 1 < pattern.length) {
        at += 2;
      } else if (at + 2 < pattern.length && pattern[at + 1] == '-') {
        at += 3;
      } else {
        at++;
      }
    }
    return Math.min(at + 1, pattern.length);
  }

  @Override
  public String toString() {
    return new String(pattern, StandardCharsets.UTF_8);
  }
}
