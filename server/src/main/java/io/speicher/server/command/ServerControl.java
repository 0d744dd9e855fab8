package io.speicher.server.command;

import io.speicher.dialect.Session;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import java.util.Iterator;

/** The server as its commands see it. Any thread may call any method; none waits. */
public interface ServerControl {
  ServerStats stats();

  void resetCounts();

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
