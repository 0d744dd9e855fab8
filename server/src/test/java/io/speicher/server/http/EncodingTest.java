package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EncodingTest {
  private static final String LONG = "speicher ".repeat(1_000);

  private static HttpRequest asking(String header, String value) {
    return HttpRequest.of("GET", "/", new DefaultHttpHeaders().set(header, value), false, null);
  }

  private static Page page() {
    return Page.of("text/html; charset=utf-8", LONG.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "deflate, GZIP;q=0.5 | true",
        "gzip;q=0 | false",
        "gzip; q=0.000 | false",
        "br | false",
        "xgzip | false"
      })
  void gzip(String accepted, boolean isCompressed) throws IOException {
    Page encoded = Encoding.of(page(), asking("Accept-Encoding", accepted));
    assertThat(encoded.headers()).containsEntry("Vary", "Accept-Encoding");
    assertThat(encoded.headers().containsKey("Content-Encoding")).isEqualTo(isCompressed);
    byte[] body = encoded.body().array();
    if (isCompressed) {
      assertThat(body).hasSizeLessThan(LONG.length() / 10);
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    assertThat(new String(body, UTF_8)).isEqualTo(LONG);
  }

  @Test
  void gzip_notForWhatIsShortOrNoText() {
    HttpRequest request = asking("Accept-Encoding", "gzip");
    assertThat(Encoding.of(Page.text(200, "short"), request).headers()).isEmpty();
    assertThat(Encoding.of(Page.of("image/png", LONG.getBytes(UTF_8)), request).headers())
        .isEmpty();
  }

  @Test
  void tag() {
    Page page = Page.constant("text/plain", "something".getBytes(UTF_8));
    String tag = Encoding.of(page, asking("If-None-Match", "")).headers().getOrDefault("ETag", "");
    assertThat(tag).startsWith("W/\"");

    for (String known : new String[] {tag, "W/\"other\", " + tag, "*"}) {
      Page unchanged = Encoding.of(page, asking("If-None-Match", known));
      assertThat(unchanged.status()).isEqualTo(304);
      assertThat(unchanged.body().remaining()).isZero();
      assertThat(unchanged.headers()).containsEntry("ETag", tag);
    }
    assertThat(Encoding.of(page, asking("If-None-Match", "W/\"other\"")).status()).isEqualTo(200);
  }
}
