package io.speicher.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptParserTest {
  private static final String HEAD =
      """
      case one
      section 4.2
      purpose It works.
      """;

  @Test
  void parse_head() {
    Case testCase =
        single(
            """
            # A comment.

            case one
            section 5.1
            level full
            purpose It works.
            delivery cut
            > {}
            """);

    assertThat(testCase.fullName()).isEqualTo("topic/one");
    assertThat(testCase.reference()).isEqualTo("docs/protocol.md, section 5.1");
    assertThat(testCase.level()).isEqualTo(Case.Level.full);
    assertThat(testCase.purpose()).isEqualTo("It works.");
    assertThat(testCase.delivery()).isEqualTo(Case.Delivery.cut);
  }

  @Test
  void parse_headDefaults() {
    Case testCase = single(HEAD + ">end\n");
    assertThat(testCase.level()).isEqualTo(Case.Level.core);
    assertThat(testCase.delivery()).isEqualTo(Case.Delivery.plain);
  }

  @Test
  void parse_sends() {
    assertThat(steps("> {} \nb> 1\n>raw x\na>end\n>reset"))
        .satisfiesExactly(
            step -> assertThat(step).hasToString("Send[connection=, bytes={} , framed=true]"),
            step -> assertThat(step).hasToString("Send[connection=b, bytes=1, framed=true]"),
            step -> assertThat(step).hasToString("Send[connection=, bytes=x, framed=false]"),
            step -> assertThat(step).isEqualTo(new Step.SendEnd("a")),
            step -> assertThat(step).isEqualTo(new Step.SendReset("")));
  }

  @Test
  void parse_expectations() {
    assertThat(steps("< {\"status_code\":200}\nlate<end"))
        .satisfiesExactly(
            step ->
                assertThat(step).hasToString("Expect[connection=, reply={\"status_code\":200}]"),
            step -> assertThat(step).isEqualTo(new Step.ExpectEnd("late", false)));
  }

  @Test
  void parse_blocks() {
    assertThat(steps("repeat 3\n  >end\nend\neventually 900\n  <end\nend\n>reset"))
        .containsExactly(
            new Step.Repeat(3, List.of(new Step.SendEnd(""))),
            new Step.Eventually(900, List.of(new Step.ExpectEnd("", false))),
            new Step.SendReset(""));
  }

  @Test
  void parse_program() {
    assertThat(steps("program torn-writes writers=2 bytes=10"))
        .containsExactly(new Step.Program("torn-writes", Map.of("writers", 2, "bytes", 10)));
  }

  @Test
  void parse_twoCases() {
    List<Case> cases = parse(HEAD + ">end\n\n" + HEAD.replace("one", "two") + "<end\n");
    assertThat(cases).extracting(Case::name).containsExactly("one", "two");
  }

  @Test
  void parse_otherDialects() {
    Case testCase =
        new TranscriptParser(
                Dialect.resp,
                "topic",
                """
                case one
                section redis: GET
                purpose It works.
                > GET "a b"
                >raw PING\\r\\n
                < $-1
                b<unordered *0
                <until +$(any)
                """
                    .lines()
                    .toList())
            .parse()
            .get(0);

    assertThat(testCase.reference()).isEqualTo("redis: GET");
    assertThat(testCase.level()).isEqualTo(Case.Level.full);
    assertThat(testCase.steps())
        .satisfiesExactly(
            step ->
                assertThat(step).hasToString("Send[connection=, bytes=GET \"a b\", framed=false]"),
            step ->
                assertThat(step).hasToString("Send[connection=, bytes=PING\\r\\n, framed=false]"),
            step ->
                assertThat(step)
                    .hasToString("ExpectBytes[connection=, comparison=exact, reply=$-1]"),
            step ->
                assertThat(step)
                    .hasToString("ExpectBytes[connection=b, comparison=unordered, reply=*0]"),
            step ->
                assertThat(step)
                    .hasToString("ExpectBytes[connection=, comparison=until, reply=+$(any)]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"> \"a", "> $(key", "> a\\q", "< \\q", "<unordered *1\\r\\n:$(int)", "<raw x"})
  void parse_otherDialects_noSuchStep(String step) {
    List<String> lines =
        HEAD.replace("section 4.2", "section redis: GET").concat(step).lines().toList();
    assertThatThrownBy(() -> new TranscriptParser(Dialect.resp, "topic", lines).parse())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line=4");
  }

  @Test
  void parse_sectionOfAnotherDialect() {
    List<String> lines = (HEAD + ">end").lines().toList();
    assertThatThrownBy(() -> new TranscriptParser(Dialect.memcached, "topic", lines).parse())
        .hasMessage("topic.txt: the section has to begin with memcached:: line=2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        ">",
        "> ",
        "<raw x",
        "<unordered x",
        "<until x",
        ">unordered x",
        ">end now",
        "<reset",
        ">RAW x",
        "> $(nonsense)",
        "repeat x\n>end\nend",
        "repeat 2\n>end",
        "program",
        "program x y",
        "end"
      })
  void parse_noSuchStep(String step) {
    assertThatThrownBy(() -> parse(HEAD + step))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("topic.txt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "section 1",
        "case x\npurpose y",
        "case x\nsection 1",
        "case x\nsection 1\nlevel half\npurpose y",
        "case x\nsection 1\npurpose y\ndelivery mangled"
      })
  void parse_wrongHead(String head) {
    assertThatThrownBy(() -> parse(head + "\n>end"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line=");
  }

  @Test
  void parse_wrongNamesTheLine() {
    assertThatThrownBy(() -> parse(HEAD + ">end\n> $(nonsense)"))
        .hasMessage("topic.txt: no such place: $(nonsense): line=5");
  }

  private static List<Step> steps(String lines) {
    return single(HEAD + lines).steps();
  }

  private static Case single(String text) {
    List<Case> cases = parse(text);
    assertThat(cases).hasSize(1);
    return cases.get(0);
  }

  private static List<Case> parse(String text) {
    return new TranscriptParser(Dialect.json, "topic", text.lines().toList()).parse();
  }
}
