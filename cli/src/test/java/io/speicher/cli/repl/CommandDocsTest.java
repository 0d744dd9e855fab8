package io.speicher.cli.repl;

import static io.speicher.cli.resp.FakeRespServer.array;
import static io.speicher.cli.resp.FakeRespServer.bulk;
import static io.speicher.cli.resp.FakeRespServer.bulks;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.cli.resp.FakeRespServer;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shell makes of COMMAND DOCS: hints, completions, help. */
final class CommandDocsTest {
  private CommandDocs docs = new CommandDocs();

  private static String argument(String name, String type, String token, String flags) {
    List<String> members = new ArrayList<>(List.of(bulk("name"), bulk(name)));
    members.addAll(List.of(bulk("type"), bulk(type)));
    if (!token.isEmpty()) {
      members.addAll(List.of(bulk("token"), bulk(token)));
    }
    if (!flags.isEmpty()) {
      members.addAll(List.of(bulk("flags"), bulks(flags.split(" "))));
    }
    return array(members.toArray(String[]::new));
  }

  private static String group(String type, String flags, String... parts) {
    return array(
        bulk("type"),
        bulk(type),
        bulk("flags"),
        flags.isEmpty() ? "*0\r\n" : bulks(flags.split(" ")),
        bulk("arguments"),
        array(parts));
  }

  private static String token(String token) {
    return argument(token, "pure-token", token, "");
  }

  private static String doc(String since, String... arguments) {
    return array(
        bulk("summary"),
        bulk("Does it."),
        bulk("since"),
        bulk(since),
        bulk("group"),
        bulk("string"),
        bulk("arguments"),
        array(arguments));
  }

  @BeforeEach
  void read() throws IOException {
    String key = argument("key", "key", "", "");
    String set =
        doc(
            "1.0.0",
            key,
            argument("value", "string", "", ""),
            group("oneof", "optional", token("NX"), token("XX")),
            argument("get", "pure-token", "GET", "optional"),
            group(
                "oneof",
                "optional",
                argument("seconds", "integer", "EX", ""),
                argument("unix-time", "unix-time", "EXAT", ""),
                token("KEEPTTL")));
    String kill =
        doc(
            "2.4.0",
            group(
                "oneof",
                "",
                argument("ip:port", "string", "", ""),
                group(
                    "oneof",
                    "multiple",
                    argument("client-id", "integer", "ID", "optional"),
                    argument("username", "string", "USER", "optional"))));
    String pairs =
        doc(
            "2.0.0",
            group(
                "block",
                "multiple",
                argument("parameter", "string", "", ""),
                argument("value", "string", "", "")));
    String answer =
        array(
            bulk("set"),
            set,
            bulk("mget"),
            doc("1.0.0", argument("key", "key", "", "multiple")),
            bulk("bigkeys"),
            doc("Speicher 0.1.0", argument("count", "integer", "COUNT", "optional")),
            bulk("incrbyfloat"),
            doc("2.6.0", key, argument("increment", "double", "", "")),
            bulk("config"),
            array(bulk("subcommands"), array(bulk("config|set"), pairs, bulk("config|get"), kill)));
    try (FakeRespServer server = FakeRespServer.knowing("COMMAND DOCS", answer);
        RespConnection connection = server.connect()) {
      docs = CommandDocs.read(connection);
    }
  }

  // Hints.

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "set! key value [NX | XX] [GET] [EX seconds | EXAT unix-time | KEEPTTL]",
        "set k! value [NX | XX] [GET] [EX seconds | EXAT unix-time | KEEPTTL]",
        "set k v ![NX | XX] [GET] [EX seconds | EXAT unix-time | KEEPTTL]",
        "set k v e![NX | XX] [GET] [EX seconds | EXAT unix-time | KEEPTTL]",
        "set k v EX !seconds [NX | XX] [GET]",
        "set k v ex 10 ![NX | XX] [GET]",
        "set k v ex 10 nx ![GET]",
        "set k v get keepttl xx !",
        "set k v ex ten !",
        "set k v nosuch !",
        "mget a ![key ...]",
        "mget a b c ![key ...]",
        "config set a !value [parameter value ...]",
        "config set a 1 ![parameter value ...]",
        "config set a 1 b !value [parameter value ...]",
        "CONFIG get id !client-id [<[ID client-id] | [USER username]> ...]",
        "incrbyfloat k 1.5 !",
        "incrbyfloat k x !",
        "nosuch !",
        "help ![COMMAND | @GROUP]",
        "help set !",
      })
  void hint(String typed, String hint) {
    assertThat(new SyntaxHint(docs).hint(typed)).isEqualTo(hint == null ? "" : hint.strip());
  }

  // Completions.

  @ParameterizedTest
  @CsvSource({
    "'', e, exit",
    "'', h, help",
    "'', S, SET",
    "help, c, config",
    "help, @, @string",
    "help config, s, set",
    "config, g, get",
    "set k v, k, keepttl",
  })
  void completion(String before, String begun, String completed) {
    List<String> words = before.isEmpty() ? List.of() : Arrays.asList(before.split(" ", -1));
    assertThat(new CommandCompleter(docs).completions(words, begun)).containsExactly(completed);
  }

  // Help.

  @Test
  void help() {
    HelpText help = new HelpText(docs);
    assertThat(help.of(List.of("config", "set")))
        .contains("  CONFIG SET parameter value [parameter value ...]", "  Since: Redis 2.0.0");
    assertThat(help.of(List.of("bigkeys"))).contains("  Since: Speicher 0.1.0");
    assertThat(help.of(List.of("nosuch"))).hasSize(1).allMatch(line -> line.startsWith("No such"));
  }
}
