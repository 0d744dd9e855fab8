package io.speicher.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.protocol.UserInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UsersFileTest {
  private static final String HASH =
      "pbkdf2-sha256$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("users.toml");
  }

  // ---- reading ----

  @Test
  void read() throws IOException {
    Files.writeString(
        path,
        """
        [user.default]
        enabled = false

        [user.app]
        passwords = ["%s"]
        certificates = ["app.example.com"]
        keys = ["~app:*", "%%R~shared:*", "%%w~log:*"]
        groups = ["read", "write"]

        [user."a.b"]
        nopass = true
        keys = ["~*"]
        commands = "-@all +get"
        """
            .formatted(HASH));
    assertThat(UsersFile.read(path).infos())
        .containsExactly(
            new UserInfo("default", false, false, List.of(), List.of(), "-@all", List.of()),
            new UserInfo(
                "app",
                true,
                false,
                List.of(HASH),
                List.of("app.example.com"),
                "-@all +@basic +@read -@scan +@write -@clear",
                List.of("~app:*", "%R~shared:*", "%W~log:*")),
            new UserInfo("a.b", true, true, List.of(), List.of(), "-@all +get", List.of("~*")));
  }

  /** A wrong file is told with the place of each fault. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "x = 1; 1:1: x: unknown (expected: tables [user.NAME])",
        "[user]\\na = 1; 2:1: a: a table was expected: [user.a]",
        "[user.`a b`]; 1:1: a b: no name of a user",
        "[user.a]\\nkey = 1; 2:1: key: unknown (expected: enabled, nopass, passwords,",
        "[user.a]\\nenabled = 1; 2:1: enabled: true or false was expected",
        "[user.a]\\nkeys = 'x'; 2:1: keys: a list of texts was expected",
        "[user.a]\\nkeys = ['~a', 'b']; 2:15: keys: no pattern of keys (expected: ~PATTERN,",
        "[user.a]\\nkeys = ['~*', '~b']; 2:15: keys: Adding a pattern after the * pattern",
        "[user.a]\\ngroups = ['all']; 2:11: groups: unknown group (expected: read, write, scan,",
        "[user.a]\\ngroups = []\\ncommands = ''; 3:1: commands: it cannot be said beside groups",
        "[user.a]\\ncommands = '+get +x'; 2:1: commands: +x: Unknown command or category",
        "[user.a]\\npasswords = ['secret']; 2:14: passwords: no hash of a password",
        "[user.a]\\nenabled = true\\nenabled = true; 3:1: enabled previously defined at line 2",
        "[user.a; 1:8: Unexpected end of",
      })
  void read_wrong(String text, String error) throws IOException {
    Files.writeString(path, text.replace("\\n", "\n").replace('\'', '"').replace("`", "\""));
    assertThatThrownBy(() -> UsersFile.read(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(path + ":" + error)
        .hasMessageNotContaining("secret");
  }

  @Test
  void read_allFaultsAtOnce() throws IOException {
    Files.writeString(path, "[user.a]\nx = 1\ny = 2\n[user.b]\nkeys = 3\n");
    assertThatThrownBy(() -> UsersFile.read(path))
        .extracting(e -> String.valueOf(e.getMessage()).lines().count())
        .isEqualTo(3L);
  }

  @Test
  void read_nopassBesidePasswords() throws IOException {
    Files.writeString(path, "[user.a]\nnopass = true\npasswords = [\"" + HASH + "\"]\n");
    assertThatThrownBy(() -> UsersFile.read(path))
        .hasMessage(path + ":2:1: nopass: it cannot be true where there are passwords");
  }

  @Test
  void read_missing() {
    assertThatThrownBy(() -> UsersFile.read(path))
        .hasMessage("cannot read --users " + path + ": no such file");
    assertThat(UsersFile.open(path).infos()).isEmpty();
  }

  // ---- writing ----

  @Test
  void write_forItsOwnerAlone() throws IOException {
    UsersFile.open(path).change("a", List.of("on", "~k*", "+get"), List.of("c"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(UsersFile.read(path).infos())
        .containsExactly(
            new UserInfo("a", true, false, List.of(), List.of("c"), "-@all +get", List.of("~k*")));
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(path); // No draft is left.
    }
  }

  @Test
  void write_keepsPermissions() throws IOException {
    Files.writeString(path, "");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    UsersFile.open(path).change("a", List.of(), List.of());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void write_throughALink() throws IOException {
    Path real = Files.writeString(folder.resolve("real.toml"), "");
    Files.createSymbolicLink(path, real);
    UsersFile.open(path).change("a", List.of(), List.of());
    assertThat(path).isSymbolicLink();
    assertThat(UsersFile.read(real).has("a")).isTrue();
  }

  /** What people have written stays, but for what is in the block of the user that is changed. */
  @Test
  void write_keepsWhatPeopleWrote() throws IOException {
    Files.writeString(
        path,
        """
        # Ours.

        # For the shop.
        [user.shop] # since May
        keys = [ "~shop:*" ]  # all of it
        groups = ["read"]
        # Others.
        [user.ops]
        keys = ["~*"]
        """);
    UsersFile.read(path).change("shop", List.of("nopass"), List.of());
    UsersFile.read(path).change("new\"", List.of("-@all"), List.of());
    assertThat(path)
        .hasContent(
            """
            # Ours.

            [user.shop]
            nopass = true
            keys = ["~shop:*"]
            groups = ["read"]

            # Others.
            [user.ops]
            keys = ["~*"]

            [user."new\\""]
            enabled = false
            """);
    UsersFile.read(path).remove("shop");
    assertThat(UsersFile.read(path).infos().stream().map(UserInfo::name))
        .containsExactly("ops", "new\"");
    assertThat(Files.readString(path)).contains("# Others.\n[user.ops]");
  }

  /** Whoever cannot be told apart by blocks is written anew. */
  @Test
  void write_withoutBlocks() throws IOException {
    Files.writeString(path, "user.a.nopass = true\nuser.b = {keys = [\"~x\"]}\n");
    UsersFile.read(path).change("b", List.of("~y"), List.of());
    assertThat(UsersFile.read(path).infos())
        .extracting(UserInfo::name, UserInfo::keys)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", List.of()),
            org.assertj.core.groups.Tuple.tuple("b", List.of("~x", "~y")));
  }

  @Test
  void change_wrong() throws IOException {
    Files.writeString(path, "[user.a]\ncertificates = [\"c\"]\n");
    UsersFile file = UsersFile.read(path);
    assertThatThrownBy(() -> file.change("a b", List.of(), List.of()))
        .hasMessageStartingWith("no name of a user");
    assertThatThrownBy(() -> file.change("b", List.of("+nosuch"), List.of()))
        .hasMessage("Unknown command or category name in ACL");
    assertThatThrownBy(() -> file.change("b", List.of(), List.of("c")))
        .hasMessage("users a and b have the same certificate: c");
    assertThat(Files.readString(path)).isEqualTo("[user.a]\ncertificates = [\"c\"]\n");
  }
}
