package io.speicher.client.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A socket that is encrypted. It begins with a handshake, which {@link #shakeHands} brings to its
 * end before anything else may be called.
 *
 * <p>Its memory is bounded: five records out, one in, and one that is decrypted, 16 KiB each.
 */
public final class TlsWire implements Wire {

  /*
   * The engine may wrap and unwrap at the same time. What is received belongs to the reading thread,
   * what is encrypted to the holder of the lock under which is written. Only what they tell each
   * other is volatile: a message that was read may ask for one that has to be written (a change of
   * keys, RFC 8446, section 4.6.3).
   */

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** So much is encrypted for one system call. */
  private static final int RECORDS = 5;

  private final SocketChannel socket;
  private final SSLEngine engine;
  private final int recordBytes;

  /** From the socket, and not decrypted: before the position. */
  private final ByteBuffer received;

  /** Decrypted, and not read: from the position to the limit. */
  private ByteBuffer plain;

  /** Encrypted, and not sent: before the position. */
  private final ByteBuffer encrypted;

  private boolean hasEnded;
  private volatile boolean owesAnswer;

  TlsWire(SocketChannel socket, SSLEngine engine) throws SSLException {
    this.socket = socket;
    this.engine = engine;
    recordBytes = engine.getSession().getPacketBufferSize();
    received = ByteBuffer.allocateDirect(recordBytes);
    encrypted = ByteBuffer.allocateDirect(RECORDS * recordBytes);
    plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).limit(0);
    engine.beginHandshake();
  }

  // The handshake, on the I/O thread.

  /**
   * Goes on with the handshake as far as the socket allows, and returns whether it is finished. It
   * is to be called again when the socket is ready for {@link #handshakeOps}.
   *
   * @throws IOException if it fails: the peer is not trusted, speaks no TLS, or has gone
   */
  public boolean shakeHands() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> encrypt(NOTHING);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!flush() || !decryptHandshake()) {
            return false;
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return flush();
        }
      }
    }
  }

  private boolean decryptHandshake() throws IOException {
    while (!decryptAside()) {
      int bytes = hasEnded ? -1 : socket.read(received);
      if (bytes < 0) {
        throw new SSLException("the server closed the connection in the middle of the handshake");
      } else if (bytes == 0) {
        return false;
      }
    }
    return true;
  }

  /** What the handshake waits for. */
  public int handshakeOps() {
    return encrypted.position() > 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  // Receiving, on the I/O thread.

  @Override
  public int read(ByteBuffer target) throws IOException {
    int from = target.position();
    while (target.hasRemaining()) {
      if (plain.hasRemaining()) {
        int bytes = Math.min(plain.remaining(), target.remaining());
        target.put(plain.slice().limit(bytes));
        plain.position(plain.position() + bytes);
      } else if (target.remaining() >= plain.capacity() ? !decrypt(target) : !decryptAside()) {
        int bytes = hasEnded ? -1 : socket.read(received);
        hasEnded |= bytes < 0;
        if (bytes <= 0) {
          break;
        }
      }
    }
    int bytes = target.position() - from;
    return bytes == 0 && hasEnded ? -1 : bytes;
  }

  private boolean decryptAside() throws SSLException {
    boolean isDecrypted = decrypt(plain.clear());
    plain.flip();
    return isDecrypted;
  }

  /** Decrypts one record, which may hold nothing for us; false if no whole one is there. */
  private boolean decrypt(ByteBuffer target) throws SSLException {
    received.flip();
    SSLEngineResult result;
    try {
      result = engine.unwrap(received, target);
    } finally {
      received.compact();
    }
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    owesAnswer |= engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    return switch (result.getStatus()) {
      case OK -> result.bytesConsumed() > 0; // Or it wants to be asked for an answer first.
      case BUFFER_UNDERFLOW -> false;
      case CLOSED -> {
        hasEnded = true;
        yield false;
      }
      case BUFFER_OVERFLOW -> throw new SSLException("a record is longer than TLS allows");
    };
  }

  // Sending, under the lock of the sender.

  @Override
  public int write(ByteBuffer source) throws IOException {
    int from = source.position();
    do {
      while ((source.hasRemaining() || owesAnswer) && encrypted.remaining() >= recordBytes) {
        encrypt(source);
      }
    } while (flush() && source.hasRemaining());
    return source.position() - from;
  }

  /** Encrypts one record, of what the engine has to say itself or of {@code source}. */
  private void encrypt(ByteBuffer source) throws IOException {
    if (encrypted.remaining() < recordBytes && !flush()) {
      throw new SSLException("the handshake is longer than expected");
    }
    SSLEngineResult result = engine.wrap(source, encrypted);
    owesAnswer = result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
    if (result.getStatus() == SSLEngineResult.Status.CLOSED && result.bytesProduced() == 0) {
      throw new ClosedChannelException();
    }
  }

  /** Gives the socket what it takes, and returns whether that was all. */
  private boolean flush() throws IOException {
    encrypted.flip();
    try {
      while (encrypted.hasRemaining() && socket.write(encrypted) > 0) {}
      return !encrypted.hasRemaining();
    } finally {
      encrypted.compact();
    }
  }

  @Override
  public boolean hasUnsent() {
    return encrypted.position() > 0;
  }

  @Override
  public boolean owesAnswer() {
    return owesAnswer;
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  /** Says goodbye, if the socket takes it at once. */
  @Override
  public void close() throws IOException {
    try (socket) {
      engine.closeOutbound();
      if (socket.isConnected() && encrypted.remaining() >= recordBytes) {
        encrypt(NOTHING);
        flush();
      }
    }
  }
}
