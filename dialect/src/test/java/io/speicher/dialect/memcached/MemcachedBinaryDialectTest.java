package io.speicher.dialect.memcached;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is expected here is what memcached 1.6.18 said to the same requests. */
final class MemcachedBinaryDialectTest {
  private static final Limits LIMITS = new Limits(100, Limits.MAX_KEY_BYTES);
  private static final int OPAQUE = 0xCAFEBABE;
  private static final long VERSION = 0xFEDC_BA98_7654_3210L;
  private static final ByteBuffer K = bytes("k");
  private static final ByteBuffer AB = bytes("ab");
  private static final Reply.Value VALUE =
      new Reply.Value(ValueKind.BYTES, bytes("15"), 7, VERSION, Reply.Value.NEVER, 0, 1);

  /** Flags 7, and 60 seconds. */
  private static final String STORED = "00000007" + "0000003c";

  /** A delta of 5, an initial value of 9, and 60 seconds. */
  private static final String COUNTED = "0000000000000005" + "0000000000000009" + "0000003c";

  private static final String SECONDS = "0000003c";

  private final Peer peer = new Peer();
  private MemcachedBinaryDialect dialect = new MemcachedBinaryDialect(LIMITS);

  // ---- commands ----

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x09, 0x0c, 0x0d})
  void get(int code) {
    assertThat(decode(request(code, "", "k", ""))).isEqualTo(new Command.Get(K, View.VERSION));
  }

  @ParameterizedTest
  @CsvSource({
    "1, ALWAYS",
    "17, ALWAYS",
    "2, ABSENT",
    "18, ABSENT",
    "3, PRESENT",
    "19, PRESENT",
  })
  void set_addAndReplace(int code, Condition.Kind kind) {
    assertThat(decode(request(code, STORED, "k", "ab"))).isEqualTo(set(new Condition(kind, 0)));
    assertThat(decode(request(code, STORED, "k", "ab", VERSION)))
        .isEqualTo(set(Condition.version(VERSION)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x04, 0x14})
  void delete(int code) {
    assertThat(decode(request(code, "", "k", ""))).isEqualTo(new Command.Delete(K));
    assertThat(decode(request(code, "", "k", "", VERSION)))
        .isEqualTo(new Command.DeleteIf(K, Condition.version(VERSION)));
  }

  @ParameterizedTest
  @CsvSource({"5, UNSIGNED_UP", "21, UNSIGNED_UP", "6, UNSIGNED_DOWN", "22, UNSIGNED_DOWN"})
  void incrementAndDecrement(int code, Arithmetic arithmetic) {
    Command.Initial initial = new Command.Initial(9, ValueKind.BYTES, Expiry.after(60_000));
    assertThat(decode(request(code, COUNTED, "k", "")))
        .isEqualTo(
            new Command.AddAndGet(
                new Command.Add(K, 5, arithmetic, initial), Condition.ALWAYS, Expiry.KEEP));
    String withoutInitial = COUNTED.substring(0, 32) + "ffffffff";
    assertThat(decode(request(code, withoutInitial, "k", "", VERSION)))
        .isEqualTo(
            new Command.AddAndGet(
                new Command.Add(K, 5, arithmetic, null), Condition.version(VERSION), Expiry.KEEP));
  }

  @ParameterizedTest
  @CsvSource({"14, false", "25, false", "15, true", "26, true"})
  void appendAndPrepend(int code, boolean toFront) {
    Command.Append append = new Command.Append(K, ValueKind.BYTES, AB, toFront, false);
    assertThat(decode(request(code, "", "k", "ab")))
        .isEqualTo(new Command.AppendLeased(append, Condition.ALWAYS));
    assertThat(decode(request(code, "", "k", "ab", VERSION)))
        .isEqualTo(new Command.AppendLeased(append, Condition.version(VERSION)));
    assertThat(answer(request(14, "", "k", "ab"), Reply.WrongValue.TOO_LONG))
        .isEqualTo(failure(14, 5, "Not stored."));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1c, 0x1d, 0x1e, 0x23, 0x24})
  void touchAndGetAndTouch(int code) {
    assertThat(decode(request(code, SECONDS, "k", "")))
        .isEqualTo(new Command.GetAndTouch(K, Expiry.after(60_000), View.VERSION));
    // In 2106: nothing is negative here.
    assertThat(decode(request(code, "ffffffff", "k", "")))
        .isEqualTo(new Command.GetAndTouch(K, Expiry.at(0xFFFFFFFFL * 1_000), View.VERSION));
  }

  @Test
  void ofTheServer() {
    assertThat(decode(request(0x07, "", "", ""))).isEqualTo(new Command.Quit());
    assertThat(decode(request(0x17, "", "", ""))).isEqualTo(new Command.Quit());
    assertThat(decode(request(0x08, "", "", ""))).isEqualTo(new Command.Clear(0));
    assertThat(decode(request(0x18, SECONDS, "", ""))).isEqualTo(new Command.Clear(60_000));
    assertThat(decode(request(0x0a, "", "", ""))).isEqualTo(new Command.Ping());
    assertThat(decode(request(0x0b, "", "", ""))).isEqualTo(new Command.Ping());
    assertThat(decode(request(0x1b, "00000001", "", ""))).isEqualTo(new Command.Ping());
    assertThat(decode(request(0x10, "", "", ""))).isEqualTo(new Command.Stats());
    assertThat(decode(request(0x10, "", "settings", ""))).isEqualTo(new Command.Stats());
    assertThat(decode(request(0x10, "", "reset", ""))).isEqualTo(new Command.ResetStats());
    assertThat(answer(request(0x10, "", "nonsense", ""), Reply.Done.DONE))
        .isEqualTo(failure(0x10, 1, "Not found"));
  }

  // ---- replies ----

  @Test
  void get_hit() {
    for (int code : new int[] {0x00, 0x09}) {
      assertThat(answer(request(code, "", "k", ""), VALUE))
          .isEqualTo(reply(code, 0, "00000007", "", "15", VERSION));
    }
    for (int code : new int[] {0x0c, 0x0d}) {
      assertThat(answer(request(code, "", "k", ""), VALUE))
          .isEqualTo(reply(code, 0, "00000007", "k", "15", VERSION));
    }
    for (int code : new int[] {0x1d, 0x1e}) {
      assertThat(answer(request(code, SECONDS, "k", ""), VALUE))
          .isEqualTo(reply(code, 0, "00000007", "", "15", VERSION));
    }
    for (int code : new int[] {0x23, 0x24}) {
      assertThat(answer(request(code, SECONDS, "k", ""), VALUE))
          .isEqualTo(reply(code, 0, "00000007", "k", "15", VERSION));
    }
    assertThat(answer(request(0x1c, SECONDS, "k", ""), VALUE))
        .isEqualTo(reply(0x1c, 0, "00000007", "", "", VERSION));
  }

  @Test
  void get_miss_isNoNewsToTheQuiet() {
    assertThat(answer(request(0x00, "", "k", ""), Reply.Miss.MISS))
        .isEqualTo(failure(0x00, 1, "Not found"));
    assertThat(answer(request(0x0c, "", "k", ""), Reply.Miss.MISS))
        .isEqualTo(reply(0x0c, 1, "", "k", "", 0));
    assertThat(answer(request(0x1d, SECONDS, "k", ""), Reply.Miss.MISS))
        .isEqualTo(failure(0x1d, 1, "Not found"));
    assertThat(answer(request(0x1c, SECONDS, "k", ""), Reply.Miss.MISS))
        .isEqualTo(failure(0x1c, 1, "Not found"));
    assertThat(answer(request(0x23, SECONDS, "k", ""), Reply.Miss.MISS))
        .isEqualTo(reply(0x23, 1, "", "k", "", 0));
    for (int code : new int[] {0x09, 0x0d}) {
      assertThat(answer(request(code, "", "k", ""), Reply.Miss.MISS)).isEmpty();
    }
    for (int code : new int[] {0x1e, 0x24}) {
      assertThat(answer(request(code, SECONDS, "k", ""), Reply.Miss.MISS)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 17, 0000000700000000, ab",
    "2, 18, 0000000700000000, ab",
    "3, 19, 0000000700000000, ab",
    "4, 20, '', ''",
    "14, 25, '', ab",
    "15, 26, '', ab",
    "8, 24, '', ''",
    "7, 23, '', ''",
  })
  void change_done_isNoNewsToTheQuiet(int code, int quiet, String extras, String value) {
    String key = code == 7 || code == 8 ? "" : "k";
    assertThat(answer(request(code, extras, key, value), Reply.Done.DONE))
        .isEqualTo(reply(code, 0, "", "", "", 0));
    assertThat(answer(request(code, extras, key, value), new Reply.Count(VERSION)))
        .isEqualTo(reply(code, 0, "", "", "", VERSION));
    assertThat(answer(request(quiet, extras, key, value), Reply.Done.DONE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0000000700000000, ab, 1, Not found",
    "17, 0000000700000000, ab, 1, Not found",
    "19, 0000000700000000, ab, 1, Not found",
    "4, '', '', 1, Not found",
    "20, '', '', 1, Not found",
    "14, '', ab, 5, Not stored.",
    "25, '', ab, 5, Not stored.",
    "15, '', ab, 5, Not stored.",
    "26, '', ab, 5, Not stored.",
  })
  void change_notDone_isToldToTheQuiet(
      int code, String extras, String value, int status, String text) {
    byte[] request = request(code, extras, "k", value);
    assertThat(answer(request, Reply.Miss.MISS)).isEqualTo(failure(code, status, text));
    assertThat(answer(request, Reply.Exists.EXISTS))
        .isEqualTo(failure(code, 2, "Data exists for key."));
    assertThat(answer(request, new Reply.Failed(503, "no memory")))
        .isEqualTo(failure(code, 0x82, "Out of memory"));
  }

  @Test
  void add_tellsTheNumberInBinary() {
    for (int code : new int[] {0x05, 0x06}) {
      assertThat(answer(request(code, COUNTED, "k", ""), VALUE))
          .isEqualTo(reply(code, 0, "", "", "\0\0\0\0\0\0\0\u000f", VERSION));
    }
    Reply largest = new Reply.Value(ValueKind.BYTES, bytes("18446744073709551615"));
    assertThat(answer(request(0x05, COUNTED, "k", ""), largest))
        .isEqualTo(reply(0x05, 0, "", "", "\u00ff".repeat(8), 0));
    for (int code : new int[] {0x15, 0x16}) {
      byte[] request = request(code, COUNTED, "k", "");
      assertThat(answer(request, VALUE)).isEmpty();
      assertThat(answer(request, Reply.Miss.MISS)).isEqualTo(failure(code, 1, "Not found"));
      assertThat(answer(request, Reply.WrongValue.NOT_AN_INTEGER))
          .isEqualTo(failure(code, 6, "Non-numeric server-side value for incr or decr"));
    }
  }

  @Test
  void version_tellsIt() {
    assertThat(answer(request(0x0b, "", "", ""), Reply.Done.DONE))
        .isEqualTo(reply(0x0b, 0, "", "", "1.6.18", 0));
    assertThat(answer(request(0x0a, "", "", ""), Reply.Done.DONE))
        .isEqualTo(reply(0x0a, 0, "", "", "", 0));
    assertThat(answer(request(0x1b, "00000001", "", ""), Reply.Done.DONE))
        .isEqualTo(reply(0x1b, 0, "", "", "", 0));
  }

  @Test
  void tooManyConnections() {
    assertThat(answer(noop(), new Reply.TooManyConnections(7)))
        .isEqualTo(failure(0x0a, 0x85, "too many connections"));
  }

  // ---- what is wrong ----

  @Test
  void unknownCode_isSkippedWithItsBody() {
    ByteBuf in = Unpooled.wrappedBuffer(request(0x60, "0102", "abc", "xyz"), noop());
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Malformed("Unknown command"));
    assertThat(encode(new Reply.Refused(400, "Unknown command")))
        .isEqualTo(failure(0x60, 0x81, "Unknown command"));
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Ping());
    assertThat(in.isReadable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x11})
  void set_tooLarge_losesTheOldItem(int code) {
    ByteBuf in = Unpooled.wrappedBuffer(request(code, STORED, "k", "x".repeat(101)), noop());
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Delete(K));
    assertThat(encode(Reply.Done.DONE)).isEqualTo(failure(code, 3, "Too large."));
    assertThat(encode(Reply.Miss.MISS)).isEqualTo(failure(code, 3, "Too large."));
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Ping());
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0000000700000000, k",
    "18, 0000000700000000, k",
    "3, 0000000700000000, k",
    "14, '', k",
    "1, 0000000700000000, ''"
  })
  void change_tooLarge_isSkippedAndToldToTheQuiet(int code, String extras, String key) {
    ByteBuf in = Unpooled.wrappedBuffer(request(code, extras, key, "x".repeat(101)), noop());
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Malformed("Too large."));
    assertThat(encode(new Reply.Refused(400, "Too large.")))
        .isEqualTo(failure(code, 3, "Too large."));
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Ping());
  }

  /** Where there is no memory for its reply, a request is decoded again. */
  @Test
  void tooLarge_canBeDecodedAgain() {
    ByteBuf in = Unpooled.wrappedBuffer(request(0x02, STORED, "k", "x".repeat(101)), noop());
    for (int i = 0; i < 2; i++) {
      in.readerIndex(0);
      assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Malformed("Too large."));
    }
    encode(new Reply.Refused(400, "Too large."));
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Ping());
  }

  /** Nothing is kept of a body that is too large, however much of it there may be. */
  @Test
  void tooLarge_isRefusedBeforeItHasArrived() {
    ByteBuf in = Unpooled.buffer();
    in.writeBytes(header(0x02, 8, 1, Integer.MAX_VALUE)).writeBytes(new byte[9]);
    assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Malformed("Too large."));
    encode(new Reply.Refused(400, "Too large."));
    for (int i = 0; i < 100; i++) {
      in.writeBytes(new byte[1_000]);
      assertThat(peer.decodeOrNull(dialect, in)).isNull();
      assertThat(in.isReadable()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00, k, ''",
    "0, '', '', ''",
    "0, '', k, v",
    "1, 00000000, k, v",
    "1, '', k, v",
    "1, 0000000000000000, '', v",
    "4, 00, k, ''",
    "4, '', k, v",
    "5, 00000000, k, ''",
    "7, '', k, ''",
    "8, 00, '', ''",
    "8, '', k, ''",
    "10, '', k, ''",
    "10, '', '', v",
    "11, 00000000, '', ''",
    "14, 00, k, v",
    "14, '', '', v",
    "16, 00, '', ''",
    "27, '', '', ''",
    "28, '', k, ''",
    "29, 00000000, '', ''",
    "35, 0000000000000000, k, ''",
  })
  void wrongParts_endTheConnection(int code, String extras, String key, String value) {
    assertInvalid(request(code, extras, key, value), code);
  }

  @Test
  void lyingLengths_endTheConnection() {
    assertInvalid(join(header(0x00, 0, 10, 5), bytes("abcde").array()), 0x00);
    assertInvalid(join(header(0x01, 8, 0xffff, 8), new byte[8]), 0x01);
    assertInvalid(join(header(0x01, 0xff, 1, 9), new byte[9]), 0x01);
    assertInvalid(request(0x00, "", "k".repeat(251), ""), 0x00);
  }

  /** The length is unsigned for who sends it, and no such request will ever be there. */
  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void hugeLength_endsTheConnection(int bodyBytes) {
    assertInvalid(header(0x00, 0, 1, bodyBytes), 0x00);
  }

  @Test
  void longestKey_isTaken() {
    assertThat(decode(request(0x00, "", "k".repeat(250), ""))).isInstanceOf(Command.Get.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x81, 0x00, 'g', 0xff})
  void wrongMagic_endsTheConnectionWithoutAWord(int magic) {
    byte[] request = noop();
    request[0] = (byte) magic;
    assertThat(decode(request)).isEqualTo(new Command.Quit());
    assertThat(encode(Reply.Done.DONE)).isEmpty();
  }

  /** The quietness, key and status of one request are not those of the next. */
  @Test
  void nothingIsLeftOfTheRequestBefore() {
    ByteBuf in =
        Unpooled.wrappedBuffer(
            request(0x0d, "", "other", ""),
            request(0x60, "", "", ""),
            request(0x0c, "", "k", ""),
            request(0x00, "", "k", ""));
    assertThat(peer.decode(dialect, in)).isInstanceOf(Command.Get.class);
    assertThat(peer.decode(dialect, in)).isInstanceOf(Command.Malformed.class);
    assertThat(peer.decode(dialect, in)).isInstanceOf(Command.Get.class);
    assertThat(encode(Reply.Miss.MISS)).isEqualTo(reply(0x0c, 1, "", "k", "", 0));
    assertThat(peer.decode(dialect, in)).isInstanceOf(Command.Get.class);
    assertThat(encode(Reply.Miss.MISS)).isEqualTo(failure(0x00, 1, "Not found"));
  }

  @Test
  void findsTheSameCommandsWhereverTheInputIsCut() {
    List<byte[]> requests =
        List.of(
            request(0x01, STORED, "key", "value", VERSION),
            request(0x0d, "", "key", ""),
            request(0x05, COUNTED, "key", ""),
            request(0x01, STORED, "key", "x".repeat(101)),
            request(0x60, "", "abc", "x"),
            request(0x24, SECONDS, "key", ""),
            noop(),
            request(0x00, "00", "key", ""));
    byte[] input = join(requests.toArray(byte[][]::new));
    List<String> whole = commands(input, input.length, input.length);
    assertThat(whole).hasSize(requests.size());
    for (int cut = 1; cut < input.length; cut++) {
      assertThat(commands(input, cut, input.length)).as("cut=%d", cut).isEqualTo(whole);
    }
    assertThat(commands(input, 1, 1)).isEqualTo(whole);
  }

  /** The commands and their answers, with input in pieces, the first of which has its own size. */
  private List<String> commands(byte[] input, int firstBytes, int pieceBytes) {
    dialect = new MemcachedBinaryDialect(LIMITS);
    List<String> found = new ArrayList<>();
    ByteBuf in = Unpooled.buffer();
    try {
      for (int at = 0; at < input.length; ) {
        int length = Math.min(at == 0 ? firstBytes : pieceBytes, input.length - at);
        in = Unpooled.copiedBuffer(in, Unpooled.wrappedBuffer(input, at, length));
        at += length;
        Command command;
        while ((command = peer.decodeOrNull(dialect, in)) != null) {
          found.add(command + " " + encode(Reply.Miss.MISS));
        }
      }
    } catch (ProtocolException e) {
      found.add(e.reason());
    }
    return found;
  }

  private void assertInvalid(byte[] request, int code) {
    assertThatThrownBy(() -> decode(request))
        .as(HexFormat.of().formatHex(request))
        .isInstanceOf(ProtocolException.class);
    assertThat(encode(new Reply.Refused(400, "Invalid arguments")))
        .isEqualTo(failure(code, 4, "Invalid arguments"));
  }

  private Command decode(byte[] request) {
    dialect = new MemcachedBinaryDialect(LIMITS);
    return peer.decode(dialect, Unpooled.wrappedBuffer(request));
  }

  private String answer(byte[] request, Reply reply) {
    decode(request);
    return encode(reply);
  }

  private String encode(Reply reply) {
    return ByteBufUtil.hexDump(peer.answer(dialect, reply));
  }

  private static Command set(Condition condition) {
    SetOptions options = new SetOptions(7, Expiry.after(60_000), condition, false);
    return new Command.SetLeased(new Command.Set(K, ValueKind.BYTES, AB, options), false);
  }

  private static String failure(int code, int status, String text) {
    return reply(code, status, "", "", text, 0);
  }

  private static String reply(
      int code, int status, String extras, String key, String value, long version) {
    byte[] body = join(HexFormat.of().parseHex(extras), latin1(key), latin1(value));
    byte[] header =
        ByteBuffer.allocate(24)
            .put((byte) 0x81)
            .put((byte) code)
            .putShort((short) key.length())
            .put((byte) (extras.length() / 2))
            .put((byte) 0)
            .putShort((short) status)
            .putInt(body.length)
            .putInt(OPAQUE)
            .putLong(version)
            .array();
    return HexFormat.of().formatHex(join(header, body));
  }

  private static byte[] noop() {
    return request(0x0a, "", "", "");
  }

  private static byte[] request(int code, String extras, String key, String value) {
    return request(code, extras, key, value, 0);
  }

  private static byte[] request(int code, String extras, String key, String value, long version) {
    byte[] body = join(HexFormat.of().parseHex(extras), latin1(key), latin1(value));
    byte[] header = header(code, extras.length() / 2, key.length(), body.length);
    ByteBuffer.wrap(header).putLong(16, version);
    return join(header, body);
  }

  private static byte[] header(int code, int extrasBytes, int keyBytes, int bodyBytes) {
    return ByteBuffer.allocate(24)
        .put((byte) 0x80)
        .put((byte) code)
        .putShort((short) keyBytes)
        .put((byte) extrasBytes)
        .put((byte) 0)
        .putShort((short) 0)
        .putInt(bodyBytes)
        .putInt(OPAQUE)
        .putLong(0)
        .array();
  }

  private static byte[] join(byte[]... parts) {
    ByteBuf all = Unpooled.wrappedBuffer(parts);
    byte[] bytes = new byte[all.readableBytes()];
    all.readBytes(bytes);
    return bytes;
  }

  private static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(latin1(text));
  }
}
