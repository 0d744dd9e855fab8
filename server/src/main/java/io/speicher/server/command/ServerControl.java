package io.speicher.server.command;

import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The server as its commands see it. Any thread may call any method; none waits. */
public interface ServerControl {
  ServerStats stats();

  void resetCounts();

  /** Changes settings, all of them or none. */
  Reply configure(Command.Configure wanted);

  /** The commands that took long. */
  SlowLog slowLog();

  /** Who a peer is until it says who it is; null if nobody has to, and may do everything. */
  @Nullable User firstUser();

  /**
   * Finds who has this name and this password, if anybody. It fails if too many want to know, with
   * a message for the peer; who cancels it wants to know it no more.
   *
   * @param password copied before this returns
   * @param from null for a peer on this machine
   */
  CompletableFuture<Optional<User>> verify(
      String name, ByteBuffer password, @Nullable InetAddress from);

  /** Clears the store, now or later; what was to be later before is forgotten. */
  void clear(long delayMillis);

  /** Stops the server, as a signal does. */
  void stop();

  /** The longest value that is stored. */
  int maxValueBytes();

  /** The connections that match, each looked at when it is its turn. */
  Iterator<ConnectionInfo> connections(ConnectionFilter filter, Session asking);

  /** Closes connections. The one that asks is answered before it ends. */
  Reply close(ConnectionFilter filter, Session asking);
}
