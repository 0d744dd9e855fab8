package io.speicher.server.security;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Lines of the log that say who has done what to the server: logins that failed, users that were
 * changed, administrative commands. Any thread may call any method.
 *
 * <p>A line never has a key, a value or a password, nor a name that might be one. What a peer has
 * said is escaped, so that a line is a line. The log tells events of a kind that follow within
 * seconds once, and then how many there were; a kind is all before the colon, so that a user or an
 * address that fails all the time does not hide what others do.
 */
final class AuditLog {
  private static final Logger logger = System.getLogger(AuditLog.class.getName());

  private static final int MAX_NAME_CHARS = 128;

  private AuditLog() {}

  /**
   * A peer has said a wrong user or password. Which is not told: people mistake one for another.
   */
  static void loginFailed(@Nullable InetAddress from, int tries) {
    log(WARNING, "authentication failed", from, "tries=" + tries);
  }

  /**
   * Somebody has changed users.
   *
   * @param by the user who did
   * @param what has been done, in words
   */
  static void usersChanged(String what, String by, @Nullable InetAddress from) {
    log(INFO, what + " by=" + escaped(by), from, "");
  }

  /** The file of users was replaced, and is read again. */
  static void usersReloaded(int users) {
    logger.log(INFO, () -> "users reloaded: users=" + users);
  }

  /** Somebody has had a command executed that concerns the server or others. */
  static void command(String command, String by, @Nullable InetAddress from) {
    log(INFO, "administrative command=" + escaped(command) + " by=" + escaped(by), from, "");
  }

  private static void log(Level level, String kind, @Nullable InetAddress from, String facts) {
    String address = "address=" + (from == null ? "local" : from.getHostAddress());
    logger.log(level, () -> kind + ": " + address + (facts.isEmpty() ? "" : " " + facts));
  }

  /** The text in one word: what is not printable, and colons, are written as {@code \xNN}. */
  static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    text.chars()
        .limit(MAX_NAME_CHARS)
        .forEach(c -> {
          if (c > ' ' && c <= '~' && c != ':' && c != '\\') {
            out.append((char) c);
          } else {
            out.append(c > 0xFF ? "\\u%04x".formatted(c) : "\\x%02x".formatted(c));
          }
        });
    return out.toString();
  }
}
