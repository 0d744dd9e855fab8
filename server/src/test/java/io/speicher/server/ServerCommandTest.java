package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Limits;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.SettingValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class ServerCommandTest {
  private final Map<String, String> environment = new HashMap<>();

  @TempDir private Path directory;

  // ---- where a setting comes from ----

  @Test
  void settings_byDefault() {
    ServerSettings settings = settings();
    assertThat(settings.port()).isEqualTo(14_567);
    assertThat(settings.bind()).isEqualTo("127.0.0.1");
    assertThat(settings.limits()).isEqualTo(Limits.DEFAULT);
    assertThat(settings.redisPort()).isEmpty();
    assertThat(settings.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void settings_optionsWinOverVariables_andVariablesOverTheFile() throws IOException {
    Path file = file("port = 1\nmax-frame = \"1mb\"\nbind = \"::1\"\n");
    environment.put("SPEICHER_PORT", "2");
    environment.put("SPEICHER_MAX_FRAME", "2mb");
    ServerSettings settings = settings("--config=" + file, "--port=3");
    assertThat(settings.port()).isEqualTo(3);
    assertThat(settings.limits().maxFrameBytes()).isEqualTo(2 << 20);
    assertThat(settings.bind()).isEqualTo("::1");
  }

  @Test
  void settings_fromTheFileThatAVariableNames() throws IOException {
    environment.put("SPEICHER_CONFIG", file("threads = 7").toString());
    assertThat(settings().threads()).isEqualTo(7);
  }

  @Test
  void settings_thatTheVariableLeavesEmpty() {
    environment.put("SPEICHER_PORT", "");
    environment.put("SPEICHER_CONFIG", " ");
    assertThat(settings().port()).isEqualTo(14_567);
  }

  @Test
  void settings_whereKubernetesSetsAVariable_areWarnedOf() {
    environment.put("SPEICHER_PORT", "tcp://10.0.0.1:14567");
    StringWriter err = new StringWriter();
    CommandLine command = command().setErr(new PrintWriter(err));
    assertThat(settings(command).port()).isEqualTo(14_567);
    assertThat(err.toString())
        .startsWith("speicher: warning: SPEICHER_PORT=tcp://10.0.0.1:14567 is ignored: ")
        .hasLineCount(1);
  }

  @Test
  void memory_asAShare() {
    long machineBytes = Machine.memoryBytes();
    assertThat(settings("--memory=50%").memoryBytes()).isEqualTo(machineBytes / 2);
    assertThat(settings("--memory=25%").memoryBytes()).isEqualTo(settings().memoryBytes());
  }

  @Test
  void maxFrame_fitsTwiceIntoASmallMemory() {
    assertThat(settings("--memory=32mb").limits().maxFrameBytes()).isEqualTo(16 << 20);
    assertThat(settings("--memory=32mb", "--max-frame=auto").limits().maxFrameBytes())
        .isEqualTo(16 << 20);
  }

  /** The file that we ship names every setting, and says of each what is true. */
  @Test
  void shippedFile_holdsTheDefaults() throws IOException {
    String shipped = Files.readString(Path.of("..", "speicher.toml"));
    Path file = file(shipped.replaceAll("(?m)^#(?=[a-z])", ""));
    assertThat(settings("--config=" + file).shown())
        .map(SettingValue::value)
        .isEqualTo(settings().shown().stream().map(SettingValue::value).toList());
    for (Setting<?> setting : ServerSettings.ALL) {
      assertThat(shipped)
          .containsPattern(
              "(?m)^#" + setting.name() + " = \"?" + Pattern.quote(setting.defaultText()) + "\"?$");
    }
  }

  @Test
  void namespaces_ofTheOptionAndOfTables() throws IOException {
    List<Namespace> expected =
        List.of(new Namespace("users:", 3_600_000, 86_400_000, 10), new Namespace("session/"));
    assertThat(
            settings("--namespace=users: ttl=1h max-ttl=1d jitter=10, session/")
                .get(ServerSettings.NAMESPACE))
        .isEqualTo(expected);
    Path file =
        file(
            """
            [namespace."users:"]
            ttl = "1h"
            max-ttl = "1d"
            jitter = 10
            [namespace."session/"]
            """);
    assertThat(settings("--config=" + file).get(ServerSettings.NAMESPACE)).isEqualTo(expected);
    assertThat(settings("--config=" + file, "--namespace=a:").get(ServerSettings.NAMESPACE))
        .containsExactly(new Namespace("a:"));
    assertThat(settings("--namespace=none").get(ServerSettings.NAMESPACE)).isEmpty();
  }

  @Test
  void namespaces_thatMakeNoSense() throws IOException {
    assertThat(refusal("--namespace=users")).contains("--namespace: a prefix is text that ends in");
    assertThat(refusal("--namespace=a: ttl")).contains("'ttl' says nothing of a namespace");
    assertThat(refusal("--namespace=a: jitter=x")).contains("'x' is not a number of percent");
    assertThat(refusal("--namespace=a:, a:")).contains("the namespace 'a:' is declared twice");
    Path file = file("port = 0\n[namespace.\"users:\"]\nlife = \"1h\"\n");
    assertThat(refusal("--config=" + file))
        .contains(":2:")
        .contains("users:: 'life' says nothing of a namespace");
    assertThat(refusal("--config=" + file("namespace = [1]")))
        .contains("tables were expected: [namespace.");
  }

  /** So does the table for operators. */
  @Test
  void operatingPage_holdsTheDefaults() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "operating.md"));
    for (Setting<?> setting : ServerSettings.OPTIONS) {
      assertThat(page)
          .contains(
              "| `%s` | `%s` | %s |"
                  .formatted(setting.option(), setting.variable(), setting.defaultText()));
    }
  }

  // ---- the help ----

  @Test
  void help_saysTheDefaultOfEachSetting() {
    String help = command().getUsageMessage().replaceAll("\\s+", " ");
    for (Setting<?> setting : ServerSettings.OPTIONS) {
      assertThat(help)
          .contains(
              setting.option()
                  + (setting.type().isYesOrNo() ? "[=yes|no]" : "=" + setting.type().label())
                  + " "
                  + setting.help());
    }
    assertThat(help).contains("such as 50% (default: 25%). When it is full");
  }

  // ---- what makes no sense ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port=x|--port: 'x' is not a whole number",
        "--port=65536|--port: out of bounds: port=65536 (expected: 0..65535)",
        "--port=99999999999|--port: out of bounds: '99999999999' (expected: 0..65535)",
        "--threads=99999999999999999999|--threads: out of bounds: '99999999999999999999'"
            + " (expected: 0..256)",
        "--max-frame=99999999999999999999|--max-frame: '99999999999999999999' is too large"
            + " (expected: up to 9223372036854775807)",
        "--redis-port=-1|--redis-port: out of bounds: redis-port=-1 (expected: 0..65535)",
        "--max-frame=1parsec|--max-frame: '1parsec' is not a size such as 512kb, 64mb or 2gb",
        "--max-frame=3gb|--max-frame: out of bounds: max-frame=3gb (expected: 1..268435455)",
        "--max-key=1mb|--max-key: out of bounds: max-key=1mb (expected: 1..65535)",
        "--memory=0%|--memory: '0%' is not a share from 1% to 100%",
        "--connection-memory=1mb|--connection-memory: out of bounds: connection-memory=1mb"
            + " (expected: 16mb..512gb)",
        "--idle-timeout=5|--idle-timeout: '5' is not a time such as 500ms, 10s, 5m, 2h or 1d",
        "--max-connections=0|--max-connections: out of bounds: max-connections=0"
            + " (expected: 1..10000000)",
        "--threads=1000|--threads: out of bounds: threads=1000 (expected: 0..256)",
        "--memory=1mb --max-frame=32mb|memory too small: memory=1mb max-frame=32mb (expected: at"
            + " least two frames, 64mb); raise --memory or lower --max-frame",
      })
  void option_thatMakesNoSense(String options, String message) {
    assertThat(refusal(options.split(" "))).isEqualTo(message);
  }

  @Test
  void variable_thatMakesNoSense_isNamed() {
    environment.put("SPEICHER_PORT", "x");
    assertThat(refusal()).isEqualTo("SPEICHER_PORT: 'x' is not a whole number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prot = 1|:1:1: prot: unknown setting (did you mean port?); see speicher server --help",
        "config = 'x'|:1:1: config: unknown setting; see speicher server --help",
        "port = 'x'|:1:1: port: 'x' is not a whole number",
        "port = [1]|:1:1: port: one number or text was expected",
        "port =|:1:7: Unexpected end of input, expected a value",
      })
  void file_thatMakesNoSense(String line, String message) throws IOException {
    Path file = file(line);
    assertThat(refusal("--config=" + file)).startsWith(file + message);
  }

  @Test
  void faults_areAllToldAtOnce() throws IOException {
    Path file = file("max-conections = 1\nport = 65536\n\n\"bind\" = 'x'\n[tls]\n");
    environment.put("SPEICHER_THREADS", "many");
    assertThat(refusal("--config=" + file, "--max-key=0"))
        .isEqualTo(
            file
                + ":1:1: max-conections: unknown setting (did you mean max-connections?);"
                + " see speicher server --help\n"
                + file
                + ":2:1: port: out of bounds: port=65536 (expected: 0..65535)\n"
                + file
                + ":5:1: tls: unknown setting; see speicher server --help\n"
                + "SPEICHER_THREADS: 'many' is not a whole number\n"
                + "--max-key: out of bounds: max-key=0b (expected: 1..65535)");
  }

  @Test
  void file_thatIsNotThere() {
    assertThat(refusal("--config=" + directory.resolve("nope.toml")))
        .startsWith("cannot read --config " + directory)
        .endsWith("no such file");
  }

  @Test
  void start_withMoreMemoryThanTheMachine() {
    assertThat(refusal("--memory=500gb"))
        .startsWith("memory too large: memory=500gb connection-memory=16mb process=80mb machine=")
        .endsWith("lower --memory or --connection-memory");
  }

  // ---- security ----

  /** Nobody lets others reach a server by accident. */
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void bind_thatOthersCanReach_withoutPassword(String address) {
    assertThat(refusal("--bind=" + address))
        .isEqualTo(
            "others can reach --bind="
                + address
                + ", and there is no password: say one with --password-file FILE or --users FILE, or"
                + " --insecure to let everybody read and delete everything");
  }

  @Test
  void insecure() {
    assertThat(settings().get(ServerSettings.INSECURE)).isFalse();
    assertThat(settings("--insecure").get(ServerSettings.INSECURE)).isTrue();
    assertThat(settings("--insecure", "--port=1").port()).isEqualTo(1);
    assertThat(refusal("--insecure=x")).isEqualTo("--insecure: 'x' is neither yes nor no");
  }

  @Test
  void password_isShownNowhere() throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "open sesame\nmore\n");
    ServerSettings settings = settings("--password-file=" + file);
    assertThat(settings.get(ServerSettings.PASSWORD)).isEqualTo("open sesame");
    assertThat(settings.hasUsers()).isTrue();
    assertThat(settings.shown().toString()).contains("requirepass").doesNotContain("sesame");
    environment.put("SPEICHER_PASSWORD", "other");
    assertThat(refusal("--password-file=" + file)).contains("leave out either");
    assertThat(settings().get(ServerSettings.PASSWORD)).isEqualTo("other");
  }

  @Test
  void passwordFile_thatHoldsNone() throws IOException {
    Path file = Files.writeString(directory.resolve("password"), "\n");
    assertThat(refusal("--password-file=" + file))
        .endsWith("the first line of " + file + " is empty");
    assertThat(refusal("--password-file=" + file + "x")).endsWith("no such file");
  }

  // ---- helpers ----

  /** What a person is told instead of a running server. */
  private String refusal(String... options) {
    CommandLine command = command();
    String[] message = new String[1];
    command.setParameterExceptionHandler((e, arguments) -> {
      message[0] = Objects.toString(e.getMessage());
      return 2;
    });
    assertThat(command.execute(options)).isEqualTo(2);
    return message[0];
  }

  private ServerSettings settings(String... options) {
    return settings(command(), options);
  }

  private static ServerSettings settings(CommandLine command, String... options) {
    command.parseArgs(options);
    return command.<ServerCommand>getCommand().settings();
  }

  private CommandLine command() {
    return new CommandLine(new ServerCommand(environment));
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("test.toml"), content);
  }
}
