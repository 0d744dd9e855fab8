package io.speicher.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.json.JsonCommandDecoder;
import io.speicher.dialect.json.JsonDialect;
import io.speicher.dialect.memcached.MemcachedDialect;
import io.speicher.dialect.resp.RespDialect;
import io.speicher.protocol.Bytes;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Dialects recognize the commands that nearly all traffic consists of at once, and leave all others
 * to their parsers. Here both read the same bytes, mostly right ones, and must come to the same.
 */
final class ShortcutTest {
  private static final int COUNT = Integer.getInteger("fuzz", 10_000);
  private static final Limits LIMITS = new Limits(300, 40);

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  /** A command that arrives a byte at a time is whole only when a parser has begun with it. */
  @Test
  void resp() {
    compare(this::respCommand, () -> bytewise(new RespDialect(LIMITS)), RespDialect::new);
  }

  @Test
  void memcached() {
    compare(
        this::memcachedCommand,
        () -> bytewise(new MemcachedDialect(LIMITS)),
        MemcachedDialect::new);
  }

  /** A decoder alone has no shortcut. */
  @Test
  void json() {
    compare(
        this::jsonCommand,
        () -> {
          JsonCommandDecoder decoder = new JsonCommandDecoder(LIMITS);
          CommandMemory memory = new Peer().session().commandMemory();
          return in -> allOf(() -> decoder.decode(in, memory));
        },
        JsonDialect::new);
  }

  private void compare(
      Supplier<String> command,
      Supplier<Function<ByteBuf, List<String>>> parser,
      Function<Limits, Dialect> dialect) {
    Ahead ahead = new Ahead();
    Session session = new Peer().session();
    int shortcuts = 0;
    for (int i = 0; i < COUNT / 10; i++) {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      for (int j = 0; j < 10; j++) {
        stream.writeBytes(mutate(command.get().getBytes(ISO_8859_1)));
      }
      byte[] bytes = stream.toByteArray();
      Dialect subject = dialect.apply(LIMITS);
      ByteBuf in = Unpooled.buffer(bytes.length).writeBytes(bytes);
      Reader reader = new Reader(subject, session, in, ahead);
      List<String> commands = allOf(reader::next);
      shortcuts += reader.shortcuts;
      assertThat(commands)
          .as("-Dseed=%d %s", seed, new String(bytes, ISO_8859_1))
          .isEqualTo(parser.get().apply(Unpooled.wrappedBuffer(bytes)));
    }
    assertThat(shortcuts).as("commands found ahead").isGreaterThan(COUNT / 10);
  }

  /** Takes commands as a server does: those that are found ahead, and else the next one. */
  private static final class Reader {
    private final Dialect dialect;
    private final Session session;
    private final ByteBuf in;
    private final Ahead ahead;
    private int next;
    int shortcuts;

    Reader(Dialect dialect, Session session, ByteBuf in, Ahead ahead) {
      this.dialect = dialect;
      this.session = session;
      this.in = in;
      this.ahead = ahead;
      ahead.clear();
    }

    @Nullable Command next() {
      if (next == ahead.count()) {
        int readable = in.readableBytes();
        ahead.clear();
        next = 0;
        dialect.lookAhead(new ReceivedBytes(in), ahead);
        assertThat(in.readableBytes()).isEqualTo(readable);
        shortcuts += ahead.count();
      }
      if (next < ahead.count()) {
        Plain plain = ahead.get(next++);
        assertThat(plain.start()).isEqualTo(in.readerIndex());
        Command command = dialect.decode(plain, session);
        if (command != null) {
          in.readerIndex(plain.end());
          return command;
        }
      }
      return dialect.decode(in, session);
    }
  }

  /** Connections whose commands lie one behind the other: each finds its own. */
  @Test
  void ahead_ofSeveralConnections() {
    Ahead ahead = new Ahead();
    Dialect dialect = new RespDialect(LIMITS);
    Session session = new Peer().session();
    ByteBuf in = resp("GET a", "GET b", "GET c", "GET d");
    int length = in.readableBytes() / 4;
    for (int from : new int[] {0, 2, 3}) { // Two commands, and one, and one.
      in.setIndex(from * length, (from == 0 ? 2 : from + 1) * length);
      dialect.lookAhead(new ReceivedBytes(in), ahead);
    }
    assertThat(ahead.count()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      assertThat(ahead.get(i).start()).isEqualTo(i * length);
      assertThat(ahead.get(i).end()).isEqualTo((i + 1) * length);
      assertThat(describe(requireNonNull(dialect.decode(ahead.get(i), session))))
          .isEqualTo("get " + "abcd".charAt(i) + "VALUE");
    }
  }

  /** What is found ahead is bounded, and goes on where it was. */
  @Test
  void ahead_isFull() {
    Ahead ahead = new Ahead();
    Dialect dialect = new RespDialect(LIMITS);
    String[] commands = new String[Ahead.MAX_COMMANDS + 1];
    Arrays.fill(commands, "GET a");
    ByteBuf in = resp(commands);
    dialect.lookAhead(new ReceivedBytes(in), ahead);
    assertThat(ahead.isFull()).isTrue();
    in.readerIndex(ahead.get(Ahead.MAX_COMMANDS - 1).end());
    ahead.clear();
    dialect.lookAhead(new ReceivedBytes(in), ahead);
    assertThat(ahead.count()).isEqualTo(1);
  }

  private static ByteBuf resp(String... commands) {
    StringBuilder all = new StringBuilder();
    for (String command : commands) {
      String key = command.substring(4);
      all.append("*2\r\n$3\r\n%s\r\n$%d\r\n%s\r\n".formatted("GET", key.length(), key));
    }
    return Unpooled.buffer().writeBytes(all.toString().getBytes(ISO_8859_1));
  }

  /** Reads as from a peer whose every byte is a packet of its own. */
  private static Function<ByteBuf, List<String>> bytewise(Dialect dialect) {
    return bytes -> {
      List<String> commands = new ArrayList<>();
      ByteBuf in = Unpooled.buffer();
      Session session = new Peer().session();
      boolean lost = false;
      while (bytes.isReadable() && !lost) {
        in.writeByte(bytes.readByte());
        List<String> more = allOf(() -> dialect.decode(in, session));
        commands.addAll(more);
        lost = !more.isEmpty() && more.get(more.size() - 1).startsWith("lost");
      }
      return commands;
    };
  }

  private static List<String> allOf(Supplier<@Nullable Command> decoder) {
    List<String> commands = new ArrayList<>();
    try {
      for (Command command = decoder.get(); command != null; command = decoder.get()) {
        commands.add(describe(command));
      }
    } catch (ProtocolException e) {
      commands.add("lost: " + e.reason());
    }
    return commands;
  }

  private static String describe(Command command) {
    if (command instanceof Command.Get get) {
      return "get " + text(get.key()) + get.view();
    }
    if (command instanceof Command.Set set) {
      return "set %s %s %s %s"
          .formatted(text(set.key()), set.kind(), text(set.value()), set.options());
    }
    return command.getClass().getSimpleName();
  }

  private static String text(ByteBuffer bytes) {
    return ISO_8859_1.decode(bytes.duplicate()).toString();
  }

  // ---- bytes ----

  private String respCommand() {
    String key = word(random.nextInt(50));
    if (random.nextBoolean()) {
      return "*2\r\n$3\r\n%s\r\n$%d\r\n%s\r\n".formatted(anyCase("get"), key.length(), key);
    }
    String value = word(random.nextInt(320));
    return "*3\r\n$3\r\n%s\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
        .formatted(anyCase("set"), key.length(), key, value.length(), value);
  }

  private String memcachedCommand() {
    String key = word(random.nextInt(50));
    if (random.nextBoolean()) {
      return "get " + key + "\r\n";
    }
    String value = word(random.nextInt(320));
    int flags = random.nextInt(3);
    int exptime = random.nextInt(4) == 0 ? random.nextInt(5_000_000) : 0;
    return "set %s %d %d %d\r\n%s\r\n".formatted(key, flags, exptime, value.length(), value);
  }

  private String jsonCommand() {
    String space = random.nextBoolean() ? " " : "";
    String key = word(random.nextInt(50));
    String head = "{\"command\":" + space;
    String tail = "," + space + "\"key\":" + space + "\"" + key + "\"";
    String json =
        random.nextBoolean()
            ? head + "\"GET\"" + tail + "}"
            : "%s\"SET\"%s,%s\"value\":%s\"%s\"}"
                .formatted(head, tail, space, space, word(random.nextInt(200)));
    byte[] payload = json.getBytes(ISO_8859_1);
    return new String(
        ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array(),
        ISO_8859_1);
  }

  private String anyCase(String name) {
    return random.nextInt(4) == 0
        ? name.toUpperCase(Locale.ROOT)
        : random.nextInt(4) == 0 ? "G" + name.substring(1) : name;
  }

  private String word(int length) {
    StringBuilder word = new StringBuilder();
    while (word.length() < length) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  /** Some bytes in ten commands become others, which matter to one dialect or another. */
  private byte[] mutate(byte[] bytes) {
    String others = "\r\n \0\"\\0159$*{},:gesT\t\u007f\u00e9\u00ff";
    if (random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) others.charAt(random.nextInt(others.length()));
    }
    return bytes;
  }

  @Test
  void indexes() {
    byte[] bytes = new byte[40];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int i = 0; i < COUNT; i++) {
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = (byte) (random.nextInt(20) == 0 ? random.nextInt(256) : 'a');
      }
      int from = random.nextInt(20);
      int to = from + random.nextInt(21);
      for (boolean ascii : List.of(true, false)) {
        int expected = from;
        while (expected < to && !isSpecial(bytes[expected], ascii)) {
          expected++;
        }
        assertThat(Bytes.indexOfSpecial(buffer, from, to, ascii)).isEqualTo(expected);
      }
      int space = from;
      while (space < to && (bytes[space] & 0xFF) > ' ') {
        space++;
      }
      assertThat(Bytes.indexOfSpace(buffer, from, to)).isEqualTo(space);
    }
  }

  private static boolean isSpecial(byte b, boolean ascii) {
    return "\"\\".indexOf(b) >= 0 || (b >= 0 && b < ' ') || (ascii && b < 0);
  }
}
