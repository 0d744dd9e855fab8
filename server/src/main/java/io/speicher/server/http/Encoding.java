package io.speicher.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Makes pages shorter: compressed, or nothing at all where the peer has what it asks for. */
final class Encoding {
  /** Less is not worth the effort. */
  private static final int MIN_GZIP_BYTES = 1 << 10;

  private static final int TAG_BYTES = 12;

  private Encoding() {}

  /** The page as it is sent to this peer. */
  static Page of(Page page, HttpRequest request) {
    Page tagged = page.constant() ? page.with("ETag", tag(page.body().array())) : page;
    String known = request.header(HttpHeaderNames.IF_NONE_MATCH);
    if (page.constant() && isAmong(tagged.headers().getOrDefault("ETag", ""), known)) {
      return new Page(304, "", ByteBuffer.allocate(0), tagged.headers(), true, null);
    }
    if (page.body().remaining() < MIN_GZIP_BYTES || !isText(page.type())) {
      return tagged;
    }
    Page varying = tagged.with("Vary", "Accept-Encoding");
    return acceptsGzip(request.header(HttpHeaderNames.ACCEPT_ENCODING))
        ? varying.withBody(gzip(page.body().array())).with("Content-Encoding", "gzip")
        : varying;
  }

  /** Weak, since it is the same whether the page is compressed or not. */
  private static String tag(byte[] body) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
      return "W/\"" + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every Java has it.
    }
  }

  private static boolean isAmong(String tag, String known) {
    return known.strip().equals("*")
        || Arrays.stream(known.split(",", -1)).map(String::strip).anyMatch(tag::equals);
  }

  private static boolean isText(String type) {
    return type.startsWith("text/")
        || type.startsWith("application/json")
        || type.startsWith("application/openmetrics-text")
        || type.startsWith("image/svg+xml");
  }

  /** RFC 9110, section 12.5.3: a weight of zero means not this one. */
  private static boolean acceptsGzip(String accepted) {
    return Arrays.stream(accepted.toLowerCase(Locale.ROOT).split(",", -1))
        .map(coding -> coding.replace(" ", ""))
        .anyMatch(coding ->
            (coding.equals("gzip") || coding.startsWith("gzip;"))
                && !coding.matches("gzip;q=0(\\.0*)?"));
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Memory takes everything.
    }
    return bytes.toByteArray();
  }
}
