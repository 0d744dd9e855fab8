package io.speicher.dialect.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.dialect.resp.Syntax.Argument;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SyntaxTest {
  private static Argument argument(String name, String type) {
    return new Argument(name, type, null, false, false, List.of());
  }

  private static Argument token(String name) {
    return new Argument(name.toLowerCase(Locale.ROOT), "pure-token", name, false, false, List.of());
  }

  @Test
  void words() {
    assertThat(Syntax.parse("")).isEmpty();
    assertThat(Syntax.parse("key value increment:double"))
        .containsExactly(
            argument("key", "key"), argument("value", "string"), argument("increment", "double"));
  }

  @Test
  void choices() {
    assertThat(Syntax.parse("[NX | XX]"))
        .containsExactly(Argument.group("oneof", List.of(token("NX"), token("XX"))).optional());
    assertThat(Syntax.parse("SKIPME <YES | NO>"))
        .containsExactly(
            Argument.group("oneof", List.of(token("YES"), token("NO"))).after("SKIPME"));
  }

  @Test
  void options() {
    assertThat(Syntax.parse("[EX seconds] [AUTH user password] [GET]"))
        .containsExactly(
            argument("seconds", "integer").after("EX").optional(),
            Argument.group(
                    "block",
                    List.of(
                        argument("user", "string").after("AUTH"), argument("password", "string")))
                .optional(),
            token("GET").optional());
  }

  @Test
  void repetitions() {
    assertThat(Syntax.parse("key [key ...]")).containsExactly(argument("key", "key").multiple());
    assertThat(Syntax.parse("[section [section ...]]"))
        .containsExactly(argument("section", "string").multiple().optional());
    assertThat(Syntax.parse("a key value [key value ...]"))
        .containsExactly(
            argument("a", "string"),
            Argument.group("block", List.of(argument("key", "key"), argument("value", "string")))
                .multiple());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[key", "key]", "<A | B", "key [value ...]", "[key ...]", "[A | B>"})
  void malformed(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Syntax.parse(text));
  }

  // What the commands declare.

  static Stream<CommandSpec> commands() {
    return CommandTable.commandsAndSubcommands().stream().filter(spec -> spec.parser() != null);
  }

  /** A syntax that takes more or fewer words than the command does is wrong. */
  @ParameterizedTest
  @MethodSource("commands")
  void commands_agreeWithTheirArity(CommandSpec spec) {
    int nameWords = spec.name().contains("|") ? 2 : 1;
    int minWords = nameWords + spec.arguments().stream().mapToInt(Argument::minWords).sum();
    if (spec.arity() > 0) {
      assertThat(minWords).as(spec.name()).isEqualTo(spec.arity());
      assertThat(spec.arguments()).as(spec.name()).noneMatch(Argument::isOpen);
    } else if (spec.subcommands().isEmpty()) {
      assertThat(minWords).as(spec.name()).isGreaterThanOrEqualTo(-spec.arity());
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void commands_areDescribed(CommandSpec spec) {
    assertThat(spec.summary()).as(spec.name()).endsWith(".").doesNotContain("\n");
    assertThat(spec.complexity()).as(spec.name()).isNotBlank();
    assertThat(spec.since()).as(spec.name()).matches("\\d+\\.\\d+\\.\\d+");
  }
}
