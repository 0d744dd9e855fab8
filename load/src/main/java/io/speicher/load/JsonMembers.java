package io.speicher.load;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Walks through the members of a JSON object, from one to the next. It finds where values begin and
 * end, and leaves their insides alone.
 */
final class JsonMembers {
  private static final int MOST_DIGITS = 9;

  private final byte[] bytes;
  private final int length;
  private int offset;
  private boolean begun;
  private int nameStart;
  private int nameEnd;
  private int valueStart;
  private int valueEnd;

  JsonMembers(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /** Goes to the next member, or to the end of the text, if there is none. */
  boolean next() throws MalformedReplyException {
    if (!begun) {
      begun = true;
      expect('{');
      if (peek() == '}') {
        return end();
      }
    } else if (peek() == '}') {
      return end();
    } else {
      expect(',');
    }
    member();
    return true;
  }

  private void member() throws MalformedReplyException {
    peek();
    nameStart = offset + 1;
    string();
    nameEnd = offset - 1;
    expect(':');
    peek();
    valueStart = offset;
    value();
    valueEnd = offset;
  }

  private boolean end() throws MalformedReplyException {
    expect('}');
    skipSpace();
    if (offset < length) {
      throw new MalformedReplyException("something stands after the end of a JSON object");
    }
    return false;
  }

  private void value() throws MalformedReplyException {
    int depth = 0;
    do {
      int octet = peek();
      switch (octet) {
        case '"' -> string();
        case '{', '[' -> {
          depth++;
          offset++;
        }
        case '}', ']' -> {
          depth--;
          offset++;
        }
        case ',', ':' -> offset++;
        default -> word();
      }
    } while (depth > 0);
    if (depth < 0 || offset == valueStart) {
      throw new MalformedReplyException("a member of a JSON object has no value");
    }
  }

  /** A number, or true, false or null. */
  private void word() {
    while (offset < length && ",:{}[]\" \t\r\n".indexOf(bytes[offset]) < 0) {
      offset++;
    }
  }

  private void string() throws MalformedReplyException {
    expect('"');
    while (offset < length && bytes[offset] != '"') {
      offset += bytes[offset] == '\\' ? 2 : 1;
    }
    expect('"');
  }

  private void expect(int octet) throws MalformedReplyException {
    if (peek() != octet) {
      throw new MalformedReplyException(
          "%s in a JSON object (expected: %s)"
              .formatted(
                  MalformedReplyException.show(bytes[offset]),
                  MalformedReplyException.show(octet)));
    }
    offset++;
  }

  /** The next byte that is no space. */
  private int peek() throws MalformedReplyException {
    skipSpace();
    if (offset >= length) {
      throw new MalformedReplyException("a JSON object without an end");
    }
    return bytes[offset];
  }

  private void skipSpace() {
    while (offset < length && " \t\r\n".indexOf(bytes[offset]) >= 0) {
      offset++;
    }
  }

  /** The member's name, with its escapes, if it has any. */
  String name() {
    return new String(bytes, nameStart, nameEnd - nameStart, UTF_8);
  }

  boolean isNamed(String name) {
    return name.equals(name());
  }

  /** The value, if it is a string, with its escapes, or else nothing. */
  String text() {
    return bytes[valueStart] == '"'
        ? new String(bytes, valueStart + 1, valueEnd - valueStart - 2, UTF_8)
        : "";
  }

  int valueStart() {
    return valueStart;
  }

  int valueEnd() {
    return valueEnd;
  }

  /** The value, if it is a number of a few digits, or else -1. */
  int smallNumber() {
    int number = 0;
    for (int i = valueStart; i < valueEnd; i++) {
      if (bytes[i] < '0' || bytes[i] > '9' || valueEnd - valueStart > MOST_DIGITS) {
        return -1;
      }
      number = number * 10 + bytes[i] - '0';
    }
    return number;
  }
}
