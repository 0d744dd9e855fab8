package io.speicher.protocol;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which connections are meant: those that all of this is true for.
 *
 * @param ids one of these; null for any
 * @param peer address and port of the client; null for any
 * @param local address and port of the server; null for any
 * @param user name of the user; null for any
 * @param minAgeMillis at least so old
 * @param self what about the connection that asks
 */
public record ConnectionFilter(
    @Nullable Set<Long> ids,
    @Nullable String peer,
    @Nullable String local,
    @Nullable String user,
    long minAgeMillis,
    Self self) {

  /** Whether the connection that asks is meant. */
  public enum Self {
    INCLUDED,
    EXCLUDED,
    ONLY
  }

  public static final ConnectionFilter ALL =
      new ConnectionFilter(null, null, null, null, 0, Self.INCLUDED);
  public static final ConnectionFilter SELF =
      new ConnectionFilter(null, null, null, null, 0, Self.ONLY);

  /** Whether no other connection than the one that asks is meant. */
  public boolean isSelfAlone() {
    return self == Self.ONLY;
  }

  public boolean matches(ConnectionInfo connection) {
    return matches(connection.id(), connection.self())
        && (peer == null || peer.equals(connection.peer()))
        && (local == null || local.equals(connection.local()))
        && (user == null || user.equals(connection.user()))
        && connection.ageMillis() >= minAgeMillis;
  }

  /** Whether a connection may match, of which only this is known. */
  public boolean matches(long id, boolean isSelf) {
    return (ids == null || ids.contains(id))
        && switch (self) {
          case INCLUDED -> true;
          case EXCLUDED -> !isSelf;
          case ONLY -> isSelf;
        };
  }
}
