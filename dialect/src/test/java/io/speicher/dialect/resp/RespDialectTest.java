package io.speicher.dialect.resp;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.Peer;
import io.speicher.dialect.QueuedCommands;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Command.TouchCondition;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RespDialectTest {
  private static final SetOptions DEFAULT = SetOptions.DEFAULT;

  private final RespDialect dialect = new RespDialect(new Limits(1_000, 100));
  private final Peer peer = new Peer();
  private final Session session = peer.session();

  @AfterEach
  void nothingIsHeld() {
    session.close();
    assertThat(peer.account().usedBytes()).isZero();
  }

  // ---- framing ----

  @Test
  void array_cutAtEveryByte() {
    byte[] whole = ascii("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n");
    for (int cut = 0; cut < whole.length; cut++) {
      ByteBuf first = Unpooled.copiedBuffer(whole, 0, cut);
      assertThat(dialect.decode(first, session)).isNull();
      ByteBuf all = Unpooled.buffer().writeBytes(first).writeBytes(whole, cut, whole.length - cut);
      assertThat(dialect.decode(all, session)).isEqualTo(set("k", "a\r\nb", DEFAULT));
      assertThat(all.isReadable()).isFalse();
    }
  }

  @Test
  void line_cutAtEveryByte() {
    byte[] whole = ascii("  SET k \"a\\x00\\n\" \r\n");
    for (int cut = 0; cut < whole.length; cut++) {
      ByteBuf first = Unpooled.copiedBuffer(whole, 0, cut);
      assertThat(dialect.decode(first, session)).isNull();
      ByteBuf all = Unpooled.buffer().writeBytes(first).writeBytes(whole, cut, whole.length - cut);
      assertThat(dialect.decode(all, session)).isEqualTo(set("k", "a\0\n", DEFAULT));
      assertThat(all.isReadable()).isFalse();
    }
  }

  @Test
  void nothing_isSkipped() {
    assertThat(decode("\r\n\n*0\r\n*-1\r\n*-10\r\n  \r\nDBSIZE\n"))
        .isEqualTo(new Command.CountItems());
  }

  @Test
  void lineEndOfABulk_isNotLookedAt() {
    assertThat(decode("*2\r\n$3\r\nGETxx$1\r\nkxx")).isEqualTo(new Command.Get(bytes("k")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*x\r\n", "*\r\n", "*+1\r\n", "*01\r\n", "*2147483648\r\n", "*1\n*1\r\n"})
  void array_impossibleCount(String text) {
    assertProtocolError(text, "ERR Protocol error: invalid multibulk length");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$-1", "$x", "$", "$01", "$1001", "$99999999999999999999"})
  void array_impossibleLength(String text) {
    assertProtocolError("*1\r\n" + text + "\r\n", "ERR Protocol error: invalid bulk length");
  }

  @Test
  void array_otherByte() {
    assertProtocolError("*1\r\nPING\r\n", "ERR Protocol error: expected '$', got 'P'");
  }

  @Test
  void array_tooLongInAll() {
    String words = "$1000\r\n" + "x".repeat(1_000) + "\r\n";
    assertProtocolError(
        "*2000\r\n" + words.repeat(1_100),
        "ERR Protocol error: too big command: bytes=1050374 (expected: up to 1049576); send"
            + " several");
  }

  /** Its words are found in the bytes as they are asked for, in whatever order. */
  @Test
  void array_ofManyWords() {
    StringBuilder words = new StringBuilder("DEL");
    for (int i = 0; i < 1_000; i++) {
      words.append(" k").append("x".repeat(i % 100 / 50 * (i % 50))).append(i);
    }
    String[] names = words.toString().split(" ");
    StringBuilder array = new StringBuilder("*" + names.length + "\r\n");
    for (String name : names) {
      array.append("$").append(name.length()).append("\r\n").append(name).append("\r\n");
    }
    for (String spelled : List.of(words + "\r\n", array.toString())) {
      Command.DeleteAll delete = (Command.DeleteAll) decode(spelled);
      assertThat(delete.keys()).hasSize(1_000);
      for (int i : new int[] {999, 0, 63, 64, 62, 500, 437, 436, 501, 64, 63, 999, 900}) {
        assertThat(delete.keys().get(i)).isEqualTo(bytes(names[i + 1]));
      }
      assertThat(delete).isEqualTo(new Command.DeleteAll(keys(names)));
    }
  }

  private static List<ByteBuffer> keys(String[] words) {
    return Stream.of(words).skip(1).map(RespDialectTest::bytes).toList();
  }

  /** The places of millions of words would fill the heap. */
  @Test
  void array_ofAMillionWords_takesNoMemory() {
    RespDialect roomy = new RespDialect(Limits.DEFAULT);
    int count = 1_500_000;
    ByteBuf in =
        Unpooled.buffer(12 * count).writeBytes(ascii("*" + (count + 1) + "\r\n$3\r\nDEL\r\n"));
    for (int i = 0; i < count; i++) {
      in.writeBytes(ascii("$2\r\n")).writeByte('a' + i % 26).writeByte('a').writeShort(0x0D0A);
    }
    long before = allocatedBytes();
    assertThat(roomy.decode(in.slice(0, in.writerIndex() - 1), session)).isNull();
    Command.DeleteAll delete = (Command.DeleteAll) peer.decode(roomy, in);
    ByteBuffer last = delete.keys().get(count - 1);
    assertThat(allocatedBytes() - before).isLessThan(100_000);
    assertThat(last).isEqualTo(bytes("" + (char) ('a' + (count - 1) % 26) + "a"));
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 101})
  void keysOfMany_oneOfWrongLength(int keyBytes) {
    for (int at = 1; at <= 200; at += 37) {
      StringBuilder array = new StringBuilder("*201\r\n$6\r\nEXISTS\r\n");
      for (int i = 1; i <= 200; i++) {
        int length = i == at ? keyBytes : i % 100 + 1;
        array.append("$").append(length).append("\r\n").append("k".repeat(length)).append("\r\n");
      }
      String what = keyBytes == 0 ? "ERR key empty: keyBytes=" : "ERR key too long: keyBytes=";
      assertThat(decode(array.toString()))
          .isEqualTo(new Command.Malformed(what + keyBytes + " (expected: 1..100)"));
    }
  }

  /** Only the keys of an MSET have the bounds of keys. */
  @Test
  void valuesOfMany_mayBeOfAnyLength() {
    assertThat(decode("MSET k \"\" l " + "v".repeat(101) + "\r\n"))
        .isInstanceOf(Command.SetAll.class);
    assertThat(decode("MSET k v \"\" v\r\n")).isInstanceOf(Command.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PING", "INFO", "SET k v", "COMMAND DOCS", "CONFIG GET", "EXPIRE k 1"})
  void words_tooManyThatAreNoKeys(String command) {
    String line = command + " NX".repeat(1_025 - command.split(" ").length);
    String text = String.valueOf(decode(line + "\r\n"));
    assertThat(text).contains("words=1025 (expected: up to 1024)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INFO ?",
        "CONFIG GET ?",
        "CONFIG SET ? x",
        "COMMAND DOCS ?",
        "COMMAND LIST FILTERBY PATTERN ?",
        "CLIENT KILL ?",
        "CLIENT KILL ADDR ?",
        "CLIENT SETINFO ? x",
        "CLIENT LIST TYPE ?",
        "AUTH ? x",
        "HELLO 3 AUTH ? x",
        "SCAN ?",
        "DEBUG ?",
        "DEBUG SLEEP ?",
        "INCRBYFLOAT k ?"
      })
  void word_thatIsNoKeyAndNoValue_tooLong(String command) {
    assertThat(decode(command.replace("?", "x".repeat(1_025)) + "\r\n"))
        .isEqualTo(
            new Command.Malformed("ERR argument too long: bytes=1025 (expected: up to 1024)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CLIENT SETNAME ?", "CLIENT SETINFO lib-ver ?", "HELLO 3 SETNAME ?"})
  void name_tooLong(String command) {
    assertThat(decode(command.replace("?", "x".repeat(256)) + "\r\n"))
        .isEqualTo(new Command.Ping());
    assertThat(decode(command.replace("?", "x".repeat(257)) + "\r\n"))
        .isEqualTo(
            new Command.Malformed(
                "ERR Client names and library names cannot be longer than 256 bytes."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"?", "EXPIRE k 1 ?", "HELLO 3 ?", "CONFIG ?", "GET ?"})
  void word_thatIsWrong_isNotRepeatedWhole(String command) {
    String text = String.valueOf(decode(command.replace("?", "x".repeat(10_000)) + "\r\n"));
    assertThat(text).hasSizeLessThan(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MSET", "MSETNX"})
  void setAll_tooManyKeys(String command) {
    RespDialect roomy = new RespDialect(Limits.DEFAULT);
    ByteBuf in = Unpooled.buffer();
    in.writeBytes(ascii("*131075\r\n$" + command.length() + "\r\n" + command + "\r\n"));
    in.writeBytes(ascii("$1\r\nk\r\n".repeat(131_074)));
    assertThat(peer.decode(roomy, in).toString())
        .contains("keys=65537 (expected: up to 65536); send several");
  }

  @Test
  void watch_tooManyKeys() {
    session.watch().makeRoomFor(Collections.nCopies(8_192, bytes("k")));
    for (int i = 0; i < 8_192; i++) {
      session.watch().add(0, bytes("k"), 0, 0);
    }
    assertThat(decode("WATCH k\r\n").toString())
        .contains("keys=8193 (expected: up to 8192); see UNWATCH");
    session.unwatch();
    assertThat(decode("WATCH k\r\n")).isEqualTo(new Command.Watch(List.of(bytes("k"))));
  }

  @Test
  void http_isTurnedAway() {
    assertProtocolError("POST / HTTP/1.1\r\n", "ERR Protocol error: this is no HTTP server");
    assertProtocolError("Host: localhost\r\n", "ERR Protocol error: this is no HTTP server");
  }

  @Test
  void noLineEnd() {
    String digits = "1".repeat(70_000);
    assertProtocolError("*" + digits, "ERR Protocol error: too big mbulk count string");
    assertProtocolError("*1\r\n$" + digits, "ERR Protocol error: too big bulk count string");
    assertProtocolError(digits, "ERR Protocol error: too big inline request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PING \"a", "PING 'a", "PING 'a'b", "PING \"a\"b", "PING \"a\\\""})
  void line_openQuotes(String line) {
    assertProtocolError(line + "\r\n", "ERR Protocol error: unbalanced quotes in request");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"`a\"b c\"`,ab c", "`'a\\'b'`,a'b", "`\"\\x41\\q\"`,Aq", "`\"\"`,``", "`\\n`,\\n"})
  void line_quotes(String word, String value) {
    assertThat(decode("SET k " + word + "\r\n")).isEqualTo(set("k", value, DEFAULT));
  }

  // ---- strings ----

  @Test
  void set_options() {
    assertThat(decode("SET k v\r\n")).isEqualTo(set("k", "v", DEFAULT));
    assertThat(decode("set k v nx px 5 get\r\n"))
        .isEqualTo(set("k", "v", new SetOptions(0, Expiry.after(5), Condition.ABSENT, true)));
    assertThat(decode("SET k v XX EXAT 7\r\n"))
        .isEqualTo(set("k", "v", new SetOptions(0, Expiry.at(7_000), Condition.PRESENT, false)));
    assertThat(decode("SET k v KEEPTTL\r\n"))
        .isEqualTo(set("k", "v", DEFAULT.withExpiry(Expiry.KEEP)));
    assertThat(decode("SETEX k 5 v\r\n"))
        .isEqualTo(set("k", "v", DEFAULT.withExpiry(Expiry.after(5_000))));
  }

  @Test
  void manyKeys() {
    assertThat(decode("MGET a b\r\n"))
        .isEqualTo(new Command.GetAll(List.of(bytes("a"), bytes("b")), View.VALUE));
    assertThat(decode("MSET a 1 b 2\r\n"))
        .isEqualTo(
            new Command.SetAll(
                List.of(set("a", "1", DEFAULT), set("b", "2", DEFAULT)), Condition.ALWAYS));
    assertThat(decode("DEL a\r\n")).isEqualTo(new Command.Delete(bytes("a")));
    assertThat(decode("UNLINK a b\r\n"))
        .isEqualTo(new Command.DeleteAll(List.of(bytes("a"), bytes("b"))));
  }

  @Test
  void numbers() {
    assertThat(decode("DECRBY k 5\r\n"))
        .isEqualTo(
            new Command.Add(
                bytes("k"),
                -5,
                Arithmetic.SIGNED,
                new Command.Initial(-5, ValueKind.BYTES, Expiry.NEVER)));
    assertThat(decode("INCRBYFLOAT k 1.5e1\r\n"))
        .isEqualTo(new Command.AddDecimal(bytes("k"), new BigDecimal("15")));
  }

  @Test
  void expire_conditions() {
    assertThat(decode("EXPIRE k 5 XX LT\r\n"))
        .isEqualTo(
            new Command.Touch(
                bytes("k"), Expiry.after(5_000), TouchCondition.IF_EXPIRES_AND_EARLIER));
    assertThat(decode("PEXPIREAT k -5 GT\r\n"))
        .isEqualTo(new Command.Touch(bytes("k"), Expiry.at(-5), TouchCondition.IF_LATER));
  }

  // ---- errors ----

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "nosuch ; `unknown command 'nosuch', with args beginning with: `",
        "Foo a b ; `unknown command 'Foo', with args beginning with: 'a' 'b' `",
        "`\"a\\nb\" \"c\\rd\"` ; `unknown command 'a b', with args beginning with: 'c d' `",
        "GET ; wrong number of arguments for 'get' command",
        "MSET a b c ; wrong number of arguments for 'mset' command",
        "CLIENT ; wrong number of arguments for 'client' command",
        "CLIENT ID x ; wrong number of arguments for 'client|id' command",
        "CLIENT Foo ; unknown subcommand 'Foo'. Try CLIENT HELP.",
        "SET k v NX XX ; syntax error",
        "SET k v EX ; syntax error",
        "SET k v EX 5 PX 5 ; syntax error",
        "SET k v KEEPTTL EX 5 ; syntax error",
        "SET k v EX 0 foo ; syntax error",
        "SET k v EX x ; value is not an integer or out of range",
        "SET k v EX 0 ; invalid expire time in 'set' command",
        "SET k v PX 9223372036854775807 ; invalid expire time in 'set' command",
        "PSETEX k -1 v ; invalid expire time in 'psetex' command",
        "EXPIRE k 9223372036854775807 ; invalid expire time in 'expire' command",
        "EXPIRE k 1 foo ; Unsupported option foo",
        "EXPIRE k 1 GT LT ; GT and LT options at the same time are not compatible",
        "EXPIRE k 1 NX XX ; NX and XX, GT or LT options at the same time are not compatible",
        "INCRBY k 01 ; value is not an integer or out of range",
        "DECRBY k -9223372036854775808 ; decrement would overflow",
        "INCRBYFLOAT k nan ; value is not a valid float",
        "INCRBYFLOAT k 1e999999999 ; value is not a valid float",
        "SETRANGE k -1 v ; offset is out of range",
        "SETRANGE k 1000 v ; string exceeds maximum allowed size (proto-max-bulk-len)",
        "COPY k k ; source and destination objects are the same",
        "SELECT 16 ; DB index is out of range",
        "SCAN x ; invalid cursor",
        "WAIT 0 -1 ; timeout is negative",
        "HELLO x ; Protocol version is not an integer or out of range",
        "HELLO 3 Foo ; Syntax error in HELLO option 'Foo'",
        "EXEC ; EXEC without MULTI",
        "DISCARD ; DISCARD without MULTI"
      })
  void malformed(String line, String error) {
    Command command = decode(line + "\r\n");
    assertThat(command).isInstanceOf(Command.Malformed.class);
    assertThat(encode(new Reply.Refused(400, ((Command.Malformed) command).why())))
        .isEqualTo("-ERR " + error + "\r\n");
  }

  @Test
  void key_tooLong() {
    assertThat(decode("GET " + "k".repeat(101) + "\r\n"))
        .isEqualTo(new Command.Malformed("ERR key too long: keyBytes=101 (expected: 1..100)"));
  }

  // ---- replies ----

  @ParameterizedTest
  @CsvSource({
    "GET k, $3\\r\\nabc\\r\\n, $-1\\r\\n",
    "STRLEN k, :3\\r\\n, :0\\r\\n",
    "GETRANGE k -2 -1, $2\\r\\nbc\\r\\n, $0\\r\\n\\r\\n",
    "GETRANGE k 2 1, $0\\r\\n\\r\\n, $0\\r\\n\\r\\n",
    "TYPE k, +string\\r\\n, +none\\r\\n",
    "TTL k, :-1\\r\\n, :-2\\r\\n",
    "OBJECT ENCODING k, $6\\r\\nembstr\\r\\n, $-1\\r\\n",
    "INCRBYFLOAT k inf, -ERR value is not a valid float\\r\\n,"
        + " -ERR increment would produce NaN or Infinity\\r\\n",
    "GETEX k EX 0, -ERR invalid expire time in 'getex' command\\r\\n, $-1\\r\\n"
  })
  void projections(String line, String hit, String miss) {
    decode(line + "\r\n");
    assertThat(encode(new Reply.Value(ValueKind.BYTES, bytes("abc")))).isEqualTo(unescape(hit));
    assertThat(encode(Reply.Miss.MISS)).isEqualTo(unescape(miss));
  }

  @Test
  void ttl_roundsToTheNearestSecond() {
    decode("TTL k\r\n");
    assertThat(encode(new Reply.Value(ValueKind.BYTES, bytes("a"), 0, 0, 11_499, 10_000, 0)))
        .isEqualTo(":1\r\n");
    assertThat(encode(new Reply.Value(ValueKind.BYTES, bytes("a"), 0, 0, 11_500, 10_000, 0)))
        .isEqualTo(":2\r\n");
  }

  @Test
  void flags() {
    decode("SETNX k v\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo(":1\r\n");
    assertThat(encode(Reply.Exists.EXISTS)).isEqualTo(":0\r\n");
    decode("SET k v NX\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+OK\r\n");
    assertThat(encode(Reply.Exists.EXISTS)).isEqualTo("$-1\r\n");
    decode("RENAME a b\r\n");
    assertThat(encode(Reply.Miss.MISS)).isEqualTo("-ERR no such key\r\n");
  }

  @Test
  void wrongValues() {
    decode("INCR k\r\n");
    assertThat(encode(Reply.WrongValue.NOT_AN_INTEGER))
        .isEqualTo("-ERR value is not an integer or out of range\r\n");
    assertThat(encode(Reply.WrongValue.OVERFLOW))
        .isEqualTo("-ERR increment or decrement would overflow\r\n");
    assertThat(encode(new Reply.Count(Long.MIN_VALUE))).isEqualTo(":-9223372036854775808\r\n");
  }

  @Test
  void resp3() {
    decode("HELLO 3 SETNAME me\r\n");
    assertThat(encode(Reply.Done.DONE)).startsWith("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n");
    decode("GET k\r\n");
    assertThat(encode(Reply.Miss.MISS)).isEqualTo("_\r\n");
    decode("CLIENT GETNAME\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("$2\r\nme\r\n");
    decode("RESET\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+RESET\r\n");
    decode("GET k\r\n");
    assertThat(encode(Reply.Miss.MISS)).isEqualTo("$-1\r\n");
  }

  @Test
  void clientReply() {
    decode("CLIENT REPLY SKIP\r\n");
    assertThat(encode(Reply.Done.DONE)).isEmpty();
    decode("PING\r\n");
    assertThat(encode(Reply.Done.DONE)).isEmpty();
    decode("PING\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+PONG\r\n");
    decode("CLIENT REPLY OFF\r\n");
    assertThat(encode(Reply.Done.DONE)).isEmpty();
    decode("MGET a b\r\n");
    dialect.beginBatch(2, peer.out());
    dialect.endBatch(peer.out());
    assertThat(peer.takeText()).isEmpty();
    decode("CLIENT REPLY ON\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+OK\r\n");
  }

  @Test
  void clientReply_onAfterSkip_isAnswered() {
    decode("CLIENT REPLY SKIP\r\n");
    encode(Reply.Done.DONE);
    decode("CLIENT REPLY ON\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+OK\r\n");
  }

  @Test
  void clientReply_skipTwice() {
    for (int i = 0; i < 2; i++) {
      decode("CLIENT REPLY SKIP\r\n");
      assertThat(encode(Reply.Done.DONE)).isEmpty();
    }
    decode("PING\r\n");
    assertThat(encode(Reply.Done.DONE)).isEmpty();
    decode("PING\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+PONG\r\n");
  }

  /** What is skipped is skipped to its end, and when it is decoded again. */
  @Test
  void clientReply_skippedBatch() {
    run("CLIENT REPLY SKIP");
    for (int i = 0; i < 2; i++) {
      decode("MGET a b\r\n");
      dialect.beginBatch(2, peer.out());
      dialect.turnTo(0);
      assertThat(encode(Reply.Miss.MISS)).isEmpty();
    }
    dialect.turnTo(1);
    assertThat(encode(Reply.Miss.MISS)).isEmpty();
    dialect.endBatch(peer.out());
    assertThat(peer.takeText()).isEmpty();
    decode("PING\r\n");
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+PONG\r\n");
  }

  @Test
  void impossibleReply_isNamed() {
    decode("INCR k\r\n");
    assertThatThrownBy(() -> encode(Reply.Done.DONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no such reply to this command: command=incr reply=Done");
  }

  @Test
  void tooManyConnections() {
    assertThat(encode(new Reply.TooManyConnections(7)))
        .isEqualTo("-ERR max number of clients reached\r\n");
  }

  @Test
  void clientReply_skipped_protocolErrorIsToldAllTheSame() {
    decode("CLIENT REPLY SKIP\r\n");
    assertThat(encode(Reply.Done.DONE)).isEmpty();
    decode("PING\r\n");
    assertThat(encode(Reply.Done.DONE)).isEmpty();
    assertThatThrownBy(() -> dialect.decode(Unpooled.copiedBuffer(ascii("*x\r\n")), session))
        .isInstanceOf(ProtocolException.class);
    assertThat(encode(new Reply.Refused(400, "ERR x"))).isEqualTo("-ERR x\r\n");
  }

  @Test
  void error_repeatsNothingBehindAZeroByte() {
    assertThat(decode("*2\r\n$3\r\na\0b\r\n$3\r\nc\0d\r\n"))
        .isEqualTo(
            new Command.Malformed("ERR unknown command 'a', with args beginning with: 'c' "));
  }

  @ParameterizedTest
  @CsvSource({"1499, 1", "1500, 2", "9223372036854775806, 9223372036854776"})
  void seconds_areRounded(long millis, String seconds) {
    decode("EXPIRETIME k\r\n");
    Reply.Value value = new Reply.Value(ValueKind.BYTES, bytes("v"), 0, 0, millis, 1, 0);
    assertThat(encode(value)).isEqualTo(":" + seconds + "\r\n");
  }

  // ---- transactions ----

  @Test
  void transaction_spellsEachReply() {
    run("MULTI");
    queue("SET k v");
    queue("MGET k l");
    queue("STRLEN k");
    queue("SET k v foo");
    assertThat(decode("EXEC\r\n"))
        .isEqualTo(
            new Command.Transaction(
                List.of(
                    set("k", "v", DEFAULT),
                    new Command.GetAll(List.of(bytes("k"), bytes("l")), View.VALUE),
                    new Command.Get(bytes("k")),
                    new Command.Malformed("ERR syntax error"))));

    ReplyBuffer out = peer.out();
    dialect.beginBatch(4, out);
    dialect.turnTo(0);
    dialect.encode(Reply.Done.DONE, out);
    dialect.turnTo(1);
    dialect.beginBatch(2, out);
    dialect.turnTo(0);
    dialect.encode(new Reply.Value(ValueKind.BYTES, bytes("v")), out);
    dialect.turnTo(1);
    dialect.encode(Reply.Miss.MISS, out);
    dialect.endBatch(out);
    dialect.turnTo(2);
    dialect.encode(new Reply.Value(ValueKind.BYTES, bytes("v")), out);
    dialect.turnTo(3);
    dialect.encode(new Reply.Refused(400, "ERR syntax error"), out);
    dialect.endBatch(out);
    assertThat(peer.takeText())
        .isEqualTo("*4\r\n+OK\r\n*2\r\n$1\r\nv\r\n$-1\r\n:1\r\n-ERR syntax error\r\n");
  }

  @Test
  void transaction_watchedKeyChanged() {
    run("MULTI");
    decode("EXEC\r\n");
    assertThat(encode(Reply.Miss.MISS)).isEqualTo("*-1\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nosuch", "GET", "SHUTDOWN", "DISCARD x"})
  void transaction_wrongCommand_isAborted(String wrong) {
    run("MULTI");
    assertThat(run(wrong)).isInstanceOf(Command.Malformed.class);
    assertThat(decode("EXEC\r\n")).isEqualTo(new Command.Unwatch());
    assertThat(encode(Reply.Done.DONE))
        .isEqualTo("-EXECABORT Transaction discarded because of previous errors.\r\n");
    assertThat(decode("GET k\r\n")).isEqualTo(new Command.Get(bytes("k")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MULTI", "WATCH k"})
  void transaction_inIt_isHarmless(String command) {
    run("MULTI");
    assertThat(run(command)).isInstanceOf(Command.Malformed.class);
    assertThat(decode("EXEC\r\n")).isEqualTo(new Command.Transaction(List.of()));
  }

  @Test
  void transaction_wrongExec() {
    run("MULTI");
    assertThat(decode("EXEC x\r\n")).isEqualTo(new Command.Unwatch());
    assertThat(encode(Reply.Done.DONE))
        .isEqualTo(
            "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec'"
                + " command\r\n");
    assertThat(decode("DISCARD\r\n")).isInstanceOf(Command.Malformed.class);
  }

  @Test
  void transaction_tooManyBytes() {
    run("MULTI");
    int bytes = 8 + "$00003rnGETrn$00001rnkrn".length(); // Of one; two numbers stand before it.
    for (int i = 0; i < 1_000 / bytes; i++) {
      queue("GET k");
    }
    assertThat(run("GET k"))
        .isEqualTo(
            new Command.Malformed("ERR transaction too long: bytes=1024 (expected: up to 1000)"));
    assertThat(decode("EXEC\r\n")).isEqualTo(new Command.Unwatch());
  }

  @Test
  void transaction_tooManyCommands() {
    RespDialect roomy = new RespDialect(Limits.DEFAULT);
    ByteBuf in = Unpooled.buffer().writeBytes(ascii("MULTI\r\n"));
    for (int i = 0; i < TransactionCommands.MAX_COMMANDS; i++) {
      in.writeBytes(ascii("GET k\r\n"));
    }
    while (in.isReadable()) {
      assertThat(peer.decode(roomy, in)).isEqualTo(new Command.Ping());
      peer.answer(roomy, Reply.Done.DONE);
    }
    in.writeBytes(ascii("GET k\r\n"));
    assertThat(roomy.decode(in, session))
        .isEqualTo(
            new Command.Malformed(
                "ERR transaction too long: commands=65537 (expected: up to 65536)"));
  }

  @Test
  void transaction_tooManyWords() {
    RespDialect roomy = new RespDialect(Limits.DEFAULT);
    ByteBuf in = Unpooled.buffer().writeBytes(ascii("MULTI\r\n"));
    byte[] command = ascii("*65536\r\n$3\r\nDEL\r\n" + "$1\r\nk\r\n".repeat(65_535));
    for (int i = 0; i < 16; i++) {
      in.writeBytes(command);
    }
    while (in.isReadable()) {
      assertThat(peer.decode(roomy, in)).isEqualTo(new Command.Ping());
      peer.answer(roomy, Reply.Done.DONE);
    }
    in.writeBytes(ascii("PING\r\n"));
    assertThat(roomy.decode(in, session))
        .isEqualTo(
            new Command.Malformed(
                "ERR transaction too long: words=1048577 (expected: up to 1048576)"));
  }

  /** Its bytes are given back as soon as it is answered, whatever the answer is. */
  @ParameterizedTest
  @ValueSource(strings = {"EXEC", "DISCARD", "RESET", "EXEC x", "GET\r\nEXEC"})
  void transaction_isOver_itsMemoryIsGivenBack(String end) {
    run("MULTI");
    queue("SET k v");
    assertThat(session.share().heldBytes()).isPositive();
    end.lines().forEach(this::run);
    assertThat(session.queued()).isNull();
    assertThat(peer.account().usedBytes()).isZero();
  }

  @Test
  void transaction_watchedKeyChanged_itsMemoryIsGivenBack() {
    run("MULTI");
    queue("SET k v");
    decode("EXEC\r\n");
    encode(Reply.Miss.MISS);
    assertThat(peer.account().usedBytes()).isZero();
    decode("GET k\r\n");
    assertThat(encode(Reply.Miss.MISS)).isEqualTo("$-1\r\n");
  }

  /** A command is decoded again where there was no memory for its reply. */
  @ParameterizedTest
  @ValueSource(strings = {"MULTI", "SET k v", "SET", "EXEC", "EXEC x", "DISCARD", "RESET"})
  void transaction_anyCommandOfIt_canBeDecodedAgain(String line) {
    if (!line.equals("MULTI")) {
      run("MULTI");
      queue("SET k v");
    }
    Command first = decode(line + "\r\n");
    String text = String.valueOf(first);
    assertThat(String.valueOf(decode(line + "\r\n"))).isEqualTo(text);
    run(line);
    QueuedCommands queued = session.queued();
    int expected =
        switch (line) {
          case "MULTI" -> 0;
          case "SET k v" -> 2;
          case "SET" -> 1;
          default -> -1;
        };
    assertThat(queued == null ? -1 : queued.count()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"KEYS *", "SCAN 0", "CLIENT LIST", "CLIENT KILL ID 1"})
  void transaction_ofManyLongCommands_isRefused(String line) {
    run("MULTI");
    for (int i = 0; i < 16; i++) {
      queue(line);
    }
    queue("DBSIZE");
    assertThat(decode(line + "\r\n").toString())
        .contains("commands that go through all keys or clients=17 (expected: up to 16)");
    assertThat(requireNonNull(session.queued()).count()).isEqualTo(17);
  }

  /** Each allocation fails in turn: the transaction is aborted, and all is given back. */
  @Test
  void transaction_memoryIsShort_isAborted() {
    for (int limit = 0; limit <= 2; limit++) {
      Peer poor = new Peer(new Account(1 + (limit << 10), 0));
      RespDialect subject = new RespDialect(new Limits(100_000, 100));
      String value = "v".repeat(600);
      StringBuilder said = new StringBuilder();
      String[] lines = {"MULTI", "SET k " + value, "SET k " + value, "EXEC", "PING"};
      for (String line : lines) {
        Command command = poor.decode(subject, Unpooled.copiedBuffer(ascii(line + "\r\n")));
        said.append(answer(command, subject, poor));
      }
      if (limit < 2) {
        assertThat(said.toString())
            .contains("-ERR memory for connections is short")
            .endsWith("-EXECABORT Transaction discarded because of previous errors.\r\n+PONG\r\n");
      } else {
        assertThat(said.toString()).endsWith("*2\r\n+OK\r\n+OK\r\n+PONG\r\n");
      }
      assertThat(poor.account().usedBytes()).isZero();
    }
  }

  /** What CLIENT LIST tells of it until the end is told. */
  @Test
  void transaction_whileItIsExecuted_isStillTheSessions() {
    run("MULTI");
    queue("SET k v");
    decode("EXEC\r\n");
    dialect.beginBatch(1, peer.out());
    dialect.turnTo(0);
    assertThat(requireNonNull(session.queued()).count()).isEqualTo(1);
    dialect.encode(Reply.Done.DONE, peer.out());
    dialect.endBatch(peer.out());
    assertThat(session.queued()).isNull();
    assertThat(session.command().name()).isEqualTo("exec");
  }

  private void queue(String line) {
    assertThat(decode(line + "\r\n")).isEqualTo(new Command.Ping());
    assertThat(encode(Reply.Done.DONE)).isEqualTo("+QUEUED\r\n");
  }

  // ---- what others are told ----

  /** Clients of Redis want each of its fields. */
  @Test
  void clientList_line() {
    Command.ListConnections list = (Command.ListConnections) decode("CLIENT LIST\r\n");
    ConnectionInfo plain =
        new ConnectionInfo(
            7,
            "1.2.3.4:5",
            "6.7.8.9:10",
            false,
            "default",
            "",
            "",
            "",
            2_900,
            1_100,
            "",
            false,
            false,
            true,
            0,
            -1,
            0,
            0,
            0,
            0);
    assertThat(list.line().apply(plain))
        .isEqualTo(
            "id=7 addr=1.2.3.4:5 laddr=6.7.8.9:10 fd=-1 name= age=2 idle=1 flags=N db=0 sub=0"
                + " psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0"
                + " obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=NULL user=default redir=-1 resp=2"
                + " lib-name= lib-ver=\n");
    ConnectionInfo busy =
        new ConnectionInfo(
            8,
            "/run/speicher:0",
            "/run/speicher:0",
            true,
            "alice",
            "n",
            "l",
            "v",
            0,
            0,
            "config|get",
            true,
            true,
            false,
            12,
            3,
            40,
            500,
            6_000,
            70_000);
    assertThat(list.line().apply(busy))
        .isEqualTo(
            "id=8 addr=/run/speicher:0 laddr=/run/speicher:0 fd=-1 name=n age=0 idle=0 flags=xUT"
                + " db=12 sub=0 psub=0 ssub=0 multi=3 qbuf=500 qbuf-free=0 argv-mem=0 multi-mem=40"
                + " rbs=0 rbp=0 obl=0 oll=0 omem=6000 tot-mem=70000 events=rw cmd=config|get"
                + " user=alice redir=-1 resp=3 lib-name=l lib-ver=v\n");
  }

  @ParameterizedTest
  @CsvSource({
    "MGET a b, mget",
    "get k, get",
    "CLIENT ID, client|id",
    "GET, get",
    "NONSENSE, ''",
    "CONFIG NONSENSE, ''"
  })
  void lastCommand(String line, String name) {
    decode("PING\r\n");
    decode(line + "\r\n");
    assertThat(session.command().name()).isEqualTo(name);
  }

  // ---- the table ----

  @Test
  void command_isFoundInAnyCase() {
    for (CommandSpec spec : CommandTable.commands()) {
      for (String name : List.of(spec.name(), spec.name().toUpperCase(Locale.ROOT))) {
        Arguments arguments = new Arguments();
        arguments.add(0, name.length());
        arguments.lieIn(Unpooled.copiedBuffer(name, StandardCharsets.US_ASCII), 0);
        assertThat(CommandTable.find(arguments, 0)).isSameAs(spec);
      }
    }
  }

  @Test
  void command_info() {
    decode("COMMAND INFO get nosuch\r\n");
    assertThat(encode(Reply.Done.DONE).replace("\r\n", " "))
        .isEqualTo(
            "*2 *10 $3 get :2 *2 +readonly +fast :1 :1 :1 *3 +@read +@string +@fast *0 *0 *0 $-1 ");
  }

  // ---- helpers ----

  private void assertProtocolError(String text, String error) {
    RespDialect fresh = new RespDialect(new Limits(1_000, 100));
    assertThatThrownBy(() -> fresh.decode(Unpooled.copiedBuffer(ascii(text)), session))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(error);
  }

  private Command decode(String text) {
    ByteBuf in = Unpooled.copiedBuffer(ascii(text));
    Command command = peer.decode(dialect, in);
    assertThat(in.isReadable()).isFalse();
    return command;
  }

  /** Executes a command, which succeeds if it makes sense. */
  private Command run(String line) {
    Command command = decode(line + "\r\n");
    answer(command, dialect, peer);
    return command;
  }

  private static String answer(Command command, RespDialect dialect, Peer peer) {
    switch (command) {
      case Command.Transaction transaction -> {
        dialect.beginBatch(transaction.commands().size(), peer.out());
        for (int i = 0; i < transaction.commands().size(); i++) {
          dialect.turnTo(i);
          dialect.encode(Reply.Done.DONE, peer.out());
        }
        dialect.endBatch(peer.out());
      }
      case Command.Malformed malformed ->
          dialect.encode(new Reply.Refused(400, malformed.why()), peer.out());
      default -> dialect.encode(Reply.Done.DONE, peer.out());
    }
    return peer.takeText();
  }

  private String encode(Reply reply) {
    return peer.answer(dialect, reply).toString(StandardCharsets.ISO_8859_1);
  }

  private static Command.Set set(String key, String value, SetOptions options) {
    return new Command.Set(bytes(key), ValueKind.BYTES, bytes(value), options);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(ascii(text));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String unescape(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n");
  }
}
