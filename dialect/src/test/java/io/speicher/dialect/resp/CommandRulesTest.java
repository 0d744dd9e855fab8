package io.speicher.dialect.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.dialect.Rights.Group;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Redis's own tests ask of rules ({@code tests/unit/acl.tcl} of 7.2), and our groups. */
final class CommandRulesTest {

  @ParameterizedTest
  @CsvSource({
    "+@all -@hash -@slow +get, +@all -@hash -@slow +get",
    "+@all -@hash -@slow +get -@hash, +@all -@slow +get -@hash", // Ordered anew.
    "+@all -@hash -@slow +@hash, +@all -@slow +@hash", // Inverted.
    "-@string -@slow +@all, +@all",
    "+@all +get -@all, -@all",
    "-@all +@HASH +@hash +@HaSh, -@all +@hash",
    "-@all +GET +get +gEt, -@all +get",
    "-@all +@hash +@slow +@set +@set +@slow +@hash, -@all +@set +@slow +@hash",
    "-@all +get -set +set -get, -@all +set -get",
    "+client|list +client|list +config|get +config +acl|list -acl,"
        + " -@all +client|list +config -acl",
    "-@all -@dangerous, -@all -@dangerous",
    "-@all +config +config|get -config|set +config, -@all +config",
    "allcommands, +@all",
    "+get nocommands, -@all",
  })
  void text(String rules, String text) {
    CommandRules parsed = CommandRules.parse(rules);
    assertThat(parsed).hasToString(text);
    assertThat(CommandRules.parse(text).commands()).isEqualTo(parsed.commands());
  }

  @Test
  void commands() {
    Set<String> some = CommandRules.parse("-@all +config -config|set +@string -incr").commands();
    assertThat(some)
        .contains("config|get", "config|resetstat", "get", "set", "auth", "hello", "quit", "reset")
        .doesNotContain("config|set", "incr", "del", "ping", "acl|whoami");
    assertThat(CommandRules.parse("+@all -@write").commands())
        .contains("get", "keys", "ping")
        .doesNotContain("set", "flushall", "getdel", "expire");
  }

  @ParameterizedTest
  @CsvSource({
    "+nosuch, Unknown command or category name in ACL",
    "+@nosuch, Unknown command or category name in ACL",
    "-@nosuch, Unknown command or category name in ACL",
    "+config|nosuch, Unknown command or category name in ACL",
    "-config|nosuch, Unknown command or category name in ACL",
    "+config|get|x, Allowing first-arg of a subcommand is not supported",
    "+get|a|b, Unknown command or category name in ACL",
    "-select|0, Unknown command or category name in ACL",
    "+select|0, Allowing the first argument of a command alone is not supported by this server",
    "+, Syntax error",
    "get, Syntax error",
  })
  void wrong(String rule, String why) {
    assertThatThrownBy(() -> CommandRules.NONE.with(rule))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }

  /** Whatever groups are given, the rules allow these and no other. */
  @Test
  void of() {
    for (Set<Group> groups : subsets()) {
      CommandRules rules = CommandRules.of(groups);
      assertThat(rules.groups()).isEqualTo(groups);
      assertThat(CommandRules.parse(rules.toString())).isEqualTo(rules);
      for (Group group : Group.values()) {
        if (!groups.contains(group)) {
          assertThat(rules.commands()).doesNotContainAnyElementsOf(CommandRules.commands(group));
        }
      }
      if (!groups.isEmpty()) {
        assertThat(rules.commands()).containsAll(CommandRules.commands(null));
      }
      if (groups.isEmpty()) {
        assertThat(rules).isEqualTo(CommandRules.NONE);
      }
    }
  }

  private static List<Set<Group>> subsets() {
    List<Set<Group>> subsets = new ArrayList<>();
    subsets.add(EnumSet.noneOf(Group.class));
    for (Group group : Group.values()) {
      for (Set<Group> without : List.copyOf(subsets)) {
        Set<Group> with = EnumSet.of(group);
        with.addAll(without);
        subsets.add(with);
      }
    }
    return subsets;
  }

  /** Each category alone is told as it was said. */
  @Test
  void categories() {
    for (String category : CommandSpec.CATEGORIES) {
      assertThat(CommandRules.parse("+@all -" + category)).hasToString("+@all -" + category);
      assertThat(CommandRules.parse("-@all +" + category)).hasToString("-@all +" + category);
    }
    assertThat(CommandTable.commandsAndSubcommands())
        .allMatch(spec -> CommandSpec.CATEGORIES.containsAll(spec.categories()));
  }
}
