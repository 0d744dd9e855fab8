package io.speicher.dialect;

import io.speicher.protocol.Glob;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Who a peer is to the server, and what it may do. Immutable, so that all connections of a user
 * share it.
 */
public final class User {
  /** What commands are for. */
  public enum Group {
    /** To read items whose keys are known. */
    READ,
    /** To change and delete such items. */
    WRITE,
    /** To find out which keys there are. */
    SCAN,
    /** To delete everything. */
    CLEAR,
    /** What concerns the server and other peers. */
    ADMIN
  }

  /**
   * Keys that match may be read, written, or both.
   *
   * @param text the pattern as it was written
   */
  public record Keys(String text, Glob pattern, boolean read, boolean write) {
    boolean areAll() {
      return text.equals("*");
    }
  }

  /** A peer that has to say who it is before anything else. */
  public static final User NOBODY = new User("", EnumSet.noneOf(Group.class), List.of(), false);

  private final String name;
  private final Set<Group> groups;
  private final List<Keys> keys;
  private final boolean allKeys;

  private User(String name, Set<Group> groups, List<Keys> keys, boolean allKeys) {
    this.name = name;
    this.groups = groups;
    this.keys = List.copyOf(keys);
    this.allKeys = allKeys;
  }

  /** One who may do everything. */
  public static User withAllRights(String name) {
    return new User(name, EnumSet.allOf(Group.class), List.of(), true);
  }

  /** One who may do what is in these groups, with these keys. */
  public static User withRights(String name, Set<Group> groups, List<Keys> keys) {
    boolean isAll = keys.stream().anyMatch(some -> some.read() && some.write() && some.areAll());
    return new User(name, groups, keys, isAll);
  }

  public String name() {
    return name;
  }

  /** Whether nothing has to be looked at. */
  public boolean mayDoEverything() {
    return allKeys && groups.size() == Group.values().length;
  }

  public boolean may(Group group) {
    return groups.contains(group);
  }

  public boolean mayRead(ByteBuffer key) {
    return allKeys || keys.stream().anyMatch(some -> some.read() && some.pattern().matches(key));
  }

  public boolean mayWrite(ByteBuffer key) {
    return allKeys || keys.stream().anyMatch(some -> some.write() && some.pattern().matches(key));
  }
}
