package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The cases that come with the kit. */
final class Transcripts {
  private Transcripts() {}

  /** The topics of a dialect in the order in which they run: the names in {@code index.txt}. */
  static List<String> topics(Dialect dialect) {
    return lines(dialect, "index.txt").stream().filter(line -> !line.isBlank()).toList();
  }

  /** All cases of all topics of a dialect, in the order in which they run. */
  static List<Case> cases(Dialect dialect) {
    List<Case> cases = new ArrayList<>();
    for (String topic : topics(dialect)) {
      List<String> lines = lines(dialect, topic + ".txt");
      cases.addAll(new TranscriptParser(dialect, topic, lines).parse());
    }
    return cases;
  }

  private static List<String> lines(Dialect dialect, String file) {
    String path = "/transcripts/" + dialect + "/" + file;
    try (InputStream in = Transcripts.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new FileNotFoundException(path);
      }
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the kit is incomplete", e);
    }
  }
}
