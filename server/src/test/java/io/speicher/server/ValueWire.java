package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;

/**
 * A connection over which long values go that are all a part of one, so that a test with many
 * clients needs little memory.
 */
final class ValueWire implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MAX_SHOWN_BYTES = 200;

  /** Letters in no order, so that bytes in a wrong place are wrong. */
  private static final byte[] LETTERS = letters();

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  ValueWire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
    out = socket.getOutputStream();
  }

  private static byte[] letters() {
    byte[] letters = new byte[32 << 20];
    Random random = new Random(18);
    for (int i = 0; i < letters.length; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return letters;
  }

  // ---- sending ----

  ValueWire send(String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
    return this;
  }

  ValueWire send(byte[] bytes) throws IOException {
    out.write(bytes);
    return this;
  }

  /** The first bytes of the value. */
  ValueWire sendValue(int bytes) throws IOException {
    out.write(LETTERS, 0, bytes);
    return this;
  }

  /** The first bytes of {@code unit}, over and over. */
  ValueWire sendRepeated(byte[] unit, long bytes) throws IOException {
    for (long at = 0; at < bytes; at += unit.length) {
      out.write(unit, 0, (int) Math.min(unit.length, bytes - at));
    }
    return this;
  }

  // ---- expecting ----

  ValueWire expect(String text) throws IOException {
    String got = new String(in.readNBytes(text.length()), ISO_8859_1);
    if (!got.equals(text)) { // Shows all of the reply, which may be a longer error.
      got += new String(in.readNBytes(Math.min(in.available(), MAX_SHOWN_BYTES)), ISO_8859_1);
    }
    assertThat(got).isEqualTo(text);
    return this;
  }

  ValueWire expectValue(int bytes) throws IOException {
    for (int at = 0; at < bytes; ) {
      int part = Math.min(buffer.length, bytes - at);
      in.readFully(buffer, 0, part);
      assertThat(Arrays.equals(buffer, 0, part, LETTERS, at, at + part)).isTrue();
      at += part;
    }
    return this;
  }

  ValueWire expectRepeated(byte[] unit, long bytes) throws IOException {
    for (long at = 0; at < bytes; at += unit.length) {
      int part = (int) Math.min(unit.length, bytes - at);
      byte[] got = in.readNBytes(part);
      assertThat(Arrays.equals(got, 0, part, unit, 0, part)).isTrue();
    }
    return this;
  }

  /** The next line without its end. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
      line.append((char) b);
    }
    return line.substring(0, line.length() - 1);
  }

  byte[] read(int bytes) throws IOException {
    byte[] read = new byte[bytes];
    in.readFully(read);
    return read;
  }

  int readInt() throws IOException {
    return in.readInt();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
