package io.speicher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.speicher.client.Speicher;
import io.speicher.client.exception.SpeicherException;
import io.speicher.testing.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user does with {@code ./speicher}, as processes: nothing here is in this JVM but a client.
 */
final class LauncherIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String LAUNCHER = ROOT.resolve("speicher").toString();

  private static RunningServer server;

  @BeforeAll
  static void startServer() throws IOException {
    server = new RunningServer("--memory", "256mb");
  }

  @AfterAll
  static void stopServer() throws InterruptedException {
    server.terminate();
    assertThat(server.exitStatus()).isZero();
  }

  // ---- commands ----

  @Test
  void setGetDel() throws Exception {
    assertThat(speicher("set", "greeting", "hellö")).isEqualTo(new Outcome(0, "", ""));
    assertThat(speicher("get", "greeting")).isEqualTo(new Outcome(0, "hellö\n", ""));
    assertThat(speicher("get", "--json", "greeting")).isEqualTo(new Outcome(0, "\"hellö\"\n", ""));
    assertThat(speicher("del", "greeting").status).isZero();
    assertThat(speicher("get", "greeting").status).isEqualTo(1);
  }

  @Test
  void help_listsTheServicesToo() throws Exception {
    assertThat(speicher("--help").out).contains("  server ", "  tck ", "  bench ", "  get ");
    assertThat(speicher("server", "--help").out).contains("--max-connections");
  }

  @Test
  void tck() throws Exception {
    try (RunningServer own = new RunningServer("--memory", "256mb")) {
      Outcome outcome = run(own.url, LAUNCHER, "tck", "--level", "core", "--yes-wipe");
      assertThat(outcome.status).as(outcome.toString()).isZero();
      assertThat(outcome.out).containsPattern("(?m)^[1-9]\\d{2,} passed, 0 failed$");
    }
  }

  // ---- the machine ----

  /** Each takes memory for its buffers, which the Java virtual machine must not keep from it. */
  @Test
  void manyEventLoops() throws Exception {
    try (RunningServer own = new RunningServer("--memory", "256mb", "--threads", "200")) {
      assertThat(run(own.url, LAUNCHER, "ping").status).isZero();
    }
  }

  @Test
  void noHome() throws Exception {
    Outcome outcome = run(server.url, "env", "--unset=HOME", LAUNCHER, "server", "--print-memory");
    assertThat(outcome.status).isZero();
    assertThat(outcome.err).isEmpty();
  }

  // ---- errors: one line, what, why and what to do ----

  @Test
  void portTaken() throws Exception {
    Outcome outcome = speicher("server", "--port", Integer.toString(server.port));
    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                1,
                "",
                "speicher: cannot listen on 127.0.0.1:"
                    + server.port
                    + ": address already in use; stop what listens there, or choose another port"
                    + " (0 picks a free one) or --bind\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--prot=1", "--port=x", "--memory=1kb", "--config=nope.toml", "--max-key=0", "x"})
  void wrongServerOption(String option) throws Exception {
    Outcome outcome = speicher("server", option);
    assertThat(outcome.status).isEqualTo(2);
    assertThat(outcome.out).isEmpty();
    assertThat(outcome.err).matches("speicher: [^\n]+\n");
  }

  @Test
  void noServer() throws Exception {
    Outcome outcome = run("speicher://127.0.0.1:1", LAUNCHER, "get", "foo");
    assertThat(outcome.status).isEqualTo(3);
    assertThat(outcome.err)
        .startsWith("speicher: nothing listens on 127.0.0.1:1: ")
        .hasLineCount(1);
  }

  // ---- a server that is secured ----

  @Test
  void tlsAndPassword(@TempDir Path folder) throws Exception {
    TestCertificate certificate = new TestCertificate(folder, "server");
    String cert =
        Files.writeString(folder.resolve("cert.pem"), certificate.certificate()).toString();
    String key = Files.writeString(folder.resolve("key.pem"), certificate.key()).toString();
    String password = Files.writeString(folder.resolve("password"), "secret\n").toString();
    String socket = folder.resolve("socket").toString();
    try (RunningServer own =
        new RunningServer(
            "--tls-cert=" + cert,
            "--tls-key=" + key,
            "--tls-only",
            "--tls-ca=" + cert,
            "--tls-clients=required",
            "--password-file=" + password,
            "--socket=" + socket)) {
      String url = "speichers://localhost:" + own.port;
      String login = "SPEICHER_AUTH=default:secret";
      String ca = "--cacert=" + cert;
      String shown = "--cert=" + cert;
      String secret = "--key=" + key;
      String patience = "--timeout=1m";
      assertThat(run(url, "env", login, LAUNCHER, "set", patience, ca, shown, secret, "k", "v"))
          .isEqualTo(new Outcome(0, "", ""));
      assertThat(run("unix:" + socket, "env", login, LAUNCHER, "get", patience, "k"))
          .isEqualTo(new Outcome(0, "v\n", ""));
      assertThat(run("", "env", login, LAUNCHER, "get", patience, "--socket=" + socket, "k"))
          .isEqualTo(new Outcome(0, "v\n", ""));

      String redis = "rediss://localhost:" + own.port;
      assertThat(
              run(redis, "env", login, LAUNCHER, "shell", patience, ca, shown, secret, "get", "k"))
          .isEqualTo(new Outcome(0, "v\n", ""));

      assertThat(run(url, LAUNCHER, "get", patience, ca, shown, secret, "k").err)
          .endsWith("; say who you are with SPEICHER_AUTH or --askpass\n")
          .hasLineCount(1);
      String wrong = "SPEICHER_AUTH=default:wrong";
      assertThat(run(url, "env", wrong, LAUNCHER, "get", patience, ca, shown, secret, "k").err)
          .contains(" refused the login: wrong user or password; check SPEICHER_AUTH")
          .hasLineCount(1);
      Outcome untrusting = run(url, "env", login, LAUNCHER, "get", patience, "k");
      assertThat(untrusting.status).isEqualTo(3);
      assertThat(untrusting.err)
          .startsWith("speicher: cannot agree on TLS with localhost:" + own.port + ": ")
          .endsWith("; check that it speaks TLS, its certificate, and --cacert\n")
          .hasLineCount(1);
      assertThat(run(own.url, "env", login, LAUNCHER, "get", patience, "k").err)
          .contains("this port speaks nothing but TLS")
          .hasLineCount(1);
      assertThat(run(server.url, LAUNCHER, "ping", patience, "--tls").err)
          .contains("cannot agree on TLS with 127.0.0.1:" + server.port)
          .hasLineCount(1);
    }
  }

  // ---- the Python client ----

  @ParameterizedTest
  @ValueSource(strings = {"python2.7", "python3"})
  void pythonClient(String python) throws Exception {
    assumeTrue(isThere(python), python + " is not on this machine");
    try (RunningServer own = new RunningServer("--memory", "256mb")) {
      Path tests = ROOT.resolve("clients/python/run-tests");
      Outcome outcome = run(own.url, python, tests.toString(), "--this-python");
      assertThat(outcome.status).as(outcome.toString()).isZero();
      assertThat(outcome.out).containsPattern("[1-9]\\d+ passed, 0 failed\n$");
    }
  }

  private static boolean isThere(String program) throws Exception {
    try {
      return run(server.url, program, "--version").status == 0;
    } catch (IOException e) {
      return false;
    }
  }

  // ---- stopping ----

  @Test
  void sigterm_underLoad_answersWhatWasReceived() throws Exception {
    try (RunningServer own = new RunningServer("--memory", "256mb");
        Speicher client = Speicher.connect(own.url)) {
      AtomicInteger answered = new AtomicInteger();
      CountDownLatch underWay = new CountDownLatch(10_000);
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread caller =
            new Thread(() -> {
              try {
                while (true) {
                  client.set("key", "value");
                  answered.incrementAndGet();
                  underWay.countDown();
                }
              } catch (SpeicherException e) {
                // The server has stopped. What it had received it has answered.
              }
            });
        caller.start();
        callers.add(caller);
      }
      underWay.await();
      own.terminate();
      assertThat(own.exitStatus()).isZero();
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(answered.get()).isGreaterThanOrEqualTo(10_000);
      assertThat(own.lastLine()).isEqualTo("speicher: stopped");
    }
  }

  /** The terminal that it was started from is closed. */
  @Test
  void hangUp_isIgnored() throws Exception {
    try (RunningServer own = new RunningServer("--memory", "256mb")) {
      assertThat(run(own.url, "kill", "-HUP", Long.toString(own.process.pid())).status).isZero();
      own.awaitLine("SIGHUP is ignored");
      assertThat(run(own.url, LAUNCHER, "ping").status).isZero();
      own.terminate();
      assertThat(own.exitStatus()).isZero();
    }
  }

  /** At once, whether they have changed or not. */
  @Test
  void hangUp_readsFilesAgain(@TempDir Path folder) throws Exception {
    Path users =
        Files.writeString(
            folder.resolve("users.toml"),
            "[user.default]\nnopass = true\nkeys = ['~*']\ngroups = ['read']\n");
    try (RunningServer own = new RunningServer("--users=" + users)) {
      assertThat(run(own.url, "kill", "-HUP", Long.toString(own.process.pid())).status).isZero();
      own.awaitLine("users reloaded: users=1");
      own.terminate();
      assertThat(own.exitStatus()).isZero();
    }
  }

  @Test
  void secondSignal_endsAtOnce() throws Exception {
    try (RunningServer own = new RunningServer("--drain-timeout", "1h");
        Speicher setter = Speicher.connect(own.url);
        java.net.Socket reader = new Socket(InetAddress.getLoopbackAddress(), own.port)) {
      setter.set("big", "x".repeat(10 << 20));
      byte[] get = "\0\0\0\u001d{\"command\":\"GET\",\"key\":\"big\"}".getBytes(UTF_8);
      reader.getOutputStream().write(get);
      reader.getOutputStream().write(get);
      // Half a reply is enough to know that the rest waits for a reader.
      assertThat(reader.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
      own.terminate();
      own.awaitLine("speicher: stopping");
      own.terminate();
      assertThat(own.exitStatus()).isEqualTo(143);
    }
  }

  // ---- helpers ----

  private static Outcome speicher(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(LAUNCHER);
    command.addAll(List.of(arguments));
    return run(server.url, command.toArray(String[]::new));
  }

  private static Outcome run(String url, String... command) throws Exception {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPEICHER_URL", url);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(String.join(" ", command)).isTrue();
    Outcome outcome =
        new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    Files.delete(out);
    Files.delete(err);
    return outcome;
  }

  private record Outcome(int status, String out, String err) {}

  /** A server of its own process, on a free port. */
  private static final class RunningServer implements AutoCloseable {
    private static final Pattern LISTENING =
        Pattern.compile("speicher: listening on 127\\.0\\.0\\.1:(\\d+) .*");

    private final Process process;
    private final BufferedReader log;
    private final int port;
    private final String url;

    RunningServer(String... options) throws IOException {
      List<String> command = new ArrayList<>(List.of(LAUNCHER, "server", "--port", "0"));
      command.addAll(List.of(options));
      process = new ProcessBuilder(command).start();
      log = process.errorReader();
      port =
          Integer.parseInt(awaitLine("speicher: listening").replaceAll(LISTENING.pattern(), "$1"));
      url = "speicher://127.0.0.1:" + port;
    }

    /** Reads on to a line that has this in it. */
    String awaitLine(String text) throws IOException {
      StringBuilder before = new StringBuilder();
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        if (line.contains(text)) {
          return line;
        }
        before.append(line).append('\n');
      }
      throw new IOException("the server did not say: " + text + "; it said: " + before);
    }

    String lastLine() throws IOException {
      String last = "";
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        last = line;
      }
      return last;
    }

    /** Sends SIGTERM. */
    void terminate() {
      process.toHandle().destroy(); // Process.destroy would close its output, too.
    }

    int exitStatus() throws InterruptedException {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
