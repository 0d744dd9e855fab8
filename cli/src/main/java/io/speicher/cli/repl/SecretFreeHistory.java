package io.speicher.cli.repl;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jline.reader.impl.history.DefaultHistory;

/**
 * What was typed, apart from what may hold a password: that is neither kept nor written to the
 * file, which JLine makes for its owner alone.
 */
final class SecretFreeHistory extends DefaultHistory {
  private static final Set<String> SECRET_SETTINGS =
      Set.of(
          "REQUIREPASS",
          "MASTERAUTH",
          "MASTERUSER",
          "TLS-KEY-FILE-PASS",
          "TLS-CLIENT-KEY-FILE-PASS");

  @Override
  public void add(Instant time, String line) {
    if (!isSecret(line)) {
      super.add(time, line);
    }
  }

  /** Whether a line has a password in it, or is broken where it might have one. */
  static boolean isSecret(String line) {
    List<ByteBuffer> words = WordSplitter.split(line.getBytes(StandardCharsets.UTF_8));
    if (words == null) {
      return line.matches("(?is)\\s*[\"']?(auth|acl|hello|config|migrate)\\b.*");
    }
    return switch (Session.word(words, 0)) {
      case "AUTH" -> true;
      case "ACL" -> Session.word(words, 1).equals("SETUSER");
      case "HELLO", "MIGRATE" ->
          words.stream()
              .skip(1)
              .map(word -> Session.word(List.of(word), 0))
              .anyMatch(word -> word.equals("AUTH") || word.equals("AUTH2"));
      case "CONFIG" ->
          words.stream()
              .map(word -> Session.word(List.of(word), 0))
              .anyMatch(SECRET_SETTINGS::contains);
      default -> false;
    };
  }
}
