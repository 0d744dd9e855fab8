package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.rubyeye.xmemcached.CASOperation;
import net.rubyeye.xmemcached.GetsResponse;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.command.BinaryCommandFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** XMemcached, over memcached's text and binary protocols. */
@ParameterizedClass
@EnumSource
final class XMemcachedIT {
  private static final int NO_END = 0;
  private static final int LONG_SECONDS = 1_000;

  private static ServerUnderTest server;

  enum Protocol {
    TEXT,
    BINARY
  }

  private final Protocol protocol;
  private MemcachedClient client;

  XMemcachedIT(Protocol protocol) {
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
    XMemcachedClientBuilder builder = new XMemcachedClientBuilder(List.of(server.address()));
    if (protocol == Protocol.BINARY) { // The other one is the default.
      builder.setCommandFactory(new BinaryCommandFactory());
    }
    builder.setOpTimeout(10_000);
    client = builder.build();
    client.flushAll();
  }

  @AfterEach
  void disconnect() throws IOException {
    client.shutdown();
  }

  @Test
  void set_get_delete() throws Exception {
    assertThat(client.<Object>get("k")).isNull();
    assertThat(client.set("k", NO_END, "v")).isTrue();
    assertThat(client.<Object>get("k")).isEqualTo("v");
    assertThat(client.delete("k")).isTrue();
    assertThat(client.delete("k")).isFalse();
    assertThat(client.<Object>get("k")).isNull();
  }

  @Test
  void set_delete_withoutReply() throws Exception {
    client.setWithNoReply("k", NO_END, "v");
    assertThat(client.<Object>get("k")).isEqualTo("v");
    client.deleteWithNoReply("k");
    assertThat(client.<Object>get("k")).isNull();
  }

  @Test
  void add_replace_append_prepend() throws Exception {
    assertThat(client.replace("k", NO_END, "1")).isFalse();
    assertThat(client.append("k", "1")).isFalse();
    assertThat(client.add("k", NO_END, "2")).isTrue();
    assertThat(client.add("k", NO_END, "3")).isFalse();
    assertThat(client.replace("k", NO_END, "b")).isTrue();
    assertThat(client.append("k", "c")).isTrue();
    assertThat(client.prepend("k", "a")).isTrue();
    assertThat(client.<Object>get("k")).isEqualTo("abc");
  }

  @Test
  void gets_cas() throws Exception {
    assertThat(client.set("k", NO_END, "1")).isTrue();
    GetsResponse<String> first = client.gets("k");
    assertThat(first.getValue()).isEqualTo("1");
    assertThat(client.cas("k", NO_END, "2", first.getCas())).isTrue();
    assertThat(client.cas("k", NO_END, "3", first.getCas())).isFalse();
    boolean swapped =
        client.cas(
            "k",
            NO_END,
            new CASOperation<String>() {
              @Override
              public int getMaxTries() {
                return 1;
              }

              @Override
              public String getNewValue(long version, String value) {
                return value + "!";
              }
            });
    assertThat(swapped).isTrue();
    assertThat(client.<Object>get("k")).isEqualTo("2!");
  }

  @Test
  void incr_decr() throws Exception {
    assertThat(client.incr("n", 5, 10)).isEqualTo(10);
    assertThat(client.incr("n", 5, 10)).isEqualTo(15);
    assertThat(client.decr("n", 6)).isEqualTo(9);
    assertThat(client.decr("n", 100)).isZero();
  }

  @Test
  void touch_getAndTouch() throws Exception {
    assertThat(client.touch("k", LONG_SECONDS)).isFalse();
    assertThat(client.set("k", NO_END, "v")).isTrue();
    assertThat(client.touch("k", LONG_SECONDS)).isTrue();
    if (protocol == Protocol.BINARY) { // The client has it for this protocol only.
      assertThat(client.<Object>getAndTouch("k", LONG_SECONDS)).isEqualTo("v");
    }
    assertThat(client.<Object>get("k")).isEqualTo("v");
  }

  @Test
  void flags_keepTheType() throws Exception {
    for (Object value : List.of(true, 42, 42L, (byte) 7, 1.5f, 2.5, List.of("a", "b"), "ü € 😀")) {
      assertThat(client.set("k", NO_END, value)).isTrue();
      assertThat(client.<Object>get("k")).isEqualTo(value);
    }
    String compressed = "compress me ".repeat(10_000);
    assertThat(client.set("k", NO_END, compressed)).isTrue();
    assertThat(client.<Object>get("k")).isEqualTo(compressed);
  }

  @Test
  void bytes_allOfThemAndMany() throws Exception {
    for (byte[] value : List.of(Values.allBytes(), Values.random(Values.LARGE_BYTES))) {
      assertThat(client.set("k", NO_END, value)).isTrue();
      assertThat(client.<Object>get("k")).isEqualTo(value);
    }
  }

  @Test
  void get_ofAHundred() throws Exception {
    Map<String, Object> expected = new TreeMap<>();
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      keys.add("k" + i);
      if (i % 3 != 0) {
        assertThat(client.set("k" + i, NO_END, "v" + i)).isTrue();
        expected.put("k" + i, "v" + i);
      }
    }
    assertThat(client.<Object>get(keys)).isEqualTo(expected);
  }

  @Test
  void statsAndVersion() throws Exception {
    assertThat(client.getVersions().values()).singleElement().asString().isNotEmpty();
    assertThat(client.getStats().values())
        .singleElement()
        .satisfies(
            stats -> assertThat(stats).containsKeys("pid", "curr_items", "cmd_get", "bytes"));
  }
}
