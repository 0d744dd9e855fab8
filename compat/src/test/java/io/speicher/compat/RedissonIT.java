package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.redisson.Redisson;
import org.redisson.api.RAtomicDouble;
import org.redisson.api.RAtomicLong;
import org.redisson.api.RBatch;
import org.redisson.api.RBucket;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Redisson, which sends scripts for much of what it does: those of plain keys are recognized. */
final class RedissonIT {
  private ServerUnderTest server;
  private RedissonClient client;

  @BeforeEach
  void start() throws Exception {
    server = ServerUnderTest.resp();
    Config config = new Config().setCodec(StringCodec.INSTANCE);
    config
        .useSingleServer()
        .setAddress("redis://" + server.host() + ":" + server.port())
        .setConnectionMinimumIdleSize(1)
        .setConnectionPoolSize(2);
    client = Redisson.create(config);
  }

  @AfterEach
  void stop() throws Exception {
    client.shutdown(0, 5, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void buckets() {
    RBucket<String> bucket = client.getBucket("bucket");
    bucket.set("1");
    assertThat(bucket.setIfAbsent("2")).isFalse();
    assertThat(bucket.compareAndSet("1", "2")).isTrue();
    assertThat(bucket.compareAndSet("1", "3")).isFalse();
    assertThat(bucket.getAndSet("4")).isEqualTo("2");
    assertThat(bucket.getAndSet("5", Duration.ofMinutes(1))).isEqualTo("4");
    assertThat(bucket.remainTimeToLive()).isBetween(1L, 60_000L);
    assertThat(bucket.expireIfNotSet(Duration.ofHours(1))).isFalse();
    assertThat(bucket.expire(Duration.ofHours(1))).isTrue();
    assertThat(bucket.expire(Instant.now().plusSeconds(7_200))).isTrue();
    assertThat(bucket.remainTimeToLive()).isGreaterThan(3_600_000);
    assertThat(bucket.getAndDelete()).isEqualTo("5");
    assertThat(bucket.isExists()).isFalse();
    assertThat(bucket.compareAndSet(null, "6")).isTrue();
    client.getBuckets().set(Map.of("a", "1", "b", "2"));
    assertThat(client.getBuckets().get("a", "b", "none"))
        .containsOnly(Map.entry("a", "1"), Map.entry("b", "2"));
    RBatch batch = client.createBatch();
    batch.getBucket("a").setAsync("3");
    batch.getBucket("a").getAsync();
    assertThat(batch.execute().getResponses().getLast()).isEqualTo("3");
    assertThat(client.getKeys().deleteByPattern("?")).isEqualTo(2);
  }

  @Test
  void numbers() {
    RAtomicLong number = client.getAtomicLong("number");
    assertThat(number.compareAndSet(1, 5)).isFalse();
    assertThat(number.compareAndSet(0, 5)).isTrue();
    assertThat(number.compareAndSet(5, 6)).isTrue();
    assertThat(number.incrementAndGet()).isEqualTo(7);
    assertThat(number.getAndAdd(3)).isEqualTo(7);
    assertThat(number.getAndSet(1)).isEqualTo(10);
    assertThat(number.getAndDelete()).isEqualTo(1);
    RAtomicDouble decimal = client.getAtomicDouble("decimal");
    assertThat(decimal.addAndGet(1.5)).isEqualTo(1.5);
    assertThat(decimal.getAndSet(2)).isEqualTo(1.5);
  }

  /** A lock of Redisson is a hash, which there is not: that is said at once, and never retried. */
  @Test
  @Timeout(30)
  void locks_areRefusedInWords() {
    RLock lock = client.getLock("lock");
    assertThatThrownBy(lock::tryLock)
        .isInstanceOf(RedisException.class)
        .hasMessageContaining("this server executes no scripts");
    assertThat(client.getBucket("after").get()).isNull();
  }
}
