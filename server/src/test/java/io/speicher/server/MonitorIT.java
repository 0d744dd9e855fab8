package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** MONITOR, over real sockets. */
@Timeout(60)
final class MonitorIT {
  @RegisterExtension final Opened opened = new Opened();

  private final SpeicherServer server;
  private final RawClient monitor;
  private final RawClient client;

  MonitorIT() throws IOException {
    opened.add(CapturedLog.ofServer()); // Of wrong passwords, and of users.
    server = opened.start(TestSettings.of(2, Transport.best(), 100, Duration.ZERO));
    monitor = opened.add(new RawClient(server.port(), 4 << 10));
    client = opened.add(new RawClient(server.port()));
    monitor.send("MONITOR\r\n".getBytes(ISO_8859_1));
    assertThat(new String(monitor.read(5), ISO_8859_1)).isEqualTo("+OK\r\n");
  }

  private void ask(RawClient peer, String commands, int replyBytes) throws IOException {
    peer.send(commands.getBytes(ISO_8859_1));
    assertThat(peer.read(replyBytes)).hasSize(replyBytes);
  }

  /** What follows the time and the peer. */
  private String words() throws IOException {
    String line = monitor.line();
    assertThat(line).matches("\\+\\d+\\.\\d{6} \\[0 127\\.0\\.0\\.1:\\d+\\] .*\r\n");
    return line.substring(line.indexOf(']') + 2).strip();
  }

  @Test
  void commandsOfAllDialects() throws IOException {
    String set = "*5\r\n$3\r\nSET\r\n$4\r\nk\"\\\u00ff\r\n$5\r\nvalue\r\n$2\r\nEX\r\n$2\r\n10\r\n";
    ask(client, set + "GET a\r\nMGET a b\r\n", 5 + 5 + 4 + 10);
    assertThat(words()).isEqualTo("\"set\" \"k\\\"\\\\\\xff\" \"(5 bytes)\"");
    assertThat(words()).isEqualTo("\"get\" \"a\"");
    assertThat(words()).isEqualTo("\"mget\" \"a\" \"b\"");
    try (RawClient memcached = new RawClient(server.port());
        RawClient json = new RawClient(server.port())) {
      ask(memcached, "set k 0 0 1\r\nx\r\n", 8);
      assertThat(words()).isEqualTo("\"set\" \"k\" \"(1 bytes)\"");
      json.ask("{\"command\":\"GET\",\"key\":\"j\"}");
      assertThat(words()).isEqualTo("\"get\" \"j\"");
    }
  }

  /** Passwords are told to nobody, whatever is wrong with the command. */
  @Test
  void secrets_areNotShown() throws IOException {
    String secret = "hunter2";
    String commands =
        """
        AUTH hunter2
        HELLO 3 AUTH u hunter2
        ACL SETUSER u >hunter2
        AUTH a b hunter2
        NOSUCH hunter2
        PING
        """;
    client.send(commands.getBytes(ISO_8859_1));
    String last = "";
    while (!last.contains("ping")) {
      last = monitor.line();
      assertThat(last).doesNotContain(secret);
    }
  }

  /** The commands are told when they are executed, not when they are queued. */
  @Test
  void transaction() throws IOException {
    ask(client, "MULTI\r\nSET a 1\r\nGET a\r\nEXEC\r\n", 5 + 9 + 9 + 4 + 5 + 7);
    assertThat(words()).isEqualTo("\"multi\"");
    assertThat(words()).isEqualTo("\"set\" \"a\" \"(1 bytes)\"");
    assertThat(words()).isEqualTo("\"get\" \"a\"");
    assertThat(words()).isEqualTo("\"exec\"");
  }

  /** As in Redis: what is not executed is not told. */
  @Test
  void refusedCommands_areNotShown() throws IOException {
    ask(client, "ACL SETUSER u on >secret ~* -@all +get +acl\r\n", 5);
    assertThat(words()).startsWith("\"acl");
    try (RawClient other = new RawClient(server.port())) {
      ask(other, "AUTH u secret\r\nGET a\r\n", 5 + 5);
      assertThat(words()).startsWith("\"auth\"");
      assertThat(words()).isEqualTo("\"get\" \"a\"");
      other.send("DEL a\r\nGET\r\nGET b\r\n".getBytes(ISO_8859_1));
      assertThat(other.line()).startsWith("-NOPERM ");
      assertThat(words()).isEqualTo("\"get\" \"b\"");
    }
  }

  /** It says nothing for as long as it likes. */
  @Test
  void idle() throws IOException {
    ask(client, "CONFIG SET timeout 1\r\n", 5);
    assertThat(words()).startsWith("\"config");
    assertThat(client.isAtEnd()).isTrue(); // It was idle for so long.
    try (RawClient other = new RawClient(server.port())) {
      ask(other, "GET a\r\n", 5);
      assertThat(words()).isEqualTo("\"get\" \"a\"");
    }
  }

  @Test
  void reset_endsIt() throws IOException {
    monitor.send("RESET\r\n".getBytes(ISO_8859_1));
    String line = monitor.line();
    while (!line.equals("+RESET\r\n")) {
      line = monitor.line();
    }
    ask(client, "GET a\r\n", 5);
    ask(monitor, "ECHO end\r\n", 0);
    String next = monitor.line();
    while (next.contains("reset")) { // What was told of it may come behind it.
      next = monitor.line();
    }
    assertThat(next).isEqualTo("$3\r\n");
  }

  @Test
  void inTransaction_isRefused() throws IOException {
    client.send("MULTI\r\nMONITOR\r\n".getBytes(ISO_8859_1));
    assertThat(client.line()).isEqualTo("+OK\r\n");
    assertThat(client.line()).isEqualTo("-ERR Command not allowed inside a transaction\r\n");
  }

  /** Whoever may not watch any more is not told what happens then. */
  @Test
  void rightIsTakenAway_endsTheConnection() throws IOException {
    ask(client, "ACL SETUSER w on >secret ~* +@all\r\n", 5);
    try (RawClient watcher = new RawClient(server.port())) {
      ask(watcher, "AUTH w secret\r\nMONITOR\r\n", 5 + 5);
      ask(client, "GET before\r\n", 5);
      while (!watcher.line().contains("\"before\"")) {}
      ask(client, "ACL SETUSER w -@admin\r\nGET after\r\n", 5 + 5);
      assertThat(new String(watcher.rest(), ISO_8859_1)).doesNotContain("after");
    }
  }

  /** A reply that is made in slices is whole, whatever there is to tell meanwhile. */
  @Test
  void ownReplyInSlices_isNotInterrupted() throws IOException {
    int values = 200;
    int valueBytes = 60_000;
    ask(client, "SET v " + "x".repeat(valueBytes) + "\r\n", 5);
    try (RawClient watcher = new RawClient(server.port(), 4 << 10)) {
      ask(watcher, "MONITOR\r\n", 5);
      watcher.send(("MGET" + " v".repeat(values) + "\r\n").getBytes(ISO_8859_1));
      String told = words();
      while (!told.startsWith("\"mget\"")) {
        told = words();
      }
      ask(client, "GET none\r\n".repeat(100), 100 * 5);

      String line = watcher.line();
      while (line.startsWith("+")) {
        line = watcher.line();
      }
      assertThat(line).isEqualTo("*" + values + "\r\n");
      byte[] reply = watcher.read(values * (valueBytes + "$60000\r\n\r\n".length()));
      assertThat(new String(reply, ISO_8859_1)).doesNotContain("+").endsWith("x\r\n");
      assertThat(watcher.line()).startsWith("+");
    }
  }

  /** One that does not read costs the others nothing, and learns how much it has missed. */
  @Test
  void slowMonitor_losesLinesAndIsTold() throws IOException {
    int commands = 200_000;
    byte[] batch = ("GET " + "k".repeat(100) + "\r\n").repeat(1_000).getBytes(ISO_8859_1);
    for (int i = 0; i < commands / 1_000; i++) {
      client.send(batch);
      client.read(5 * 1_000);
    }
    long shown = 0;
    long lost = 0;
    while (shown + lost < commands) {
      String line = monitor.line();
      if (line.contains("commands are not shown")) {
        lost += Long.parseLong(line.replaceAll(".*\\((\\d+) commands.*\\s*", "$1"));
      } else {
        shown++;
      }
    }
    assertThat(shown + lost).isEqualTo(commands);
    assertThat(lost).isGreaterThan(commands / 2);
    ask(client, "GET after\r\n", 5);
    assertThat(words()).isEqualTo("\"get\" \"after\"");
  }
}
