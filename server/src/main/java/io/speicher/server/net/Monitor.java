package io.speicher.server.net;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.speicher.dialect.ReplyBuffer;

/**
 * What one connection is told of the commands that the server executes. Any thread adds lines; the
 * event loop of the connection takes them.
 *
 * <p>The buffer is of a fixed size and belongs to the memory of the connection. A line that finds
 * no room is lost, and so are those that follow until the buffer has been taken: the peer is told
 * how many there were. Redis cuts off such a client instead; but whoever watches a server that is
 * in trouble needs the connection.
 */
final class Monitor {
  static final int BUFFER_BYTES = 256 << 10;

  private final Runnable wake;

  @GuardedBy("this")
  private final ByteBuf lines;

  @GuardedBy("this")
  private long lost;

  /** Whether its connection knows that there is something to take. */
  @GuardedBy("this")
  private boolean isAwake;

  @GuardedBy("this")
  private boolean isClosed;

  /**
   * @param lines taken over
   * @param wake has the connection call {@link #take} soon; called by any thread
   */
  Monitor(ByteBuf lines, Runnable wake) {
    this.lines = lines;
    this.wake = wake;
  }

  void add(byte[] line) {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      if (lost > 0 || lines.writableBytes() < line.length) {
        lost++;
      } else {
        lines.writeBytes(line);
      }
      if (isAwake) {
        return;
      }
      isAwake = true;
    }
    wake.run();
  }

  /** Moves all lines to {@code out}; on the event loop of the connection. */
  synchronized void take(Monitors monitors, ReplyBuffer out) {
    if (isClosed || !isAwake) {
      return;
    }
    out.ensureWritable(lines.readableBytes() + 512);
    out.writeBytes(lines.nioBuffer());
    if (lost > 0) {
      out.writeBytes(monitors.lost(lost));
    }
    lines.clear();
    lost = 0;
    isAwake = false;
  }

  synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      lines.release();
    }
  }
}
