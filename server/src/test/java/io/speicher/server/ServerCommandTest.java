package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

final class ServerCommandTest {
  private final Map<String, String> environment = new HashMap<>();

  @TempDir private Path directory;

  // ---- where a setting comes from ----

  @Test
  void settings_byDefault() {
    assertThat(parse())
        .containsEntry("port", "14567")
        .containsEntry("bind", "127.0.0.1")
        .containsEntry("max-frame", "33554432")
        .containsEntry("threads", "0");
  }

  @Test
  void settings_optionsWinOverVariables_andVariablesOverTheFile() throws IOException {
    Path file = file("port = 1\nmax-frame = \"1mb\"\nbind = \"::1\"\n");
    environment.put("SPEICHER_PORT", "2");
    environment.put("SPEICHER_MAX_FRAME", "2mb");
    assertThat(parse("--config=" + file, "--port=3"))
        .containsEntry("port", "3")
        .containsEntry("max-frame", "2097152")
        .containsEntry("bind", "::1");
  }

  @Test
  void settings_fromTheFileThatAVariableNames() throws IOException {
    environment.put("SPEICHER_CONFIG", file("threads = 7").toString());
    assertThat(parse()).containsEntry("threads", "7");
  }

  @Test
  void memory_asAShare() {
    assertThat(Long.parseLong(parse("--memory=50%").get("memory")))
        .isBetween(2 * Long.parseLong(parse().get("memory")) - 100, Long.MAX_VALUE);
  }

  /** The file that we ship names every option, and says of each what is true. */
  @Test
  void shippedFile_holdsTheDefaults() throws IOException {
    String shipped = Files.readString(Path.of("..", "speicher.toml"));
    Path file = file(shipped.replaceAll("(?m)^#(?=[a-z])", ""));
    assertThat(parse("--config=" + file)).isEqualTo(parse());
    for (String name : parse().keySet()) {
      assertThat(shipped).containsPattern("(?m)^#" + name + " = ");
    }
  }

  // ---- what makes no sense ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port=x|Invalid value for option '--port': 'x' is not a number from 0 to 2147483647",
        "--max-frame=1parsec|Invalid value for option '--max-frame': "
            + "'1parsec' is not a size such as 512kb, 64mb or 2gb",
        "--max-frame=3gb|Invalid value for option '--max-frame': '3gb' is more than 2gb",
        "--memory=0%|Invalid value for option '--memory': '0%' is not a share from 1% to 100%",
        "--idle-timeout=5|Invalid value for option '--idle-timeout': "
            + "'5' is not a time such as 500ms, 10s, 5m, 2h or 1d",
      })
  void option_thatMakesNoSense(String option, String message) {
    assertThatThrownBy(() -> parse(option))
        .isInstanceOf(ParameterException.class)
        .hasMessage(message);
  }

  @Test
  void variable_thatMakesNoSense_isNamed() {
    environment.put("SPEICHER_PORT", "x");
    assertThatThrownBy(this::parse)
        .isInstanceOf(ParameterException.class)
        .hasMessage("SPEICHER_PORT: 'x' is not a number from 0 to 2147483647");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prot = 1|:1:1: prot: unknown setting (see speicher server --help)",
        "config = 'x'|:1:1: config: unknown setting (see speicher server --help)",
        "port = 'x'|:1:1: port: 'x' is not a number from 0 to 2147483647",
        "port = [1]|:1:1: port: one number or text was expected",
        "port =|:1:7: Unexpected end of input, expected a value",
      })
  void file_thatMakesNoSense(String line, String message) throws IOException {
    Path file = file(line);
    assertThatThrownBy(() -> parse("--config=" + file))
        .isInstanceOf(ParameterException.class)
        .hasMessageStartingWith(file + message);
  }

  @Test
  void file_thatIsNotThere() {
    assertThatThrownBy(() -> parse("--config=" + directory.resolve("nope.toml")))
        .isInstanceOf(ParameterException.class)
        .hasMessageStartingWith("cannot read --config " + directory)
        .hasMessageEndingWith("no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--memory=1mb|memory too small: memory=1mb max-frame=32mb (expected: at least two frames, 64mb);"
            + " raise --memory or lower --max-frame",
        "--port=65536|port out of bounds: port=65536 (expected: 0..65535)",
        "--max-key=1mb|limit out of bounds: maxKeyBytes=1048576 (expected: 1..65535)",
        "--max-frame=0|limit out of bounds: maxFrameBytes=0 (expected: 1..268435455)",
        "--max-connections=0|max-connections out of bounds: max-connections=0 (expected: 1..10000000)",
        "--threads=9999|threads out of bounds: threads=9999 (expected: 1..1024)",
      })
  void start_withSettingsOutOfBounds(String option, String message) {
    assertThat(refusal("--memory=128mb", option)).isEqualTo(message);
  }

  @Test
  void start_withMoreMemoryThanTheMachine() {
    assertThat(refusal("--memory=1000gb"))
        .startsWith("memory too large: memory=1000gb machine=")
        .endsWith("since the process takes 80mb beside it); lower --memory");
  }

  /** What a person is told instead of a running server. */
  private String refusal(String... options) {
    CommandLine command = command();
    String[] message = new String[1];
    command.setOverwrittenOptionsAllowed(true);
    command.setParameterExceptionHandler((e, arguments) -> {
      message[0] = Objects.toString(e.getMessage());
      return 2;
    });
    assertThat(command.execute(options)).isEqualTo(2);
    return message[0];
  }

  /** All settings, as text, that these options lead to. */
  private Map<String, String> parse(String... options) {
    CommandLine command = command();
    command.parseArgs(options);
    Map<String, String> settings = new TreeMap<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.usageHelp() && !option.longestName().equals("--config")) {
        settings.put(option.longestName().substring(2), Objects.toString(option.getValue()));
      }
    }
    return settings;
  }

  private CommandLine command() {
    CommandLine command = new CommandLine(new ServerCommand());
    command.setDefaultValueProvider(new ServerDefaults(environment));
    return command;
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("test.toml"), content);
  }
}
