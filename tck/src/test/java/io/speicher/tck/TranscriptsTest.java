package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The cases that come with the kit are complete and say what they should. */
class TranscriptsTest {
  private static final Pattern SECTION =
      Pattern.compile("^(?:#+ |\\*\\*)(\\d+(?:\\.\\d+)?)\\.? ", Pattern.MULTILINE);

  private final List<Case> cases = Transcripts.cases(Dialect.json);

  @Test
  void index_namesEveryFile() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(getClass().getResource("/transcripts/json/")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("index.txt"),
                      Transcripts.topics(Dialect.json).stream().map(topic -> topic + ".txt"))
                  .toList());
    }
  }

  @Test
  void names_areUnique() {
    assertThat(cases).extracting(Case::fullName).doesNotHaveDuplicates();
  }

  @Test
  void purposes_areSentences() {
    assertThat(cases).extracting(Case::purpose).allMatch(purpose -> purpose.endsWith("."));
    assertThat(cases).extracting(Case::purpose).doesNotHaveDuplicates();
  }

  @Test
  void sections_exist() throws IOException {
    String protocol = Files.readString(Path.of("../docs/protocol.md"), UTF_8);
    Set<String> sections =
        SECTION.matcher(protocol).results().map(m -> m.group(1)).collect(Collectors.toSet());
    assertThat(sections).contains("3", "3.1", "4.2", "5.1", "9");
    assertThat(cases).extracting(Case::section).isSubsetOf(sections);
  }

  @Test
  void ttlAndPing_areNotOfTheCore() {
    assertThat(cases)
        .filteredOn(testCase -> testCase.level() == Case.Level.core)
        .filteredOn(testCase -> Set.of("ttl", "ping").contains(testCase.topic()))
        .extracting(Case::fullName)
        .containsExactly("ttl/stored");
  }

  @Test
  void onlyTopicsThatSaySo_wipe() {
    assertThat(cases)
        .filteredOn(testCase -> testCase.steps().toString().contains("\"command\":\"RST\"}"))
        .extracting(Case::topic)
        .containsOnly("reset", "ttl");
  }

  @Test
  void programs_existAndAreUsed() {
    Set<String> used = new TreeSet<>();
    for (Step step : allSteps(cases)) {
      if (step instanceof Step.Program program) {
        used.add(program.name());
      }
    }
    assertThat(used).containsExactlyInAnyOrderElementsOf(Programs.names());
  }

  @Test
  void readme_countsTheCases() throws IOException {
    String readme = Files.readString(Path.of("README.md"), UTF_8);
    for (String topic : Transcripts.topics(Dialect.json)) {
      long count = cases.stream().filter(testCase -> testCase.topic().equals(topic)).count();
      assertThat(readme).contains("| `%s` | %d |".formatted(topic, count));
    }
    assertThat(readme).contains("%d cases".formatted(cases.size()));
  }

  private static List<Step> allSteps(List<Case> cases) {
    List<Step> steps = new ArrayList<>();
    for (Case testCase : cases) {
      steps.addAll(testCase.steps());
    }
    return steps;
  }
}
