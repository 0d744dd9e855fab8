package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class UserCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--users=" + file());
    return new CommandLine(new UserCommand(repeats -> "sesame"))
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all.toArray(String[]::new));
  }

  private Path file() {
    return folder.resolve("users.toml");
  }

  @Test
  void addListRemove() throws IOException {
    assertThat(run("add", "app", "--keys=app:*,%R~shared:*", "--groups=read,write")).isZero();
    assertThat(out).hasToString("added app" + System.lineSeparator());
    assertThat(run("add", "ops", "--all", "--nopass")).isZero();
    assertThat(run("add", "web", "--certificate=w.example", "--commands=-@all +get")).isZero();
    assertThat(run("list")).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "USER  ENABLED  LOGIN        KEYS                COMMANDS",
            "app   yes      password     ~app:* %R~shared:*  read,write",
            "ops   yes      anybody      ~*                  read,write,scan,clear,admin",
            "web   yes      certificate  -                   -@all +get");
    assertThat(Files.readString(file())).contains("pbkdf2-sha256$").doesNotContain("sesame");
    assertThat(run("remove", "ops")).isZero();
    assertThat(run("remove", "ops")).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("speicher: there is no user ops");
    assertThat(run("list")).isZero();
    assertThat(out.toString().lines()).hasSize(3);
  }

  /** A mistyped name of a file is no file without users. */
  @ParameterizedTest
  @ValueSource(strings = {"list", "remove app", "passwd app"})
  void missingFile(String command) {
    assertThat(run(command.split(" "))).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).startsWith("cannot read --users " + file() + ": no such file");
    assertThat(file()).doesNotExist();
  }

  @Test
  void passwd() throws IOException {
    assertThat(run("add", "app", "--groups=read")).isZero();
    assertThat(run("passwd", "web")).isEqualTo(1);
    assertThat(err.toString()).contains("there is no user web; see speicher user add");
    String before = Files.readString(file());
    assertThat(run("passwd", "app")).isZero();
    assertThat(Files.readString(file())).isNotEqualTo(before).containsOnlyOnce("pbkdf2");
  }

  @Test
  void wrong() throws IOException {
    assertThat(run("add", "app")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).startsWith("say what the user may do, by --groups or --commands");
    assertThat(run("add", "app", "--groups=all")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).startsWith("--groups: 'all' is none of read, write, scan,");
    assertThat(run("add", "a b", "--all")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).startsWith("no name of a user");
    assertThat(run("add", "app", "--commands=+nosuch")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).startsWith("Unknown command or category name in ACL");
    assertThat(file()).doesNotExist();
    assertThat(run("add", "app", "--all")).isZero();
    assertThat(run("add", "app", "--all")).isEqualTo(1);
    Files.writeString(file(), "[user.a]\nx = 1\n");
    assertThat(run("list")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).startsWith(file() + ":2:1: x: unknown");
  }
}
