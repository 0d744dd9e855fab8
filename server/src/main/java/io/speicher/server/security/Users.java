package io.speicher.server.security;

import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Those who may use the server. Immutable; the {@code default} user is always one of them. */
final class Users {
  /** So many are looked through when one of them is changed. */
  static final int MAX_USERS = 10_000;

  /**
   * One of them.
   *
   * @param user whom the connections of this user share
   */
  record Entry(StoredUser stored, User user) {}

  static final Users NONE = new Users(new TreeMap<>(), Map.of());

  /** In the order of their names. */
  private final SortedMap<String, Entry> byName;

  private final Map<String, Entry> byCertificate;

  private Users(SortedMap<String, Entry> byName, Map<String, Entry> byCertificate) {
    this.byName = byName;
    this.byCertificate = byCertificate;
  }

  /**
   * These users, of whom those that were there before are the same to their connections.
   *
   * @throws IllegalArgumentException if two have a certificate in common, or they are too many
   */
  static Users of(Collection<StoredUser> users, Users before) {
    SortedMap<String, Entry> byName = new TreeMap<>();
    for (StoredUser stored : users) {
      byName.put(stored.name(), entry(stored, before.byName.get(stored.name())));
    }
    byName.computeIfAbsent(
        Command.Auth.DEFAULT_USER, name -> entry(StoredUser.named(name), before.byName.get(name)));
    if (byName.size() > MAX_USERS) {
      throw new IllegalArgumentException(
          "too many users: users=" + byName.size() + " (expected: up to " + MAX_USERS + ")");
    }
    Map<String, Entry> byCertificate = new HashMap<>();
    for (Entry entry : byName.values()) {
      for (String name : entry.stored().certificates()) {
        Entry other = byCertificate.put(name, entry);
        if (other != null && !other.equals(entry)) {
          throw new IllegalArgumentException(
              "users "
                  + other.stored().name()
                  + " and "
                  + entry.stored().name()
                  + " have the same certificate: "
                  + name);
        }
      }
    }
    return new Users(byName, byCertificate);
  }

  private static Entry entry(StoredUser stored, @Nullable Entry before) {
    if (before == null) {
      return new Entry(stored, new User(stored.name(), stored.rights()));
    }
    return before.stored().equals(stored) ? before : new Entry(stored, before.user());
  }

  /** Null if there is none of this name. */
  @Nullable Entry find(String name) {
    return byName.get(name);
  }

  /** The enabled user who has one of these names of a certificate, or null. */
  @Nullable Entry findByCertificate(List<String> names) {
    for (String name : names) {
      Entry entry = byCertificate.get(name);
      if (entry != null && entry.stored().enabled()) {
        return entry;
      }
    }
    return null;
  }

  Collection<Entry> all() {
    return byName.values();
  }

  /** Who a peer is until it says who it is. */
  User first() {
    Entry entry = find(Command.Auth.DEFAULT_USER);
    return entry != null && entry.stored().enabled() && entry.stored().takesAnyPassword()
        ? entry.user()
        : User.NOBODY;
  }
}
