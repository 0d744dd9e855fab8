package io.speicher.cli.resp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads replies in RESP2 and RESP3. What a reply takes in memory grows with what arrives, not with
 * what a length announces.
 *
 * <p>Sources: "Redis serialization protocol specification" and the RESP3 specification. Streamed
 * strings and aggregates, which no server sends, are not read.
 */
final class RespReader {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_BULK_BYTES = 1 << 30;
  private static final int MAX_DEPTH = 64;

  private final InputStream in;
  private int mostBytes = MAX_BULK_BYTES;

  /** The line that is being read: most are short, so it is kept. */
  private byte[] line = new byte[64];

  RespReader(InputStream in) {
    this.in = in;
  }

  /** Longer strings are thrown away. */
  void omitBeyond(int bytes) {
    mostBytes = bytes;
  }

  /**
   * The next reply, as soon as all of it is there.
   *
   * @throws MalformedReplyException if what arrives is not RESP; nothing can be read after it
   */
  RespReply read() throws IOException {
    return read(0);
  }

  private RespReply read(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new MalformedReplyException("it is nested too deeply (expected: " + MAX_DEPTH + ")");
    }
    int type = in.read();
    if (type < 0) {
      throw new EOFException("the server closed the connection");
    }
    byte[] line = line();
    return switch (type) {
      case '+' -> RespReply.of(RespReply.Type.SIMPLE, line);
      case '-' -> RespReply.of(RespReply.Type.ERROR, line);
      case ':' -> RespReply.of(RespReply.Type.INTEGER, line);
      case '#' -> RespReply.of(RespReply.Type.BOOLEAN, line);
      case ',' -> RespReply.of(RespReply.Type.DOUBLE, line);
      case '(' -> RespReply.of(RespReply.Type.BIG_NUMBER, line);
      case '_' -> RespReply.nothing();
      case '$' -> bulk(RespReply.Type.BULK, length(line, MAX_BULK_BYTES));
      case '!' -> bulk(RespReply.Type.ERROR, length(line, MAX_BULK_BYTES));
      case '=' -> verbatim(length(line, MAX_BULK_BYTES));
      case '*' -> aggregate(RespReply.Type.ARRAY, length(line, Integer.MAX_VALUE), depth);
      case '~' -> aggregate(RespReply.Type.SET, length(line, Integer.MAX_VALUE), depth);
      case '>' -> aggregate(RespReply.Type.PUSH, length(line, Integer.MAX_VALUE), depth);
      case '%' -> aggregate(RespReply.Type.MAP, 2 * length(line, Integer.MAX_VALUE / 2), depth);
      case '|' -> {
        aggregate(RespReply.Type.MAP, 2 * length(line, Integer.MAX_VALUE / 2), depth);
        yield read(depth + 1); // What is said about a reply stands before it.
      }
      default ->
          throw new MalformedReplyException(
              "it begins with the byte 0x%02x (expected: RESP)".formatted(type));
    };
  }

  private byte[] line() throws IOException {
    int length = 0;
    int b = readByte();
    while (b != '\r') {
      if (b == '\n' || length == MAX_LINE_BYTES) {
        throw new MalformedReplyException("a line has no end (expected: \\r\\n)");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length++] = (byte) b;
      b = readByte();
    }
    requireByte('\n');
    return Arrays.copyOf(line, length);
  }

  /** -1 stands for no value in RESP2. */
  private static int length(byte[] line, int max) throws MalformedReplyException {
    long length = Digits.number(ByteBuffer.wrap(line), Long.MIN_VALUE);
    if (length >= -1 && length <= max) {
      return (int) length;
    }
    throw new MalformedReplyException("a length is not within -1.." + max);
  }

  private RespReply bulk(RespReply.Type type, int length) throws IOException {
    if (length < 0) {
      return RespReply.nothing();
    }
    if (length > mostBytes) {
      in.skipNBytes(length + 2L);
      return RespReply.omitted();
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw cut();
    }
    requireByte('\r');
    requireByte('\n');
    return RespReply.of(type, bytes);
  }

  /** Before the text there are three letters that say what kind it is, and a colon. */
  private RespReply verbatim(int length) throws IOException {
    RespReply whole = bulk(RespReply.Type.VERBATIM, length);
    if (whole.bytes().remaining() < 4) {
      throw new MalformedReplyException("a text does not say of what kind it is");
    }
    whole.bytes().position(4);
    return new RespReply(RespReply.Type.VERBATIM, whole.bytes().slice(), List.of());
  }

  private RespReply aggregate(RespReply.Type type, int count, int depth) throws IOException {
    if (count < 0) {
      return RespReply.nothing();
    }
    List<RespReply> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(read(depth + 1));
    }
    return RespReply.of(type, elements);
  }

  private void requireByte(int expected) throws IOException {
    if (readByte() != expected) {
      throw new MalformedReplyException("something has another length than was announced");
    }
  }

  private int readByte() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw cut();
    }
    return b;
  }

  private static EOFException cut() {
    return new EOFException("the server closed the connection in the middle of a reply");
  }
}
