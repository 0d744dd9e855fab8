package io.speicher.dialect.memcached;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Peer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemcachedDialectTest {
  private static final Limits LIMITS = new Limits(100, Limits.MAX_KEY_BYTES);
  private static final Reply.Value VALUE =
      new Reply.Value(ValueKind.BYTES, bytes("v1"), 7, 42, Reply.Value.NEVER, 0, 1);

  private final MemcachedDialect dialect = new MemcachedDialect(LIMITS);
  private final Peer peer = new Peer();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set k 7 0 2\r\nab\r\n",
        "cas k 7 10 2 99 noreply\r\n\r\n\r\n",
        "get a b c\r\n",
        "gats 5 a b\r\n",
        "ms azE= 2 b T5 c I C9\r\nab\r\n",
        "mg key s v q N5 R6 T7 Oabc\r\n",
        "set k 0 0 101\r\n" + "0123456789"
      })
  void findsTheSameCommandsWhereverTheInputIsCut(String text) {
    String input = text + "mn\r\n";
    List<String> whole = commands(new MemcachedDialect(LIMITS), List.of(input));
    for (int cut = 0; cut <= input.length(); cut++) {
      List<String> pieces = List.of(input.substring(0, cut), input.substring(cut));
      assertThat(commands(new MemcachedDialect(LIMITS), pieces)).isEqualTo(whole);
    }
    assertThat(commands(new MemcachedDialect(LIMITS), List.of(input.split("")))).isEqualTo(whole);
  }

  // ---- many keys ----

  /** So many that they are counted while they arrive, and found when they are asked for. */
  @ParameterizedTest
  @ValueSource(strings = {"get", "gets", "gat 5", "gats  5"})
  void manyKeys_cutAnywhere(String command) {
    List<ByteBuffer> keys = new ArrayList<>();
    StringBuilder line = new StringBuilder(command);
    for (int i = 0; line.length() < 2_500; i++) {
      String key = "k" + i + "x".repeat(i % 40);
      line.append(" ".repeat(i % 7 == 0 ? 3 : 1)).append(key);
      keys.add(bytes(key));
    }
    byte[] whole = line.append(" \r\n").toString().getBytes(ISO_8859_1);
    // memcached waits for the rest of a long line only if it begins with get or gets.
    int firstCut = command.startsWith("gat") ? whole.length : 1;
    for (int cut = firstCut; cut <= whole.length; cut++) {
      MemcachedDialect roomy = new MemcachedDialect(Limits.DEFAULT);
      if (cut < whole.length) {
        assertThat(peer.decodeOrNull(roomy, Unpooled.wrappedBuffer(whole, 0, cut))).isNull();
      }
      assertThat(keys(peer.decode(roomy, Unpooled.copiedBuffer(whole)))).isEqualTo(keys);
    }
  }

  @Test
  void manyKeys_byteByByte() {
    MemcachedDialect roomy = new MemcachedDialect(Limits.DEFAULT);
    List<ByteBuffer> keys = IntStream.range(0, 1_000).mapToObj(i -> bytes("k" + i)).toList();
    String line =
        "get " + IntStream.range(0, 1_000).mapToObj(i -> "k" + i).collect(joining(" ")) + "\r\n";
    ByteBuf in = Unpooled.buffer();
    for (int i = 0; i < line.length() - 1; i++) {
      in.writeByte(line.charAt(i));
      assertThat(peer.decodeOrNull(roomy, in)).isNull();
    }
    Command.GetAll get = (Command.GetAll) peer.decode(roomy, in.writeByte('\n'));
    assertThat(get.keys()).isEqualTo(keys);
    for (int i : new int[] {999, 0, 21, 22, 23, 24, 500, 437, 436, 501, 22, 999}) {
      assertThat(get.keys().get(i)).isEqualTo(keys.get(i));
    }
  }

  /** Each value is told with its key, be it one of the first words of the line or behind them. */
  @ParameterizedTest
  @CsvSource({"get, 40", "gat 5, 40", "gets, 23", "gats 5, 22", "gets, 22"})
  void manyKeys_answered(String command, int count) {
    String names = IntStream.range(0, count).mapToObj(i -> "k" + i).collect(joining(" "));
    decode(command + " " + names + "\r\n");
    boolean showsVersion = command.startsWith("gets") || command.startsWith("gats");
    StringBuilder expected = new StringBuilder();
    dialect.beginBatch(count, peer.out());
    for (int i = 0; i < count; i++) {
      dialect.turnTo(i);
      dialect.encode(i % 3 == 0 ? Reply.Miss.MISS : VALUE, peer.out());
      expected.append(
          i % 3 == 0 ? "" : "VALUE k" + i + " 7 2" + (showsVersion ? " 42" : "") + "\r\nv1\r\n");
    }
    dialect.endBatch(peer.out());
    assertThat(peer.takeText()).isEqualTo(expected + "END\r\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 21, 22, 23, 99})
  void manyKeys_oneTooLong(int index) {
    for (String command : List.of("get", "gat 5")) {
      for (int keyBytes : new int[] {250, 251}) {
        StringBuilder line = new StringBuilder(command);
        for (int i = 0; i < 100; i++) {
          line.append(" ").append("k".repeat(i == index ? keyBytes : 1));
        }
        MemcachedDialect roomy = new MemcachedDialect(Limits.DEFAULT);
        Command read = peer.decode(roomy, Unpooled.copiedBuffer(line.append("\r\n"), ISO_8859_1));
        assertThat(read instanceof Command.Malformed).isEqualTo(keyBytes > 250);
      }
    }
  }

  /** The places of a million words would fill the heap. */
  @ParameterizedTest
  @ValueSource(strings = {"get", "gets", "gat 5"})
  void aMillionKeys_takeNoMemory(String command) {
    MemcachedDialect roomy = new MemcachedDialect(Limits.DEFAULT);
    int count = 1_000_000;
    ByteBuf in = Unpooled.buffer(3 * count + 100).writeBytes(command.getBytes(ISO_8859_1));
    for (int i = 0; i < count; i++) {
      in.writeByte(' ').writeByte('a' + i % 26);
    }
    in.writeByte('\r').writeByte('\n');
    long before = allocatedBytes();
    if (command.startsWith("get")) {
      assertThat(peer.decodeOrNull(roomy, in.slice(0, 2 * count))).isNull();
    }
    Command read = peer.decode(roomy, in);
    ByteBuffer last = key(read, count - 1);
    assertThat(allocatedBytes() - before).isLessThan(100_000);
    assertThat(last).isEqualTo(bytes("" + (char) ('a' + (count - 1) % 26)));
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  private static List<ByteBuffer> keys(Command read) {
    int count =
        read instanceof Command.Batch(var commands)
            ? commands.size()
            : ((Command.GetAll) read).keys().size();
    return IntStream.range(0, count).mapToObj(i -> key(read, i)).toList();
  }

  private static ByteBuffer key(Command read, int index) {
    return read instanceof Command.Batch(var commands)
        ? ((Command.GetAndTouch) commands.get(index)).key()
        : ((Command.GetAll) read).keys().get(index);
  }

  // ---- commands and replies ----

  @Test
  void readsWhatIsStored() {
    assertThat(decode("set k 7 100 2\r\nab\r\n"))
        .isEqualTo(set(new SetOptions(7, Expiry.after(100_000), Condition.ALWAYS, false)));
    assertThat(decode("add k 0 0 2\r\nab\r\n"))
        .isEqualTo(set(SetOptions.DEFAULT.withCondition(Condition.ABSENT)));
    assertThat(decode("cas k 0 0 2 18446744073709551615\r\nab\r\n"))
        .isEqualTo(set(SetOptions.DEFAULT.withCondition(Condition.version(-1))));
    assertThat(decode("set k 0 -1 2\r\nab\r\n"))
        .isEqualTo(set(SetOptions.DEFAULT.withExpiry(Expiry.at(0))));
    assertThat(decode("set k 0 2592001 2\r\nab\r\n"))
        .isEqualTo(set(SetOptions.DEFAULT.withExpiry(Expiry.at(2_592_001_000L))));
    assertThat(decode("prepend k 0 0 2\r\nab\r\n"))
        .isEqualTo(new Command.Append(bytes("k"), ValueKind.BYTES, bytes("ab"), true, false));
  }

  @Test
  void readsWhatIsAskedFor() {
    assertThat(decode("gets k\r\n")).isEqualTo(new Command.Get(bytes("k"), View.VERSION));
    assertThat(decode("get k l\r\n"))
        .isEqualTo(new Command.GetAll(List.of(bytes("k"), bytes("l")), View.VALUE));
    assertThat(decode("decr k 5\r\n"))
        .isEqualTo(new Command.Add(bytes("k"), 5, Arithmetic.UNSIGNED_DOWN, null));
    assertThat(decode("mg a2s= b u R30 N60\r\n"))
        .isEqualTo(
            new Command.LeaseGet(bytes("kk"), View.GLANCE, null, Expiry.after(60_000), 30_000));
    assertThat(decode("md k I T30 C5\r\n"))
        .isEqualTo(new Command.Invalidate(bytes("k"), Condition.version(5), Expiry.after(30_000)));
  }

  @ParameterizedTest
  @CsvSource({
    "nonsense, ERROR",
    "set k 0 0, ERROR",
    "set k x 0 1, CLIENT_ERROR bad command line format",
    "set k 0 0 -1, CLIENT_ERROR bad command line format",
    "incr k x, CLIENT_ERROR invalid numeric delta argument",
    "touch k x, CLIENT_ERROR invalid exptime argument",
    "delete k 5, CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]",
    "shutdown, ERROR: shutdown not enabled",
    "mg k z, CLIENT_ERROR invalid flag",
    "mg k v v, CLIENT_ERROR duplicate flag",
    "mg ! b, CLIENT_ERROR error decoding key",
    "mg k Tx, CLIENT_ERROR bad token in command line format",
    "md k z, CLIENT_ERROR invalid or duplicate flag",
    "ma k MX, CLIENT_ERROR invalid mode for ma M token",
  })
  void answersWhatIsWrongAsMemcachedDoes(String line, String answer) {
    assertThat(answer(line + "\r\n", Reply.Done.DONE)).isEqualTo(answer + "\r\n");
  }

  @Test
  void refusesLongKeysAndGoesOnWithTheNextLine() {
    String input = "get " + "k".repeat(251) + "\r\nmn\r\n";
    assertThat(commands(dialect, List.of(input)))
        .satisfiesExactly(
            first -> assertThat(first).contains("CLIENT_ERROR bad command line format"),
            second -> assertThat(second).contains("MN"));
  }

  @Test
  void spellsReplies() {
    assertThat(answer("get k\r\n", VALUE)).isEqualTo("VALUE k 7 2\r\nv1\r\nEND\r\n");
    assertThat(answer("gets k\r\n", VALUE)).isEqualTo("VALUE k 7 2 42\r\nv1\r\nEND\r\n");
    assertThat(answer("get k\r\n", Reply.Miss.MISS)).isEqualTo("END\r\n");
    assertThat(answer("incr k 1\r\n", new Reply.Count(-1))).isEqualTo("18446744073709551615\r\n");
    assertThat(answer("add k 0 0 1\r\nx\r\n", Reply.Exists.EXISTS)).isEqualTo("NOT_STORED\r\n");
    assertThat(answer("append k 0 0 1\r\nx\r\n", Reply.WrongValue.TOO_LONG))
        .isEqualTo("NOT_STORED\r\n");
    assertThat(answer("cas k 0 0 1 1\r\nx\r\n", Reply.Exists.EXISTS)).isEqualTo("EXISTS\r\n");
    assertThat(answer("set k 0 0 1 noreply\r\nx\r\n", Reply.Done.DONE)).isEmpty();
    assertThat(answer("set k 0 0 1\r\nxyz", Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR bad data chunk\r\n");
    assertThat(
            answer(
                "mg k s v Oq k c\r\n",
                new Reply.Leased(VALUE, Reply.Value.NEVER, true, false, true)))
        .isEqualTo("VA 2 s2 Oq kk c42 X W\r\nv1\r\n");
    assertThat(answer("ms k 1 c\r\nx\r\n", new Reply.Count(9))).isEqualTo("HD c9\r\n");
    assertThat(answer("mg k q\r\n", Reply.Miss.MISS)).isEmpty();
  }

  /** Where there is no memory for its reply, a command is decoded again. */
  @Test
  void tooLarge_canBeDecodedAgain() {
    String tooLarge = "set k 0 0 101\r\n" + "x".repeat(101) + "\r\n";
    ByteBuf in = Unpooled.copiedBuffer(tooLarge + "get k\r\n", ISO_8859_1);
    for (int i = 0; i < 2; i++) {
      in.readerIndex(0);
      assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Delete(bytes("k")));
    }
    assertThat(peer.answer(dialect, Reply.Miss.MISS).toString(ISO_8859_1))
        .isEqualTo("SERVER_ERROR object too large for cache\r\n");
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Get(bytes("k")));
  }

  @Test
  void tooManyConnections() {
    assertThat(answer("get k\r\n", new Reply.TooManyConnections(7)))
        .isEqualTo("SERVER_ERROR too many connections\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "1 10, END",
    "63 0, END",
    "64 10, CLIENT_ERROR Illegal slab id",
    "18446744073709551615 1, CLIENT_ERROR Illegal slab id",
    "x 1, CLIENT_ERROR bad command line format",
    "1 x, CLIENT_ERROR bad command line format",
    "1, CLIENT_ERROR bad command line"
  })
  void cachedump(String arguments, String reply) {
    assertThat(answer("stats cachedump " + arguments + "\r\n", Reply.Done.DONE))
        .isEqualTo(reply + "\r\n");
  }

  @Test
  void impossibleReply_isNamed() {
    assertThatThrownBy(() -> answer("incr k 1\r\n", VALUE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no such reply to this command: command=incr reply=Value");
  }

  /** Whatever comes, there is nothing but commands and protocol errors. */
  @Test
  void survivesAnything() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    String[] words = {
      "get", "set", "cas", "gat", "mg", "ms", "md", "ma", "me", "mn", "stats", "flush_all", "k",
      "0", "1", "-1", "99999999999", "noreply", "b", "v", "T5", "N1", "C1", "Oab", "\r\n", "\n",
      "\0", "a2s=", "\u00ff"
    };
    for (int i = 0; i < Integer.getInteger("fuzz", 20_000); i++) {
      StringBuilder input = new StringBuilder();
      for (int j = random.nextInt(12); j >= 0; j--) {
        input.append(words[random.nextInt(words.length)]).append(random.nextInt(9) > 0 ? " " : "");
      }
      input.append("\r\nx\r\nmn\r\n");
      int cut = random.nextInt(input.length());
      List<String> pieces = List.of(input.substring(0, cut), input.substring(cut));
      assertThatCode(() -> commands(new MemcachedDialect(LIMITS), pieces))
          .as("-Dseed=%d", seed)
          .doesNotThrowAnyException();
    }
  }

  private Command decode(String text) {
    return peer.decode(dialect, Unpooled.copiedBuffer(text, ISO_8859_1));
  }

  private String answer(String text, Reply reply) {
    decode(text);
    return peer.answer(dialect, reply).toString(ISO_8859_1);
  }

  /** The commands that are found, and how they are answered. */
  private static List<String> commands(MemcachedDialect dialect, List<String> pieces) {
    List<String> found = new ArrayList<>();
    ByteBuf in = Unpooled.buffer();
    Peer peer = new Peer();
    try {
      for (String piece : pieces) {
        in = Unpooled.copiedBuffer(in, Unpooled.copiedBuffer(piece, ISO_8859_1));
        Command command;
        while ((command = peer.decodeOrNull(dialect, in)) != null) {
          String described = withoutPositions(command);
          String said = peer.answer(dialect, replyTo(command)).toString(ISO_8859_1);
          found.add(described + " " + said);
        }
      }
    } catch (ProtocolException e) {
      found.add(e.reason());
    }
    return found;
  }

  private static Reply replyTo(Command command) {
    return command instanceof Command.Malformed malformed
        ? new Reply.Refused(400, malformed.why())
        : new Reply.Failed(503, "failed");
  }

  /** Where the bytes of a command lie is nobody's business. */
  private static String withoutPositions(Command command) {
    return command.toString().replaceAll("pos=\\d+ lim=\\d+ cap=\\d+", "");
  }

  private static Command.Set set(SetOptions options) {
    return new Command.Set(bytes("k"), ValueKind.BYTES, bytes("ab"), options);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
