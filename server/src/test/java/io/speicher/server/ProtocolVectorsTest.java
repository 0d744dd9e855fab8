package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code docs/protocol-vectors.txt} to what the server answers. With {@code
 * -DupdateDocs=true} the answers are written anew instead.
 */
final class ProtocolVectorsTest {
  private static final Path FILE = Path.of("..", "docs", "protocol-vectors.txt");
  private static final String SENT = "> ";
  private static final String ANSWERED = "< ";

  @Test
  void answers() throws IOException {
    String page = Files.readString(FILE, UTF_8);
    StringBuilder answered = new StringBuilder();
    try (SpeicherServer server =
            SpeicherServer.start(
                ServerSettings.DEFAULT.withPort(0), new SegmentStore(8 << 20, Ticker.system()));
        RawClient client = new RawClient(server.port())) {
      for (String line : page.lines().toList()) {
        if (!line.startsWith(ANSWERED)) {
          answered.append(line).append('\n');
        }
        if (line.startsWith(SENT)) {
          byte[] sent = HexFormat.of().parseHex(line.substring(SENT.length()));
          client.send(sent);
          answered.append(ANSWERED).append(HexFormat.of().formatHex(replies(client, sent)));
          answered.append('\n');
        }
      }
      assertThat(client.isAtEnd()).isTrue();
    }
    if (Boolean.getBoolean("updateDocs")) {
      Files.writeString(FILE, answered, UTF_8);
    } else {
      assertThat(answered.toString())
          .as("docs/protocol-vectors.txt; -DupdateDocs=true writes it anew")
          .isEqualTo(page);
    }
  }

  /** One for each frame, and one for a length that is none. */
  private static byte[] replies(RawClient client, byte[] sent) throws IOException {
    ByteBuffer replies = ByteBuffer.allocate(1 << 10);
    for (int at = 0; at < sent.length; at += Integer.BYTES + ByteBuffer.wrap(sent).getInt(at)) {
      byte[] length = client.read(Integer.BYTES);
      replies.put(length).put(client.read(ByteBuffer.wrap(length).getInt()));
    }
    return Arrays.copyOf(replies.array(), replies.position());
  }
}
