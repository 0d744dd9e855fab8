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
      } else if (first == MULTIBULK) {
        return dialects.resp;
      }
      boolean isLowerCase = first >= 'a' && first <= 'z';
      return httpOr(isLowerCase ? dialects.memcached : dialects.resp, in, dialects.http);
    }

    @Override
    DialectPool first(Dialects dialects) {
      return dialects.json;
    }
  },

  /** RESP alone. */
  REDIS {
    @Override
    @Nullable DialectPool detect(ByteBuf in, Dialects dialects) {
      if (!in.isReadable()) {
        return null;
      }
      return firstByte(in) == MULTIBULK
          ? dialects.resp
          : httpOr(dialects.resp, in, dialects.foreignHttp);
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
          : httpOr(dialects.memcached, in, dialects.foreignHttp);
    }

    @Override
    DialectPool first(Dialects dialects) {
      return dialects.memcached;
    }
  },

  /** HTTP alone. */
  HTTP {
    @Override
    DialectPool detect(ByteBuf in, Dialects dialects) {
      return dialects.http;
    }

    @Override
    DialectPool first(Dialects dialects) {
      return dialects.http;
    }
  };

  private static final int MEMCACHED_BINARY_REQUEST = 0x80;

  /** What requests of Redis's clients begin with, and none of HTTP's that goes on as they do. */
  private static final int MULTIBULK = '*';

  /*
   * A page in a browser can send requests here: with any method that is a token (RFC 9110, section
   * 5.6.2), such as set, and any body, such as flush_all. Were the first line taken for a command,
   * so would be those that follow. So whatever is a request of HTTP/1 or 2 by its first line is
   * nothing else, although a part of it could be a command of Redis or memcached too.
   */

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** Some programs write the methods that everybody knows in lower case, or spaces in the path. */
  private static final Pattern HTTP_LINE =
      Pattern.compile(
          "(?:(?i:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PRI) .*|"
              + TOKEN
              + " (?:/|\\*|\\w+:).*) HTTP/\\d\\.\\d\r?\n");

  /** The beginning of a first line of HTTP whose path is so long that its end is not there. */
  private static final Pattern LONG_HTTP = Pattern.compile(TOKEN + " (?:/|https?:)[^ ]*");

  /** The end of a first line is not waited for if it is longer. */
  private static final int MAX_HTTP_LINE_BYTES = 8 << 10;

  /**
   * The dialect that {@code in}, which is not taken, begins with, or null if too little is there.
   */
  abstract @Nullable DialectPool detect(ByteBuf in, Dialects dialects);

  /** What is spoken to a peer that has said nothing yet. */
  abstract DialectPool first(Dialects dialects);

  /** What else it may be begins with a line too, so the line has to be there in either case. */
  private static @Nullable DialectPool httpOr(DialectPool other, ByteBuf in, DialectPool http) {
    int lineBytes = in.bytesBefore((byte) '\n') + 1;
    if (lineBytes == 0 && in.readableBytes() < MAX_HTTP_LINE_BYTES) {
      return null;
    }
    boolean isLong = lineBytes == 0 || lineBytes > MAX_HTTP_LINE_BYTES;
    String line = in.toString(in.readerIndex(), isLong ? MAX_HTTP_LINE_BYTES : lineBytes, US_ASCII);
    return (isLong ? LONG_HTTP : HTTP_LINE).matcher(line).matches() ? http : other;
  }

  private static int firstByte(ByteBuf in) {
    return in.getUnsignedByte(in.readerIndex());
  }
}
