package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Lists connections, some at a time. The text is collected outside the heap, since its length
 * stands before it.
 */
final class ConnectionsWork implements Work {
  private static final int FIRST_BYTES = 1 << 10;

  private final Dialect dialect;
  private final Share share;
  private final Iterator<ConnectionInfo> connections;
  private final Function<ConnectionInfo, String> line;
  private ByteBuf text = Unpooled.EMPTY_BUFFER;

  ConnectionsWork(
      Dialect dialect,
      Share share,
      Iterator<ConnectionInfo> connections,
      Function<ConnectionInfo, String> line) {
    this.dialect = dialect;
    this.share = share;
    this.connections = connections;
    this.line = line;
  }

  /** Nothing of it lies in the bytes of the command. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    long start = out.position();
    try {
      while (connections.hasNext()) {
        String next = line.apply(connections.next());
        text = share.withRoom(text, next.length(), FIRST_BYTES);
        text.writeCharSequence(next, ISO_8859_1);
        if (System.nanoTime() - deadlineNanos >= 0) {
          return false;
        }
      }
      dialect.encode(new Reply.Value(ValueKind.TEXT, text.nioBuffer()), out);
    } catch (MemoryShortageException e) {
      out.resetTo(start);
      dialect.encode(new Reply.Failed(Reply.UNAVAILABLE, e.reason()), out);
    }
    return true;
  }

  @Override
  public void close() {
    text.release();
    text = Unpooled.EMPTY_BUFFER;
  }
}
