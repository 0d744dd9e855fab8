package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * A server in a process of its own, with a heap as small as the launcher's: what passes values
 * through the heap fails there.
 */
final class ServerProcess implements AutoCloseable {
  /** What the launcher leaves to objects that live longer than a moment. */
  private static final String HEAP = "-Xmx48m";

  private static final Pattern LISTENING = Pattern.compile("listening on .*:(\\d+) .*");
  private static final int END_SECONDS = 10;

  private final Process process;
  private final BufferedReader log;
  private final int port;

  /** Starts a server with these arguments of {@code speicher server}, on a free port. */
  ServerProcess(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=1024g",
                "-cp",
                System.getProperty("surefire.test.class.path"),
                ServerProcess.class.getName(),
                "--port",
                "0"));
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.PIPE).start();
    log = process.errorReader(UTF_8);
    port = readPort();
  }

  /** The process itself. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ServerCommand()).execute(arguments));
  }

  private int readPort() throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        return Integer.parseInt(listening.group(1));
      }
      said.append(line).append('\n');
    }
    throw new IOException("the server has not started: " + said);
  }

  int port() {
    return port;
  }

  /** Ends the server, and returns what it has said since it started. */
  String end() throws IOException, InterruptedException {
    process.toHandle().destroy(); // Unlike that of the process, it leaves the log open.
    String said = log.readAllAsString();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("the server does not end: " + said);
    }
    return said;
  }

  /** Ends the process at once, by SIGKILL, and returns when it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
