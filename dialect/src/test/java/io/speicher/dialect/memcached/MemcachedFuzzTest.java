package io.speicher.dialect.memcached;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.Peer;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Random requests, mutated and cut, and mere noise: nothing but a {@link ProtocolException} may
 * come of them, no buffer may be kept or freed, and nobody may be made to ask for memory by a
 * length that lies.
 */
final class MemcachedFuzzTest {
  private static final int COUNT = Integer.getInteger("fuzz", 20_000);

  /** More than this waits for its end for too long: we begin anew. */
  private static final int MAX_BACKLOG_BYTES = 4_096;

  /** What a request may cost on the heap, classes that are loaded included. Lies are far above. */
  private static final long MAX_HEAP_BYTES = 8 << 20;

  private static final List<Limits> LIMITS = List.of(new Limits(1_000, 100), Limits.DEFAULT);

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "-1",
          "00",
          "+5",
          "250",
          "999",
          "1001",
          "65536",
          "20000000",
          "2147483645",
          "2147483647",
          "2147483648",
          "-2147483648",
          "4294967295",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "18446744073709551615",
          "18446744073709551616",
          "99999999999999999999999999");

  private static final List<String> LINES =
      List.of(
          "get K",
          "gets K K K",
          "gat N K K",
          "gats N K",
          "set K N N L",
          "add K N N L noreply",
          "replace K N N L",
          "append K N N L",
          "prepend K N N L",
          "cas K N N L N",
          "incr K N",
          "decr K N noreply",
          "delete K",
          "delete K 0",
          "touch K N",
          "flush_all N",
          "verbosity N",
          "version",
          "stats",
          "stats items",
          "stats nonsense",
          "cache_memlimit N",
          "shutdown",
          "quit",
          "me K",
          "mn",
          "mx K",
          "mg K F F F F F",
          "mg K F F F",
          "ms K L F F F",
          "ms K L",
          "md K F F",
          "ma K F F F");

  private static final String FLAGS = "bNTRlOPLkstcfvhuqFCMJDIESz";

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Peer peer = new Peer();
  private final UnpooledByteBufAllocator unpooled = new UnpooledByteBufAllocator(false);

  @Test
  void text() {
    fuzz(MemcachedDialect::new, this::line, MemcachedFuzzTest::checkLines);
  }

  @Test
  void binary() {
    fuzz(MemcachedBinaryDialect::new, this::request, MemcachedFuzzTest::checkFrames);
  }

  private void fuzz(
      Function<Limits, Dialect> dialects, Supplier<byte[]> requests, Consumer<ByteBuf> check) {
    long commands = 0;
    long refused = 0;
    Dialect dialect = dialects.apply(LIMITS.get(0));
    ByteBuf in = unpooled.buffer();
    for (int i = 0; i < COUNT; i++) {
      byte[] bytes = random.nextInt(10) == 0 ? noise() : mutate(requests.get());
      boolean goesOn = false;
      long heapBytes = threads.getCurrentThreadAllocatedBytes();
      try {
        for (int at = 0; at < bytes.length; ) {
          int length = 1 + random.nextInt(bytes.length - at);
          in = joined(in, bytes, at, length);
          at += length;
          commands += decodeAll(dialect, in, check);
        }
        goesOn = in.readableBytes() <= MAX_BACKLOG_BYTES && random.nextInt(4) > 0;
      } catch (ProtocolException e) {
        refused++;
        encode(dialect, new Reply.Refused(400, e.reason()), check);
      } catch (EndedException e) {
        commands++;
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "-Dseed=" + seed + " round=" + i + " " + HexFormat.of().formatHex(bytes), e);
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - heapBytes)
          .as("-Dseed=%d round=%d", seed, i)
          .isLessThan(MAX_HEAP_BYTES);
      assertThat(in.refCnt()).as("-Dseed=%d round=%d", seed, i).isEqualTo(1);
      if (!goesOn) {
        dialect = dialects.apply(LIMITS.get(random.nextInt(LIMITS.size())));
        in.release();
        in = unpooled.buffer();
      }
    }
    in.release();
    assertThat(unpooled.metric().usedHeapMemory()).as("-Dseed=%d", seed).isZero();
    assertThat(unpooled.metric().usedDirectMemory()).as("-Dseed=%d", seed).isZero();
    assertThat(commands).as("-Dseed=%d refused=%d", seed, refused).isGreaterThan(COUNT / 4);
  }

  /**
   * What the handler does: another buffer each time, so that no offset outlives one. Now and then
   * it is one whose every access is recorded, which takes its time.
   */
  private ByteBuf joined(ByteBuf in, byte[] bytes, int at, int length) {
    int capacity = in.readableBytes() + length;
    ByteBuf joined =
        switch (random.nextInt(80)) {
          case 0 -> PooledByteBufAllocator.DEFAULT.directBuffer(capacity);
          case 1 -> unpooled.directBuffer(capacity);
          default -> unpooled.heapBuffer(capacity);
        };
    joined.writeBytes(in).writeBytes(bytes, at, length);
    assertThat(in.release()).isTrue();
    return joined;
  }

  private int decodeAll(Dialect dialect, ByteBuf in, Consumer<ByteBuf> check) {
    int commands = 0;
    int before = in.readableBytes();
    Command command;
    while ((command = peer.decodeOrNull(dialect, in)) != null) {
      commands++;
      answer(command, dialect, check);
      if (command instanceof Command.Quit) {
        throw new EndedException();
      }
      assertThat(in.readableBytes()).isLessThan(before);
      before = in.readableBytes();
    }
    assertThat(in.refCnt()).isEqualTo(1);
    return commands;
  }

  private void answer(Command command, Dialect dialect, Consumer<ByteBuf> check) {
    int size = -1;
    if (command instanceof Command.GetAll all) {
      size = all.keys().size();
    } else if (command instanceof Command.Batch batch) {
      size = batch.commands().size();
    }
    if (size < 0) {
      encode(dialect, reply(command), check);
      return;
    }
    ReplyBuffer out = peer.out();
    dialect.beginBatch(size, out);
    for (int i = 0; i < size; i++) {
      dialect.turnTo(i);
      dialect.encode(random.nextBoolean() ? value("v") : Reply.Miss.MISS, out);
    }
    dialect.endBatch(out);
    check.accept(peer.take());
  }

  private void encode(Dialect dialect, Reply reply, Consumer<ByteBuf> check) {
    check.accept(peer.answer(dialect, reply));
  }

  /** One of those that a server may give. */
  private Reply reply(Command command) {
    int choice = random.nextInt(8);
    if (command instanceof Command.Malformed malformed) {
      return new Reply.Refused(400, malformed.why());
    }
    if (command instanceof Command.Ping || command instanceof Command.Quit) {
      return Reply.Done.DONE;
    }
    if (choice == 0 || command instanceof Command.Stats) {
      return new Reply.Failed(503, "failed");
    }
    if (choice == 1) {
      return Reply.Miss.MISS;
    }
    if (command instanceof Command.Get || command instanceof Command.GetAndTouch) {
      return value(choice == 2 ? "" : "v");
    }
    if (command instanceof Command.LeaseGet) {
      return new Reply.Leased(value("v"), choice, choice == 2, choice == 3, choice > 3);
    }
    boolean isConditional =
        command instanceof Command.Set
            || command instanceof Command.SetLeased
            || command instanceof Command.AppendLeased
            || command instanceof Command.AddAndGet
            || command instanceof Command.DeleteIf
            || command instanceof Command.Invalidate;
    if (choice == 2 && isConditional) {
      return Reply.Exists.EXISTS;
    }
    if (command instanceof Command.AddAndGet) {
      return choice == 3 ? Reply.WrongValue.NOT_AN_INTEGER : value("18446744073709551615");
    }
    if (command instanceof Command.Add && choice == 3) {
      return Reply.WrongValue.NOT_AN_INTEGER;
    }
    boolean isCounted =
        command instanceof Command.Add
            || command instanceof Command.Append
            || command instanceof Command.SetLeased
            || command instanceof Command.AppendLeased;
    return isCounted ? new Reply.Count(random.nextLong()) : Reply.Done.DONE;
  }

  private Reply.Value value(String text) {
    return new Reply.Value(
        ValueKind.BYTES,
        ByteBuffer.wrap(text.getBytes(ISO_8859_1)),
        random.nextInt(),
        random.nextLong(),
        random.nextBoolean() ? Reply.Value.NEVER : random.nextLong(),
        random.nextLong(),
        random.nextInt(4));
  }

  private static void checkLines(ByteBuf out) {
    int bytes = out.readableBytes();
    if (bytes > 0) {
      assertThat(out.toString(ISO_8859_1)).endsWith("\r\n");
    }
  }

  private static void checkFrames(ByteBuf out) {
    while (out.isReadable()) {
      assertThat(out.readUnsignedByte()).isEqualTo((short) 0x81);
      int keyBytes = out.skipBytes(1).readUnsignedShort();
      int extrasBytes = out.readUnsignedByte();
      int bodyBytes = out.skipBytes(3).readInt();
      assertThat(keyBytes + extrasBytes).isBetween(0, bodyBytes);
      out.skipBytes(12 + bodyBytes);
    }
  }

  // ---- requests ----

  private byte[] line() {
    StringBuilder text = new StringBuilder();
    String value = value();
    boolean hasValue = false;
    for (String word : LINES.get(random.nextInt(LINES.size())).split(" ", -1)) {
      if (text.length() > 0) {
        text.append(' ');
      }
      hasValue |= word.equals("L");
      switch (word) {
        case "K" -> text.append(key());
        case "N" -> text.append(number());
        case "L" -> text.append(random.nextInt(10) == 0 ? number() : "" + value.length());
        case "F" -> appendFlag(text);
        default -> text.append(word);
      }
    }
    text.append(random.nextInt(20) == 0 ? "\n" : "\r\n");
    if (hasValue) {
      text.append(value).append("\r\n");
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private void appendFlag(StringBuilder text) {
    char flag = FLAGS.charAt(random.nextInt(FLAGS.length()));
    text.append(flag);
    if ("NTRFCJDES".indexOf(flag) >= 0) {
      text.append(number());
    } else if (flag == 'M') {
      text.append("EAPRSID+-x".charAt(random.nextInt(10)));
    } else if (flag == 'O') {
      text.append("x".repeat(random.nextInt(35)));
    }
  }

  private String key() {
    return switch (random.nextInt(8)) {
      case 0 -> "k".repeat(random.nextInt(1, 260));
      case 1 -> "a2s=";
      case 2 -> "\0\u00ff";
      default -> "key";
    };
  }

  private String value() {
    return switch (random.nextInt(8)) {
      case 0 -> "x".repeat(random.nextInt(1_100));
      case 1 -> "\r\nmn\r\n";
      default -> "v".repeat(random.nextInt(9));
    };
  }

  private String number() {
    return random.nextBoolean()
        ? NUMBERS.get(random.nextInt(NUMBERS.size()))
        : "" + random.nextInt(100);
  }

  private byte[] request() {
    int code = random.nextInt(20) == 0 ? random.nextInt(256) : random.nextInt(0x25);
    BinaryOperation operation = BinaryOperation.ofCode(code);
    int extrasBytes =
        operation == null
            ? random.nextInt(9)
            : switch (operation) {
              case SET, ADD, REPLACE -> 8;
              case INCREMENT, DECREMENT -> 20;
              case TOUCH, GET_AND_TOUCH, GET_AND_TOUCH_WITH_KEY, VERBOSITY -> 4;
              case FLUSH -> 4 * random.nextInt(2);
              default -> 0;
            };
    boolean hasKey = operation == null || operation.fits(extrasBytes, 1, 0);
    boolean hasValue = operation == null || operation.fits(extrasBytes, hasKey ? 1 : 0, 1);
    byte[] key = hasKey ? key().getBytes(ISO_8859_1) : new byte[0];
    byte[] value = hasValue ? value().getBytes(ISO_8859_1) : new byte[0];
    byte[] extras = new byte[extrasBytes];
    random.nextBytes(extras);
    int bodyBytes = extrasBytes + key.length + value.length;
    ByteBuffer request = ByteBuffer.allocate(24 + bodyBytes);
    request.put((byte) 0x80).put((byte) code).putShort((short) key.length);
    request.put((byte) extrasBytes).put((byte) 0).putShort((short) 0).putInt(bodyBytes);
    request.putInt(random.nextInt()).putLong(random.nextBoolean() ? 0 : random.nextLong());
    request.put(extras).put(key).put(value);
    if (random.nextInt(6) == 0) {
      lie(request);
    }
    return request.array();
  }

  private void lie(ByteBuffer request) {
    switch (random.nextInt(4)) {
      case 0 -> request.putShort(2, (short) random.nextInt());
      case 1 -> request.put(4, (byte) random.nextInt());
      case 2 -> request.putInt(8, random.nextInt());
      default -> request.putInt(8, random.nextInt(request.capacity() + 30));
    }
  }

  private byte[] noise() {
    byte[] bytes = new byte[1 + random.nextInt(200)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Bits are flipped, bytes cut out or put in, numbers changed, line ends taken away. */
  private byte[] mutate(byte[] bytes) {
    if (random.nextInt(3) > 0) {
      return bytes;
    }
    String text = new String(bytes, ISO_8859_1);
    for (int i = random.nextInt(3); i >= 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      int end = at + random.nextInt(Math.min(10, text.length() - at) + 1);
      text =
          switch (random.nextInt(6)) {
            case 0 -> flip(text, at);
            case 1 -> text.substring(0, at) + text.substring(end);
            case 2 -> text.substring(0, at) + (char) random.nextInt(256) + text.substring(at);
            case 3 -> text.replaceFirst("\\d+", NUMBERS.get(random.nextInt(NUMBERS.size())));
            case 4 -> text.replaceFirst("\r\n", random.nextBoolean() ? "" : "\n");
            default -> text.substring(0, at);
          };
    }
    return text.isEmpty() ? noise() : text.getBytes(ISO_8859_1);
  }

  private String flip(String text, int at) {
    char changed = (char) (text.charAt(at) ^ 1 << random.nextInt(8));
    return text.substring(0, at) + changed + text.substring(at + 1);
  }

  /** The dialect has ended the connection. */
  private static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
