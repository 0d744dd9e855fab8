package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.protocol.ProtocolException;

/**
 * Finds the words of a command: an array of bulk strings, or a line.
 *
 * <p>It remembers how far it has come, so a command that arrives in many pieces is read once. What
 * it remembers are offsets from the reader index: the buffer may be another one the next time, but
 * what is not taken begins there. Memory grows with what has arrived, never with what a count or a
 * length announces.
 */
final class RespParser {
  /** The longest line, and the longest count of words or bytes. */
  private static final int MAX_LINE_BYTES = 64 << 10;

  /** What a command may take beside its longest word: other words, counts and line ends. */
  private static final int MAX_OTHER_BYTES = 1 << 20;

  /** What a peer may send that has not said who it is: enough to do so. */
  private static final int MAX_EARLY_WORDS = 10;

  private static final int MAX_EARLY_WORD_BYTES = 16 << 10;

  private static final String TOO_LONG_LINE = "too big inline request";
  private static final int NOT_FOUND = -1;

  private final int maxBulkBytes;

  /** Whether the peer has still to say who it is. */
  private boolean early;

  private final Arguments arguments = new Arguments();

  /** How many words are still to come, of an array that has begun; else 0. */
  private int missing;

  /** How long the word is that has begun, or {@link #NOT_FOUND} if none has. */
  private int bulkBytes = NOT_FOUND;

  /** How far the command is read, from the reader index. */
  private int position;

  /**
   * How far a line end has been looked for, from the reader index: at least to {@link #position}.
   */
  private int searched;

  RespParser(int maxBulkBytes) {
    this.maxBulkBytes = maxBulkBytes;
  }

  /** Whether what it is given next begins with the first byte of a command. */
  boolean isBetweenCommands() {
    return searched == 0 && missing == 0;
  }

  /** Lets the words of the last command go, unless one has begun: it may be long until the next. */
  void rest() {
    if (isBetweenCommands()) {
      arguments.clear(0);
      arguments.lieIn(Unpooled.EMPTY_BUFFER, 0);
    }
  }

  /** The words of the command that was found last. */
  Arguments arguments() {
    return arguments;
  }

  /** How many bytes of a word that has begun are still to come. */
  int missingBytes(ByteBuf in) {
    return bulkBytes == NOT_FOUND ? 0 : Math.max(0, position + bulkBytes + 2 - in.readableBytes());
  }

  /**
   * Takes a command with at least one word, or returns false if it is not there to its end.
   *
   * @param isEarly whether the peer has still to say who it is
   */
  boolean parse(ByteBuf in, boolean isEarly) {
    early = isEarly;
    while (in.isReadable()) {
      boolean array = missing > 0 || in.getByte(in.readerIndex()) == '*';
      if (!(array ? parseArray(in) : parseLine(in))) {
        return false;
      }
      if (arguments.count() > 0) {
        return true;
      }
    }
    return false;
  }

  private void take(ByteBuf in) {
    in.skipBytes(position);
    position = 0;
    searched = 0;
  }

  // ---- arrays ----

  private boolean parseArray(ByteBuf in) {
    if (missing == 0) {
      int end = lineEnd(in, (byte) '\r', "too big mbulk count string");
      if (end == NOT_FOUND || end + 2 > in.readableBytes()) {
        return false;
      }
      long count = number(in, 1, end);
      if (count > Integer.MAX_VALUE) {
        throw error("invalid multibulk length");
      }
      if (early && count > MAX_EARLY_WORDS) {
        throw error("unauthenticated multibulk length");
      }
      advance(end + 2);
      if (count <= 0) {
        arguments.clear(0);
        take(in);
        return true;
      }
      missing = (int) count;
      arguments.clear(position);
    }
    while (missing > 0) {
      if (!parseBulk(in)) {
        return false;
      }
    }
    arguments.lieIn(in, in.readerIndex());
    take(in);
    return true;
  }

  private boolean parseBulk(ByteBuf in) {
    if (bulkBytes == NOT_FOUND) {
      int end = lineEnd(in, (byte) '\r', "too big bulk count string");
      if (end == NOT_FOUND || end + 2 > in.readableBytes()) {
        return false;
      }
      byte first = in.getByte(in.readerIndex() + position);
      if (first != '$') {
        throw error("expected '$', got '" + (char) (first & 0xFF) + "'");
      }
      long length = number(in, position + 1, end);
      if (length < 0 || length > maxBulkBytes) {
        throw error("invalid bulk length");
      }
      if (early && length > MAX_EARLY_WORD_BYTES) {
        throw error("unauthenticated bulk length");
      }
      if (end + 2 + length > (long) maxBulkBytes + MAX_OTHER_BYTES) {
        throw error(
            "too big command: bytes="
                + (end + 2 + length)
                + " (expected: up to "
                + ((long) maxBulkBytes + MAX_OTHER_BYTES)
                + "); send several");
      }
      advance(end + 2);
      bulkBytes = (int) length;
    }
    if (in.readableBytes() - position < bulkBytes + 2) {
      return false;
    }
    arguments.add(position, bulkBytes);
    advance(position + bulkBytes + 2);
    bulkBytes = NOT_FOUND;
    missing--;
    return true;
  }

  private void advance(int to) {
    position = to;
    searched = to;
  }

  // ---- lines ----

  private boolean parseLine(ByteBuf in) {
    int end = lineEnd(in, (byte) '\n', TOO_LONG_LINE);
    if (end == NOT_FOUND) {
      return false;
    }
    if (end > MAX_LINE_BYTES) {
      throw error(TOO_LONG_LINE);
    }
    int start = in.readerIndex();
    boolean twoBytes = end > 0 && in.getByte(start + end - 1) == '\r';
    arguments.clear(0);
    if (!LineSplitter.split(in, start, start + (twoBytes ? end - 1 : end), arguments)) {
      throw error("unbalanced quotes in request");
    }
    advance(end + 1);
    take(in);
    return true;
  }

  // ---- both ----

  /**
   * Where the next {@code last} is, from the reader index. Nothing is found behind a zero byte,
   * which Redis takes for the end of what it has.
   */
  private int lineEnd(ByteBuf in, byte last, String tooLong) {
    int start = in.readerIndex();
    int available = in.readableBytes();
    for (; searched < available; searched++) {
      byte b = in.getByte(start + searched);
      if (b == last) {
        return searched;
      }
      if (b == 0) {
        break;
      }
    }
    if (available - position > MAX_LINE_BYTES) {
      throw error(tooLong);
    }
    return NOT_FOUND;
  }

  /** The decimal number in this place, or {@link Long#MAX_VALUE}, which no length is. */
  private static long number(ByteBuf in, int from, int to) {
    return Decimal.parse(in, in.readerIndex() + from, to - from, Long.MAX_VALUE);
  }

  private static ProtocolException error(String why) {
    return new ProtocolException("ERR Protocol error: " + why);
  }
}
