package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import io.speicher.testing.OriginalServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.builders.StandaloneClientBuilder;
import redis.clients.jedis.csc.Cache;
import redis.clients.jedis.csc.DefaultCache;

/** The caches of clients of Redis, against Speicher and against the original. */
@ParameterizedClass
@EnumSource
final class ClientSideCachingIT {
  /** Which server it is. */
  enum Kind {
    SPEICHER,
    REDIS
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Kind kind;
  @TempDir Path folder;

  private AutoCloseable server;
  private InetSocketAddress address;

  ClientSideCachingIT(Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void start() throws IOException {
    if (kind == Kind.SPEICHER) {
      ServerUnderTest speicher = ServerUnderTest.speicher();
      address = speicher.address();
      server = speicher;
    } else {
      OriginalServer redis = OriginalServer.redis(folder);
      address = redis.address();
      server = redis;
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  // ---- Jedis ----

  /** A cache for servers that do not say that they are Redis 7.4 or later. */
  private static final class AnyServerCache extends DefaultCache {
    AnyServerCache() {
      super(100);
    }

    @Override
    public boolean compatibilityMode() {
      return true;
    }
  }

  @Test
  void jedis_cachesUntilSomebodyChangesIt() {
    Cache cache = new AnyServerCache();
    try (RedisClient cached = jedis().cache(cache).build();
        RedisClient writer = jedis().build()) {
      writer.set("foo", "1");
      assertThat(cached.get("foo")).isEqualTo("1");
      assertThat(cached.get("foo")).isEqualTo("1");
      assertThat(cache.getStats().getHitCount()).isEqualTo(1);
      writer.set("foo", "2");
      await().atMost(PATIENCE).until(() -> cached.get("foo").equals("2"));
      assertThat(cache.getStats().getInvalidationCount()).isEqualTo(1);
      writer.incr("foo");
      await().atMost(PATIENCE).until(() -> cached.get("foo").equals("3"));
      writer.del("foo");
      await().atMost(PATIENCE).until(() -> cached.get("foo") == null);
      writer.mset("foo", "4", "bar", "5");
      await().atMost(PATIENCE).until(() -> cached.mget("foo", "bar").contains("4"));
      writer.flushAll();
      await().atMost(PATIENCE).until(() -> cached.get("foo") == null);
    }
  }

  private StandaloneClientBuilder<RedisClient> jedis() {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort(address.getAddress().getHostAddress(), address.getPort()))
        .clientConfig(DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP3).build());
  }

  // ---- Lettuce ----

  @Test
  void lettuce_cachesUntilSomebodyChangesIt() {
    lettuce(TrackingArgs.Builder.enabled());
  }

  @Test
  void lettuce_prefixes() {
    lettuce(TrackingArgs.Builder.enabled().bcast().prefixes("fo"));
  }

  private void lettuce(TrackingArgs tracking) {
    RedisURI uri = RedisURI.create(address.getAddress().getHostAddress(), address.getPort());
    io.lettuce.core.RedisClient client = io.lettuce.core.RedisClient.create(uri);
    client.setOptions(ClientOptions.builder().protocolVersion(ProtocolVersion.RESP3).build());
    Map<String, String> values = new ConcurrentHashMap<>();
    try (StatefulRedisConnection<String, String> cached = client.connect();
        StatefulRedisConnection<String, String> writer = client.connect()) {
      CacheFrontend<String, String> frontend =
          ClientSideCaching.enable(CacheAccessor.forMap(values), cached, tracking);
      writer.sync().set("foo", "1");
      assertThat(frontend.get("foo")).isEqualTo("1");
      assertThat(values).containsEntry("foo", "1");
      writer.sync().set("foo", "2");
      await().atMost(PATIENCE).until(() -> !values.containsKey("foo"));
      assertThat(frontend.get("foo")).isEqualTo("2");
      writer.sync().pexpire("foo", 100);
      await().atMost(PATIENCE).until(() -> !values.containsKey("foo"));
      await().atMost(PATIENCE).until(() -> frontend.get("foo") == null);
    } finally {
      client.shutdown();
    }
  }
}
