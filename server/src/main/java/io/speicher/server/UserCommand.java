package io.speicher.server;

import static java.util.stream.Collectors.joining;

import io.speicher.dialect.Rights.Group;
import io.speicher.dialect.resp.CommandRules;
import io.speicher.protocol.UserInfo;
import io.speicher.server.security.UsersFile;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code speicher user}: makes and changes the file of users that a server reads.
 *
 * <p>A password is never an argument, which others on the machine could see and a shell would
 * remember: it is asked for at the terminal, or read from standard input.
 */
@Command(
    name = "user",
    description = "Add, change and list the users of a server, in its file of users.",
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher user add app --keys 'app:*' --groups read,write --users users.toml",
      "  speicher user add ops --all --users users.toml",
      "  openssl rand -base64 24 | tee app.password | speicher user passwd app --users users.toml",
      "  speicher user list --users users.toml",
      "",
      "SPEICHER_USERS can name the file. A running server reads it again when it has changed.",
    })
public final class UserCommand implements Callable<Integer> {
  private static final int NOT_DONE = 1;
  private static final String USERS_VARIABLE = "SPEICHER_USERS";
  private static final List<String> COLUMNS =
      List.of("USER", "ENABLED", "LOGIN", "KEYS", "COMMANDS");

  /** Where a password comes from. */
  interface Passwords {
    /**
     * Reads a password.
     *
     * @param repeats whether a person has to type it twice
     * @throws IllegalArgumentException if there is none, or a person has mistyped it
     */
    String read(boolean repeats) throws IOException;
  }

  private final Passwords passwords;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--users",
      paramLabel = "FILE",
      defaultValue = "${env:" + USERS_VARIABLE + "}",
      scope = ScopeType.INHERIT,
      description = "The file of users; add makes it if it is not there.")
  private @Nullable Path file;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  /** For picocli, as a service. */
  public UserCommand() {
    this(UserCommand::readPassword);
  }

  UserCommand(Passwords passwords) {
    this.passwords = passwords;
  }

  /** Shows the help: whoever says nothing more wants to know what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return CommandLine.ExitCode.OK;
  }

  @Command(name = "add", sortOptions = false, description = "Add a user; asks for its password.")
  Integer add(
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--keys",
              paramLabel = "PATTERN",
              split = ",",
              description =
                  "Keys that it may use, such as 'app:*'; %%R~PATTERN to read alone, %%W~PATTERN to"
                      + " write alone.")
          @Nullable List<String> keys,
      @Option(
              names = "--groups",
              paramLabel = "GROUP",
              split = ",",
              description = "What it may do: some of read, write, scan, clear, admin.")
          @Nullable List<String> groups,
      @Option(
              names = "--commands",
              paramLabel = "RULES",
              description = "In place of groups, as Redis writes it: '-@all +get +set'.")
          @Nullable String commands,
      @Option(names = "--all", description = "It may do everything with all keys.") boolean all,
      @Option(names = "--nopass", description = "Any password will do.") boolean anyPassword,
      @Option(
              names = "--certificate",
              paramLabel = "NAME",
              split = ",",
              description = "The name in a client certificate that will do in place of a password.")
          @Nullable List<String> certificates)
      throws IOException {
    UsersFile users = users(UsersFile::open);
    if (users.has(name)) {
      return fail("there is a user " + name + " already; see speicher user passwd and remove");
    }
    List<String> rules = new ArrayList<>(List.of("on"));
    if (all) {
      rules.addAll(List.of("allkeys", "allcommands"));
    } else {
      rules.addAll(commandRules(groups, commands));
      rules.addAll(keyRules(keys));
    }
    if (anyPassword) {
      rules.add("nopass");
    }
    boolean needsPassword = !anyPassword && certificates == null;
    change(users, name, rules, needsPassword, certificates == null ? List.of() : certificates);
    return done("added " + name);
  }

  @Command(name = "remove", description = "Remove a user; a running server ends its connections.")
  Integer remove(@Parameters(paramLabel = "NAME") String name) throws IOException {
    UsersFile users = users(UsersFile::read);
    if (!users.has(name)) {
      return fail("there is no user " + name);
    }
    users.remove(name);
    return done("removed " + name);
  }

  @Command(name = "list", description = "List the users and what they may do.")
  Integer list() {
    List<List<String>> rows = new ArrayList<>(List.of(COLUMNS));
    for (UserInfo user : users(UsersFile::read).infos()) {
      rows.add(
          List.of(
              user.name(),
              user.enabled() ? "yes" : "no",
              login(user),
              user.keys().isEmpty() ? "-" : String.join(" ", user.keys()),
              commands(user)));
    }
    print(rows);
    return CommandLine.ExitCode.OK;
  }

  @Command(name = "passwd", description = "Give a user another password, in place of all it has.")
  Integer password(@Parameters(paramLabel = "NAME") String name) throws IOException {
    UsersFile users = users(UsersFile::read);
    if (!users.has(name)) {
      return fail("there is no user " + name + "; see speicher user add");
    }
    change(users, name, List.of("resetpass"), true, List.of());
    return done("changed the password of " + name);
  }

  // ---- what they say ----

  /** The file of users. Only a command that adds one may find no file there. */
  private UsersFile users(Function<Path, UsersFile> reader) {
    if (file == null) {
      throw new ParameterException(
          spec.commandLine(), "say which file: --users FILE, or " + USERS_VARIABLE);
    }
    try {
      return reader.apply(file);
    } catch (IllegalArgumentException e) {
      throw wrong(e);
    }
  }

  private void change(
      UsersFile users,
      String name,
      List<String> rules,
      boolean needsPassword,
      List<String> certificates)
      throws IOException {
    try {
      List<String> all = new ArrayList<>(rules);
      if (needsPassword) {
        all.add(">" + passwords.read(true));
      }
      users.change(name, all, certificates);
    } catch (IllegalArgumentException e) {
      throw wrong(e);
    }
  }

  private List<String> commandRules(@Nullable List<String> groups, @Nullable String commands) {
    if ((groups == null) == (commands == null)) {
      throw new ParameterException(
          spec.commandLine(),
          "say what the user may do, by --groups or --commands, or let it do everything by --all");
    }
    if (commands != null) {
      return List.of(commands.split(" ", -1));
    }
    Set<Group> chosen = EnumSet.noneOf(Group.class);
    for (String word : groups == null ? List.<String>of() : groups) {
      try {
        chosen.add(Group.valueOf(word.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--groups: '" + word + "' is none of read, write, scan, clear, admin",
            e);
      }
    }
    return List.of(CommandRules.of(chosen).toString().split(" ", -1));
  }

  private static List<String> keyRules(@Nullable List<String> keys) {
    List<String> rules = new ArrayList<>();
    for (String pattern : keys == null ? List.<String>of() : keys) {
      rules.add(pattern.startsWith("~") || pattern.startsWith("%") ? pattern : "~" + pattern);
    }
    return rules;
  }

  private static String login(UserInfo user) {
    if (user.takesAnyPassword()) {
      return "anybody";
    }
    List<String> ways = new ArrayList<>();
    if (!user.passwords().isEmpty()) {
      ways.add("password");
    }
    if (!user.certificates().isEmpty()) {
      ways.add("certificate");
    }
    return ways.isEmpty() ? "-" : String.join("+", ways);
  }

  private static String commands(UserInfo user) {
    CommandRules rules = CommandRules.parse(user.commands());
    Set<Group> groups = rules.groups();
    if (!rules.equals(CommandRules.of(groups))) {
      return rules.toString();
    }
    return groups.isEmpty()
        ? "-"
        : groups.stream().map(group -> group.name().toLowerCase(Locale.ROOT)).collect(joining(","));
  }

  private void print(List<List<String>> rows) {
    PrintWriter out = spec.commandLine().getOut();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(one -> one.get(at).length()).max().orElse(0);
        line.append(row.get(column)).repeat(' ', width - row.get(column).length() + 2);
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  private Integer done(String what) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(what);
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private Integer fail(String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("speicher: " + why);
    err.flush();
    return NOT_DONE;
  }

  private ParameterException wrong(IllegalArgumentException e) {
    return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
  }

  // ---- passwords ----

  private static String readPassword(boolean repeats) throws IOException {
    Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (terminal.isEmpty()) {
      // The first line, and nothing is said of it: a program may write it.
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
      return requirePassword(in.readLine());
    }
    Console console = terminal.get();
    String password = requirePassword(typed(console, "Password: "));
    if (repeats && !password.equals(typed(console, "Again: "))) {
      throw new IllegalArgumentException("the two passwords differ");
    }
    return password;
  }

  private static @Nullable String typed(Console console, String prompt) {
    char[] typed = console.readPassword(prompt);
    return typed == null ? null : new String(typed);
  }

  private static String requirePassword(@Nullable String password) {
    if (password == null || password.isEmpty()) {
      throw new IllegalArgumentException("no password was given");
    }
    return password;
  }
}
