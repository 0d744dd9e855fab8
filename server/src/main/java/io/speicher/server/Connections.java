package io.speicher.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The connections that a server has, up to a maximum. Any thread may call any method. */
final class Connections {
  private final int max;
  private final Semaphore free;
  private final Map<Channel, Runnable> drains = new ConcurrentHashMap<>();

  Connections(int max) {
    this.max = max;
    free = new Semaphore(max);
  }

  int max() {
    return max;
  }

  /** Counts a new connection, or returns false when there are too many. */
  boolean admit(ConnectionHandler handler, ChannelHandlerContext ctx) {
    if (!free.tryAcquire()) {
      return false;
    }
    drains.put(ctx.channel(), () -> ctx.executor().execute(() -> handler.drain(ctx)));
    return true;
  }

  /** Forgets a connection that has been closed, if it was admitted. */
  void release(ChannelHandlerContext ctx) {
    if (drains.remove(ctx.channel()) != null) {
      free.release();
    }
  }

  /**
   * Lets every connection answer what it has received and close. Returns how many had not come to
   * that end within {@code timeout}; these are closed as they are.
   */
  int drain(Duration timeout) throws InterruptedException {
    drains.values().forEach(Runnable::run);
    if (free.tryAcquire(max, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      return 0;
    }
    int cut = drains.size();
    drains.keySet().forEach(Channel::close);
    return cut;
  }
}
