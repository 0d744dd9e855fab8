package io.speicher.tck;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one run of one case, opened when they are first named.
 *
 * <p>One thread serves them all: whenever a reply is awaited on one, what is still to be sent on
 * any goes out, so that a case can pipeline more than the socket buffers hold. Nothing is read from
 * a connection but while something is awaited there: a case that does not read is a slow reader.
 *
 * <p>Every wait ends at the deadline with a {@link CaseFailure} that says what was awaited. Not
 * safe for use by several threads.
 */
final class Wire implements AutoCloseable {
  /** No reply is larger: a length above it is taken for a mistake. */
  static final int MAX_REPLY_BYTES = 64 << 20;

  private static final int EXCHANGES_KEPT = 8;
  private static final int READ_BYTES = 16 << 10;

  /*
   * Two writes become two segments that the server reads one by one only if it has read the first
   * before the second arrives, which a client cannot observe. So the kit waits a little in between.
   */
  private static final long CUT_PAUSE_NANOS = 1_000_000;
  private static final long DRIBBLE_PAUSE_NANOS = 50_000;

  private final InetSocketAddress server;
  private final Deadline deadline;
  private final Case.Delivery delivery;
  private final int cutOffset;
  private final Selector selector;
  private final Map<String, Connection> connections = new LinkedHashMap<>();
  private final Deque<Exchange> exchanges = new ArrayDeque<>();
  private int exchangesForgotten;

  /**
   * Makes a wire without connections.
   *
   * @param cutOffset where {@link Case.Delivery#cut} cuts, counted from the first byte that is sent
   */
  Wire(InetSocketAddress server, Deadline deadline, Case.Delivery delivery, int cutOffset)
      throws IOException {
    this.server = server;
    this.deadline = deadline;
    this.delivery = delivery;
    this.cutOffset = cutOffset;
    this.selector = Selector.open();
  }

  /** Sends bytes, or keeps them until the next other step where the delivery asks for it. */
  void send(String name, byte[] bytes) throws IOException {
    Connection connection = connection(name);
    record(Exchange.of(name, true, bytes, 0, bytes.length));
    connection.queue(bytes);
    connection.allAnswered = false;
    if (delivery == Case.Delivery.plain) {
      connection.write();
    }
  }

  /** Sends bytes as the payload of a frame. */
  void sendFrame(String name, byte[] payload) throws IOException {
    byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(payload.length).array();
    byte[] frame = Arrays.copyOf(length, Integer.BYTES + payload.length);
    System.arraycopy(payload, 0, frame, Integer.BYTES, payload.length);
    send(name, frame);
  }

  /** Sends what is still to be sent, and then the end. */
  void sendEnd(String name) throws IOException {
    deliver();
    Connection connection = connection(name);
    while (connection.hasPending()) {
      pump(null, "the server reads all that is sent");
    }
    connection.channel.shutdownOutput();
    record(Exchange.note(name, "half-closed it: nothing more will be sent (FIN)"));
  }

  /** Drops the connection with a TCP reset. */
  void reset(String name) throws IOException {
    deliver();
    Connection connection = connection(name);
    connection.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    connection.channel.close();
    record(Exchange.note(name, "reset it (RST)"));
  }

  /**
   * Reads the payload of the next frame.
   *
   * @param awaited what comes, for the message of a failure
   */
  byte[] receive(String name, String awaited) throws IOException {
    deliver();
    Connection connection = connection(name);
    readUntil(connection, Integer.BYTES, awaited);
    int length = connection.peekLength();
    if (length <= 0 || length > MAX_REPLY_BYTES) {
      throw new CaseFailure(
          String.format(Locale.ROOT, "the length of a reply is %,d", length)
              + connection.shiftOfReply(),
          awaited);
    }
    readUntil(connection, Integer.BYTES + length, awaited);
    record(connection.unread(Integer.BYTES + length));
    connection.skip(Integer.BYTES);
    connection.allAnswered = true;
    return connection.take(length);
  }

  /**
   * Reads the next reply of another dialect than JSON, with the end of its line.
   *
   * @param awaited what comes, for the message of a failure
   */
  byte[] receive(String name, Dialect dialect, String awaited) throws IOException {
    deliver();
    Connection connection = connection(name);
    int bytes = connection.replyBytes(dialect, awaited);
    while (bytes == 0) {
      readUntil(connection, connection.available() + 1, awaited);
      bytes = connection.replyBytes(dialect, awaited);
    }
    record(connection.unread(bytes));
    connection.allAnswered = true;
    return connection.take(bytes);
  }

  private void readUntil(Connection connection, int bytes, String awaited) throws IOException {
    while (connection.available() < bytes) {
      if (connection.ended()) {
        throw new CaseFailure(
            "the server %s the connection%s"
                .formatted(connection.wasReset ? "reset" : "closed", connection.partOfReply()),
            awaited);
      }
      pump(connection, awaited);
    }
  }

  /**
   * Reads the end of the connection, which has to be orderly: a reset may lose what came before.
   */
  void receiveOrderlyEnd(String name) throws IOException {
    receiveEnd(name);
    if (connection(name).wasReset) {
      throw new CaseFailure(
          "the server reset the connection (RST)", "the orderly end of the connection (FIN)");
    }
  }

  /** Reads the end of the connection, orderly or by a reset, before which no byte may come. */
  void receiveEnd(String name) throws IOException {
    deliver();
    Connection connection = connection(name);
    while (!connection.ended()) {
      if (connection.available() > 0) {
        throw new CaseFailure("the server sent more", "the end of the connection");
      }
      pump(connection, "the end of the connection");
    }
    if (connection.available() > 0) {
      throw new CaseFailure("the server sent more", "the end of the connection");
    }
  }

  /**
   * Fails if bytes have arrived that answer no request: on every connection where the last step was
   * to read a reply.
   */
  void expectNothingLeft() throws IOException {
    for (Connection connection : connections.values()) {
      if (!connection.allAnswered) {
        continue;
      }
      if (connection.channel.isOpen() && !connection.ended()) {
        connection.read();
      }
      if (connection.available() > 0) {
        throw new CaseFailure("the server sent more replies than requests", "no further bytes");
      }
    }
  }

  /** The last exchanges, older first; what has arrived and was not asked for comes at the end. */
  List<Exchange> exchanges() {
    for (Connection connection : connections.values()) {
      if (connection.available() > 0) {
        record(connection.unread(connection.available()));
      }
    }
    return List.copyOf(exchanges);
  }

  /** How many exchanges were before those. */
  int exchangesForgotten() {
    return exchangesForgotten;
  }

  private void record(Exchange exchange) {
    exchanges.add(exchange);
    if (exchanges.size() > EXCHANGES_KEPT) {
      exchanges.remove();
      exchangesForgotten++;
    }
  }

  private Connection connection(String name) throws IOException {
    Connection known = connections.get(name);
    if (known != null) {
      return known;
    }
    Connection opened = open(name);
    connections.put(name, opened);
    return opened;
  }

  private Connection open(String name) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(server, (int) Math.max(1, deadline.remainingMillis()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      return new Connection(name, channel, channel.register(selector, 0));
    } catch (IOException e) {
      channel.close();
      throw new CaseFailure("cannot connect: " + e.getMessage(), "a connection");
    }
  }

  /** Sends what was kept back, cut as the delivery says. */
  private void deliver() throws IOException {
    if (delivery == Case.Delivery.plain) {
      return;
    }
    for (Connection connection : connections.values()) {
      while (connection.hasHeldBack()) {
        connection.release(nextSegment(connection));
        connection.write();
        while (connection.hasPending()) {
          pump(null, "the server reads all that is sent");
        }
        if (connection.hasHeldBack()) {
          LockSupport.parkNanos(
              delivery == Case.Delivery.cut ? CUT_PAUSE_NANOS : DRIBBLE_PAUSE_NANOS);
        }
      }
    }
  }

  private int nextSegment(Connection connection) {
    int heldBack = connection.heldBack();
    if (delivery == Case.Delivery.dribbled) {
      return 1;
    }
    long toCut = cutOffset - connection.released;
    return delivery == Case.Delivery.cut && toCut > 0 && toCut < heldBack ? (int) toCut : heldBack;
  }

  /** Waits until bytes can be moved, and moves them. */
  private void pump(@Nullable Connection reading, String awaited) throws IOException {
    for (Connection connection : connections.values()) {
      if (connection.key.isValid()) {
        int write = connection.hasPending() ? SelectionKey.OP_WRITE : 0;
        connection.key.interestOps(write | (connection == reading ? SelectionKey.OP_READ : 0));
      }
    }
    long millis = deadline.remainingMillis();
    if (millis == 0) {
      throw timedOut(reading, awaited);
    }
    selector.select(
        key -> {
          Connection connection = (Connection) key.attachment();
          if (key.isWritable()) {
            connection.write();
          }
          if (key.isReadable()) {
            connection.read();
          }
        },
        millis);
  }

  private CaseFailure timedOut(@Nullable Connection reading, String awaited) {
    long millis = deadline.allowed().toMillis();
    String part = reading == null ? "" : reading.partOfReply();
    return new CaseFailure(
        String.format(Locale.ROOT, "nothing more came within %,d ms%s", millis, part), awaited);
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections.values()) {
      connection.channel.close();
    }
    selector.close();
  }

  /** A connection with what is still to be sent and what has arrived. */
  private final class Connection {
    private final String name;
    private final SocketChannel channel;
    private final SelectionKey key;

    // To be sent: [written, writable) goes out as soon as the socket takes it; the rest, up to
    // queued, is held back by the delivery.
    private byte[] out = new byte[256];
    private int written;
    private int writable;
    private int queued;
    private long released;

    // Arrived: [taken, arrived).
    private byte[] in = new byte[READ_BYTES];
    private int taken;
    private int arrived;

    private boolean allAnswered;
    private boolean wasEnded;
    private boolean wasReset;

    Connection(String name, SocketChannel channel, SelectionKey key) {
      this.name = name;
      this.channel = channel;
      this.key = key;
      key.attach(this);
    }

    void queue(byte[] bytes) {
      if (written == queued) {
        written = writable = queued = 0;
      }
      out = withRoom(out, queued, bytes.length);
      System.arraycopy(bytes, 0, out, queued, bytes.length);
      queued += bytes.length;
      if (delivery == Case.Delivery.plain) {
        writable = queued;
      }
    }

    boolean hasHeldBack() {
      return writable < queued && !ended();
    }

    int heldBack() {
      return queued - writable;
    }

    void release(int bytes) {
      writable += bytes;
      released += bytes;
    }

    boolean hasPending() {
      return written < writable && !ended();
    }

    void write() {
      try {
        int moved = -1;
        while (written < writable && moved != 0) {
          moved = channel.write(ByteBuffer.wrap(out, written, writable - written));
          written += moved;
        }
      } catch (IOException e) {
        // The server does not read any more; what it has said before may still be here to be read.
        written = writable = queued;
      }
    }

    void read() {
      try {
        in = withRoom(in, arrived, READ_BYTES);
        int moved = channel.read(ByteBuffer.wrap(in, arrived, in.length - arrived));
        if (moved < 0) {
          wasEnded = true;
        } else {
          arrived += moved;
        }
      } catch (IOException e) {
        breakOff();
      }
    }

    void breakOff() {
      wasEnded = true;
      wasReset = true;
    }

    boolean ended() {
      return wasEnded;
    }

    int available() {
      return arrived - taken;
    }

    int peekLength() {
      return ByteBuffer.wrap(in, taken, Integer.BYTES).getInt();
    }

    /** The length of the reply that has arrived, or 0 when there is none or not all of one. */
    int replyBytes(Dialect dialect, String awaited) {
      if (available() == 0) {
        return 0;
      }
      try {
        return dialect.replyBytes(in, taken, arrived);
      } catch (CaseFailure e) {
        throw new CaseFailure(String.valueOf(e.getMessage()), awaited);
      }
    }

    Exchange unread(int bytes) {
      return Exchange.of(name, false, in, taken, taken + bytes);
    }

    void skip(int bytes) {
      taken += bytes;
    }

    byte[] take(int bytes) {
      byte[] result = Arrays.copyOfRange(in, taken, taken + bytes);
      taken += bytes;
      if (taken == arrived) {
        taken = arrived = 0;
      }
      return result;
    }

    /** How much of a reply has come; for a frame also how much is missing. */
    String partOfReply() {
      if (available() == 0) {
        return "";
      }
      int length = available() < Integer.BYTES ? 0 : peekLength();
      if (length <= 0 || length > MAX_REPLY_BYTES) {
        return String.format(Locale.ROOT, " after %,d bytes of a reply", available());
      }
      int missing = Integer.BYTES + length - available();
      return String.format(
          Locale.ROOT,
          ": %,d byte%s missing of a reply whose length says %,d",
          missing,
          missing == 1 ? " is" : "s are",
          length);
    }

    /** Whether a length that cannot be looks as if bytes in front of it were lost, or added. */
    String shiftOfReply() {
      int at = taken;
      while (at < arrived && at < taken + 2 * Integer.BYTES && in[at] != '{') {
        at++;
      }
      int shift = at - taken - Integer.BYTES;
      if (at == arrived || shift == 0 || shift == Integer.BYTES) {
        return "";
      }
      return ": the object begins after %d bytes, as if %d byte%s before it %s"
          .formatted(
              at - taken,
              Math.abs(shift),
              Math.abs(shift) == 1 ? "" : "s",
              shift < 0 ? "had been lost" : "were too many");
    }

    private static byte[] withRoom(byte[] buffer, int used, int more) {
      return used + more <= buffer.length
          ? buffer
          : Arrays.copyOf(buffer, Math.max(used + more, buffer.length * 2));
    }
  }
}
