package io.speicher.cli.resp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server that speaks RESP: what is sent is answered in its order.
 *
 * <p><b>Threads.</b> One at a time. A thread that waits can be interrupted: it gets an {@link
 * InterruptedIOException}, and the connection is of no use any more.
 *
 * <p><b>Errors.</b> What the server refuses is a reply in {@link #call}, and a {@link
 * ServerErrorException} in {@link #ask}. After any {@link IOException} the connection is of no use.
 */
public final class RespConnection implements AutoCloseable {

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
  private final RespReader reader = new RespReader(input);
  private long timeoutMillis;

  private RespConnection(SocketChannel socket, Selector selector, Wire wire, long timeoutMillis) {
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
  public static RespConnection open(Address server, @Nullable Tls tls, Duration timeout)
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

  private static RespConnection open(
      Address server, SocketAddress address, @Nullable Tls tls, Duration timeout)
      throws NoConnectionException {
    SocketChannel socket = null;
    Selector selector = null;
    try {
      socket = server.open();
      selector = Selector.open();
      Wire wire = connect(socket, selector, server, address, tls, timeout.toMillis());
      return new RespConnection(socket, selector, wire, timeout.toMillis());
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

  /**
   * Says who the client is. A server that knows but one password is told that alone.
   *
   * @throws ServerErrorException if the server refuses that
   */
  public void login(Login login) throws IOException {
    RespReply reply = call("AUTH", login.user(), login.password());
    if (reply.isError()
        && login.user().equals("default")
        && reply.text().startsWith("ERR wrong number of arguments")) {
      reply = call("AUTH", login.password());
    }
    if (reply.isError()) {
      throw new ServerErrorException(reply.text());
    }
  }

  /** How long to wait for each answer from now on; zero waits for as long as it takes. */
  public void timeout(Duration timeout) {
    timeoutMillis = timeout.toMillis();
  }

  // Commands.

  /** Sends a command and waits for its reply, which may be an error. */
  public RespReply call(String... words) throws IOException {
    return call(bytes(words));
  }

  /** The same for words of any bytes. */
  public RespReply call(List<ByteBuffer> words) throws IOException {
    send(words);
    return receive();
  }

  /**
   * Sends a command and waits for its reply.
   *
   * @throws ServerErrorException if it is an error
   */
  public RespReply ask(String... words) throws IOException {
    return call(words).orThrow();
  }

  /**
   * Sends commands together, and then waits for all replies, in their order.
   *
   * @throws ServerErrorException if one is an error, after all have been read
   */
  public List<RespReply> askAll(List<List<ByteBuffer>> commands) throws IOException {
    for (List<ByteBuffer> command : commands) {
      send(command);
    }
    List<RespReply> replies = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      replies.add(receive());
    }
    replies.forEach(RespReply::orThrow);
    return replies;
  }

  /** Words as UTF-8. */
  public static List<ByteBuffer> bytes(String... words) {
    List<ByteBuffer> bytes = new ArrayList<>();
    for (String word : words) {
      bytes.add(ByteBuffer.wrap(word.getBytes(UTF_8)));
    }
    return bytes;
  }

  /** Sends a command without waiting. The words keep their positions. */
  public void send(List<ByteBuffer> words) throws IOException {
    int length = 16;
    for (ByteBuffer word : words) {
      length = Math.addExact(length, word.remaining() + 16);
    }
    ByteBuffer command = ByteBuffer.allocate(length);
    command.put(("*" + words.size() + "\r\n").getBytes(US_ASCII));
    for (ByteBuffer word : words) {
      command.put(("$" + word.remaining() + "\r\n").getBytes(US_ASCII));
      command.put(word.duplicate()).put((byte) '\r').put((byte) '\n');
    }
    write(command.flip());
  }

  private void write(ByteBuffer bytes) throws IOException {
    long deadlineNanos = deadlineNanos();
    wire.write(bytes);
    while (bytes.hasRemaining() || wire.hasUnsent()) {
      if (!awaitReady(SelectionKey.OP_WRITE, deadlineNanos)) {
        throw new NoAnswerException();
      }
      wire.write(bytes);
    }
  }

  /** Waits for the next reply, or for what the server sends by itself. */
  public RespReply receive() throws IOException {
    input.deadlineNanos = deadlineNanos();
    return reader.read();
  }

  /** Whether something comes within this time: a reply, or the end of the connection. */
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
