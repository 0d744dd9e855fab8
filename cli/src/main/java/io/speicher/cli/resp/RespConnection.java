package io.speicher.cli.resp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.Tls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
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
  /** So many bytes of commands are collected before they are sent in any case. */
  private static final int BUFFER_BYTES = 64 << 10;

  private static final byte[] END = {'\r', '\n'};

  private final WireConnection wire;
  private final RespReader reader;
  private ByteBuffer unsent = ByteBuffer.allocate(1_024);

  private RespConnection(WireConnection wire) {
    this.wire = wire;
    reader = new RespReader(wire.in());
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
    return new RespConnection(WireConnection.open(server, tls, timeout));
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
    wire.timeout(timeout);
  }

  /** Strings of more bytes than this are read and thrown away: {@link RespReply#isOmitted}. */
  public void omitBeyond(int bytes) {
    reader.omitBeyond(bytes);
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
      add(command);
    }
    flush();
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
    add(words);
    flush();
  }

  /**
   * Adds a command to those that {@link #flush} sends together; those before it may be sent now.
   */
  public void add(List<ByteBuffer> words) throws IOException {
    room(16);
    addNumber('*', words.size());
    for (ByteBuffer word : words) {
      room(word.remaining() + 18);
      addNumber('$', word.remaining());
      unsent.put(word.duplicate()).put(END);
    }
    if (unsent.position() >= BUFFER_BYTES) {
      flush();
    }
  }

  private void addNumber(char type, int number) {
    unsent.put((byte) type);
    unsent.put(Integer.toString(number).getBytes(US_ASCII));
    unsent.put(END);
  }

  private void room(int bytes) {
    if (unsent.remaining() < bytes) {
      int capacity = Math.max(2 * unsent.capacity(), Math.addExact(unsent.position(), bytes));
      unsent = ByteBuffer.allocate(capacity).put(unsent.flip());
    }
  }

  /** Sends the commands that were added. */
  public void flush() throws IOException {
    if (unsent.position() > 0) {
      wire.write(unsent.flip());
      unsent = unsent.capacity() > 4 * BUFFER_BYTES ? ByteBuffer.allocate(BUFFER_BYTES) : unsent;
      unsent.clear();
    }
  }

  /** Waits for the next reply, or for what the server sends by itself. */
  public RespReply receive() throws IOException {
    wire.expectAnswer();
    return reader.read();
  }

  /** Whether something comes within this time: a reply, or the end of the connection. */
  public boolean awaitInput(Duration time) throws IOException {
    return wire.awaitInput(time);
  }

  @Override
  public void close() {
    wire.close();
  }
}
