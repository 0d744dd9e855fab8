package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.compat.CommandLine.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** {@code speicher dump} and {@code restore} between servers that are used meanwhile. */
final class DumpIT {
  private static final int MANY = 20_000;

  @TempDir Path folder;

  private static Jedis jedis(ServerUnderTest server) {
    return new Jedis(server.host(), server.port(), 20_000);
  }

  private Outcome run(ServerUnderTest server, String... words) throws Exception {
    Outcome outcome =
        new CommandLine(folder)
            .with("SPEICHER_URL", "speicher://" + server.host() + ":" + server.port())
            .run(words);
    assertThat(outcome.status()).as(outcome.toString()).isZero();
    return outcome;
  }

  /** Keys that nobody touches are all there; those that are written have one of their values. */
  @Test
  void whileWritersWrite() throws Exception {
    try (ServerUnderTest first = ServerUnderTest.speicher();
        ServerUnderTest second = ServerUnderTest.speicher()) {
      fill(first);
      AtomicBoolean goesOn = new AtomicBoolean(true);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      CountDownLatch underWay = new CountDownLatch(1_000);
      Thread writer = new Thread(() -> write(first, goesOn, underWay, failure));
      writer.start();
      underWay.await();
      try {
        assertThat(run(first, "dump", "items.dump").out()).startsWith("dumped ");
      } finally {
        goesOn.set(false);
        writer.join();
      }
      assertThat(failure.get()).isNull();

      Outcome restored = run(second, "restore", "items.dump", "--replace", "--verify=all");
      assertThat(restored.out()).contains(": all are the same\n");
      check(second);
    }
  }

  private static void fill(ServerUnderTest server) throws IOException {
    try (Jedis jedis = jedis(server)) {
      Pipeline pipeline = jedis.pipelined();
      for (int i = 0; i < MANY; i++) {
        SetParams params = i % 2 == 0 ? new SetParams() : new SetParams().px(3_600_000 + i);
        pipeline.set("still:" + i, "value " + i, params);
        pipeline.set("busy:" + i % 1_000, "0");
      }
      pipeline.sync();
      jedis.select(3);
      jedis.set(new byte[] {0, (byte) 0xFF, '\n'}, new byte[] {(byte) 0x80});
    }
  }

  private static void write(
      ServerUnderTest server,
      AtomicBoolean goesOn,
      CountDownLatch underWay,
      AtomicReference<Throwable> failure) {
    try (Jedis jedis = jedis(server)) {
      for (int i = 0; goesOn.get(); i++) {
        jedis.incr("busy:" + i % 1_000);
        underWay.countDown();
      }
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  private static void check(ServerUnderTest server) {
    try (Jedis jedis = jedis(server)) {
      assertThat(jedis.dbSize()).isEqualTo(MANY + 1_000);
      for (int i = 0; i < MANY; i += 97) {
        assertThat(jedis.get("still:" + i)).isEqualTo("value " + i);
        long ttl = jedis.pttl("still:" + i);
        if (i % 2 == 0) {
          assertThat(ttl).isEqualTo(-1);
        } else {
          assertThat(ttl).isBetween(3_000_000L, 3_600_000L + MANY);
        }
      }
      assertThat(jedis.get("busy:1")).matches("\\d+");
      jedis.select(3);
      assertThat(jedis.get(new byte[] {0, (byte) 0xFF, '\n'})).isEqualTo(new byte[] {(byte) 0x80});
    }
  }

  /** Kinds, flags and what is read by nobody else but the owner of the file. */
  @Test
  void kinds_andWhoReadsTheFile() throws Exception {
    try (ServerUnderTest first = ServerUnderTest.speicher();
        ServerUnderTest second = ServerUnderTest.speicher();
        Jedis jedis = jedis(first)) {
      run(first, "set", "--json", "j", "{\"a\":1}");
      jedis.sendCommand(
          () -> "SPEICHER".getBytes(UTF_8), "IMPORT", "f", "text", "text", "4000000000");
      run(first, "dump", "items.dump");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("items.dump"))))
          .isEqualTo("rw-------");
      run(second, "restore", "items.dump");
      assertThat(run(second, "get", "--json", "j").out()).isEqualTo("{\"a\":1}\n");
      try (Jedis other = jedis(second)) {
        Object exported = other.sendCommand(() -> "SPEICHER".getBytes(UTF_8), "EXPORT", "f");
        assertThat((List<?>) exported).element(3).isEqualTo(4_000_000_000L);
      }
    }
  }

  /** What a dump holds goes to other servers too. */
  @Test
  void copied_fromADump() throws Exception {
    try (ServerUnderTest first = ServerUnderTest.speicher();
        ServerUnderTest second = ServerUnderTest.speicher()) {
      run(first, "set", "k", "v");
      run(first, "dump", "items.dump");
      String target = "redis://" + second.host() + ":" + second.port();
      assertThat(run(second, "copy", "items.dump", target, "--verify").out())
          .startsWith("copied 1 items ")
          .contains("verified 1: all are the same\n");
    }
  }
}
