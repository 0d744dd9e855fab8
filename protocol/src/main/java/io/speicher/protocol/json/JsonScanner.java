package io.speicher.protocol.json;

import io.speicher.protocol.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Checks a JSON object strictly and finds its members, without building a tree.
 *
 * <p>A scanner is used for one text after another, by one thread:
 *
 * <pre>{@code
 * scanner.begin(payload);
 * while (scanner.nextMember()) {
 *   if (scanner.nameEquals(KEY)) {
 *     key = scanner.valueSpan();
 *   }
 * }
 * }</pre>
 *
 * <p>Only when {@link #nextMember} has returned false is the whole text known to be well-formed.
 */
public final class JsonScanner {

  /*
   * Strict: RFC 8259 to the letter, in UTF-8 as RFC 3629 has it (no overlong forms, no encoded
   * surrogates, nothing above U+10FFFF). Nesting lives in a bit set, one bit for "this level is an
   * object", and not on the call stack, so that a deep text costs nothing but a refusal.
   *
   * Runs of plain characters in strings are skipped eight bytes at a time: a word is searched for
   * the bytes that end a run (quotes, backslashes, controls, anything not ASCII) with the
   * arithmetic of Mycroft's zero-byte test.
   */

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = 0x8080_8080_8080_8080L;
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';
  private static final long SPACES = ONES * ' ';

  /** How long a character can be spelled: a backslash, a u and four digits. */
  private static final int LONGEST_ESCAPE_BYTES = 6;

  /** Stands for the byte after the last. */
  private static final int END = -1;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final long[] objectLevels = new long[Limits.MAX_NESTING / Long.SIZE];

  private ByteBuffer text = NOTHING;
  private int limit;
  private int offset;
  private boolean first;

  private int nameStart;
  private int nameEnd;
  private boolean nameEscaped;
  private int valueStart;
  private int valueEnd;
  private boolean valueEscaped;

  /** Whether the string that {@link #string} skipped last holds a backslash. */
  private boolean escaped;

  /**
   * Starts at the position of {@code json}, which is read by absolute offsets and left as it is.
   */
  public void begin(ByteBuffer json) throws MalformedJsonException {
    text = json;
    limit = json.limit();
    offset = whitespace(json.position());
    if (byteAt(offset) != '{') {
      // Told apart because the two are different mistakes: a text that is JSON but no object is
      // checked to its end, so that only well-formed JSON is called a non-object.
      end(value(offset));
      throw new MalformedJsonException("the payload is JSON but not an object");
    }
    offset++;
    first = true;
  }

  /** Lets the last text go. */
  public void rest() {
    text = NOTHING;
    limit = 0;
  }

  /** Checks that {@code json} is one value of any kind; white space may stand around it. */
  public void checkValue(ByteBuffer json) throws MalformedJsonException {
    text = json;
    limit = json.limit();
    end(value(whitespace(json.position())));
  }

  /** Moves to the next member, or returns false after the last one and the end of the text. */
  public boolean nextMember() throws MalformedJsonException {
    int at = whitespace(offset);
    int next = byteAt(at);
    if (next == '}') {
      end(at + 1);
      return false;
    }
    if (!first) {
      if (next != ',') {
        throw expected("',' or '}'", at);
      }
      at = whitespace(at + 1);
    }
    first = false;
    nameStart = at + 1;
    at = string(at);
    nameEnd = at - 1;
    nameEscaped = escaped;
    at = whitespace(at);
    if (byteAt(at) != ':') {
      throw expected("':'", at);
    }
    valueStart = whitespace(at + 1);
    escaped = false;
    valueEnd = value(valueStart);
    valueEscaped = escaped;
    offset = valueEnd;
    return true;
  }

  /** Starts at the position of {@code json}, an array, whose elements are to be walked. */
  public void beginArray(ByteBuffer json) {
    text = json;
    limit = json.limit();
    offset = json.position() + 1;
    first = true;
  }

  /** Moves to the next element, or returns false after the last one and the end of the text. */
  public boolean nextElement() throws MalformedJsonException {
    int at = whitespace(offset);
    int next = byteAt(at);
    if (next == ']') {
      end(at + 1);
      return false;
    }
    if (!first) {
      if (next != ',') {
        throw expected("',' or ']'", at);
      }
      at = whitespace(at + 1);
    }
    first = false;
    valueStart = at;
    escaped = false;
    valueEnd = value(at);
    valueEscaped = escaped;
    offset = valueEnd;
    return true;
  }

  /** Whether the name of the member, its escapes resolved, is {@code expected}, which is ASCII. */
  public boolean nameEquals(byte[] expected) {
    if (!nameEscaped) {
      return regionEquals(nameStart, nameEnd, expected);
    }
    int spelledBytes = nameEnd - nameStart;
    if (spelledBytes > LONGEST_ESCAPE_BYTES * expected.length) {
      return false; // Not unescaped: it may be as long as the whole text.
    }
    String name = JsonText.unescape(text.slice(nameStart, spelledBytes));
    return name.equals(new String(expected, StandardCharsets.US_ASCII));
  }

  /** The value of the member, or the element; stays valid when the scanner moves on. */
  public JsonSpan valueSpan() {
    return new JsonSpan(text, valueStart, valueEnd, valueEscaped);
  }

  private boolean regionEquals(int start, int end, byte[] expected) {
    if (end - start != expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (text.get(start + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Skips one value of any kind that starts at {@code at}, and returns the offset after it. */
  private int value(int at) throws MalformedJsonException {
    int depth = 0;
    while (true) {
      int next = byteAt(at);
      if (next == '{' || next == '[') {
        boolean object = next == '{';
        if (depth == Limits.MAX_NESTING) {
          throw new MalformedJsonException(
              "nested too deep at byte "
                  + (at - text.position())
                  + " (expected: at most "
                  + Limits.MAX_NESTING
                  + " levels in a member)");
        }
        push(depth++, object);
        at = whitespace(at + 1);
        if (byteAt(at) != (object ? '}' : ']')) {
          at = object ? name(at) : at;
          continue;
        }
        depth--;
        at++;
      } else {
        at = scalar(next, at);
      }
      // A value has ended: so may the arrays and objects that hold it.
      while (true) {
        if (depth == 0) {
          return at;
        }
        at = whitespace(at);
        boolean object = isObject(depth - 1);
        next = byteAt(at);
        if (next == ',') {
          at = whitespace(at + 1);
          at = object ? name(at) : at;
          break;
        }
        if (next != (object ? '}' : ']')) {
          throw expected(object ? "',' or '}'" : "',' or ']'", at);
        }
        depth--;
        at++;
      }
    }
  }

  private void push(int level, boolean object) {
    long bit = 1L << level;
    if (object) {
      objectLevels[level / Long.SIZE] |= bit;
    } else {
      objectLevels[level / Long.SIZE] &= ~bit;
    }
  }

  private boolean isObject(int level) {
    return (objectLevels[level / Long.SIZE] & (1L << level)) != 0;
  }

  /** Skips a member's name and the colon after it, to where its value starts. */
  private int name(int at) throws MalformedJsonException {
    at = whitespace(string(at));
    if (byteAt(at) != ':') {
      throw expected("':'", at);
    }
    return whitespace(at + 1);
  }

  private int scalar(int first, int at) throws MalformedJsonException {
    return switch (first) {
      case '"' -> string(at);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(at);
      case 't' -> literal(at, TRUE);
      case 'f' -> literal(at, FALSE);
      case 'n' -> literal(at, NULL);
      default -> throw expected("a value", at);
    };
  }

  private int literal(int at, byte[] word) throws MalformedJsonException {
    if (limit - at < word.length || !regionEquals(at, at + word.length, word)) {
      throw expected("a value", at);
    }
    return at + word.length;
  }

  private int number(int at) throws MalformedJsonException {
    if (byteAt(at) == '-') {
      at++;
    }
    at = byteAt(at) == '0' ? at + 1 : digits(at);
    if (byteAt(at) == '.') {
      at = digits(at + 1);
    }
    if (byteAt(at) == 'e' || byteAt(at) == 'E') {
      at++;
      if (byteAt(at) == '+' || byteAt(at) == '-') {
        at++;
      }
      at = digits(at);
    }
    return at;
  }

  private int digits(int at) throws MalformedJsonException {
    if (!isDigit(byteAt(at))) {
      throw expected("a digit", at);
    }
    while (isDigit(byteAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  /** Skips the string whose opening quote is at {@code at}, and returns the offset after it. */
  private int string(int at) throws MalformedJsonException {
    if (byteAt(at) != '"') {
      throw expected("a string", at);
    }
    at++;
    escaped = false;
    while (true) {
      at = plainCharacters(at);
      int next = byteAt(at);
      if (next == '"') {
        return at + 1;
      } else if (next == '\\') {
        escaped = true;
        at = escape(at + 1);
      } else if (next >= 0x80) {
        at = multibyteCharacter(next, at);
      } else if (next >= ' ') {
        at++;
      } else if (next == END) {
        throw expected("'\"'", at);
      } else {
        throw expected("an escape instead of a control character", at);
      }
    }
  }

  private int plainCharacters(int at) {
    while (at + Long.BYTES <= limit) {
      long word = text.getLong(at);
      long controls = (word - SPACES) & ~word;
      long stops = zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES) | controls | word;
      if ((stops & HIGHS) != 0) {
        break;
      }
      at += Long.BYTES;
    }
    return at;
  }

  /** Has the high bit of some byte set if and only if a byte of {@code word} is zero. */
  private static long zeroBytes(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  private int escape(int at) throws MalformedJsonException {
    switch (byteAt(at)) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
        return at + 1;
      }
      case 'u' -> {
        for (int i = 1; i <= 4; i++) {
          if (Character.digit(byteAt(at + i), 16) < 0) {
            throw expected("four hexadecimal digits", at + i);
          }
        }
        return at + 5;
      }
      default -> throw expected("an escape that JSON knows", at);
    }
  }

  /** Skips a character of two to four bytes, whose first is {@code lead}: RFC 3629, section 4. */
  private int multibyteCharacter(int lead, int at) throws MalformedJsonException {
    int second = byteAt(at + 1);
    int continuations;
    boolean valid;
    if (lead >= 0xC2 && lead <= 0xDF) {
      continuations = 1;
      valid = isContinuation(second);
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      continuations = 2;
      int lowest = lead == 0xE0 ? 0xA0 : 0x80; // Else overlong.
      int highest = lead == 0xED ? 0x9F : 0xBF; // Else a surrogate.
      valid = second >= lowest && second <= highest;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      continuations = 3;
      int lowest = lead == 0xF0 ? 0x90 : 0x80; // Else overlong.
      int highest = lead == 0xF4 ? 0x8F : 0xBF; // Else above U+10FFFF.
      valid = second >= lowest && second <= highest;
    } else {
      continuations = 0;
      valid = false;
    }
    for (int i = 2; i <= continuations; i++) {
      valid &= isContinuation(byteAt(at + i));
    }
    if (!valid) {
      throw expected("valid UTF-8", at);
    }
    return at + 1 + continuations;
  }

  private static boolean isContinuation(int b) {
    return b >= 0x80 && b <= 0xBF;
  }

  private void end(int at) throws MalformedJsonException {
    at = whitespace(at);
    if (at != limit) {
      throw expected("the end", at);
    }
  }

  private int whitespace(int at) {
    while (true) {
      int next = byteAt(at);
      if (next != ' ' && next != '\n' && next != '\t' && next != '\r') {
        return at;
      }
      at++;
    }
  }

  /** The byte at {@code at} as 0 to 255, or {@link #END} behind the last one. */
  private int byteAt(int at) {
    return at < limit ? text.get(at) & 0xFF : END;
  }

  private MalformedJsonException expected(String what, int at) {
    return new MalformedJsonException(
        "malformed JSON at byte " + (at - text.position()) + ": expected " + what);
  }
}
