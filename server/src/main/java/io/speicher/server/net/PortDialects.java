package io.speicher.server.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is spoken on a port. */
public enum PortDialects {
  /** All dialects, told by the first bytes of a connection; docs/dialects.md has the table. */
  ANY {
    @Override
    @Nullable DialectPool detect(ByteBuf in, Dialects dialects) {
      if (!in.isReadable()) {
        return null;
      }
      int first = firstByte(in);
      if (first == TlsDetector.HANDSHAKE) {
        return dialects.tls;
      } else if (first == MEMCACHED_BINARY_REQUEST) {
        return dialects.memcachedBinary;
      } else if (first < ' ' || first >= 0x7F) {
        return dialects.json;
      } else if (first >= 'a' && first <= 'z') {
        return httpOr(dialects.memcached, in, dialects);
      } else if (first >= 'A' && first <= 'Z') {
        return httpOr(dialects.resp, in, dialects);
      }
      return dialects.resp;
    }

    @Override
    DialectPool first(Dialects dialects) {
      return dialects.json;
    }
  },

  /** RESP alone. */
  REDIS {
    @Override
    DialectPool detect(ByteBuf in, Dialects dialects) {
      return dialects.resp;
    }

    @Override
    DialectPool first(Dialects dialects) {
      return dialects.resp;
    }
  },

  /** The protocols of memcached, which the first byte tells apart. */
  MEMCACHED {
    @Override
    @Nullable DialectPool detect(ByteBuf in, Dialects dialects) {
      if (!in.isReadable()) {
        return null;
      }
      return firstByte(in) == MEMCACHED_BINARY_REQUEST
          ? dialects.memcachedBinary
          : dialects.memcached;
    }

    @Override
    DialectPool first(Dialects dialects) {
      return dialects.memcached;
    }
  };

  private static final int MEMCACHED_BINARY_REQUEST = 0x80;

  /**
   * The first line of a request of HTTP/1 or 2, of which a part could be a command of Redis or
   * memcached too. Some programs write methods in lower case.
   */
  private static final Pattern HTTP =
      Pattern.compile(
          "(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PRI) .* HTTP/\\d\\.\\d\r?\n",
          Pattern.CASE_INSENSITIVE);

  /** A first line that is longer is none of HTTP. */
  private static final int MAX_HTTP_LINE_BYTES = 8 << 10;

  /**
   * The dialect that {@code in}, which is not taken, begins with, or null if too little is there.
   */
  abstract @Nullable DialectPool detect(ByteBuf in, Dialects dialects);

  /** What is spoken to a peer that has said nothing yet. */
  abstract DialectPool first(Dialects dialects);

  /** What else it may be begins with a line too, so the line has to be there in either case. */
  private static @Nullable DialectPool httpOr(DialectPool other, ByteBuf in, Dialects dialects) {
    int lineBytes = in.bytesBefore((byte) '\n') + 1;
    if (lineBytes == 0 && in.readableBytes() < MAX_HTTP_LINE_BYTES) {
      return null;
    }
    int httpBytes = Math.min(lineBytes, MAX_HTTP_LINE_BYTES);
    String line = in.toString(in.readerIndex(), httpBytes, US_ASCII);
    return HTTP.matcher(line).matches() ? dialects.http : other;
  }

  private static int firstByte(ByteBuf in) {
    return in.getUnsignedByte(in.readerIndex());
  }
}
