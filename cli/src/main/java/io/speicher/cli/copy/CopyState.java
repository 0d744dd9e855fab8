package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The file that a copy goes on from after it was interrupted. It is replaced as a whole, once a
 * second, and never ahead of what the target has confirmed; so a later run repeats some items and
 * leaves out none. There is no password in it.
 */
final class CopyState {
  private static final long SAVE_NANOS = 1_000_000_000L;
  private static final String SKIPPED = "skipped.";

  private final @Nullable Path file;

  /** What copy this is: another one must not go on from its file. */
  private final Map<String, String> identity;

  private long savedNanos = System.nanoTime();

  /**
   * @param file null if nothing is to be saved
   */
  CopyState(@Nullable Path file, Map<String, String> identity) {
    this.file = file;
    this.identity = identity;
  }

  /**
   * Restores what an earlier run has counted, and where it was.
   *
   * @param incarnation that of the source
   * @return the position, or null to begin at the beginning
   * @throws IllegalArgumentException if the file is that of another copy
   */
  @Nullable String restore(String incarnation, Tally tally, Skips skips) throws IOException {
    if (file == null) {
      return null;
    }
    Properties saved = new Properties();
    try (Reader in = Files.newBufferedReader(file, UTF_8)) {
      saved.load(in);
    } catch (NoSuchFileException e) {
      return null;
    }
    identity.forEach((name, value) -> {
      if (!value.equals(saved.getProperty(name))) {
        throw new IllegalArgumentException(
            "--resume=%s is the file of another copy: %s=%s (expected: %s); remove it, or name another one"
                .formatted(file, name, saved.getProperty(name), value));
      }
    });
    if (!incarnation.equals(saved.getProperty("incarnation"))) {
      return null;
    }
    tally.seen = number(saved, "seen");
    tally.copied = number(saved, "copied");
    tally.copiedBytes = number(saved, "copiedBytes");
    tally.copiedWithTtl = number(saved, "copiedWithTtl");
    tally.flagsLost = number(saved, "flagsLost");
    tally.kindsLost = number(saved, "kindsLost");
    for (String name : saved.stringPropertyNames()) {
      if (name.startsWith(SKIPPED)) {
        String[] counted = saved.getProperty(name).split(" ", 2);
        skips.restore(
            name.substring(SKIPPED.length()),
            new Skips.Reason(Long.parseLong(counted[0]), counted[1]));
      }
    }
    return saved.getProperty("position");
  }

  private static long number(Properties saved, String name) {
    return Long.parseLong(saved.getProperty(name, "0"));
  }

  /** Saves it, if it is time to. */
  void saveNowAndThen(String incarnation, String position, Tally tally, Skips skips)
      throws IOException {
    long now = System.nanoTime();
    if (file != null && now - savedNanos >= SAVE_NANOS) {
      savedNanos = now;
      save(incarnation, position, tally, skips);
    }
  }

  /** Saves it now. */
  void save(String incarnation, String position, Tally tally, Skips skips) throws IOException {
    if (file == null) {
      return;
    }
    Properties state = new Properties();
    state.putAll(identity);
    state.setProperty("incarnation", incarnation);
    state.setProperty("position", position);
    state.setProperty("seen", Long.toString(tally.seen));
    state.setProperty("copied", Long.toString(tally.copied));
    state.setProperty("copiedBytes", Long.toString(tally.copiedBytes));
    state.setProperty("copiedWithTtl", Long.toString(tally.copiedWithTtl));
    state.setProperty("flagsLost", Long.toString(tally.flagsLost));
    state.setProperty("kindsLost", Long.toString(tally.kindsLost));
    skips
        .all()
        .forEach((reason, counted) ->
            state.setProperty(SKIPPED + reason, counted.count() + " " + counted.example()));
    Path next = Path.of(file + ".new");
    try (Writer out = Files.newBufferedWriter(next, UTF_8)) {
      state.store(out, "Where speicher copy goes on");
    }
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The copy is complete: another run is to begin at the beginning. */
  void forget() throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }
}
