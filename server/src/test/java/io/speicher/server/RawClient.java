package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A connection that says exactly what a test wants it to. */
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final Closeable connection;
  private final DataInputStream in;
  private final OutputStream out;
  private final Ending ending;

  /** How the client's half is closed. */
  private interface Ending {
    void shutdownOutput() throws IOException;
  }

  RawClient(int port) throws IOException {
    this(port, 0);
  }

  /** Small buffers (in bytes) make a slow reader of a test a slow reader for the server, too. */
  RawClient(int port, int receiveBufferBytes) throws IOException {
    this(connected(port, receiveBufferBytes));
  }

  /** The same over a socket that is connected already. */
  RawClient(Socket connected) throws IOException {
    connected.setSoTimeout(TIMEOUT_MILLIS);
    connection = connected;
    in = new DataInputStream(connected.getInputStream());
    out = connected.getOutputStream();
    ending = connected::shutdownOutput;
  }

  /** Over a Unix domain socket; it has no timeout. */
  RawClient(Path socketFile) throws IOException {
    SocketChannel connected = SocketChannel.open(UnixDomainSocketAddress.of(socketFile));
    connection = connected;
    in = new DataInputStream(Channels.newInputStream(connected));
    out = Channels.newOutputStream(connected);
    ending = connected::shutdownOutput;
  }

  private static Socket connected(int port, int receiveBufferBytes) throws IOException {
    Socket socket = new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    return socket;
  }

  /** A frame of {@code json}, in which single quotes stand for double ones. */
  static byte[] frame(String json) {
    byte[] payload = json.replace('\'', '"').getBytes(UTF_8);
    return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array();
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  void send(String json) throws IOException {
    send(frame(json));
  }

  /** The payload of the next reply. */
  String reply() throws IOException {
    byte[] payload = new byte[in.readInt()];
    in.readFully(payload);
    return new String(payload, UTF_8);
  }

  String ask(String json) throws IOException {
    send(json);
    return reply();
  }

  /** The next bytes of what the server sends. */
  byte[] read(int length) throws IOException {
    return in.readNBytes(length);
  }

  /** The next line of a text protocol, with its end; each char is a byte. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    do {
      line.append((char) in.readUnsignedByte());
    } while (line.charAt(line.length() - 1) != '\n');
    return line.toString();
  }

  /** The next reply of RESP, a bulk string, with its end. */
  String bulk() throws IOException {
    int length = Integer.parseInt(line().substring(1).strip());
    return new String(read(length + 2), ISO_8859_1);
  }

  /** All bytes until the server closes. */
  byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  void shutdownOutput() throws IOException {
    ending.shutdownOutput();
  }

  /** Whether the server has closed, gently and without another byte; waits for that. */
  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  /** How many whole replies come before the end. */
  int countRepliesToTheEnd() throws IOException {
    int replies = 0;
    while (true) {
      int first = in.read();
      if (first < 0) {
        return replies;
      }
      int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
      if (in.skip(length) < length) {
        throw new EOFException("the last reply is cut");
      }
      replies++;
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  /** A request of memcached's binary protocol, without extras; key and value are short. */
  static byte[] binary(int code, String key, String value) {
    byte[] header = new byte[24];
    header[0] = (byte) 0x80;
    header[1] = (byte) code;
    header[3] = (byte) key.length();
    header[11] = (byte) (key.length() + value.length());
    return (new String(header, ISO_8859_1) + key + value).getBytes(ISO_8859_1);
  }
}
