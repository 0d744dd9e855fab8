package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class RequestsTest {
  private static final Values VALUES = new Values(new ValueSizes.Range(20, 20));

  @Test
  void resp() {
    Requests requests = new RespRequests("key:", 10_000, VALUES);
    assertThat(text(requests, Operation.GET)).isEqualTo("*2~$3~GET~$16~key:001234567890~");
    assertThat(text(requests, Operation.DELETE)).isEqualTo("*2~$3~DEL~$16~key:001234567890~");
    assertThat(text(requests, Operation.SET))
        .matches(
            "\\*5~\\$3~SET~\\$16~key:001234567890~\\$20~0000000007[\\w-]{10}~\\$2~PX~\\$5~10000~");
    assertThat(text(new RespRequests("", 0, VALUES), Operation.SET))
        .matches("\\*3~\\$3~SET~\\$12~001234567890~\\$20~0000000007[\\w-]{10}~");
  }

  @Test
  void memcached() {
    Requests requests = new MemcachedRequests("key:", 1_001, VALUES);
    assertThat(text(requests, Operation.GET)).isEqualTo("get key:001234567890~");
    assertThat(text(requests, Operation.DELETE)).isEqualTo("delete key:001234567890~");
    assertThat(text(requests, Operation.SET))
        .matches("set key:001234567890 0 2 20~0000000007[\\w-]{10}~");
  }

  @Test
  void json() {
    Requests requests = new JsonRequests("key:", 10_000, VALUES);
    assertThat(frame(requests, Operation.GET))
        .isEqualTo("{\"command\":\"GET\",\"key\":\"key:001234567890\"}");
    assertThat(frame(requests, Operation.DELETE))
        .isEqualTo("{\"command\":\"DEL\",\"key\":\"key:001234567890\"}");
    assertThat(frame(requests, Operation.SET))
        .matches(
            "\\{\"command\":\"SET\",\"key\":\"key:001234567890\",\"value\":\"0000000007[\\w-]{10}\","
                + "\"ttl\":10000}");
  }

  /** What follows the length, which has to be right. */
  private static String frame(Requests requests, Operation operation) {
    ByteBuffer out = put(requests, operation);
    assertThat(out.getInt()).isEqualTo(out.remaining());
    return ISO_8859_1.decode(out).toString();
  }

  private static String text(Requests requests, Operation operation) {
    return ISO_8859_1.decode(put(requests, operation)).toString().replace("\r\n", "~");
  }

  private static ByteBuffer put(Requests requests, Operation operation) {
    ByteBuffer out = ByteBuffer.allocate(requests.longestBytes());
    requests.put(out, operation, 1_234_567_890, 7);
    return out.flip();
  }
}
