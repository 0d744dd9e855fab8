package io.speicher.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.ConnectionInfo;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The connections that a server has, up to a maximum. Any thread may call any method. */
public final class Connections {
  private static final long CLOSE_MILLIS = 1_000;

  /** Stands for a port that is not known. */
  private static final int ANY_PORT = -1;

  /** One permit for each connection that may come; fewer than none where the limit was lowered. */
  private static final class Free extends Semaphore {
    private static final long serialVersionUID = 1;

    Free(int permits) {
      super(permits);
    }

    void change(int permits) {
      if (permits < 0) {
        reducePermits(-permits);
      } else {
        release(permits);
      }
    }
  }

  private final Free free;
  private final Map<Channel, Connection> open = new ConcurrentHashMap<>();
  private volatile int max;
  private volatile Duration idleTimeout = Duration.ZERO;

  public Connections(int max) {
    this.max = max;
    free = new Free(max);
  }

  /** From now on admits so many; those that are there stay. One thread at a time. */
  public void limit(int newMax) {
    int before = max;
    max = newMax;
    free.change(newMax - before);
  }

  /** From now on closes those that say nothing for so long; zero is for ever. */
  public void closeIdle(Duration timeout) {
    if (!timeout.equals(idleTimeout)) {
      idleTimeout = timeout;
      open.keySet().forEach(channel -> channel.eventLoop().execute(() -> watchIdle(channel)));
    }
  }

  /** Has a channel told when it was idle for too long. On its event loop. */
  private void watchIdle(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(IdleStateHandler.class) != null) {
      pipeline.remove(IdleStateHandler.class);
    }
    long millis = idleTimeout.toMillis();
    if (millis > 0 && channel.isActive()) {
      // A reply that its peer is taking, however slowly, is no idleness.
      pipeline.addFirst(new IdleStateHandler(true, 0, 0, millis, TimeUnit.MILLISECONDS));
    }
  }

  public int max() {
    return max;
  }

  public int count() {
    return open.size();
  }

  /**
   * What those that match are like, each looked at when it is asked for.
   *
   * @param asking null if none of them asks
   */
  public Iterator<ConnectionInfo> list(ConnectionFilter filter, @Nullable Session asking) {
    return candidates(filter, asking)
        .map(connection -> connection.info(asking))
        .filter(filter::matches)
        .iterator();
  }

  /**
   * Closes those that match, and returns how many. The one that asks is answered before it ends.
   *
   * @param asking null if none of them asks
   */
  public int close(ConnectionFilter filter, @Nullable Session asking) {
    List<Connection> closing =
        candidates(filter, asking)
            .filter(connection -> filter.matches(connection.info(asking)))
            .toList();
    for (Connection connection : closing) {
      if (asking != null && connection.session().equals(asking)) {
        asking.finish();
      } else {
        connection.kill();
      }
    }
    return closing.size();
  }

  /**
   * Closes those of some users, without a word.
   *
   * @param except the one that is left, if any
   */
  public void closeOf(Set<User> users, @Nullable Session except) {
    for (Connection connection : all()) {
      Session session = connection.session();
      if (users.contains(session.user()) && !session.equals(except)) {
        connection.kill();
      }
    }
  }

  /** Those that may match: addresses are made only of these. */
  private Stream<Connection> candidates(ConnectionFilter filter, @Nullable Session asking) {
    int peerPort = port(filter.peer());
    return all().stream()
        .filter(connection -> {
          Session session = connection.session();
          return filter.matches(session.id(), session.equals(asking))
              && (peerPort == ANY_PORT || connection.mayHavePeerPort(peerPort));
        });
  }

  /** The port of an address that a filter names, since thousands of them are compared sooner. */
  private static int port(@Nullable String address) {
    if (address == null) {
      return ANY_PORT;
    }
    int colon = address.lastIndexOf(':');
    try {
      return Integer.parseInt(address, colon + 1, address.length(), 10);
    } catch (NumberFormatException e) {
      return ANY_PORT; // No connection has such an address.
    }
  }

  /** All but those that are closed already and only not forgotten yet: their peers know. */
  List<Connection> all() {
    return open.entrySet().stream()
        .filter(entry -> entry.getKey().isOpen())
        .map(Map.Entry::getValue)
        .toList();
  }

  /** Whether there is a connection whose session has this id. */
  public boolean has(long id) {
    return all().stream().anyMatch(connection -> connection.session().id() == id);
  }

  /** Counts a new connection, or returns false when there are too many. */
  boolean admit(Channel channel, Connection handler) {
    if (!free.tryAcquire()) {
      return false;
    }
    open.put(channel, handler);
    if (idleTimeout.isPositive()) { // Looked at behind the put: who changes it sees the channel.
      watchIdle(channel);
    }
    return true;
  }

  /** Forgets a connection that has been closed, if it was admitted. */
  void release(Channel channel) {
    if (open.remove(channel) != null) {
      free.release();
    }
  }

  /** Closes every connection as it is, and waits, though not for ever, until that is done. */
  public void close() {
    open.keySet().forEach(Channel::close);
    try {
      if (free.tryAcquire(max, CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        free.release(max);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // They close all the same.
    }
  }

  /**
   * Lets every connection answer what it has received and close, for {@code timeout} at most, and
   * returns how many of them had not sent all their replies by then.
   */
  public int drain(Duration timeout) throws InterruptedException {
    open.forEach((channel, handler) -> channel.eventLoop().execute(handler::drain));
    if (free.tryAcquire(max, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      free.release(max);
      return 0;
    }
    return (int) open.values().stream().filter(handler -> !handler.hasSentAll()).count();
  }
}
