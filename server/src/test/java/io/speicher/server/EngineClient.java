package io.speicher.server;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * A client of TLS that sends nothing before it has to wait for an answer, so that the last message
 * of its handshake travels with what it has to say; and which may change or cut what it sends.
 */
final class EngineClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int BUFFER_BYTES = 64 << 10;

  private final Socket socket;
  private final SSLEngine engine;
  private final Wire wire;
  private final ByteBuffer outgoing = ByteBuffer.allocate(BUFFER_BYTES);
  private final ByteBuffer incoming = ByteBuffer.allocate(BUFFER_BYTES);
  private int sentBytes;

  /** What becomes of bytes before they are sent. */
  interface Wire {
    /**
     * Sends them.
     *
     * @param offset how many were sent before
     */
    void send(Socket socket, byte[] bytes, int offset) throws IOException;
  }

  EngineClient(int port, SSLContext context, String protocol, Wire wire) throws IOException {
    this.wire = wire;
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    engine = context.createSSLEngine("localhost", port);
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {protocol});
  }

  /** What is sent as it is. */
  static void whole(Socket socket, byte[] bytes, int offset) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Brings the handshake to its end, but for what has not been sent yet. */
  void shakeHands() throws IOException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> encrypt(ByteBuffer.allocate(0));
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          flush();
          decrypt(ByteBuffer.allocate(BUFFER_BYTES));
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  /** Encrypts bytes, and keeps them until {@link #flush}. */
  void write(byte[] bytes) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    while (source.hasRemaining()) {
      encrypt(source);
    }
  }

  private void encrypt(ByteBuffer source) throws IOException {
    SSLEngineResult result = engine.wrap(source, outgoing);
    if (result.getStatus() == Status.CLOSED && result.bytesProduced() == 0) {
      throw new SSLException("closed");
    }
  }

  /** Sends all that is kept, in one go. */
  void flush() throws IOException {
    outgoing.flip();
    byte[] bytes = new byte[outgoing.remaining()];
    outgoing.get(bytes);
    outgoing.clear();
    if (bytes.length > 0) {
      wire.send(socket, bytes, sentBytes);
      sentBytes += bytes.length;
    }
  }

  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** How many bytes have been sent. */
  int sentBytes() {
    return sentBytes;
  }

  /** The next bytes that the server has to say, all of them. */
  byte[] read(int length) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(length + BUFFER_BYTES);
    while (read.position() < length) {
      decrypt(read);
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        encrypt(ByteBuffer.allocate(0));
        flush();
      }
    }
    return Arrays.copyOf(read.array(), read.position());
  }

  private void decrypt(ByteBuffer target) throws IOException {
    while (true) {
      incoming.flip();
      SSLEngineResult result;
      try {
        result = engine.unwrap(incoming, target);
      } finally {
        incoming.compact();
      }
      if (result.getStatus() == Status.CLOSED) {
        throw new EOFException("the server has said goodbye");
      } else if (result.getStatus() != Status.BUFFER_UNDERFLOW) {
        return;
      }
      InputStream in = socket.getInputStream();
      int bytes = in.read(incoming.array(), incoming.position(), incoming.remaining());
      if (bytes < 0) {
        throw new EOFException("the server has closed");
      }
      incoming.position(incoming.position() + bytes);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
