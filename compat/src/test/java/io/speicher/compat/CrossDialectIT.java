package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.client.Speicher;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.spy.memcached.CASResponse;
import net.spy.memcached.MemcachedClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.RedisClient;

/** Clients of three dialects on one port of Speicher, which see each other's items. */
final class CrossDialectIT {
  private ServerUnderTest server;
  private RedisClient jedis;
  private MemcachedClient memcached;
  private Speicher speicher;

  @BeforeEach
  void connect() throws IOException {
    server = ServerUnderTest.speicher();
    jedis = RedisClient.create(server.host(), server.port());
    memcached = new MemcachedClient(server.address());
    speicher = Speicher.connect(server.host(), server.port());
  }

  @AfterEach
  void disconnect() {
    speicher.close();
    memcached.shutdown();
    jedis.close();
    server.close();
  }

  @Test
  void item_isReadByAll() throws Exception {
    String value = "grüße 😀";
    jedis.set("redis", value);
    assertThat(memcached.set("memcached", 0, value).get(10, TimeUnit.SECONDS)).isTrue();
    speicher.set("speicher", value);
    for (String key : List.of("redis", "memcached", "speicher")) {
      assertThat(jedis.get(key)).as(key).isEqualTo(value);
      assertThat(memcached.get(key)).as(key).isEqualTo(value);
      assertThat(speicher.get(key)).as(key).isEqualTo(value);
    }
  }

  @Test
  void counter_isCountedByAll() {
    jedis.set("n", "40");
    assertThat(memcached.incr("n", 1)).isEqualTo(41);
    assertThat(jedis.incr("n")).isEqualTo(42);
    assertThat(speicher.get("n")).isEqualTo("42");
  }

  @Test
  void item_thatOneDeletes_isGoneForAll() {
    speicher.set("k", "v");
    assertThat(memcached.gets("k").getValue()).isEqualTo("v");
    assertThat(jedis.del("k")).isEqualTo(1);
    assertThat(memcached.get("k")).isNull();
    assertThat(speicher.get("k")).isNull();
  }

  @Test
  void write_ofAnother_endsAWatchAndAVersion() throws Exception {
    jedis.set("k", "1");
    long version = memcached.gets("k").getCas();
    try (AbstractTransaction transaction = jedis.transaction(false)) {
      transaction.watch("k");
      speicher.set("k", "2");
      transaction.multi();
      transaction.set("k", "3");
      assertThat(transaction.exec()).isNull();
    }
    assertThat(memcached.cas("k", version, "4")).isEqualTo(CASResponse.EXISTS);
    assertThat(speicher.get("k")).isEqualTo("2");
  }

  @Test
  void list_isNotThere() {
    assertThatThrownBy(() -> jedis.lpush("list", "a"))
        .hasMessageStartingWith(
            "ERR unknown command 'LPUSH', with args beginning with: 'list' 'a'");
    assertThat(jedis.ping()).isEqualTo("PONG");
  }
}
