package io.speicher.server;

import io.speicher.protocol.Command;
import io.speicher.server.toml.TomlFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the password of a server is read from. */
final class PasswordFile {
  private static final String SETTING = ServerSettings.PASSWORD_FILE.name();

  private PasswordFile() {}

  /**
   * The same settings with the password that is in the file which they name, if they do.
   *
   * @throws IllegalArgumentException if there is none in it, or there is another one
   */
  static ServerSettings read(ServerSettings settings) {
    Optional<Path> file = settings.get(ServerSettings.PASSWORD_FILE);
    String said = settings.get(ServerSettings.PASSWORD);
    if (settings.get(ServerSettings.USERS).isPresent() && (file.isPresent() || !said.isEmpty())) {
      throw new IllegalArgumentException(
          "users and a password both say who may use the server: leave out either");
    }
    if (file.isEmpty()) {
      return settings.with(ServerSettings.PASSWORD, checked(said, "password"));
    }
    if (!said.isEmpty()) {
      throw new IllegalArgumentException(
          SETTING + " and SPEICHER_PASSWORD both say a password: leave out either");
    }
    Path path = file.get();
    String password = checked(firstLine(path), SETTING);
    if (password.isEmpty()) {
      throw new IllegalArgumentException(SETTING + ": the first line of " + path + " is empty");
    }
    return settings.with(ServerSettings.PASSWORD, password);
  }

  private static String firstLine(Path path) {
    try {
      return Files.readString(path).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read --" + SETTING + " " + path + ": " + TomlFile.reason(e), e);
    }
  }

  private static String checked(String password, String origin) {
    int length = password.getBytes(StandardCharsets.UTF_8).length;
    if (length > Command.Auth.MAX_PASSWORD_BYTES) {
      throw new IllegalArgumentException(
          origin
              + ": password too long: bytes="
              + length
              + " (expected: up to "
              + Command.Auth.MAX_PASSWORD_BYTES
              + ")");
    }
    return password;
  }
}
