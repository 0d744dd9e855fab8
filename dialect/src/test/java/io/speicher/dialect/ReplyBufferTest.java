package io.speicher.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReplyBufferTest {
  private static final int PAGE_BYTES = 100;
  private static final int COUNT = Integer.getInteger("fuzz", 20_000);

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Account account = new Account(64 << 20, 0);
  private final Share share = new Share(account);
  private final ByteBuf page = Unpooled.directBuffer(PAGE_BYTES, PAGE_BYTES);
  private final ReplyBuffer out = new ReplyBuffer(page, share);

  @AfterEach
  void nothingIsHeld() {
    out.takeChunks().forEach(ByteBuf::release);
    assertThat(account.usedBytes()).isZero();
    assertThat(share.heldBytes()).isZero();
    assertThat(page.refCnt()).isEqualTo(1);
    page.release();
  }

  // ---- page and chunks ----

  @Test
  void connections_lieBehindEachOtherOnThePage() {
    out.begin(share);
    out.writeBytes(ascii("to A"));
    out.begin(share);
    assertThat(out.pageStart()).isEqualTo(4);
    assertThat(out.position()).isZero();
    out.writeBytes(ascii("to B"));
    assertThat(out.position()).isEqualTo(4);
    assertThat(text(page)).isEqualTo("to Ato B");
    assertThat(out.hasChunks()).isFalse();
  }

  @Test
  void chunk_isMadeOfWhatThePageCannotTake() {
    out.writeBytes(new byte[PAGE_BYTES - 1]);
    out.writeInt(0x01020304); // A number lies in one piece.
    assertThat(page.writerIndex()).isEqualTo(PAGE_BYTES - 1);
    assertThat(out.hasChunks()).isTrue();
    List<ByteBuf> chunks = out.takeChunks();
    assertThat(chunks).hasSize(1);
    assertThat(ByteBufUtil.hexDump(chunks.get(0))).isEqualTo("01020304");
    chunks.get(0).release();
  }

  @Test
  void takenChunks_belongToTheCaller() {
    out.writeBytes(new byte[PAGE_BYTES + 1]);
    ByteBuf taken = out.takeChunks().get(0);
    assertThat(out.hasChunks()).isFalse();
    page.clear();
    out.begin(share);
    out.writeBytes(new byte[PAGE_BYTES + 1]);
    assertThat(out.takeChunks().get(0)).isNotSameAs(taken).satisfies(ByteBuf::release);
    assertThat(taken.refCnt()).isEqualTo(1);
    taken.release();
  }

  @Test
  void heldBytes_areThoseOfTheChunks() {
    out.writeBytes(new byte[PAGE_BYTES]);
    assertThat(share.heldBytes()).isZero();
    out.writeBytes(new byte[3 << 20]);
    assertThat(share.heldBytes()).isBetween(3L << 20, 4L << 20);
    out.resetTo(0);
    assertThat(share.heldBytes()).isZero();
  }

  // ---- taking back ----

  /** What lies before and behind are replies to others. */
  @Test
  void reset_staysWithinTheConnection() {
    out.writeBytes(ascii("to A"));
    out.begin(share);
    out.writeBytes(ascii("to B"));
    assertThatThrownBy(() -> out.resetTo(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> out.resetTo(5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> out.setInt(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> out.setInt(1, 0)).isInstanceOf(IllegalArgumentException.class);
    out.resetTo(0);
    assertThat(text(page)).isEqualTo("to A");
  }

  @Test
  void setInt_acrossChunks() {
    out.begin(share);
    for (int i = 0; i < 100_000; i++) {
      out.writeInt(i);
    }
    for (int i = 0; i < 100_000; i++) {
      out.setInt(4L * i, ~i);
    }
    ByteBuf all = taken(0);
    for (int i = 0; i < 100_000; i++) {
      assertThat(all.readInt()).isEqualTo(~i);
    }
  }

  /** Whatever is written and taken back, it is what a plain array would hold. */
  @Test
  void anything_likeAnArray() {
    for (int round = 0; round < COUNT / 100; round++) {
      page.clear();
      byte[] others = bytes(random.nextInt(PAGE_BYTES + 1));
      out.begin(share);
      page.writeBytes(others); // As if another connection had been answered before.
      out.begin(share);
      Model model = new Model();
      for (int i = 0; i < 30; i++) {
        step(model);
        assertThat(out.position()).as("-Dseed=%d", seed).isEqualTo(model.size);
      }
      assertThat(Arrays.copyOf(ByteBufUtil.getBytes(page), others.length)).isEqualTo(others);
      ByteBuf all = taken(others.length);
      assertThat(ByteBufUtil.getBytes(all)).as("-Dseed=%d", seed).isEqualTo(model.written());
      assertThat(account.usedBytes()).isZero();
    }
  }

  private void step(Model model) {
    switch (random.nextInt(10)) {
      case 0 -> {
        int b = random.nextInt(256);
        out.writeByte(b);
        model.add((byte) b);
      }
      case 1 -> {
        out.writeShort(0x1234);
        model.add((byte) 0x12, (byte) 0x34);
      }
      case 2 -> {
        int number = random.nextInt();
        model.ints.add((long) model.size);
        out.writeInt(number);
        model.add(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
      }
      case 3 -> {
        long number = random.nextLong();
        out.writeLong(number);
        model.add(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
      }
      case 4 -> {
        int position = random.nextInt(model.size + 1);
        out.resetTo(position);
        model.reset(position);
      }
      case 5 -> {
        if (!model.ints.isEmpty()) {
          long position = model.ints.get(random.nextInt(model.ints.size()));
          int number = random.nextInt();
          out.setInt(position, number);
          ByteBuffer.wrap(model.bytes).putInt((int) position, number);
        }
      }
      case 6 -> out.ensureWritable(random.nextInt(3 * PAGE_BYTES));
      default -> {
        byte[] bytes = bytes(anyLength());
        int from = random.nextInt(bytes.length + 1);
        int length = random.nextInt(bytes.length - from + 1);
        if (random.nextBoolean()) {
          out.writeBytes(bytes, from, length);
        } else {
          ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).position(from);
          out.writeBytes(direct.limit(from + length));
          assertThat(direct.position()).isEqualTo(from);
        }
        model.add(Arrays.copyOfRange(bytes, from, from + length));
      }
    }
  }

  private int anyLength() {
    return switch (random.nextInt(20)) {
      case 0 -> random.nextInt(3 << 20);
      case 1 -> random.nextInt(200 << 10);
      default -> random.nextInt(2 * PAGE_BYTES);
    };
  }

  // ---- memory is short ----

  /** Each allocation fails once, in turn: what was written before stays, and nothing is lost. */
  @Test
  void memoryIsShort_whatWasWrittenStays() {
    byte[] reply = bytes(5 << 20);
    for (int limit = 1 << 10; limit < 8 << 20; limit += 300 << 10) {
      Account small = new Account(limit, 0);
      Share poor = new Share(small);
      page.clear();
      out.begin(poor);
      out.writeBytes(ascii("before"));
      try {
        out.writeBytes(reply);
        assertThat(limit).isGreaterThan(reply.length);
      } catch (MemoryShortageException e) {
        long position = out.position();
        assertThat(out.resetTo(6).position()).isEqualTo(6).isLessThanOrEqualTo(position);
        out.writeBytes(ascii("after"));
      }
      String said = text(taken(0));
      assertThat(said.substring(0, 6)).isEqualTo("before");
      assertThat(small.usedBytes()).isZero();
      assertThat(poor.heldBytes()).isZero();
    }
  }

  /** Who may hold little can still be told something short. */
  @Test
  void memoryIsShort_shortReplyNeedsLittle() {
    Share poor = new Share(new Account(8 << 10, 0));
    out.begin(poor);
    out.writeBytes(new byte[PAGE_BYTES]);
    out.writeBytes(ascii("-ERR memory is short\r\n"));
    assertThat(poor.heldBytes()).isLessThanOrEqualTo(4 << 10);
    out.takeChunks().forEach(ByteBuf::release);
    out.begin(share);
  }

  private ByteBuf taken(int from) {
    ByteBuf all = Unpooled.buffer();
    all.writeBytes(page, from, page.writerIndex() - from);
    for (ByteBuf chunk : out.takeChunks()) {
      all.writeBytes(chunk);
      assertThat(chunk.release()).isTrue();
    }
    return all;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(ByteBuf bytes) {
    return bytes.toString(StandardCharsets.US_ASCII);
  }

  /** What was written, and where numbers of four bytes lie. */
  private static final class Model {
    byte[] bytes = new byte[1 << 10];
    int size;
    final List<Long> ints = new ArrayList<>();

    void add(byte... more) {
      if (size + more.length > bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * (size + more.length));
      }
      System.arraycopy(more, 0, bytes, size, more.length);
      size += more.length;
    }

    void reset(int position) {
      size = position;
      ints.removeIf(at -> at + Integer.BYTES > position);
    }

    byte[] written() {
      return Arrays.copyOf(bytes, size);
    }
  }
}
