package io.speicher.server.command;

import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.Denied;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.UserRequest;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The server as its commands see it. Any thread may call any method; none waits. */
public interface ServerControl {
  ServerStats stats();

  void resetCounts();

  /** Who a peer is until it says who it is. */
  User firstUser();

  /** Who a peer is that has shown a certificate with these names, until it says who it is. */
  User certifiedUser(List<String> names);

  /** The user of this name, or null. */
  @Nullable User user(String name);

  /** Whether this is still a user. */
  boolean has(User user);

  /**
   * Does what is asked of users, apart from {@link UserRequest.Try}.
   *
   * @param asking whose connection is not ended, whatever is done
   */
  CompletableFuture<Reply> manage(UserRequest request, Session asking);

  /**
   * A peer was denied something: the command of this name, or one with this key.
   *
   * @param user who the peer is, or says it is
   */
  void denied(Session peer, String user, Denied why, String command, @Nullable ByteBuffer key);

  /** A peer has something done that concerns the server, or others. */
  void audit(Session peer, String command);

  /** Changes settings, all of them or none. */
  Reply configure(Command.Configure wanted);

  /** What tells of keys and of other peers. */
  Reply.Inspected inspect();

  /** The commands that took long. */
  SlowLog slowLog();

  /** The keys that are used most. */
  HotKeys hotKeys();

  /** Who wants to know of changes. */
  Changes changes();

  /** The cluster that this is a node of, or null. */
  default @Nullable Cluster cluster() {
    return null;
  }

  /** Whether there is a connection of this id. */
  boolean hasConnection(long id);

  /** What has held up the server. */
  LatencyEvents latencyEvents();

  /**
   * Finds who has this name and this password, if anybody. It fails if too many want to know, with
   * a message for the peer; who cancels it wants to know it no more.
   *
   * @param password copied before this returns
   * @param from null for a peer on this machine
   */
  CompletableFuture<Optional<User>> verify(
      String name, ByteBuffer password, @Nullable InetAddress from);

  /**
   * Clears something, now or later; what was to be later before is forgotten.
   *
   * @param clear which does it, on any thread
   */
  void clear(Runnable clear, long delayMillis);

  /** Stops the server, as a signal does. */
  void stop();

  /** The longest value that is stored. */
  int maxValueBytes();

  /** The connections that match, each looked at when it is its turn. */
  Iterator<ConnectionInfo> connections(ConnectionFilter filter, Session asking);

  /** Closes connections. The one that asks is answered before it ends. */
  Reply close(ConnectionFilter filter, Session asking);
}
