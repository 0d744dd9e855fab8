package io.speicher.server.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.speicher.dialect.Rights.Group;
import io.speicher.dialect.resp.CommandRules;
import io.speicher.protocol.UserInfo;
import io.speicher.server.toml.TomlFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * The file that users are kept in, as it was when it was read.
 *
 * <pre>
 * [user.app]
 * passwords = ["pbkdf2-sha256$600000$SALT$HASH"]
 * keys = ["~app:*", "%R~shared:*"]
 * groups = ["read", "write"]
 * </pre>
 *
 * <p>Where people have written between its lines, that stays when one user is changed: a block from
 * the header of a user up to the next one is replaced only if that user is another one then.
 */
public final class UsersFile {
  private static final String OPTION = "users";
  private static final String USER = "user";

  private static final String HEADING =
      """
      # The users of a Speicher server. `speicher user` changes this file, and the server reads it
      # again when it has changed; docs/securing.md explains it.
      """;

  private static final List<String> MEMBERS =
      List.of("enabled", "nopass", "passwords", "certificates", "keys", "groups", "commands");

  private static final Pattern BARE_NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final String OWNER_ALONE = "rw-------";

  private final Path path;
  private final String text;
  private final Map<String, StoredUser> users;

  /** By the name of the user: where its block begins, an offset in the text. Empty if unknown. */
  private final Map<String, Integer> blocks;

  private UsersFile(
      Path path, String text, Map<String, StoredUser> users, Map<String, Integer> blocks) {
    this.path = path;
    this.text = text;
    this.users = users;
    this.blocks = blocks;
  }

  /**
   * Reads a file, which may not be there yet.
   *
   * @throws IllegalArgumentException if it cannot be read or makes no sense, with a line for each
   *     fault
   */
  public static UsersFile open(Path path) {
    return Files.exists(path) ? read(path) : new UsersFile(path, HEADING, Map.of(), Map.of());
  }

  /**
   * Reads a file, which has to be there.
   *
   * @throws IllegalArgumentException if it cannot be read or makes no sense, with a line for each
   *     fault
   */
  public static UsersFile read(Path path) {
    return new Reader(TomlFile.read(path, OPTION)).read(path);
  }

  Collection<StoredUser> users() {
    return users.values();
  }

  /** What is kept of each, in the order of the file. */
  public List<UserInfo> infos() {
    return users.values().stream().map(StoredUser::info).toList();
  }

  public boolean has(String name) {
    return users.containsKey(name);
  }

  // ---- changing ----

  /**
   * Changes a user, or adds one who may do nothing before, and writes the file. Takes a quarter of
   * a second if there is a password among the rules.
   *
   * @param rules as Redis's ACL SETUSER has them
   * @param certificates names that are added to those that it has
   * @throws IllegalArgumentException if a rule makes no sense, and nothing is changed
   */
  public void change(String name, List<String> rules, List<String> certificates)
      throws IOException {
    StoredUser before = users.get(name);
    StoredUser user = before == null ? StoredUser.named(name) : before;
    for (String rule : rules) {
      user = user.with(rule);
    }
    Set<String> all = new LinkedHashSet<>(user.certificates());
    certificates.forEach(certificate -> all.add(requireCertificate(certificate)));
    Map<String, StoredUser> changed = new LinkedHashMap<>(users);
    changed.put(name, user.withCertificates(List.copyOf(all)));
    Users.of(changed.values(), Users.NONE); // They have to go together.
    write(changed.values());
  }

  /** Removes a user, and writes the file. */
  public void remove(String name) throws IOException {
    Map<String, StoredUser> left = new LinkedHashMap<>(users);
    left.remove(name);
    write(left.values());
  }

  // ---- reading ----

  /** What is wrong is collected, so that a person learns of all of it at once. */
  private static final class Reader {
    private final TomlFile file;
    private final List<String> errors = new ArrayList<>();

    Reader(TomlFile file) {
      this.file = file;
    }

    UsersFile read(Path path) {
      TomlTable content = file.content();
      for (String name : TomlFile.names(content)) {
        if (!name.equals(USER) || !content.isTable(List.of(name))) {
          error(content, name, "unknown (expected: tables [user.NAME])");
        }
      }
      Map<String, StoredUser> users = new LinkedHashMap<>();
      Map<String, Integer> blocks = new LinkedHashMap<>();
      TomlTable all = content.isTable(USER) ? content.getTable(USER) : null;
      if (all != null) {
        int[] lineStarts = lineStarts(file.text());
        boolean haveHeaders = true;
        for (String name : TomlFile.names(all)) {
          StoredUser user = user(all, name);
          if (user != null) {
            users.put(name, user);
          }
          int line = TomlFile.position(all, name).line() - 1;
          haveHeaders &= file.text().startsWith("[", lineStarts[line]);
          while (line > 0 && file.text().startsWith("#", lineStarts[line - 1])) {
            line--; // What people say of a user stands above it.
          }
          blocks.put(name, lineStarts[line]);
        }
        if (!haveHeaders) {
          blocks.clear();
        }
      }
      if (!errors.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", errors));
      }
      return new UsersFile(path, file.text(), users, blocks);
    }

    private static int[] lineStarts(String text) {
      List<Integer> starts = new ArrayList<>(List.of(0));
      for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
        starts.add(i + 1);
      }
      return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    private @Nullable StoredUser user(TomlTable all, String name) {
      if (!all.isTable(List.of(name))) {
        error(all, name, "a table was expected: [user." + name + "]");
        return null;
      }
      StoredUser user;
      try {
        user = StoredUser.named(name);
      } catch (IllegalArgumentException e) {
        error(all, name, String.valueOf(e.getMessage()));
        return null;
      }
      TomlTable table = all.getTableOrEmpty(List.of(name));
      for (String member : TomlFile.names(table)) {
        if (!MEMBERS.contains(member)) {
          error(table, member, "unknown (expected: " + String.join(", ", MEMBERS) + ")");
        }
      }
      return user(user, table);
    }

    private StoredUser user(StoredUser named, TomlTable table) {
      boolean nopass = flag(table, "nopass", false);
      List<PasswordHash> passwords = list(table, "passwords", PasswordHash::parse);
      if (nopass && !passwords.isEmpty()) {
        error(table, "nopass", "it cannot be true where there are passwords");
      }
      if (passwords.size() > StoredUser.MAX_PASSWORDS) {
        error(table, "passwords", "too many (expected: up to " + StoredUser.MAX_PASSWORDS + ")");
      }
      StoredUser[] user = {
        named
            .enabled(flag(table, "enabled", true))
            .withPasswords(passwords, nopass)
            .withCertificates(list(table, "certificates", UsersFile::requireCertificate))
      };
      list(
          table,
          "keys",
          pattern -> {
            StoredUser.Key key = key(pattern);
            user[0] = key.areAll() ? user[0].with("allkeys") : user[0].withKey(key);
            return key;
          });
      Set<Group> groups = EnumSet.noneOf(Group.class);
      list(table, "groups", word -> groups.add(group(word)));
      if (table.contains(List.of("groups"))) {
        user[0] = user[0].withCommands(CommandRules.of(groups));
      }
      if (table.contains(List.of("commands"))) {
        if (table.contains(List.of("groups"))) {
          error(table, "commands", "it cannot be said beside groups");
        }
        String rules = table.isString(List.of("commands")) ? table.getString("commands") : null;
        if (rules == null) {
          error(table, "commands", "text was expected, such as \"-@all +@read\"");
        } else {
          try {
            user[0] = user[0].withCommands(rules(rules));
          } catch (IllegalArgumentException e) {
            error(table, "commands", String.valueOf(e.getMessage()));
          }
        }
      }
      return user[0];
    }

    private static StoredUser.Key key(String text) {
      try {
        return StoredUser.Key.parse(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "no pattern of keys (expected: ~PATTERN, %R~PATTERN or %W~PATTERN, without spaces)", e);
      }
    }

    private static CommandRules rules(String text) {
      for (String rule : text.split(" ", -1)) {
        try {
          CommandRules.parse(rule);
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(rule + ": " + e.getMessage(), e);
        }
      }
      return CommandRules.parse(text);
    }

    private boolean flag(TomlTable table, String name, boolean otherwise) {
      if (!table.contains(List.of(name))) {
        return otherwise;
      }
      Boolean value = table.isBoolean(List.of(name)) ? table.getBoolean(name) : null;
      if (value == null) {
        error(table, name, "true or false was expected");
        return otherwise;
      }
      return value;
    }

    private <T> List<T> list(TomlTable table, String name, Function<String, T> element) {
      List<T> elements = new ArrayList<>();
      if (!table.contains(List.of(name))) {
        return elements;
      }
      TomlArray array = table.isArray(List.of(name)) ? table.getArray(name) : null;
      if (array == null) {
        error(table, name, "a list of texts was expected");
        return elements;
      }
      for (int i = 0; i < array.size(); i++) {
        if (!(array.get(i) instanceof String text)) {
          errors.add(file.at(table, name, i) + ": texts were expected in the list");
          continue;
        }
        try {
          elements.add(element.apply(text));
        } catch (IllegalArgumentException e) {
          errors.add(file.at(table, name, i) + ": " + e.getMessage());
        }
      }
      return elements;
    }

    private void error(TomlTable table, String name, String what) {
      errors.add(file.at(table, name) + ": " + what);
    }
  }

  static Group group(String word) {
    for (Group group : Group.values()) {
      if (group.name().toLowerCase(Locale.ROOT).equals(word)) {
        return group;
      }
    }
    throw new IllegalArgumentException(
        "unknown group (expected: read, write, scan, clear or admin)");
  }

  static String requireCertificate(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a certificate is empty");
    }
    return name;
  }

  // ---- writing ----

  /**
   * Writes these users to the file, in place of those that are in it: as a whole or not at all, and
   * for nobody but its owner to read.
   */
  void write(Collection<StoredUser> newUsers) throws IOException {
    Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
    Path directory = target.getParent();
    Path draft =
        Files.createTempFile(
            directory,
            ".users",
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ALONE)));
    try {
      keepOwner(target, draft);
      try (FileChannel out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = UTF_8.encode(textWith(newUsers));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Who could read the file before can read it still: a server, if somebody else changes it. */
  private static void keepOwner(Path target, Path draft) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    PosixFileAttributes old = Files.readAttributes(target, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(draft, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    if (!old.group().equals(now.group())) {
      view.setGroup(old.group());
    }
    if (!old.owner().equals(now.owner())) {
      view.setOwner(old.owner());
    }
    view.setPermissions(old.permissions());
  }

  private String textWith(Collection<StoredUser> newUsers) {
    StringBuilder out = new StringBuilder();
    List<String> names = List.copyOf(blocks.keySet());
    boolean isInBlocks = names.size() == users.size();
    Map<String, StoredUser> wanted = new LinkedHashMap<>();
    newUsers.forEach(user -> wanted.put(user.name(), user));
    if (isInBlocks) {
      int first = names.isEmpty() ? text.length() : start(names.getFirst());
      out.append(text, 0, first);
      for (int i = 0; i < names.size(); i++) {
        StoredUser user = wanted.remove(names.get(i));
        if (user == null) {
          continue;
        }
        int end = i + 1 < names.size() ? start(names.get(i + 1)) : text.length();
        if (user.equals(users.get(user.name()))) {
          beginBlock(out).append(text, start(user.name()), end);
        } else {
          append(user, out);
        }
      }
    } else {
      out.append(HEADING);
    }
    wanted.values().forEach(user -> append(user, out));
    return out.toString();
  }

  private int start(String name) {
    return blocks.getOrDefault(name, 0);
  }

  /** Behind an empty line. */
  private static StringBuilder beginBlock(StringBuilder out) {
    while (!out.isEmpty() && !out.substring(Math.max(0, out.length() - 2)).equals("\n\n")) {
      out.append('\n');
    }
    return out;
  }

  private static void append(StoredUser user, StringBuilder out) {
    String name = user.name();
    beginBlock(out)
        .append("[user.")
        .append(BARE_NAME.matcher(name).matches() ? name : quoted(name))
        .append("]\n");
    Consumer<String> line = text -> out.append(text).append('\n');
    if (!user.enabled()) {
      line.accept("enabled = false");
    }
    if (user.takesAnyPassword()) {
      line.accept("nopass = true");
    }
    list("passwords", user.passwords(), line);
    list("certificates", user.certificates(), line);
    list("keys", user.keys(), line);
    Set<Group> groups = user.commands().groups();
    if (user.commands().equals(CommandRules.of(groups))) {
      list(
          "groups",
          groups.stream().map(group -> group.name().toLowerCase(Locale.ROOT)).toList(),
          line);
    } else {
      line.accept("commands = " + quoted(user.commands().toString()));
    }
  }

  private static void list(String name, List<?> elements, Consumer<String> line) {
    if (!elements.isEmpty()) {
      line.accept(
          name
              + " = "
              + elements.stream()
                  .map(element -> quoted(element.toString()))
                  .collect(joining(", ", "[", "]")));
    }
  }

  /** As TOML's basic strings are written. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            out.append('\\').append((char) c);
          } else if (c < ' ' || c == 0x7F) {
            out.append("\\u%04X".formatted(c));
          } else {
            out.append((char) c);
          }
        });
    return out.append('"').toString();
  }
}
