package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.OriginalServer;
import io.speicher.testing.Program;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/**
 * Runs the sessions on the pages: blocks that are marked {@code console}, where a line after {@code
 * $} is a command and the others are what it prints, with {@code ...} for what differs from run to
 * run; and the sessions of Python, by doctest. Servers are on other ports than the pages say.
 */
final class PagesIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pattern CONSOLE = Pattern.compile("(?ms)^```console\n(.*?)^```$");
  private static final Pattern FENCE = Pattern.compile("(?m)^```.*$");

  /** What the pages send lines with, and what not every machine has. */
  private static final String PROGRAMS =
      """
      redis-cli() { command redis-cli --no-raw "$@"; } # As on a terminal.
      nc() { python3 -c '
      import socket, sys
      s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
      s.sendall(sys.stdin.buffer.read())
      sys.stdout.buffer.write(b"".join(iter(lambda: s.recv(4096), b"")))' "$@"; }
      """;

  /** Does not occur in what commands print. */
  private static final String END = "--- end of command ";

  @TempDir Path folder;

  private ServerUnderTest speicher;
  private OriginalServer redis;
  private OriginalServer memcached;

  /** A command on a page, and what it is said to print. */
  private record Command(String command, String output) {}

  @BeforeEach
  void start() throws IOException {
    speicher = ServerUnderTest.speicher();
    redis = OriginalServer.redis(folder);
    memcached = OriginalServer.memcached(folder);
    Path launcher = folder.resolve("speicher");
    String words =
        CommandLine.words().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    Files.writeString(launcher, "#!/bin/sh\nexec " + words + " \"$@\"\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
  }

  @AfterEach
  void stop() {
    speicher.close();
    redis.close();
    memcached.close();
  }

  @Test
  void gettingStarted() throws Exception {
    run("docs/getting-started.md", 11);
    doctest("docs/getting-started.md", 5);
  }

  @Test
  void fromRedis() throws Exception {
    try (Jedis client = new Jedis(redis.address().getHostString(), redis.address().getPort())) {
      client.set("user:1", "ada");
      client.set("session:1", "x", new SetParams().ex(3_600));
      client.hset("cart:1", "item", "1");
      for (int i = 2; i <= 1_000; i++) {
        client.set("user:" + i, "somebody");
      }
    }
    run("docs/from-redis.md", 6);
  }

  @Test
  void fromMemcached() throws Exception {
    InetSocketAddress address = memcached.address();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket
          .getOutputStream()
          .write("set greeting 0 0 5\r\nhello\r\nset session 1 3600 1\r\nx\r\n".getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readNBytes(16), UTF_8))
          .isEqualTo("STORED\r\nSTORED\r\n");
    }
    run("docs/from-memcached.md", 3);
  }

  @Test
  void readmeInRussian() throws Exception {
    run("README.ru.md", 11);
    doctest("README.ru.md", 6);
  }

  @Test
  void readme() throws Exception {
    run("README.md", 3);
    doctest("README.md", 6);
  }

  /** Runs all commands of a page in one shell. */
  private void run(String page, int expectedCommands) throws Exception {
    List<Command> commands = commands(page(page));
    assertThat(commands).hasSize(expectedCommands);
    StringBuilder script = new StringBuilder("export LC_ALL=C.UTF-8\n");
    script.append(PROGRAMS);
    script.append("cp -r '").append(ROOT.resolve("clients")).append("' .\n");
    script.append("export SPEICHER_URL=speicher://").append(speicherAddress()).append('\n');
    for (int i = 0; i < commands.size(); i++) {
      script.append(commands.get(i).command()).append(" 2>&1\n");
      script.append("echo '").append(END).append(i).append("'\n");
    }
    script.append("rm -rf venv clients\n"); // With links that JUnit warns of.
    Program.Result result =
        Program.find("bash", "bash").run(PATIENCE, folder, script.toString(), List.of("-s"));
    String rest = result.output().replace("\r\n", "\n");
    for (int i = 0; i < commands.size(); i++) {
      String end = END + i + "\n";
      int at = rest.indexOf(end);
      assertThat(at).as("the output of %s: %s", commands.get(i), rest).isNotNegative();
      assertThat(rest.substring(0, at))
          .as("%s: $ %s", page, commands.get(i).command())
          .matches(pattern(commands.get(i).output()));
      rest = rest.substring(at + end.length());
    }
  }

  /** The page with the ports that the servers have. */
  private String page(String page) throws IOException {
    return Files.readString(ROOT.resolve(page), UTF_8)
        .replace("localhost:6379", redis.hostAndPort())
        .replace("-p 6379", "-p " + redis.address().getPort())
        .replace("localhost:11211", memcached.hostAndPort())
        .replace("localhost:14567", speicherAddress())
        .replace("localhost', port=14567", "127.0.0.1', port=" + speicher.port())
        .replace("127.0.0.1 14567", "127.0.0.1 " + speicher.port())
        .replace("speicher.Speicher()", "speicher.Speicher('127.0.0.1', " + speicher.port() + ")")
        .replace("-p 14567", "-p " + speicher.port());
  }

  private String speicherAddress() {
    return "127.0.0.1:" + speicher.port();
  }

  private static List<Command> commands(String page) {
    List<Command> commands = new ArrayList<>();
    Matcher block = CONSOLE.matcher(page);
    while (block.find()) {
      for (String part : block.group(1).split("(?m)^\\$ ", -1)) {
        if (!part.isEmpty()) {
          int line = part.indexOf('\n');
          commands.add(new Command(part.substring(0, line), part.substring(line + 1)));
        }
      }
    }
    return commands;
  }

  private static Pattern pattern(String output) {
    String quoted =
        Pattern.compile("...", Pattern.LITERAL)
            .splitAsStream(output)
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return Pattern.compile(output.endsWith("...") ? quoted + ".*" : quoted, Pattern.DOTALL);
  }

  private void doctest(String page, int examples) throws Exception {
    Path text = folder.resolve("page.txt");
    Files.writeString(text, FENCE.matcher(page(page)).replaceAll(""));
    Program.Result result =
        Program.find("env", "coreutils")
            .run(
                PATIENCE,
                folder,
                "",
                List.of(
                    "PYTHONPATH=" + ROOT.resolve("clients/python"),
                    "PYTHONIOENCODING=utf-8",
                    "python3",
                    "-m",
                    "doctest",
                    "-v",
                    text.toString()));
    assertThat(result.output()).contains(examples + " passed and 0 failed");
    assertThat(result.exitCode()).isZero();
  }
}
