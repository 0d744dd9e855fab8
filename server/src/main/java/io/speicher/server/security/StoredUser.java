package io.speicher.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.dialect.Rights;
import io.speicher.dialect.Rights.Keys;
import io.speicher.dialect.resp.CommandRules;
import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.UserInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user as it is kept: how it shows that it is that user, and what it may do. Immutable.
 *
 * @param enabled whether it may say its password
 * @param takesAnyPassword whether any password will do; then there are none
 * @param certificates names of client certificates that are as good as a password
 * @param keys in the order in which they were said
 */
record StoredUser(
    String name,
    boolean enabled,
    boolean takesAnyPassword,
    List<PasswordHash> passwords,
    List<String> certificates,
    List<Key> keys,
    CommandRules commands) {

  /** A wrong password costs the time of all of them, and all users wait for that. */
  static final int MAX_PASSWORDS = 4;

  /** Each key of each command may be compared with all of them. */
  static final int MAX_KEYS = 64;

  /** Names are parts of lines, in logs and in lists. */
  private static final Pattern NAME = Pattern.compile("[!-~]{1,128}");

  private static final String SYNTAX = "Syntax error";
  private static final String ALL_KEYS = "*";

  /** A pattern of keys, and what may be done with those that match. */
  record Key(String pattern, boolean read, boolean write) {

    /**
     * Reads {@code ~app:*}, {@code %R~app:*}, {@code %W~app:*}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static Key parse(String text) {
      int tilde = text.indexOf('~');
      String rights = tilde < 0 ? "?" : text.substring(0, tilde).toUpperCase(Locale.ROOT);
      String pattern = text.substring(tilde + 1);
      boolean isRight = rights.isEmpty() || rights.matches("%(R|W|RW|WR)");
      if (!isRight || pattern.chars().anyMatch(c -> c == ' ' || c == 0)) {
        throw new IllegalArgumentException(SYNTAX);
      }
      int bytes = pattern.getBytes(UTF_8).length;
      if (bytes > Glob.MAX_BYTES) {
        throw new IllegalArgumentException(Glob.tooLong(bytes));
      }
      return new Key(
          pattern,
          rights.isEmpty() || rights.contains("R"),
          rights.isEmpty() || rights.contains("W"));
    }

    Keys keys() {
      return new Keys(new Glob(ByteBuffer.wrap(pattern.getBytes(UTF_8))), read, write);
    }

    boolean areAll() {
      return read && write && pattern.equals(ALL_KEYS);
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
      return (read && write ? "~" : read ? "%R~" : "%W~") + pattern;
    }
  }

  StoredUser {
    passwords = List.copyOf(passwords);
    certificates = List.copyOf(certificates);
    keys = List.copyOf(keys);
  }

  /** One who may do nothing, and has no password. */
  static StoredUser named(String name) {
    return new StoredUser(
        requireName(name), false, false, List.of(), List.of(), List.of(), CommandRules.NONE);
  }

  /** One who may do everything, and has no password. */
  static StoredUser withAllRights(String name) {
    return named(name).with("on").with("allkeys").with("allcommands");
  }

  /**
   * @throws IllegalArgumentException if it cannot be the name of a user
   */
  static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "no name of a user (expected: 1..128 printable ASCII characters without spaces)");
    }
    return name;
  }

  Rights rights() {
    return commands.areAll() && hasAllKeys()
        ? Rights.ALL
        : Rights.of(commands.groups(), commands.commands(), keys.stream().map(Key::keys).toList());
  }

  private boolean hasAllKeys() {
    return keys.stream().anyMatch(Key::areAll);
  }

  UserInfo info() {
    return new UserInfo(
        name,
        enabled,
        takesAnyPassword,
        passwords.stream().map(PasswordHash::toString).toList(),
        certificates,
        commands.toString(),
        keys.stream().map(Key::toString).toList());
  }

  // ---- changing it ----

  /**
   * The same after a rule of Redis's ACL SETUSER. Takes a quarter of a second or more if it is a
   * password.
   *
   * @throws IllegalArgumentException if the rule makes no sense; the message says why as Redis does
   */
  StoredUser with(String rule) {
    if (rule.isEmpty()) {
      return this;
    }
    return switch (rule.toLowerCase(Locale.ROOT)) {
      case "on" -> enabled(true);
      case "off" -> enabled(false);
      case "nopass" -> withPasswords(List.of(), true);
      case "resetpass" -> withPasswords(List.of(), false);
      case "allkeys", "~*" -> withKeys(List.of(new Key(ALL_KEYS, true, true)));
      case "resetkeys" -> withKeys(List.of());
      case "reset" -> named(name);
      // There is no RESTORE here, and there are no channels and no selectors to be taken away.
      case "sanitize-payload",
          "skip-sanitize-payload",
          "allchannels",
          "resetchannels",
          "clearselectors" ->
          this;
      default -> withArgument(rule);
    };
  }

  private StoredUser withArgument(String rule) {
    String argument = rule.substring(1);
    return switch (rule.charAt(0)) {
      case '>' -> withPassword(requirePassword(argument));
      case '<' -> withoutPassword(find(argument));
      case '#' -> withPassword(hash(argument));
      case '!' -> withoutPassword(hash(argument));
      case '~', '%' -> withKey(Key.parse(rule));
      case '&' -> this;
      case '+', '-' -> withCommands(commands.with(rule));
      case '(' ->
          throw new IllegalArgumentException(
              "Selectors are not supported by this server; make a user for each of them");
      default -> // Rules without an argument, whatever their case.
          switch (rule.toLowerCase(Locale.ROOT)) {
            case "allcommands", "nocommands" -> withCommands(commands.with(rule));
            default -> throw new IllegalArgumentException(SYNTAX);
          };
    };
  }

  private static PasswordHash hash(String text) {
    try {
      return PasswordHash.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The password hash must be exactly 64 characters and contain only lowercase hexadecimal"
              + " characters, or be a pbkdf2-sha256 hash of this server",
          e);
    }
  }

  private static String requirePassword(String password) {
    int bytes = password.getBytes(UTF_8).length;
    if (bytes < 1 || bytes > Command.Auth.MAX_PASSWORD_BYTES) {
      throw new IllegalArgumentException(
          "a password has 1 to " + Command.Auth.MAX_PASSWORD_BYTES + " bytes");
    }
    return password;
  }

  /** Hashes it, unless it is one of its passwords already. */
  StoredUser withPassword(String password) {
    return find(password) != null ? this : withPassword(PasswordHash.of(password));
  }

  StoredUser withPassword(PasswordHash password) {
    if (passwords.contains(password)) {
      return this;
    }
    List<PasswordHash> more = new ArrayList<>(passwords);
    more.add(password);
    if (more.size() > MAX_PASSWORDS) {
      throw new IllegalArgumentException(
          "too many passwords (expected: up to " + MAX_PASSWORDS + "); see resetpass");
    }
    return withPasswords(more, false);
  }

  private @Nullable PasswordHash find(String password) {
    return passwords.stream().filter(hash -> hash.matches(password)).findFirst().orElse(null);
  }

  private StoredUser withoutPassword(@Nullable PasswordHash password) {
    List<PasswordHash> fewer = new ArrayList<>(passwords);
    if (password == null || !fewer.remove(password)) {
      throw new IllegalArgumentException(
          "The password you are trying to remove from the user does not exist");
    }
    return withPasswords(fewer, takesAnyPassword);
  }

  StoredUser withKey(Key key) {
    if (hasAllKeys()) {
      throw new IllegalArgumentException(
          "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not"
              + " have any effect. Try 'resetkeys' to start with an empty list of patterns");
    }
    List<Key> more = new ArrayList<>(keys);
    for (int i = 0; i < more.size(); i++) {
      Key before = more.get(i);
      if (before.pattern().equals(key.pattern())) {
        more.set(
            i, new Key(key.pattern(), before.read() || key.read(), before.write() || key.write()));
        return withKeys(more);
      }
    }
    more.add(key);
    if (more.size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "too many key patterns (expected: up to " + MAX_KEYS + ")");
    }
    return withKeys(more);
  }

  StoredUser enabled(boolean nowEnabled) {
    return new StoredUser(
        name, nowEnabled, takesAnyPassword, passwords, certificates, keys, commands);
  }

  StoredUser withPasswords(List<PasswordHash> newPasswords, boolean anyWillDo) {
    return new StoredUser(name, enabled, anyWillDo, newPasswords, certificates, keys, commands);
  }

  StoredUser withCertificates(List<String> newCertificates) {
    return new StoredUser(
        name, enabled, takesAnyPassword, passwords, newCertificates, keys, commands);
  }

  private StoredUser withKeys(List<Key> newKeys) {
    return new StoredUser(
        name, enabled, takesAnyPassword, passwords, certificates, newKeys, commands);
  }

  StoredUser withCommands(CommandRules newCommands) {
    return new StoredUser(
        name,
        enabled,
        takesAnyPassword,
        passwords,
        certificates,
        keys,
        Objects.requireNonNull(newCommands));
  }
}
