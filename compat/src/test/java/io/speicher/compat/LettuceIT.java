package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.SetArgs;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lettuce, over both versions of RESP. */
@ParameterizedClass
@EnumSource
final class LettuceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Says each time that it connects again; kept here, since a logger may be forgotten. */
  private static final Logger LETTUCE = Logger.getLogger("io.lettuce");

  private static ServerUnderTest server;

  private final ProtocolVersion protocol;
  private RedisClient client;
  private StatefulRedisConnection<String, String> connection;
  private RedisCommands<String, String> redis;

  LettuceIT(ProtocolVersion protocol) {
    this.protocol = protocol;
  }

  @BeforeAll
  static void startServer() throws IOException {
    LETTUCE.setLevel(Level.WARNING);
    server = ServerUnderTest.resp();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() {
    client =
        RedisClient.create(
            RedisURI.builder()
                .withHost(server.host())
                .withPort(server.port())
                .withClientName("lettuce-it")
                .withTimeout(PATIENCE)
                .build());
    client.setOptions(ClientOptions.builder().protocolVersion(protocol).build());
    connection = client.connect();
    redis = connection.sync();
    assertThat(redis.flushall()).isEqualTo("OK");
  }

  @AfterEach
  void disconnect() {
    client.shutdown(Duration.ZERO, PATIENCE);
  }

  // ---- connections

  @Test
  void connection_isKnownByItsName() {
    assertThat(redis.ping()).isEqualTo("PONG");
    assertThat(redis.clientGetname()).isEqualTo("lettuce-it");
    assertThat(redis.clientList()).contains("name=lettuce-it");
    assertThat(redis.info()).contains("redis_version:");
    assertThat(redis.time()).hasSize(2);
    assertThat(redis.commandCount()).isPositive();
  }

  @Test
  void connection_thatIsKilled_comesBack() {
    redis.set("k", "v");
    try (StatefulRedisConnection<String, String> other = client.connect()) {
      assertThat(other.sync().clientKill(addressOf(redis.clientId()))).isEqualTo("OK");
    }
    // What is under way when the connection goes, fails.
    await().ignoreExceptions().until(() -> redis.get("k"), "v"::equals);
  }

  private String addressOf(long id) {
    String line =
        redis.clientList().lines().filter(l -> l.startsWith("id=" + id + " ")).findAny().get();
    String address = line.substring(line.indexOf(" addr=") + " addr=".length());
    return address.substring(0, address.indexOf(' '));
  }

  @Test
  void unknownCommand_isRefusedAndTheConnectionLivesOn() {
    assertThatThrownBy(() ->
            redis.dispatch(
                () -> "NOSUCH".getBytes(UTF_8),
                new StatusOutput<>(StringCodec.UTF8),
                new CommandArgs<>(StringCodec.UTF8).add("a")))
        .isInstanceOf(RedisCommandExecutionException.class)
        .hasMessageStartingWith("ERR unknown command 'NOSUCH', with args beginning with: 'a'");
    assertThat(redis.ping()).isEqualTo("PONG");
  }

  // ---- strings and keys

  @Test
  void set_get_del() {
    assertThat(redis.get("k")).isNull();
    assertThat(redis.set("k", "1", SetArgs.Builder.xx())).isNull();
    assertThat(redis.set("k", "1", SetArgs.Builder.nx().ex(100))).isEqualTo("OK");
    assertThat(redis.set("k", "2", SetArgs.Builder.nx())).isNull();
    assertThat(redis.setGet("k", "3", SetArgs.Builder.keepttl())).isEqualTo("1");
    assertThat(redis.ttl("k")).isBetween(90L, 100L);
    assertThat(redis.getex("k", GetExArgs.Builder.persist())).isEqualTo("3");
    assertThat(redis.ttl("k")).isEqualTo(-1);
    assertThat(redis.expire("k", Duration.ofSeconds(100))).isTrue();
    assertThat(redis.expiretime("k")).isGreaterThan(System.currentTimeMillis() / 1000);
    assertThat(redis.getdel("k")).isEqualTo("3");
    assertThat(redis.del("k", "nothing")).isZero();
  }

  @Test
  void mget_mset() {
    assertThat(redis.mset(Map.of("a", "1", "b", "2"))).isEqualTo("OK");
    assertThat(redis.mget("a", "nothing", "b"))
        .containsExactly(
            KeyValue.just("a", "1"), KeyValue.empty("nothing"), KeyValue.just("b", "2"));
    assertThat(redis.touch("a", "b", "nothing")).isEqualTo(2);
  }

  @Test
  void numbersAndParts() {
    assertThat(redis.incr("n")).isEqualTo(1);
    assertThat(redis.incrbyfloat("n", 1.5)).isEqualTo(2.5);
    assertThat(redis.append("k", "Hello World")).isEqualTo(11);
    assertThat(redis.setrange("k", 6, "Redis")).isEqualTo(11);
    assertThat(redis.getrange("k", -5, -1)).isEqualTo("Redis");
    assertThatThrownBy(() -> redis.incr("k"))
        .isInstanceOf(RedisCommandExecutionException.class)
        .hasMessage("ERR value is not an integer or out of range");
  }

  @Test
  void rename_copy() {
    redis.set("a", "1");
    assertThat(redis.rename("a", "b")).isEqualTo("OK");
    assertThat(redis.copy("b", "c")).isTrue();
    assertThat(redis.copy("b", "c")).isFalse();
    assertThat(redis.exists("a", "b", "c")).isEqualTo(2);
  }

  @Test
  void bytes_allOfThemAndMany() {
    try (StatefulRedisConnection<byte[], byte[]> raw = client.connect(ByteArrayCodec.INSTANCE)) {
      byte[] key = Values.allBytes();
      for (byte[] value : List.of(Values.allBytes(), Values.random(1 << 20))) {
        assertThat(raw.sync().set(key, value)).isEqualTo("OK");
        assertThat(raw.sync().get(key)).isEqualTo(value);
      }
    }
  }

  @Test
  void scan_findsAll() {
    Set<String> expected = new TreeSet<>();
    for (int i = 0; i < 1_000; i++) {
      expected.add("key:" + i);
      connection.async().set("key:" + i, "v");
    }
    Set<String> found = new TreeSet<>();
    ScanArgs args = ScanArgs.Builder.matches("key:*").limit(100);
    KeyScanCursor<String> cursor = redis.scan(args);
    found.addAll(cursor.getKeys());
    while (!cursor.isFinished()) {
      cursor = redis.scan(cursor, args);
      found.addAll(cursor.getKeys());
    }
    assertThat(found).isEqualTo(expected);
  }

  // ---- many commands at a time

  @Test
  void transaction() {
    redis.set("k", "1");
    redis.watch("k");
    redis.multi();
    assertThat(redis.incr("k")).isNull();
    TransactionResult done = redis.exec();
    assertThat(done.<Object>get(0)).isEqualTo(2L);

    redis.watch("k");
    try (StatefulRedisConnection<String, String> other = client.connect()) {
      other.sync().set("k", "10");
    }
    redis.multi();
    redis.incr("k");
    assertThat(redis.exec().wasDiscarded()).isTrue();
    assertThat(redis.get("k")).isEqualTo("10");

    redis.multi();
    redis.incr("k");
    assertThat(redis.discard()).isEqualTo("OK");
    assertThat(redis.get("k")).isEqualTo("10");
  }

  @Test
  void pipeline_ofTenThousand() throws Exception {
    RedisAsyncCommands<String, String> async = connection.async();
    connection.setAutoFlushCommands(false);
    List<RedisFuture<Long>> replies = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      replies.add(async.incr("n"));
    }
    connection.flushCommands();
    connection.setAutoFlushCommands(true);
    assertThat(LettuceFutures.awaitAll(PATIENCE, replies.toArray(RedisFuture[]::new))).isTrue();
    for (int i = 0; i < replies.size(); i++) {
      assertThat(replies.get(i).get()).isEqualTo(i + 1);
    }
  }
}
