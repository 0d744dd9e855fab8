package io.speicher.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * An earlier run, to compare with.
 *
 * @param label what it is called in a legend
 * @param json what {@code --json} wrote
 */
record Overlay(String label, String json) {
  private static final Set<String> MEMBERS =
      Set.of("target", "operationsPerSecond", "latencyMicros", "series", "percentiles", "mix");

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is none; the message is for the user
   */
  static Overlay read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      String target = target(bytes);
      if (target.isEmpty()) {
        throw new IllegalArgumentException(file + " is no result of bench --json");
      }
      String name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
      return new Overlay(target + ", " + name, new String(bytes, UTF_8).strip());
    } catch (MalformedReplyException e) {
      throw new IllegalArgumentException(
          file + " is no result of bench --json: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read an earlier result: " + e, e);
    }
  }

  /** The target of the run, or nothing if something is missing. */
  private static String target(byte[] bytes) throws MalformedReplyException {
    JsonMembers members = new JsonMembers(bytes, bytes.length);
    Set<String> missing = new HashSet<>(MEMBERS);
    String target = "";
    while (members.next()) {
      missing.remove(members.name());
      if (members.isNamed("target")) {
        target = members.text();
      }
    }
    return missing.isEmpty() ? target : "";
  }
}
