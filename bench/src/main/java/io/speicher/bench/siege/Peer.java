package io.speicher.bench.siege;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;

/** One connection to the server. Calls block, until another thread closes it. */
final class Peer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;

  final Wire wire;
  final ReplyInput in;
  private final Socket socket;
  private final Findings findings;

  /** Opens a connection; {@code receiveBufferBytes} is 0 for the kernel's choice. */
  Peer(int port, Wire wire, int receiveBufferBytes, Findings findings) throws IOException {
    this.wire = wire;
    this.findings = findings;
    socket = new Socket();
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      in = new ReplyInput(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    findings.countConnection();
  }

  /** The longest that a read waits before it fails. */
  void setReadTimeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /** Says what this dialect begins with, and reads the reply. */
  Peer greet() throws IOException {
    if (wire.greeting().length > 0) {
      send(wire.greeting());
      wire.readGreeting(in);
    }
    return this;
  }

  void send(byte[] bytes) throws IOException {
    send(bytes, 0, bytes.length);
  }

  void send(byte[] bytes, int offset, int count) throws IOException {
    socket.getOutputStream().write(bytes, offset, count);
  }

  void set(Value value) throws IOException {
    findings.countCommands(1);
    send(wire.set(value.key(), value.bytes()));
    wire.readStored(in);
  }

  /** Asks for values, and requires that each is the one given or has been evicted. */
  void check(List<Value> values) throws IOException {
    ask(values);
    readAndCheck(values);
  }

  void ask(List<Value> values) throws IOException {
    findings.countCommands(1);
    send(wire.get(values.stream().map(Value::key).toList()));
  }

  void readAndCheck(List<Value> values) throws IOException {
    Map<String, byte[]> received = wire.readValues(in, values.stream().map(Value::key).toList());
    for (Value value : values) {
      byte[] bytes = received.get(value.key());
      if (bytes != null) {
        value.check(bytes);
      }
    }
  }

  /** Ends what we send; the server's replies can still be read. */
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Makes {@link #close} send a reset instead of an orderly end. */
  void resetOnClose() throws IOException {
    socket.setSoLinger(true, 0);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // It is closed all the same.
    }
  }
}
