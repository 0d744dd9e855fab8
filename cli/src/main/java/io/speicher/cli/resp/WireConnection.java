package io.speicher.cli.resp;

import static java.util.Objects.requireNonNull;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Tls;
import io.speicher.client.wire.TlsWire;
import io.speicher.client.wire.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, whatever is spoken on it: bytes are written and read, and each waits no
 * longer than the timeout.
 *
 * <p><b>Threads.</b> One at a time. A thread that waits can be interrupted: it gets an {@link
 * InterruptedIOException}, and the connection is of no use any more. After any {@link IOException}
 * it is of no use either.
 */
public final class WireConnection implements AutoCloseable {

  /*
   * The socket does not block, and a selector waits for it: a Unix domain socket has no timeout for
   * reads otherwise, and one way serves TLS as well.
   */

  private static final int BUFFER_BYTES = 64 << 10;

  private final SocketChannel socket;
  private final Selector selector;
  private final SelectionKey key;
  private final Wire wire;
  private final Input input = new Input();
  private long timeoutMillis;

  private WireConnection(SocketChannel socket, Selector selector, Wire wire, long timeoutMillis) {
    this.socket = socket;
    this.selector = selector;
    this.wire = wire;
    this.timeoutMillis = timeoutMillis;
    key = socket.keyFor(selector);
  }

  /**
   * Connects.
   *
   * @param tls null for plain text
   * @param timeout for connecting, and then for each answer
   * @throws NoConnectionException if there is no connection in time
   */
  public static WireConnection open(Address server, @Nullable Tls tls, Duration timeout)
      throws NoConnectionException {
    List<SocketAddress> addresses;
    try {
      addresses = server.addresses();
    } catch (IOException e) {
      throw new NoConnectionException(e);
    }
    NoConnectionException failure = null;
    for (SocketAddress address : addresses) {
      try {
        return open(server, address, tls, timeout);
      } catch (NoConnectionException e) {
        failure = e;
      }
    }
    throw requireNonNull(failure, "a host has an address");
  }

  private static WireConnection open(
      Address server, SocketAddress address, @Nullable Tls tls, Duration timeout)
      throws NoConnectionException {
    SocketChannel socket = null;
    Selector selector = null;
    try {
      socket = server.open();
      selector = Selector.open();
      Wire wire = connect(socket, selector, server, address, tls, timeout.toMillis());
      return new WireConnection(socket, selector, wire, timeout.toMillis());
    } catch (IOException | RuntimeException e) {
      closeQuietly(socket);
      closeQuietly(selector);
      throw new NoConnectionException(e);
    }
  }

  private static Wire connect(
      SocketChannel socket,
      Selector selector,
      Address server,
      SocketAddress address,
      @Nullable Tls tls,
      long timeoutMillis)
      throws IOException {
    long deadlineNanos = System.nanoTime() + 1_000_000 * timeoutMillis;
    SelectionKey key = socket.register(selector, SelectionKey.OP_CONNECT);
    if (!socket.connect(address)) {
      while (!socket.finishConnect()) {
        await(selector, deadlineNanos);
      }
    }
    if (tls == null || !(server instanceof Address.Port port)) {
      return Wire.plain(socket);
    }
    TlsWire secured = tls.begin(socket, port);
    while (!secured.shakeHands()) {
      key.interestOps(secured.handshakeOps());
      await(selector, deadlineNanos);
    }
    return secured;
  }

  private static void await(Selector selector, long deadlineNanos) throws IOException {
    long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
    if (leftMillis <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    selector.select(leftMillis);
    selector.selectedKeys().clear();
    if (Thread.interrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** How long to wait for each answer from now on; zero waits for as long as it takes. */
  public void timeout(Duration timeout) {
    timeoutMillis = timeout.toMillis();
  }

  /** Writes all of it. */
  public void write(ByteBuffer bytes) throws IOException {
    long deadlineNanos = deadlineNanos();
    wire.write(bytes);
    while (bytes.hasRemaining() || wire.hasUnsent()) {
      if (!awaitReady(SelectionKey.OP_WRITE, deadlineNanos)) {
        throw new NoAnswerException();
      }
      wire.write(bytes);
    }
  }

  /**
   * What the server sends: a read waits for it until the deadline that {@link #expectAnswer} has
   * set, and throws {@link NoAnswerException} then.
   */
  public InputStream in() {
    return input;
  }

  /** From now on it takes the timeout until an answer is late. */
  public void expectAnswer() {
    input.deadlineNanos = deadlineNanos();
  }

  /** Whether something comes within this time: an answer, or the end of the connection. */
  public boolean awaitInput(Duration time) throws IOException {
    return input.buffer.hasRemaining() || input.fill(System.nanoTime() + time.toNanos());
  }

  private long deadlineNanos() {
    return System.nanoTime()
        + (timeoutMillis == 0 ? Duration.ofDays(365).toNanos() : 1_000_000 * timeoutMillis);
  }

  private boolean awaitReady(int operations, long deadlineNanos) throws IOException {
    key.interestOps(operations);
    while (true) {
      long leftMillis = (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000;
      if (leftMillis <= 0) {
        return false;
      }
      boolean isReady = selector.select(leftMillis) > 0;
      selector.selectedKeys().clear();
      if (Thread.interrupted()) {
        throw new InterruptedIOException("interrupted while the server was to answer");
      }
      if (isReady) {
        return true;
      }
    }
  }

  @Override
  public void close() {
    closeQuietly(wire);
    closeQuietly(socket);
    closeQuietly(selector);
  }

  private static void closeQuietly(@Nullable Closeable closeable) {
    if (closeable != null) {
      try {
        closeable.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }

  /** What the server has sent, as a stream that waits until the deadline of the reply. */
  private final class Input extends InputStream {
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private boolean hasEnded;
    private long deadlineNanos;

    /**
     * Waits for bytes; false if there are none in time. At the end there is nothing to wait for.
     */
    boolean fill(long untilNanos) throws IOException {
      while (!hasEnded) {
        buffer.clear();
        int bytes = wire.read(buffer);
        buffer.flip();
        if (bytes > 0) {
          return true;
        }
        hasEnded = bytes < 0;
        if (wire.owesAnswer()) {
          wire.write(ByteBuffer.allocate(0));
        }
        if (!hasEnded && !awaitReady(SelectionKey.OP_READ, untilNanos)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public int read() throws IOException {
      return awaitBytes() ? buffer.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (!awaitBytes()) {
        return -1;
      }
      int bytes = Math.min(length, buffer.remaining());
      buffer.get(target, offset, bytes);
      return bytes;
    }

    private boolean awaitBytes() throws IOException {
      if (!buffer.hasRemaining() && !fill(deadlineNanos)) {
        throw new NoAnswerException();
      }
      return buffer.hasRemaining();
    }
  }
}
