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
  private static final String FOLDER = "/transcripts/json/";

  private Transcripts() {}

  /** The topics in the order in which they run: the names in {@code index.txt}. */
  static List<String> topics() {
    return lines("index.txt").stream().filter(line -> !line.isBlank()).toList();
  }

  /** All cases of all topics, in the order in which they run. */
  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String topic : topics()) {
      cases.addAll(new TranscriptParser(topic, lines(topic + ".txt")).parse());
    }
    return cases;
  }

  private static List<String> lines(String file) {
    try (InputStream in = Transcripts.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new FileNotFoundException(FOLDER + file);
      }
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the kit is incomplete", e);
    }
  }
}
