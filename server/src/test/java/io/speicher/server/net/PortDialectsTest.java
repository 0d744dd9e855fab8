package io.speicher.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.protocol.Limits;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PortDialectsTest {
  private final Dialects dialects = new Dialects(Limits.DEFAULT);

  @ParameterizedTest
  @ValueSource(
      strings = {"*1\r\n$4\r\nPING\r\n", "*", "PING\r\n", "GET a HTTP\r\n", "+\r\n", "1\r\n"})
  void any_resp(String first) {
    assertThat(any(first)).isEqualTo(dialects.resp);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"get k\r\n", "get / k\r\n", "set k 0 0 1\r\nx\r\n", "post x\r\n", "mn\r\n"})
  void any_memcached(String first) {
    assertThat(any(first)).isEqualTo(dialects.memcached);
  }

  @Test
  void any_otherBytes() {
    assertThat(any("\u0000\u0000\u0000\u0002{}")).isEqualTo(dialects.json);
    assertThat(any("\u0080")).isEqualTo(dialects.memcachedBinary);
    assertThat(any("\u0016\u0003\u0001")).isEqualTo(dialects.tls);
    assertThat(any("")).isNull();
  }

  /** A browser must never be taken for a client: its body could be commands. */
  @ParameterizedTest
  @ValueSource(
      strings = {"GET", "POST", "PUT", "DELETE", "OPTIONS", "get", "post", "Put", "dElEtE"})
  void any_http(String method) {
    assertThat(any(method + " / HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo(dialects.http);
    assertThat(any(method + " /a b HTTP/1.0\nset k 0 0 1\r\nx\r\n")).isEqualTo(dialects.http);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n", "get / HTTP/1.1\r\n", "SET k v\r\n", "get k\r\n"})
  void any_lineInPieces_isWaitedFor(String line) {
    for (int length = 1; length < line.length(); length++) {
      assertThat(any(line.substring(0, length))).isNull();
    }
    assertThat(any(line)).isNotNull();
  }

  @Test
  void any_longLine_isNotWaitedFor() {
    assertThat(any("GET " + "x".repeat(8_187))).isNull();
    assertThat(any("GET " + "x".repeat(8_188))).isEqualTo(dialects.resp);
    assertThat(any("get " + "x".repeat(8_188))).isEqualTo(dialects.memcached);
  }

  /** Any token is a method, and pages may choose it. */
  @ParameterizedTest
  @ValueSource(strings = {"SET", "set", "x", "FLUSHALL", "flush_all", "!x", "+", "1", "$5", "~"})
  void any_http_whateverTheMethod(String method) {
    for (String target : new String[] {"/", "/k", "*", "http://localhost/k"}) {
      assertThat(any(method + " " + target + " HTTP/1.1\r\n")).isEqualTo(dialects.http);
    }
    assertThat(any(method + " /" + "x".repeat(8 << 10))).isEqualTo(dialects.http);
    assertThat(any(method + " /" + "x".repeat(8 << 10) + " HTTP/1.1\r\n")).isEqualTo(dialects.http);
  }

  /** Keys may look like paths. */
  @Test
  void any_longLineOfPaths_isNoHttp() {
    assertThat(any("get" + " /path/to/it".repeat(1_000))).isEqualTo(dialects.memcached);
    assertThat(any("MGET" + " /path/to/it".repeat(1_000))).isEqualTo(dialects.resp);
  }

  @Test
  void portsOfTheirOwn() {
    assertThat(PortDialects.REDIS.detect(Unpooled.EMPTY_BUFFER, dialects)).isNull();
    assertThat(PortDialects.REDIS.detect(bytes("*"), dialects)).isEqualTo(dialects.resp);
    assertThat(PortDialects.REDIS.detect(bytes("get k\n"), dialects)).isEqualTo(dialects.resp);
    assertThat(PortDialects.MEMCACHED.detect(Unpooled.EMPTY_BUFFER, dialects)).isNull();
    assertThat(PortDialects.MEMCACHED.detect(bytes("GET k\n"), dialects))
        .isEqualTo(dialects.memcached);
    assertThat(PortDialects.MEMCACHED.detect(bytes("\u0080"), dialects))
        .isEqualTo(dialects.memcachedBinary);
    for (PortDialects port : new PortDialects[] {PortDialects.REDIS, PortDialects.MEMCACHED}) {
      assertThat(port.detect(bytes("set / HTTP/1.1\r\n"), dialects))
          .isEqualTo(dialects.foreignHttp);
    }
  }

  private @Nullable DialectPool any(String first) {
    return PortDialects.ANY.detect(bytes(first), dialects);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }
}
