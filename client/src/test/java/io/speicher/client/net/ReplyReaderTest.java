package io.speicher.client.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReplyReaderTest {
  private static final String MISS_TEXT = "{\"status_code\":404}";

  private static final int MAX_FRAME_BYTES = 32 << 20;
  private static final Reply MISS = Reply.Miss.MISS;

  private final ReplyReader reader = new ReplyReader(MAX_FRAME_BYTES);

  @Test
  void next_cutAnywhere() throws IOException {
    byte[] frames = concat(frame(value("first")), frame(MISS_TEXT), frame(value("last")));
    for (int cut = 0; cut <= frames.length; cut++) {
      List<Reply> replies = new ArrayList<>();
      receive(frames, 0, cut, replies);
      receive(frames, cut, frames.length, replies);

      assertThat(replies).as("cut=%d", cut).containsExactly(hit("first"), MISS, hit("last"));
      assertThat(reader.isWithinReply()).isFalse();
    }
  }

  @Test
  void next_byteByByte() throws IOException {
    byte[] frames = concat(frame(value("first")), frame(MISS_TEXT));
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < frames.length; i++) {
      receive(frames, i, i + 1, replies);
    }
    assertThat(replies).containsExactly(hit("first"), MISS);
  }

  @Test
  void next_framesOfAllLengthsInPiecesOfAllLengths() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> frames = new ArrayList<>();
    List<Reply> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String text = "x".repeat(random.nextInt(1 << random.nextInt(19)));
      frames.add(frame(value(text)));
      expected.add(hit(text));
    }
    byte[] all = concat(frames.toArray(byte[][]::new));
    List<Reply> replies = new ArrayList<>();
    for (int from = 0; from < all.length; ) {
      int to = Math.min(all.length, from + 1 + random.nextInt(1 << random.nextInt(19)));
      receive(all, from, to, replies);
      from = to;
    }
    assertThat(replies.equals(expected)).as("seed %d", seed).isTrue();
  }

  @Test
  void next_valueStaysWhenTheBufferIsUsedAgain() throws IOException {
    List<Reply> replies = new ArrayList<>();
    receive(frame(value("first")), replies);
    receive(frame(value("other")), replies);
    assertThat(replies).containsExactly(hit("first"), hit("other"));
  }

  @Test
  void next_batchStaysWhenTheBufferIsUsedAgain() throws IOException {
    String usual = "{\"status_code\":200,\"items\":[" + value("first") + "," + value("1\\n") + "]}";
    for (String batch : List.of(usual, " " + usual)) {
      List<Reply> replies = new ArrayList<>();
      receive(frame(batch), replies);
      receive(frame(batch.replace('1', '2').replace("first", "other")), replies);
      assertThat(((Reply.Items) replies.get(0)).items()).containsExactly(hit("first"), hit("1\n"));
    }
  }

  @Test
  void memory_growsWithWhatArrives() throws IOException {
    byte[] long32 = frame(value("x".repeat(MAX_FRAME_BYTES - value("").length())));
    List<Reply> replies = new ArrayList<>();
    receive(long32, 0, 5, replies);
    assertThat(reader.capacity()).isEqualTo(ReplyReader.READ_BYTES);

    for (int from = 5; from < long32.length; ) {
      int to = Math.min(long32.length, from + ReplyReader.READ_BYTES);
      receive(long32, from, to, replies);
      assertThat(reader.capacity()).isLessThanOrEqualTo(2 * Math.max(to, ReplyReader.READ_BYTES));
      from = to;
    }
    assertThat(replies).hasSize(1);
    assertThat(reader.capacity()).isLessThanOrEqualTo(long32.length);
  }

  @Test
  void memory_isGivenBackAfterALongReply() throws IOException {
    List<Reply> replies = new ArrayList<>();
    receive(frame(value("x".repeat(1 << 20))), replies);
    receive(frame(MISS_TEXT), replies);

    assertThat(replies).hasSize(2);
    assertThat(reader.capacity()).isEqualTo(ReplyReader.READ_BYTES);
  }

  @Test
  void next_lengthOutOfBounds() throws IOException {
    byte[] header = ByteBuffer.allocate(4).putInt(MAX_FRAME_BYTES + 1).array();
    reader.receive(channel(header, 0, 4));
    assertThatThrownBy(reader::next).isInstanceOf(ProtocolException.class);
  }

  @Test
  void receive_atTheEnd() throws IOException {
    assertThat(reader.receive(channel(new byte[0], 0, 0))).isNegative();
    assertThat(reader.isWithinReply()).isFalse();
    reader.receive(channel(new byte[] {0}, 0, 1));
    assertThat(reader.next()).isNull();
    assertThat(reader.isWithinReply()).isTrue();
  }

  private void receive(byte[] bytes, List<Reply> replies) throws IOException {
    receive(bytes, 0, bytes.length, replies);
  }

  private void receive(byte[] bytes, int from, int to, List<Reply> replies) throws IOException {
    ReadableByteChannel channel = channel(bytes, from, to);
    while (reader.receive(channel) > 0) {
      for (@Nullable Reply reply = reader.next(); reply != null; reply = reader.next()) {
        replies.add(reply);
      }
    }
  }

  private static ReadableByteChannel channel(byte[] bytes, int from, int to) {
    return Channels.newChannel(new ByteArrayInputStream(bytes, from, to - from));
  }

  private static byte[] frame(String payload) {
    byte[] bytes = payload.getBytes(UTF_8);
    return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
  }

  private static byte[] concat(byte[]... frames) {
    int length = 0;
    for (byte[] frame : frames) {
      length += frame.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] frame : frames) {
      all.put(frame);
    }
    return all.array();
  }

  private static String value(String text) {
    return "{\"status_code\":200,\"value\":\"" + text + "\"}";
  }

  private static Reply hit(String text) {
    return new Reply.Value(ValueKind.TEXT, ByteBuffer.wrap(text.getBytes(UTF_8)));
  }
}
