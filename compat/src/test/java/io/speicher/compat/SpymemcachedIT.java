package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.spy.memcached.CASResponse;
import net.spy.memcached.CASValue;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.MemcachedClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** spymemcached, over memcached's text and binary protocols. */
@ParameterizedClass
@EnumSource
final class SpymemcachedIT {
  private static final int NO_END = 0;
  private static final int LONG_SECONDS = 1_000;

  /** More than thirty days is a point in time, and this one is in February 1970. */
  private static final int PAST = 60 * 60 * 24 * 30 + 1;

  private static ServerUnderTest server;

  private final Protocol protocol;
  private MemcachedClient client;

  SpymemcachedIT(Protocol protocol) {
    this.protocol = protocol;
  }

  @BeforeAll
  static void startServer() throws IOException {
    server = ServerUnderTest.memcached();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() throws Exception {
    client =
        new MemcachedClient(
            new ConnectionFactoryBuilder().setProtocol(protocol).setOpTimeout(10_000).build(),
            List.of(server.address()));
    assertThat(done(client.flush())).isTrue();
  }

  @AfterEach
  void disconnect() {
    client.shutdown();
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.get(10, TimeUnit.SECONDS);
  }

  @Test
  void set_get_delete() throws Exception {
    assertThat(client.get("k")).isNull();
    assertThat(done(client.set("k", NO_END, "v"))).isTrue();
    assertThat(client.get("k")).isEqualTo("v");
    assertThat(done(client.delete("k"))).isTrue();
    assertThat(done(client.delete("k"))).isFalse();
    assertThat(client.get("k")).isNull();
  }

  @Test
  void set_withAnEndInThePast() throws Exception {
    assertThat(done(client.set("k", PAST, "v"))).isTrue();
    assertThat(client.get("k")).isNull();
  }

  @Test
  void add_replace() throws Exception {
    assertThat(done(client.replace("k", NO_END, "1"))).isFalse();
    assertThat(done(client.add("k", NO_END, "2"))).isTrue();
    assertThat(done(client.add("k", NO_END, "3"))).isFalse();
    assertThat(done(client.replace("k", NO_END, "4"))).isTrue();
    assertThat(client.get("k")).isEqualTo("4");
  }

  @Test
  void append_prepend() throws Exception {
    assertThat(done(client.append("k", "x"))).isFalse();
    assertThat(done(client.set("k", NO_END, "b"))).isTrue();
    assertThat(done(client.append("k", "c"))).isTrue();
    assertThat(done(client.prepend("k", "a"))).isTrue();
    assertThat(client.get("k")).isEqualTo("abc");
  }

  @Test
  void gets_cas() throws Exception {
    assertThat(client.gets("k")).isNull();
    assertThat(client.cas("k", 1, "v")).isEqualTo(CASResponse.NOT_FOUND);
    assertThat(done(client.set("k", NO_END, "1"))).isTrue();
    CASValue<Object> first = client.gets("k");
    assertThat(first.getValue()).isEqualTo("1");
    assertThat(client.cas("k", first.getCas(), "2")).isEqualTo(CASResponse.OK);
    assertThat(client.cas("k", first.getCas(), "3")).isEqualTo(CASResponse.EXISTS);
    assertThat(client.get("k")).isEqualTo("2");
  }

  @Test
  void incr_decr() throws Exception {
    assertThat(client.incr("n", 1)).isEqualTo(-1);
    assertThat(client.incr("n", 1, 10L, LONG_SECONDS)).isEqualTo(10);
    assertThat(client.incr("n", 5)).isEqualTo(15);
    assertThat(client.decr("n", 6)).isEqualTo(9);
    assertThat(client.decr("n", 100)).isZero();
  }

  @Test
  void touch_getAndTouch() throws Exception {
    assertThat(done(client.touch("k", LONG_SECONDS))).isFalse();
    assertThat(done(client.set("k", NO_END, "v"))).isTrue();
    assertThat(done(client.touch("k", LONG_SECONDS))).isTrue();
    if (protocol == Protocol.BINARY) { // The client has it for this protocol only.
      assertThat(client.getAndTouch("k", LONG_SECONDS).getValue()).isEqualTo("v");
    }
    assertThat(client.get("k")).isEqualTo("v");
    assertThat(done(client.touch("k", PAST))).isTrue();
    assertThat(client.get("k")).isNull();
  }

  @Test
  void flags_keepTheType() throws Exception {
    for (Object value : List.of(true, 42, 42L, (byte) 7, 1.5f, 2.5, List.of("a", "b"), "ü € 😀")) {
      assertThat(done(client.set("k", NO_END, value))).isTrue();
      assertThat(client.get("k")).isEqualTo(value);
    }
    String compressed = "compress me ".repeat(10_000);
    assertThat(done(client.set("k", NO_END, compressed))).isTrue();
    assertThat(client.get("k")).isEqualTo(compressed);
  }

  @Test
  void bytes_allOfThemAndMany() throws Exception {
    for (byte[] value : List.of(Values.allBytes(), Values.random(Values.LARGE_BYTES))) {
      assertThat(done(client.set("k", NO_END, value))).isTrue();
      assertThat(client.get("k")).isEqualTo(value);
    }
  }

  @Test
  void getBulk_ofAHundred() throws Exception {
    Map<String, Object> expected = new TreeMap<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      keys.add("k" + i);
      if (i % 3 != 0) {
        assertThat(done(client.set("k" + i, NO_END, "v" + i))).isTrue();
        expected.put("k" + i, "v" + i);
      }
    }
    assertThat(client.getBulk(keys)).isEqualTo(expected);
  }

  @Test
  void manyAtATime() throws Exception {
    List<Future<Boolean>> sets = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      sets.add(client.set("k" + i, NO_END, i));
    }
    for (Future<Boolean> set : sets) {
      assertThat(done(set)).isTrue();
    }
    assertThat(client.get("k9999")).isEqualTo(9_999);
  }

  @Test
  void statsAndVersion() {
    assertThat(client.getVersions().values()).singleElement().asString().isNotEmpty();
    assertThat(client.getStats().values())
        .singleElement()
        .satisfies(
            stats -> assertThat(stats).containsKeys("pid", "curr_items", "cmd_get", "bytes"));
    assertThat(client.getStats("settings").values())
        .singleElement()
        .satisfies(stats -> assertThat(stats).containsKey("maxbytes"));
  }
}
