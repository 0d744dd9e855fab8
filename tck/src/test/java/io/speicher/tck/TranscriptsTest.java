package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cases that come with the kit are complete and say what they should. */
class TranscriptsTest {
  private static final Pattern SECTION =
      Pattern.compile("^(?:#+ |\\*\\*)(\\d+(?:\\.\\d+)?)\\.? ", Pattern.MULTILINE);

  private final List<Case> cases = Transcripts.cases(Dialect.json);

  @ParameterizedTest
  @EnumSource
  void index_namesEveryFile(Dialect dialect) throws IOException, URISyntaxException {
    URL url = Objects.requireNonNull(getClass().getResource("/transcripts/" + dialect + "/"));
    try (Stream<Path> files = Files.list(Path.of(url.toURI()))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("index.txt"),
                      Transcripts.topics(dialect).stream().map(topic -> topic + ".txt"))
                  .toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void names_areUnique(Dialect dialect) {
    assertThat(Transcripts.cases(dialect)).extracting(Case::fullName).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void purposes_areSentences(Dialect dialect) {
    List<Case> all = Transcripts.cases(dialect);
    assertThat(all).extracting(Case::purpose).allMatch(purpose -> purpose.endsWith("."));
    assertThat(all).extracting(Case::purpose).doesNotHaveDuplicates();
  }

  @Test
  void casesProvedElsewhere_exist() throws IOException {
    assertThat(cases).extracting(Case::fullName).containsAll(WrongServers.read().elsewhere());
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
        .containsOnly("reset", "ttl", "scan", "databases", "tracking");
  }

  @Test
  void programs_existAndAreUsed() {
    Set<String> used = new TreeSet<>();
    for (Dialect dialect : Dialect.values()) {
      for (Step step : allSteps(Transcripts.cases(dialect))) {
        if (step instanceof Step.Program program) {
          used.add(program.name());
        }
      }
    }
    assertThat(used).containsExactlyInAnyOrderElementsOf(Programs.names());
  }

  @ParameterizedTest
  @EnumSource
  void readme_countsTheCases(Dialect dialect) throws IOException {
    String readme = Files.readString(Path.of("README.md"), UTF_8);
    List<Case> all = Transcripts.cases(dialect);
    for (String topic : Transcripts.topics(dialect)) {
      long count = all.stream().filter(testCase -> testCase.topic().equals(topic)).count();
      assertThat(readme).contains("| `%s` | %d |".formatted(topic, count));
    }
    assertThat(readme).contains("%d cases".formatted(all.size()));
  }

  private static List<Step> allSteps(List<Case> cases) {
    List<Step> steps = new ArrayList<>();
    for (Case testCase : cases) {
      steps.addAll(testCase.steps());
    }
    return steps;
  }
}
