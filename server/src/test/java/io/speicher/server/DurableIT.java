package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Items survive a real process. */
final class DurableIT {
  private static final int KEYS = 20_000;
  private static final int BATCH = 500;

  @TempDir private Path directory;

  @Test
  void kill_everythingThatWasAnsweredIsThere() throws Exception {
    try (ServerProcess server = start()) {
      try (RawClient client = new RawClient(server.port())) {
        for (int from = 0; from < KEYS; from += BATCH) {
          StringBuilder batch = new StringBuilder();
          for (int i = from; i < from + BATCH; i++) {
            batch.append(command("SET", "k" + i, "v" + i));
          }
          assertReply(client, batch.toString(), "+OK\r\n".repeat(BATCH));
        }
        assertReply(client, command("DEL", "k7"), ":1\r\n");
        assertReply(client, command("SET", "k8", "gone", "PX", "1"), "+OK\r\n");
        assertReply(client, command("SELECT", "2"), "+OK\r\n");
        assertReply(client, command("SET", "k9", "other"), "+OK\r\n");
        assertThat(info(client)).contains("speicher_durable:1\r\n", "speicher_attached:0\r\n");
      }
      server.kill();
    }
    try (ServerProcess server = start();
        RawClient client = new RawClient(server.port())) {
      assertThat(info(client))
          .contains("speicher_durable:1\r\n", "speicher_attached:2\r\n")
          .containsPattern("speicher_attached_items:(19999|20000)\r\n");
      for (int i = 0; i < KEYS; i++) {
        String value = "v" + i;
        String reply = i == 7 || i == 8 ? "$-1\r\n" : bulk(value);
        assertReply(client, command("GET", "k" + i), reply);
      }
      assertReply(client, command("SELECT", "2"), "+OK\r\n");
      assertReply(client, command("GET", "k9"), bulk("other"));
      assertReply(client, command("DBSIZE"), ":1\r\n");
      assertThat(server.end()).contains("stopped");
    }
    try (ServerProcess server = start();
        RawClient client = new RawClient(server.port())) {
      assertThat(info(client)).contains("speicher_attached:1\r\n");
    }
  }

  /** The machine loses its power; the file is as the last sync has left it, or younger. */
  @Test
  void powerLoss_whatWasSyncedIsThere() throws Exception {
    try (ServerProcess server = start("--sync", "100ms");
        RawClient client = new RawClient(server.port())) {
      for (int i = 0; i < BATCH; i++) {
        assertReply(client, command("SET", "k" + i, "v" + i), "+OK\r\n");
      }
      assertReply(client, command("DEL", "k7"), ":1\r\n");
      // The second time that nothing is dirty, one sync has begun behind all of this, and ended.
      for (int sync = 0; sync < 2; sync++) {
        assertReply(client, command("SET", "last", "v"), "+OK\r\n");
        String info = info(client);
        while (!info.contains("speicher_dirty_bytes:0\r\n")) {
          info = info(client);
        }
      }
      server.kill();
    }
    forgetBoot();
    try (ServerProcess server = start("--sync", "100ms");
        RawClient client = new RawClient(server.port())) {
      assertThat(info(client))
          .contains("speicher_attached:4\r\n", "speicher_attached_items:500\r\n");
      for (int i = 0; i < BATCH; i++) {
        assertReply(client, command("GET", "k" + i), i == 7 ? "$-1\r\n" : bulk("v" + i));
      }
    }
  }

  /** Has the file be one of another start of the machine. */
  private void forgetBoot() throws IOException {
    try (FileChannel file = FileChannel.open(directory.resolve("store"), WRITE)) {
      file.write(ByteBuffer.allocate(Long.BYTES), 104);
    }
  }

  @Test
  void start_inUse() throws Exception {
    try (ServerProcess server = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "speicher: cannot use the directory " + directory + ": another server")
          .hasMessageNotContaining("Exception in");
      assertThat(server.port()).isPositive();
    }
  }

  @Test
  void start_afterReset() throws Exception {
    try (ServerProcess server = start();
        RawClient client = new RawClient(server.port())) {
      assertReply(client, command("SET", "k", "v"), "+OK\r\n");
      server.kill();
    }
    try (ServerProcess server = start("--data-reset");
        RawClient client = new RawClient(server.port())) {
      assertReply(client, command("GET", "k"), "$-1\r\n");
    }
  }

  private ServerProcess start(String... more) throws IOException {
    String[] arguments = new String[4 + more.length];
    arguments[0] = "--memory";
    arguments[1] = "64mb";
    arguments[2] = "--data";
    arguments[3] = directory.toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return new ServerProcess(arguments);
  }

  private static void assertReply(RawClient client, String request, String reply)
      throws IOException {
    client.send(request.getBytes(ISO_8859_1));
    assertThat(new String(client.read(reply.length()), ISO_8859_1)).isEqualTo(reply);
  }

  private static String command(String... words) {
    StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      command.append(bulk(word));
    }
    return command.toString();
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  private static String info(RawClient client) throws IOException {
    client.send(command("INFO", "persistence").getBytes(ISO_8859_1));
    return client.bulk();
  }
}
