package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What {@code planted-faults.txt} says: changes to the source of the reference server, each a
 * mistake, with the cases that find it. The format is told there.
 */
final class PlantedFaults {
  private static final Path SOURCES = Path.of("src/test/java/io/speicher/tck");

  private static final Pattern FAULT = Pattern.compile("^fault ", Pattern.MULTILINE);

  /** A change of one place in the source of one class. */
  record Edit(String className, String before, String after) {}

  /** A mistake, and the cases that have to find it. */
  record Fault(String name, List<Edit> edits, List<String> finders) {

    /**
     * The sources of the classes that it changes, by name.
     *
     * @throws IllegalArgumentException if a place is not there exactly once
     */
    Map<String, String> changedSources() throws IOException {
      Map<String, String> sources = new LinkedHashMap<>();
      for (Edit edit : edits) {
        String source = sources.get(edit.className());
        if (source == null) {
          source = Files.readString(SOURCES.resolve(edit.className() + ".java"), UTF_8);
        }
        sources.put(edit.className(), changed(source, edit));
      }
      return sources;
    }

    private String changed(String source, Edit edit) {
      // However the lines are indented.
      String lines =
          edit.before().lines().map(Pattern::quote).collect(Collectors.joining("\\s*\\n\\s*"));
      Matcher place = Pattern.compile(lines).matcher(source);
      if (!place.find()) {
        throw new IllegalArgumentException(
            "the source has no such place: fault=%s class=%s place=%s"
                .formatted(name, edit.className(), edit.before()));
      }
      int start = place.start();
      int end = place.end();
      if (place.find()) {
        throw new IllegalArgumentException(
            "the source has several such places: fault=%s class=%s place=%s"
                .formatted(name, edit.className(), edit.before()));
      }
      return source.substring(0, start) + edit.after() + source.substring(end);
    }

    /** The name, as tests show it. */
    @Override
    public String toString() {
      return name;
    }
  }

  private PlantedFaults() {}

  /** All faults, in the order of the file. */
  static List<Fault> read() throws IOException {
    try (InputStream in = PlantedFaults.class.getResourceAsStream("/planted-faults.txt")) {
      return parse(new String(Objects.requireNonNull(in).readAllBytes(), UTF_8));
    }
  }

  private static List<Fault> parse(String text) {
    List<Fault> faults = new ArrayList<>();
    for (String block : FAULT.split(text, -1)) {
      if (!block.startsWith("#")) {
        faults.add(parseFault(block));
      }
    }
    return faults;
  }

  private static Fault parseFault(String block) {
    List<String> lines = block.lines().filter(line -> !line.isBlank()).toList();
    List<Edit> edits = new ArrayList<>();
    List<String> finders = new ArrayList<>();
    String className = "";
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    for (String line : lines.subList(1, lines.size())) {
      boolean begins = !line.startsWith("+") && !after.isEmpty();
      if (begins || (line.startsWith("- ") && !after.isEmpty())) {
        edits.add(new Edit(className, before.toString(), after.toString()));
        before.setLength(0);
        after.setLength(0);
      }
      if (line.startsWith("in ")) {
        className = line.substring("in ".length()).strip();
      } else if (line.startsWith("- ")) {
        before.append(before.isEmpty() ? "" : "\n").append(line.substring(2).strip());
      } else if (line.startsWith("+")) {
        after.append(after.isEmpty() ? " " : "\n").append(line.substring(1).strip());
      } else if (!line.startsWith("#")) {
        finders.add(line.strip());
      }
    }
    if (!after.isEmpty()) {
      edits.add(new Edit(className, before.toString(), after.toString()));
    }
    return new Fault(lines.get(0).strip(), edits, finders);
  }
}
