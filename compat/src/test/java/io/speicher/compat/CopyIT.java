package io.speicher.compat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.compat.CommandLine.Outcome;
import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.params.SetParams;

/** {@code speicher copy} between Redis, memcached and Speicher. */
final class CopyIT {
  private static final int MANY = 30_000;

  @TempDir Path folder;

  private OriginalServer redis;
  private OriginalServer memcached;
  private ServerUnderTest speicher;

  @BeforeEach
  void start() throws IOException {
    redis = OriginalServer.redis(folder);
    memcached = OriginalServer.memcached(folder, "-m", "256");
    speicher = ServerUnderTest.speicher();
  }

  @AfterEach
  void stop() {
    redis.close();
    memcached.close();
    speicher.close();
  }

  private String redisUrl() {
    return "redis://" + redis.hostAndPort();
  }

  private String memcachedUrl() {
    return "memcached://" + memcached.hostAndPort();
  }

  private String speicherUrl() {
    return "speicher://" + speicher.host() + ":" + speicher.port();
  }

  private static Jedis jedis(InetSocketAddress address) {
    return new Jedis(address.getHostString(), address.getPort(), 20_000);
  }

  private Outcome copy(String... words) throws Exception {
    String[] command = new String[words.length + 1];
    command[0] = "copy";
    System.arraycopy(words, 0, command, 1, words.length);
    return new CommandLine(folder).run(command);
  }

  private Outcome verifiedCopy(String source, String target, String... more) throws Exception {
    String[] words = new String[more.length + 3];
    words[0] = source;
    words[1] = target;
    words[2] = "--verify=all";
    System.arraycopy(more, 0, words, 3, more.length);
    Outcome outcome = copy(words);
    assertThat(outcome.status()).as(outcome.toString()).isZero();
    assertThat(outcome.out()).contains(": all are the same\n");
    return outcome;
  }

  private static void fill(Jedis redis, String prefix) {
    Pipeline pipeline = redis.pipelined();
    for (int i = 0; i < MANY; i++) {
      SetParams params = i % 2 == 0 ? new SetParams() : new SetParams().px(3_600_000 + i);
      pipeline.set(prefix + i, "value " + i, params);
    }
    pipeline.sync();
  }

  // ---- from Redis ----

  @Test
  void redisToSpeicher() throws Exception {
    try (Jedis source = jedis(redis.address());
        Jedis target = jedis(speicher.address())) {
      fill(source, "key:");
      source.set(new byte[] {(byte) 0xFF, 0, '\r', '\n'}, new byte[] {0, (byte) 0x80});
      source.hset("h", "f", "v");
      source.rpush("l", "a");
      Outcome outcome = verifiedCopy(redisUrl(), speicherUrl());
      assertThat(outcome.out())
          .startsWith("copied " + (MANY + 1) + " items ")
          .contains("skipped 1: type hash, e.g. \"h\"\n", "skipped 1: type list, e.g. \"l\"\n")
          .contains("verified " + (MANY + 1) + ": ");
      assertThat(target.get("key:7")).isEqualTo("value 7");
      assertThat(target.pttl("key:7")).isBetween(3_500_000L, 3_600_007L);
      assertThat(target.pttl("key:8")).isEqualTo(-1);
      assertThat(target.get(new byte[] {(byte) 0xFF, 0, '\r', '\n'}))
          .isEqualTo(new byte[] {0, (byte) 0x80});
    }
  }

  /**
   * What the page about migration promises: an application writes to both, the copy skips what is
   * there, and afterwards both have the same.
   */
  @Test
  void redisToSpeicher_whileWritersWriteToBoth() throws Exception {
    try (Jedis source = jedis(redis.address())) {
      fill(source, "key:");
      AtomicBoolean goesOn = new AtomicBoolean(true);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      CountDownLatch underWay = new CountDownLatch(1_000);
      Thread writer =
          new Thread(() -> {
            try (Jedis first = jedis(redis.address());
                Jedis second = jedis(speicher.address())) {
              for (int i = 0; goesOn.get(); i++) {
                String key = "key:" + i * 7_919L % (2 * MANY);
                first.set(key, "new " + i);
                second.set(key, "new " + i);
                underWay.countDown();
              }
            } catch (RuntimeException e) {
              failure.set(e);
            }
          });
      writer.start();
      underWay.await();
      try {
        verifiedCopy(redisUrl(), speicherUrl(), "--skip");
      } finally {
        goesOn.set(false);
        writer.join();
      }
      assertThat(failure.get()).isNull();
    }
  }

  @Test
  void options() throws Exception {
    try (Jedis source = jedis(redis.address());
        Jedis target = jedis(speicher.address())) {
      source.select(2);
      source.set("user:1", "a");
      source.set("page:1", "b");
      verifiedCopy(
          redisUrl(),
          speicherUrl() + "/3",
          "--db=2",
          "--match=user:*",
          "--prefix-strip=user:",
          "--prefix-add=u:");
      target.select(3);
      assertThat(target.get("u:1")).isEqualTo("a");
      assertThat(target.dbSize()).isEqualTo(1);

      verifiedCopy(redisUrl(), speicherUrl(), "--db=all");
      target.select(2);
      assertThat(target.dbSize()).isEqualTo(2);
      target.set("user:1", "other");
      Outcome kept = copy(redisUrl() + "/2", speicherUrl() + "/2", "--verify");
      assertThat(kept.status()).isEqualTo(1);
      assertThat(kept.out())
          .contains("skipped 2: exists at the target")
          .contains("0 are missing, 1 differ (what the target had was kept)\n  \"user:1\" differs");
      verifiedCopy(redisUrl() + "/2", speicherUrl() + "/2", "--replace");
      assertThat(target.get("user:1")).isEqualTo("a");
    }
  }

  @Test
  void rdbFile() throws Exception {
    try (Jedis source = jedis(redis.address())) {
      fill(source, "key:");
      source.zadd("z", 1, "m");
      source.save();
      Path file = Path.of(source.configGet("dir").get("dir"), "dump.rdb");
      Outcome outcome = verifiedCopy(file.toString(), speicherUrl());
      assertThat(outcome.out())
          .startsWith("copied " + MANY + " items ")
          .contains("skipped 1: type zset, e.g. \"z\"\n");
    }
  }

  // ---- from and to memcached ----

  @Test
  void memcachedToSpeicher_keepsFlags() throws Exception {
    assertThat(memcached(memcached.address(), "set k 4000000000 3600 1\r\nv\r\n", "STORED\r\n"))
        .isEqualTo("STORED\r\n");
    String odd = "ms AQAgeA== 1 b\r\nw\r\n";
    assertThat(memcached(memcached.address(), odd, "HD\r\n")).isEqualTo("HD\r\n");
    Outcome outcome = verifiedCopy(memcachedUrl(), speicherUrl());
    assertThat(outcome.out()).startsWith("copied 2 items ").contains("; 1 of them expire\n");
    String value = "VALUE k 4000000000 1\r\nv\r\nEND\r\n";
    assertThat(memcached(speicher.address(), "get k\r\n", value)).isEqualTo(value);
    try (Jedis target = jedis(speicher.address())) {
      assertThat(target.ttl("k")).isBetween(3_500L, 3_601L);
      assertThat(target.get(new byte[] {1, 0, ' ', 'x'})).isEqualTo("w".getBytes(UTF_8));
    }
  }

  @Test
  void toMemcached() throws Exception {
    try (Jedis source = jedis(redis.address())) {
      fill(source, "key:");
      source.set("x".repeat(251), "key too long");
      source.set("big", "x".repeat(2 << 20));
      Outcome outcome = verifiedCopy(redisUrl(), memcachedUrl());
      assertThat(outcome.out())
          .startsWith("copied " + MANY + " items ")
          .contains("skipped 1: value too long for the target, e.g. \"big\"\n")
          .contains("skipped 1: key too long for the target, e.g. \"xxx");
    }
    verifiedCopy(memcachedUrl(), redisUrl() + "/5");
    try (Jedis target = jedis(redis.address())) {
      target.select(5);
      assertThat(target.dbSize()).isEqualTo(MANY);
    }
  }

  // ---- between Speichers ----

  @Test
  void speicherToSpeicher_keepsKindsAndFlags() throws Exception {
    try (ServerUnderTest other = ServerUnderTest.speicher()) {
      String url = "speicher://" + other.host() + ":" + other.port();
      CommandLine commands = new CommandLine(folder).with("SPEICHER_URL", speicherUrl());
      assertThat(commands.run("set", "--json", "j", "{\"a\":1}").status()).isZero();
      assertThat(commands.run("set", "t", "text").status()).isZero();
      memcached(speicher.address(), "set f 7 0 1\r\nv\r\n", "STORED\r\n");
      verifiedCopy(speicherUrl(), url);
      CommandLine others = new CommandLine(folder).with("SPEICHER_URL", url);
      assertThat(others.run("get", "--json", "j").out()).isEqualTo("{\"a\":1}\n");
      assertThat(others.run("get", "--json", "t").out()).isEqualTo("\"text\"\n");
      String value = "VALUE f 7 1\r\nv\r\nEND\r\n";
      assertThat(memcached(other.address(), "get f\r\n", value)).isEqualTo(value);
    }
  }

  // ---- the unhappy half ----

  @Test
  void target_full() throws Exception {
    try (OriginalServer small =
            OriginalServer.redis(folder, "--maxmemory", "2mb", "--maxmemory-policy", "noeviction");
        Jedis source = jedis(redis.address())) {
      fill(source, "key:");
      Outcome outcome = copy(redisUrl(), "redis://" + small.hostAndPort());
      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err()).contains(": the server is full: OOM ");
    }
  }

  @Test
  void password_wrong() throws Exception {
    try (OriginalServer secured = OriginalServer.redis(folder, "--requirepass", "secret")) {
      String url = "redis://" + secured.hostAndPort();
      Outcome none = copy(url, speicherUrl());
      assertThat(none.status()).isEqualTo(1);
      assertThat(none.err())
          .contains("NOAUTH")
          .endsWith("; say who you are with SPEICHER_SOURCE_AUTH\n");
      Outcome right =
          new CommandLine(folder)
              .with("SPEICHER_SOURCE_AUTH", "default:secret")
              .run("copy", url, speicherUrl());
      assertThat(right.status()).as(right.toString()).isZero();
    }
  }

  /** Sends memcached a request, and reads as much as is expected. */
  private static String memcached(InetSocketAddress server, String request, String expected)
      throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readNBytes(expected.length()), ISO_8859_1);
    }
  }
}
