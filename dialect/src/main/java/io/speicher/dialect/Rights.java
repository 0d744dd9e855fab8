package io.speicher.dialect;

import io.speicher.protocol.Glob;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a user may do. Immutable. */
public final class Rights {

  /*
   * Commands are allowed in groups, which all dialects have, or one by one, which Redis's users can
   * ask for and other dialects have no names for. So there are both: a dialect that names its
   * commands is asked by name, and the others by group. Whoever makes rights sees to it that a
   * group is allowed only if all commands of it are.
   */

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

  /** Keys that match may be read, written, or both. */
  public record Keys(Glob pattern, boolean read, boolean write) {
    boolean areAll() {
      return read && write && pattern.matchesAll();
    }
  }

  /** To do nothing. */
  public static final Rights NONE = new Rights(EnumSet.noneOf(Group.class), Set.of(), List.of());

  /** To do everything. */
  public static final Rights ALL = new Rights(EnumSet.allOf(Group.class), Set.of(), List.of());

  private final Set<Group> groups;
  private final Set<String> commands;
  private final Keys[] keys;
  private final boolean allKeys;
  private final boolean all;

  private Rights(Set<Group> groups, Set<String> commands, List<Keys> keys) {
    this(groups, commands, keys, groups.size() == Group.values().length);
  }

  private Rights(Set<Group> groups, Set<String> commands, List<Keys> keys, boolean all) {
    this.groups = groups;
    this.commands = new HashSet<>(commands); // It is faster than one that cannot be changed.
    this.keys = keys.toArray(Keys[]::new);
    this.all = all;
    allKeys = all || keys.stream().anyMatch(Keys::areAll);
  }

  /**
   * To execute some commands, with some keys.
   *
   * @param groups of which all commands are allowed
   * @param commands the names of those that are allowed, where a dialect has names
   */
  public static Rights of(Set<Group> groups, Set<String> commands, List<Keys> keys) {
    Set<Group> copy = EnumSet.noneOf(Group.class);
    copy.addAll(groups);
    return new Rights(copy, commands, keys, false);
  }

  /** Whether nothing has to be looked at. */
  public boolean areAll() {
    return all;
  }

  public boolean include(Group group) {
    return groups.contains(group);
  }

  /** Whether a command may be executed that its dialect has a name for. */
  public boolean include(String command) {
    return all || commands.contains(command);
  }

  public boolean includeReading(ByteBuffer key) {
    if (allKeys) {
      return true;
    }
    for (Keys some : keys) {
      if (some.read() && some.pattern().matches(key)) {
        return true;
      }
    }
    return false;
  }

  public boolean includeWriting(ByteBuffer key) {
    if (allKeys) {
      return true;
    }
    for (Keys some : keys) {
      if (some.write() && some.pattern().matches(key)) {
        return true;
      }
    }
    return false;
  }

  /** Whether every key may be written that begins with {@code prefix}. */
  public boolean includeWritingAllOf(ByteBuffer prefix) {
    if (allKeys) {
      return true;
    }
    for (Keys some : keys) {
      if (some.write() && some.pattern().matchesAllOf(prefix)) {
        return true;
      }
    }
    return false;
  }
}
