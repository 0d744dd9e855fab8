package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.args.ExpiryOption;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.GetExParams;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** Jedis, over both versions of RESP. */
@ParameterizedClass
@EnumSource(names = {"RESP2", "RESP3"})
final class JedisIT {
  private static ServerUnderTest server;

  private final DefaultJedisClientConfig config;
  private final HostAndPort address;
  private RedisClient jedis;

  JedisIT(RedisProtocol protocol) {
    config = DefaultJedisClientConfig.builder().protocol(protocol).clientName("jedis-it").build();
    address = new HostAndPort(server.host(), server.port());
  }

  @BeforeAll
  static void startServer() throws IOException {
    server = ServerUnderTest.resp();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() {
    jedis = RedisClient.builder().hostAndPort(address).clientConfig(config).build();
    jedis.flushAll();
  }

  @AfterEach
  void disconnect() {
    jedis.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  // ---- connections

  @Test
  void connection_isKnownByItsName() {
    try (Jedis single = new Jedis(address, config)) {
      assertThat(single.ping()).isEqualTo("PONG");
      assertThat(single.ping("hello")).isEqualTo("hello");
      assertThat(single.clientGetname()).isEqualTo("jedis-it");
      assertThat(single.clientId()).isPositive();
      assertThat(single.clientList()).contains("name=jedis-it");
      assertThat(single.select(0)).isEqualTo("OK");
      assertThat(single.time()).hasSize(2);
    }
  }

  @Test
  void server_saysWhatItIs() {
    assertThat(jedis.info()).contains("redis_version:", "role:master", "loading:0");
    assertThat(jedis.info("memory")).contains("used_memory:").doesNotContain("redis_version:");
    assertThat(jedis.configGet("maxmemory")).containsOnlyKeys("maxmemory");
  }

  @Test
  void unknownCommand_isRefusedAndTheConnectionLivesOn() {
    try (Jedis single = new Jedis(address, config)) {
      assertThatThrownBy(() -> single.sendCommand(() -> bytes("NOSUCH"), "a", "b"))
          .isInstanceOf(JedisDataException.class)
          .hasMessageStartingWith(
              "ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b'");
      assertThat(single.ping()).isEqualTo("PONG");
    }
  }

  // ---- strings

  @Test
  void set_get_del() {
    assertThat(jedis.get("k")).isNull();
    assertThat(jedis.set("k", "v")).isEqualTo("OK");
    assertThat(jedis.get("k")).isEqualTo("v");
    assertThat(jedis.exists("k")).isTrue();
    assertThat(jedis.type("k")).isEqualTo("string");
    assertThat(jedis.strlen("k")).isEqualTo(1);
    assertThat(jedis.set("k2", "")).isEqualTo("OK");
    assertThat(jedis.get("k2")).isEmpty();
    assertThat(jedis.dbSize()).isEqualTo(2);
    assertThat(jedis.del("k", "nothing", "k2")).isEqualTo(2);
    assertThat(jedis.get("k")).isNull();
  }

  @Test
  void set_withConditions() {
    assertThat(jedis.set("k", "1", new SetParams().xx())).isNull();
    assertThat(jedis.set("k", "1", new SetParams().nx())).isEqualTo("OK");
    assertThat(jedis.set("k", "2", new SetParams().nx())).isNull();
    assertThat(jedis.set("k", "3", new SetParams().xx().ex(100))).isEqualTo("OK");
    assertThat(jedis.set("k", "4", new SetParams().keepTtl())).isEqualTo("OK");
    assertThat(jedis.ttl("k")).isBetween(90L, 100L);
    assertThat(jedis.setGet("k", "5")).isEqualTo("4");
    assertThat(jedis.ttl("k")).isEqualTo(-1);
    assertThat(jedis.msetnx("k", "6", "other", "6")).isZero();
    assertThat(jedis.exists("other")).isFalse();
  }

  @Test
  void getSet_getDel_getEx() {
    jedis.set("k", "1");
    try (Jedis single = new Jedis(address, config)) {
      assertThat(single.sendCommand(Protocol.Command.GETSET, "k", "2")).isEqualTo(bytes("1"));
    }
    assertThat(jedis.getEx("k", new GetExParams().px(100_000))).isEqualTo("2");
    assertThat(jedis.pttl("k")).isBetween(90_000L, 100_000L);
    assertThat(jedis.getEx("k", new GetExParams().persist())).isEqualTo("2");
    assertThat(jedis.pttl("k")).isEqualTo(-1);
    assertThat(jedis.getDel("k")).isEqualTo("2");
    assertThat(jedis.getDel("k")).isNull();
  }

  @Test
  void mget_mset() {
    assertThat(jedis.mset("a", "1", "b", "2")).isEqualTo("OK");
    assertThat(jedis.mget("a", "nothing", "b")).containsExactly("1", null, "2");
  }

  @Test
  void numbers() {
    assertThat(jedis.incr("n")).isEqualTo(1);
    assertThat(jedis.incrBy("n", Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> jedis.incr("n"))
        .isInstanceOf(JedisDataException.class)
        .hasMessage("ERR increment or decrement would overflow");
    assertThat(jedis.decrBy("n", Long.MAX_VALUE)).isZero();
    assertThat(jedis.decr("n")).isEqualTo(-1);
    assertThat(jedis.incrByFloat("f", 10.5)).isEqualTo(10.5);
    assertThat(jedis.incrByFloat("f", 0.1)).isCloseTo(10.6, within(1e-9));
    jedis.set("text", "abc");
    assertThatThrownBy(() -> jedis.incr("text"))
        .isInstanceOf(JedisDataException.class)
        .hasMessage("ERR value is not an integer or out of range");
  }

  @Test
  void parts() {
    assertThat(jedis.append("k", "Hello ")).isEqualTo(6);
    assertThat(jedis.append("k", "World")).isEqualTo(11);
    assertThat(jedis.setrange("k", 6, "Redis")).isEqualTo(11);
    assertThat(jedis.getrange("k", 0, -1)).isEqualTo("Hello Redis");
    assertThat(jedis.getrange("k", -5, -1)).isEqualTo("Redis");
    assertThat(jedis.setrange("padded", 3, "x")).isEqualTo(4);
    assertThat(jedis.get("padded")).isEqualTo("\0\0\0x");
  }

  @Test
  void bytes_allOfThem() {
    byte[] all = Values.allBytes();
    assertThat(jedis.set(all, all)).isEqualTo("OK");
    assertThat(jedis.get(all)).isEqualTo(all);
  }

  @Test
  void value_ofAMebibyte() {
    byte[] value = Values.random(1 << 20);
    jedis.set(bytes("k"), value);
    assertThat(jedis.get(bytes("k"))).isEqualTo(value);
  }

  // ---- keys

  @Test
  void expiry() {
    jedis.set("k", "v");
    assertThat(jedis.expire("k", 100, ExpiryOption.XX)).isZero();
    assertThat(jedis.expire("k", 100, ExpiryOption.NX)).isEqualTo(1);
    assertThat(jedis.expire("k", 50, ExpiryOption.GT)).isZero();
    assertThat(jedis.expireTime("k")).isGreaterThan(System.currentTimeMillis() / 1000);
    assertThat(jedis.persist("k")).isEqualTo(1);
    assertThat(jedis.ttl("k")).isEqualTo(-1);
    assertThat(jedis.ttl("nothing")).isEqualTo(-2);
    assertThat(jedis.expire("k", -1)).isEqualTo(1);
    assertThat(jedis.exists("k")).isFalse();
  }

  @Test
  void rename_copy() {
    jedis.set("a", "1", new SetParams().ex(100));
    assertThat(jedis.rename("a", "b")).isEqualTo("OK");
    assertThat(jedis.ttl("b")).isBetween(90L, 100L);
    assertThat(jedis.copy("b", "c", false)).isTrue();
    assertThat(jedis.copy("b", "c", false)).isFalse();
    assertThat(jedis.renamenx("b", "c")).isZero();
    assertThat(jedis.mget("a", "b", "c")).containsExactly(null, "1", "1");
    assertThatThrownBy(() -> jedis.rename("a", "b")).hasMessage("ERR no such key");
  }

  @Test
  void scan_findsAll() {
    Set<String> expected = new TreeSet<>();
    try (Pipeline pipeline = jedis.pipelined()) {
      for (int i = 0; i < 1_000; i++) {
        pipeline.set("key:" + i, "v");
        pipeline.set("other:" + i, "v");
        expected.add("key:" + i);
      }
    }
    Set<String> found = new TreeSet<>();
    ScanParams params = new ScanParams().match("key:*").count(100);
    String cursor = ScanParams.SCAN_POINTER_START;
    do {
      ScanResult<String> page = jedis.scan(cursor, params);
      found.addAll(page.getResult());
      cursor = page.getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    assertThat(found).isEqualTo(expected);
    assertThat(jedis.keys("key:99?")).hasSize(10);
  }

  // ---- many commands at a time

  @Test
  void transaction_isDone() {
    try (AbstractTransaction transaction = jedis.multi()) {
      Response<String> set = transaction.set("k", "1");
      Response<Long> incr = transaction.incr("k");
      assertThat(transaction.exec()).containsExactly("OK", 2L);
      assertThat(set.get()).isEqualTo("OK");
      assertThat(incr.get()).isEqualTo(2);
    }
  }

  @Test
  void transaction_thatIsDiscarded() {
    try (AbstractTransaction transaction = jedis.multi()) {
      transaction.set("k", "1");
      assertThat(transaction.discard()).isEqualTo("OK");
    }
    assertThat(jedis.get("k")).isNull();
  }

  @Test
  void transaction_withAWatchedKey() {
    jedis.set("k", "1");
    assertThat(setWatched("3", false)).containsExactly("OK");
    assertThat(jedis.get("k")).isEqualTo("3");
    assertThat(setWatched("4", true)).isNull();
    assertThat(jedis.get("k")).isEqualTo("2");
  }

  private List<Object> setWatched(String value, boolean someoneElseSetsIt) {
    try (AbstractTransaction transaction = jedis.transaction(false)) {
      transaction.watch("k");
      if (someoneElseSetsIt) {
        jedis.set("k", "2");
      }
      transaction.multi();
      transaction.set("k", value);
      return transaction.exec();
    }
  }

  @Test
  void pipeline_ofTenThousand() {
    List<Response<Long>> replies = new ArrayList<>();
    try (Pipeline pipeline = jedis.pipelined()) {
      for (int i = 0; i < 10_000; i++) {
        replies.add(pipeline.incr("n"));
      }
    }
    for (int i = 0; i < replies.size(); i++) {
      assertThat(replies.get(i).get()).isEqualTo(i + 1);
    }
  }
}
