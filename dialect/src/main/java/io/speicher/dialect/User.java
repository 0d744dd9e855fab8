package io.speicher.dialect;

import io.speicher.protocol.Command;
import java.util.function.Supplier;

/**
 * Who a peer is to the server: all connections of a user share it. What it may do can change, and
 * holds for the next command of each connection then.
 */
public final class User {
  /** A peer that has to say who it is before anything else. */
  public static final User NOBODY = new User("", Rights.NONE);

  private final String name;
  private volatile Rights rights;

  public User(String name, Rights rights) {
    this.name = name;
    this.rights = rights;
  }

  /** Whoever connects to a server without users. */
  static Supplier<User> everybody() {
    User everybody = new User(Command.Auth.DEFAULT_USER, Rights.ALL);
    return () -> everybody;
  }

  public String name() {
    return name;
  }

  public Rights rights() {
    return rights;
  }

  /** Changes what it may do. Any thread may call it. */
  public void rights(Rights newRights) {
    rights = newRights;
  }
}
