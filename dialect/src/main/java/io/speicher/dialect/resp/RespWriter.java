package io.speicher.dialect.resp;

import io.speicher.dialect.CommandName;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the types of RESP, as the version that the peer speaks has them. */
final class RespWriter {
  private static final short CRLF = '\r' << 8 | '\n';
  private static final int MAX_NUMBER_BYTES = 20;

  private static final byte[] OK = ascii("+OK\r\n");
  private static final byte[] NULL_BULK = ascii("$-1\r\n");
  private static final byte[] NULL_ARRAY = ascii("*-1\r\n");
  private static final byte[] NULL = ascii("_\r\n");

  private final byte[] digits = new byte[MAX_NUMBER_BYTES];
  private final ReplyBuffer out;
  private @Nullable Session session;

  RespWriter(ReplyBuffer out) {
    this.out = out;
  }

  /** Says whose version of the protocol it is, or null for RESP2. */
  void speakTo(@Nullable Session peer) {
    session = peer;
  }

  /** The command that is answered, for who finds that it cannot be. */
  String command() {
    if (session == null) {
      return "";
    }
    CommandName executed = session.executed();
    return (executed.equals(CommandName.NONE) ? session.command() : executed).name();
  }

  /** Who is answered, for who finds that it may not be. */
  String user() {
    return session == null ? "" : session.userName();
  }

  private boolean speaksResp3() {
    return session != null && session.speaksResp3();
  }

  /** Bytes that are a whole reply already. */
  void raw(byte[] reply) {
    out.writeBytes(reply);
  }

  void ok() {
    out.writeBytes(OK);
  }

  void simple(String text) {
    out.writeByte('+');
    line(text);
  }

  /** An error, in one line whatever it repeats. */
  void error(String text) {
    int space = text.indexOf(' ');
    out.fail(space < 0 ? text : text.substring(0, space));
    out.writeByte('-');
    line(text.replace('\r', ' ').replace('\n', ' '));
  }

  void integer(long number) {
    header(':', number);
  }

  void bulk(ByteBuffer bytes) {
    int length = bytes.remaining();
    out.ensureWritable(MAX_NUMBER_BYTES + 3);
    header('$', length);
    out.writeBytes(bytes);
    out.writeShort(CRLF);
  }

  void bulk(String text) {
    header('$', text.length());
    line(text);
  }

  /** A number that is none of the integers. */
  void decimal(double number) {
    if (speaksResp3()) {
      out.writeByte(',');
      line(Double.toString(number));
    } else {
      bulk(Double.toString(number));
    }
  }

  /** The text of a number that is none of the integers. */
  void decimal(ByteBuffer number) {
    if (speaksResp3()) {
      out.writeByte(',');
      out.writeBytes(number);
      out.writeShort(CRLF);
    } else {
      bulk(number);
    }
  }

  /** A text for people to read. */
  void verbatim(String text) {
    if (speaksResp3()) {
      header('=', text.length() + 4L);
      out.writeCharSequence("txt:", StandardCharsets.ISO_8859_1);
      line(text);
    } else {
      bulk(text);
    }
  }

  /** A text for people to read, in ISO 8859-1. */
  void verbatim(ByteBuffer text) {
    if (speaksResp3()) {
      header('=', text.remaining() + 4L);
      out.writeCharSequence("txt:", StandardCharsets.ISO_8859_1);
      out.writeBytes(text);
      out.writeShort(CRLF);
    } else {
      bulk(text);
    }
  }

  void nothing() {
    out.writeBytes(speaksResp3() ? NULL : NULL_BULK);
  }

  void noArray() {
    out.writeBytes(speaksResp3() ? NULL : NULL_ARRAY);
  }

  /** Begins what is told without being asked, in RESP3; an array in RESP2. */
  void push(int size) {
    header(speaksResp3() ? '>' : '*', size);
  }

  void array(int size) {
    header('*', size);
  }

  /** A map of so many pairs. */
  void map(int size) {
    if (speaksResp3()) {
      header('%', size);
    } else {
      header('*', 2L * size);
    }
  }

  void set(int size) {
    header(speaksResp3() ? '~' : '*', size);
  }

  private void line(String text) {
    out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    out.writeShort(CRLF);
  }

  private void header(char type, long number) {
    out.writeByte(type);
    if (number >= 0 && number < 10) {
      out.writeByte('0' + (int) number);
    } else {
      decimal(number);
    }
    out.writeShort(CRLF);
  }

  private void decimal(long number) {
    long rest = number < 0 ? number : -number; // Below zero there is one number more.
    int at = digits.length;
    do {
      digits[--at] = (byte) ('0' - rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (number < 0) {
      digits[--at] = '-';
    }
    out.writeBytes(digits, at, digits.length - at);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
