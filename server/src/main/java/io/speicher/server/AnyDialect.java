package io.speicher.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Dialect;
import io.speicher.protocol.Limits;
import io.speicher.protocol.json.JsonDialect;
import io.speicher.protocol.memcached.MemcachedBinaryDialect;
import io.speicher.protocol.memcached.MemcachedDialect;
import io.speicher.protocol.resp.RespDialect;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells by the first bytes of a connection what it speaks; docs/dialects.md has the table. */
final class AnyDialect implements DialectSource {
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int MEMCACHED_BINARY_REQUEST = 0x80;

  /**
   * The first line of a request of HTTP/1 or 2, of which a part could be a command of Redis too.
   */
  private static final Pattern HTTP =
      Pattern.compile(
          "(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PRI) .* HTTP/\\d\\.\\d\r?\n");

  /** A first line that is longer is none of HTTP. */
  private static final int MAX_HTTP_LINE_BYTES = 8 << 10;

  private final Limits limits;

  AnyDialect(Limits limits) {
    this.limits = limits;
  }

  @Override
  public @Nullable Dialect detect(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    int first = firstByte(in);
    if (first == TLS_HANDSHAKE) {
      return ForeignDialect.tls();
    } else if (first == MEMCACHED_BINARY_REQUEST || (first >= 'a' && first <= 'z')) {
      return memcached(first, limits);
    } else if (first < ' ' || first >= 0x7F) {
      return new JsonDialect(limits);
    } else if (first >= 'A' && first <= 'Z') {
      return httpOrResp(in);
    }
    return new RespDialect(limits);
  }

  /** An inline command of Redis is a line too, so the line has to be there in either case. */
  private @Nullable Dialect httpOrResp(ByteBuf in) {
    int lineBytes = in.bytesBefore((byte) '\n') + 1;
    if (lineBytes == 0 && in.readableBytes() < MAX_HTTP_LINE_BYTES) {
      return null;
    }
    int httpBytes = Math.min(lineBytes, MAX_HTTP_LINE_BYTES);
    String line = in.toString(in.readerIndex(), httpBytes, US_ASCII);
    return HTTP.matcher(line).matches() ? ForeignDialect.http() : new RespDialect(limits);
  }

  @Override
  public Dialect first() {
    return new JsonDialect(limits);
  }

  static int firstByte(ByteBuf in) {
    return in.getUnsignedByte(in.readerIndex());
  }

  /** The protocol of memcached that begins with such a byte. */
  static Dialect memcached(int first, Limits limits) {
    return first == MEMCACHED_BINARY_REQUEST
        ? new MemcachedBinaryDialect(limits)
        : new MemcachedDialect(limits);
  }
}
