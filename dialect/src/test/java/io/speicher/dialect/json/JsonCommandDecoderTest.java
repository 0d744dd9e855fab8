package io.speicher.dialect.json;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.CommandMemory;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.Peer;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonCommandDecoderTest {
  private final JsonCommandDecoder decoder = new JsonCommandDecoder(new Limits(100_000, 1_000));
  private final CommandMemory memory = new Peer().session().commandMemory();

  // ---- commands ----

  @Test
  void get() {
    assertThat(decode("{'command':'GET','key':'foo'}")).isEqualTo(new Command.Get(bytes("foo")));
  }

  @Test
  void set_string() {
    assertThat(decode("{'command':'SET','key':'foo','value':'bar'}"))
        .isEqualTo(new Command.Set(bytes("foo"), ValueKind.TEXT, bytes("bar"), 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1e400", "0.10", "-0", "null", "true", "[ 1 , 2 ]", "{\"a\": {}}", "\"a\\ud800\""})
  void set_otherJson_keepsItsText(String value) {
    assertThat(decode("{'command':'SET','key':'foo','value': " + value + " ,'ttl':5}"))
        .isEqualTo(new Command.Set(bytes("foo"), ValueKind.JSON, bytes(value), 5));
  }

  @Test
  void set_stringWithEscapes_isItsCharacters() {
    assertThat(decode("{'command':'SET','key':'a','value':'a\\n\\ud83d\\ude00'}"))
        .isEqualTo(new Command.Set(bytes("a"), ValueKind.TEXT, bytes("a\n\ud83d\ude00"), 0));
  }

  @Test
  void set_base64() {
    assertThat(decode("{'command':'SET','key':'a','value':'/wA=','encoding':'base64'}"))
        .isEqualTo(
            new Command.Set(
                bytes("a"), ValueKind.BYTES, ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0}), 0));
  }

  @Test
  void conditions() {
    assertThat(decode("{'command':'SET','key':'a','value':1,'if':'9223372036854775807'}"))
        .isEqualTo(
            new Command.Set(
                bytes("a"),
                ValueKind.JSON,
                bytes("1"),
                SetOptions.DEFAULT.withCondition(Condition.version(Long.MAX_VALUE))));
    assertThat(decode("{'command':'DEL','key':'a','if':'7'}"))
        .isEqualTo(new Command.DeleteIf(bytes("a"), Condition.version(7)));
    assertThat(decode("{'command':'GET','key':'a','version':true}"))
        .isEqualTo(new Command.Get(bytes("a"), Command.View.VERSION));
  }

  @Test
  void batches() {
    assertThat(decode("{'command':'MGET','keys':[ 'a' , '\\u0062' ]}"))
        .isEqualTo(new Command.GetAll(List.of(bytes("a"), bytes("b")), Command.View.VALUE));
    assertThat(decode("{'command':'MDEL','keys':[]}")).isEqualTo(new Command.DeleteAll(List.of()));
    assertThat(decode("{'command':'MSET','items':[{'key':'a','value':[1],'ttl':5}]}"))
        .isEqualTo(
            new Command.SetAll(
                List.of(new Command.Set(bytes("a"), ValueKind.JSON, bytes("[1]"), 5)),
                Condition.ALWAYS));
  }

  /** Each element is found again when it is asked for, in whatever order. */
  @Test
  void batch_ofManyKeys() {
    List<ByteBuffer> keys = new ArrayList<>();
    StringBuilder json = new StringBuilder("{'command':'MGET','keys':[");
    for (int i = 0; i < 1_000; i++) {
      json.append(i == 0 ? "" : i % 3 == 0 ? " , " : ",");
      json.append("'").append(i % 5 == 0 ? "\\u006b" : "k").append(i).append("'");
      keys.add(bytes("k" + i));
    }
    Command.GetAll get = (Command.GetAll) decode(json.append("]}").toString());
    assertThat(get.keys()).isEqualTo(keys);
    for (int i : new int[] {999, 0, 63, 64, 65, 1, 500, 437, 436, 501, 999}) {
      assertThat(get.keys().get(i)).isEqualTo(keys.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource({"MGET, keys", "MDEL, keys", "MSET, items"})
  void batch_ofAtMost16384(String command, String member) {
    JsonCommandDecoder roomy = new JsonCommandDecoder(Limits.DEFAULT);
    String element = command.equals("MSET") ? "{'key':'k','value':1}" : "'k'";
    String head = "{'command':'" + command + "','" + member + "':[";
    String longest = head + (element + ",").repeat(16_383) + element + "]}";
    String tooLong = head + (element + ",").repeat(16_384) + element + "]}";
    assertThat(roomy.decode(Unpooled.wrappedBuffer(frame(longest)), memory))
        .isNotInstanceOf(Command.Malformed.class);
    assertThat(roomy.decode(Unpooled.wrappedBuffer(frame(tooLong)), memory))
        .isEqualTo(
            new Command.Malformed(
                "too many " + member + " (expected: at most 16384); send several requests"));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"command\":', command",
    "'\"command\":\"SET\",\"key\":\"k\",\"value\":\"\",\"encoding\":', encoding",
    "'\"command\":\"SET\",\"key\":\"k\",\"value\":1,\"if\":', if",
    "'\"command\":\"SCN\",\"cursor\":', cursor"
  })
  void word_tooLong(String head, String member) {
    assertThat(decode("{" + head + "'" + "x".repeat(1_023) + "'}").toString())
        .doesNotContain("too long");
    assertThat(decode("{" + head + "'" + "x".repeat(1_023) + "\\n'}"))
        .isEqualTo(
            new Command.Malformed(
                "member too long: " + member + " (expected: at most 1024 bytes)"));
  }

  @Test
  void match_ofAtMost1024Bytes() {
    assertThat(decode("{'command':'SCN','match':'" + "\\u00e9".repeat(512) + "'}"))
        .isInstanceOf(Command.Scan.class);
    assertThat(decode("{'command':'SCN','match':'" + "\\u00e9".repeat(512) + "x'}"))
        .isEqualTo(new Command.Malformed("pattern too long: bytes=1025 (expected: up to 1024)"));
  }

  @Test
  void counterAndAppend() {
    assertThat(decode("{'command':'INC','key':'a','by':-5,'initial':0,'ttl':9}"))
        .isEqualTo(
            new Command.Add(
                bytes("a"),
                -5,
                Command.Arithmetic.SIGNED,
                new Command.Initial(0, ValueKind.JSON, Expiry.after(9))));
    assertThat(decode("{'command':'PRE','key':'a','value':'x'}"))
        .isEqualTo(new Command.Append(bytes("a"), ValueKind.TEXT, bytes("x"), true, false));
  }

  @Test
  void delete() {
    assertThat(decode("{'command':'DEL','key':'foo'}")).isEqualTo(new Command.Delete(bytes("foo")));
  }

  @Test
  void clearAndPing() {
    assertThat(decode("{'command':'RST'}")).isEqualTo(new Command.Clear());
    assertThat(decode("{'command':'PING','key':1}")).isEqualTo(new Command.Ping());
  }

  @Test
  void members_inAnyOrder_unknownOnesIgnored_lastOneCounts() {
    assertThat(
            decode(
                "{'x':[{'key':1}],'key':7,'value':1,'key':'foo','\\u0063ommand':'DE\\u004C',"
                    + "'value':[]}"))
        .isEqualTo(new Command.Delete(bytes("foo")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo/",
        "\\u0066oo/",
        "\\u0066\\u006F\\u006f\\/",
        "f\\u006fo\\u002F",
        "fo\\u006f\\/"
      })
  void key_howeverItIsSpelled(String key) {
    assertThat(decode("{'command':'GET','key':'" + key + "'}"))
        .isEqualTo(new Command.Get(bytes("foo/")));
  }

  @Test
  void key_ofPairs() {
    assertThat(decode("{'command':'GET','key':'\\ud83d\\ude00\\u0000'}"))
        .isEqualTo(decode("{'command':'GET','key':'\ud83d\ude00\\u0000'}"))
        .isEqualTo(new Command.Get(bytes("\ud83d\ude00\0")));
  }

  // ---- strings that are not spelled as they are ----

  /** More than fits onto the heap is in memory of the connection, until the command has ended. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 30_000, 90_000})
  void longEscapes(int length) {
    Peer peer = new Peer();
    try (CommandMemory counted = new CommandMemory(peer.session().share())) {
      String text = "\\t" + "x".repeat(length);
      Command command =
          decoder.decode(
              Unpooled.wrappedBuffer(
                  frame("{'command':'SET','key':'\\u006b','value':'" + text + "'}")),
              counted);
      assertThat(command)
          .isEqualTo(
              new Command.Set(bytes("k"), ValueKind.TEXT, bytes("\t" + "x".repeat(length)), 0));
      assertThat(peer.account().usedBytes() > length).isEqualTo(length > 16_384);
    }
    assertThat(peer.account().usedBytes()).isZero();
  }

  @Test
  void longEscapes_ofManyItems() {
    Peer peer = new Peer();
    try (CommandMemory counted = new CommandMemory(peer.session().share())) {
      StringBuilder json = new StringBuilder("{'command':'MSET','items':[");
      List<Command.Set> expected = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String value = "x".repeat(50 * i);
        json.append(i == 0 ? "" : ",").append("{'key':'\\u006b").append(i);
        json.append(i % 2 == 0 ? "','value':'\\n" : "','encoding':'base64','value':'eHh4");
        json.append(i % 2 == 0 ? value : "eHh4".repeat(i)).append("'}");
        ByteBuffer stored = bytes(i % 2 == 0 ? "\n" + value : "xxx".repeat(i + 1));
        ValueKind kind = i % 2 == 0 ? ValueKind.TEXT : ValueKind.BYTES;
        expected.add(new Command.Set(bytes("k" + i), kind, stored, 0));
      }
      Command command =
          decoder.decode(Unpooled.wrappedBuffer(frame(json.append("]}").toString())), counted);
      assertThat(command).isEqualTo(new Command.SetAll(expected, Condition.ALWAYS));
      assertThat(peer.account().usedBytes()).isPositive();
    }
    assertThat(peer.account().usedBytes()).isZero();
  }

  /** It was taken; whoever has kept its bytes can decode it again when there is memory. */
  @ParameterizedTest
  @ValueSource(strings = {"\\n", "','encoding':'base64"})
  void shortage_isTriedAgain(String end) {
    Account account = new Account(1L << 20, 0);
    Share other = new Peer(account).session().share();
    String value = "AAAA".repeat(20_000);
    ByteBuf in =
        Unpooled.wrappedBuffer(frame("{'command':'SET','key':'k','value':'" + value + end + "'}"));
    try (CommandMemory counted = new CommandMemory(new Peer(account).session().share())) {
      ByteBuf taken = other.bufferForHeld((int) account.limitBytes());
      assertThatThrownBy(() -> decoder.decode(in, counted))
          .isInstanceOf(MemoryShortageException.class);
      assertThat(in.isReadable()).isFalse();
      taken.release();

      in.readerIndex(0);
      Command.Set set = (Command.Set) requireNonNull(decoder.decode(in, counted));
      assertThat(set.value().remaining()).isEqualTo(end.startsWith("\\") ? 80_001 : 60_000);
    }
    assertThat(account.usedBytes()).isZero();
  }

  // ---- what is no command ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|member missing: command",
        "{'command':1}|member is not a string: command",
        "{'command':'get','key':'a'}|unknown command (expected: GET, SET, DEL, RST, PING, MGET,"
            + " MSET, MDEL, INC, APP, PRE, TCH, TTL, SCN, CNT, INF, AUTH, TRK, TAG, CLR, NSP or NOD, in upper case)",
        "{'command':'GET'}|member missing: key",
        "{'command':'GET','key':null}|member is not a string: key",
        "{'command':'GET','key':''}|key empty: keyBytes=0 (expected: 1..1000)",
        "{'command':'DEL','key':'\\ud800'}|"
            + "key holds half of a surrogate pair, which is no character",
        "{'command':'SET','key':'a'}|member missing: value",
        "{'command':'SET','value':1}|member missing: key",
        "{'command':'SET','key':'a','value':1,'if':'x'}|"
            + "if is no condition (expected: absent, present or a version, in quotes)",
        "{'command':'SET','key':'a','value':1,'if':'0'}|"
            + "if is no condition (expected: absent, present or a version, in quotes)",
        "{'command':'SET','key':'a','value':1,'if':7}|member is not a string: if",
        "{'command':'SET','key':'a','value':'%','encoding':'base64'}|value is not base64",
        "{'command':'SET','key':'a','value':1,'encoding':'base64'}|member is not a string: value",
        "{'command':'SET','key':'a','value':'','encoding':'hex'}|unknown encoding (expected:"
            + " base64)",
        "{'command':'DEL','key':'a','if':'absent'}|nothing to delete if absent",
        "{'command':'GET','key':'a','version':1}|version is neither true nor false",
        "{'command':'MGET'}|member missing: keys",
        "{'command':'MGET','keys':'a'}|member is not an array: keys",
        "{'command':'MDEL','keys':['a',1]}|member is not a string: key: keys[1]",
        "{'command':'MSET','items':[{'key':'a','value':1},{'key':'b'}]}|"
            + "member missing: value: items[1]",
        "{'command':'MSET','items':[[]]}|item is not an object: items[0]",
        "{'command':'INC','key':'a','by':9223372036854775808}|member is not a 64-bit integer: by",
        "{'command':'INC','key':'a','by':1.0}|member is not a 64-bit integer: by",
        "{'command':'INC','key':'a','initial':null}|member is not a 64-bit integer: initial",
        "{'command':'APP','key':'a','value':1}|member is not a string: value",
        "{'command':'MSET','items':[{'key':'a','value':1,'if':'absent'}]}|an item of an MSET has no"
            + " if, lease or db (expected: key, value, ttl, encoding, tags): items[0]",
        "{'command':'MSET','items':[{'key':'a','value':1},{'key':'b','value':1,'db':1}]}|an item of"
            + " an MSET has no if, lease or db (expected: key, value, ttl, encoding, tags): items[1]",
        "{'command':'SET','key':'a','value':1,'if':'017'}|if is no condition (expected: absent,"
            + " present or a version, in quotes)",
        "{'command':'SET','key':'a','value':1,'lease':'017'}|lease is not one that a reply gave, in"
            + " quotes",
        "{'command':'SCN','cursor':'x'}|cursor is not one that a reply gave",
        "{'command':'SCN','cursor':'+5'}|cursor is not one that a reply gave",
        "{'command':'SCN','cursor':'05'}|cursor is not one that a reply gave",
        "{'command':'SCN','cursor':'18446744073709551616'}|cursor is not one that a reply gave",
        "{'command':'SCN','count':0}|count out of bounds (expected: 1..1000)",
        "[]|the payload is JSON but not an object",
        "1|the payload is JSON but not an object",
        "{'command':'GET'|malformed JSON at byte 16: expected ',' or '}'",
      })
  void malformed_saysWhy(String json, String why) {
    assertThat(decode(json)).isEqualTo(new Command.Malformed(why));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "1.5",
        "1.0",
        "1e3",
        "\"5\"",
        "null",
        "true",
        "[5]",
        "9007199254740992",
        "99999999999999999999"
      })
  void ttl_malformed(String ttl) {
    assertThat(decode("{'command':'SET','key':'a','value':1,'ttl':" + ttl + "}"))
        .isEqualTo(
            new Command.Malformed(
                "ttl is not an integer number of milliseconds (expected: 1..9007199254740991)"));
  }

  @Test
  void ttl_atItsBounds() {
    assertThat(decode("{'command':'SET','key':'a','value':1,'ttl':1}"))
        .isEqualTo(new Command.Set(bytes("a"), ValueKind.JSON, bytes("1"), 1));
    assertThat(decode("{'command':'SET','key':'a','value':1,'ttl':9007199254740991}"))
        .isEqualTo(new Command.Set(bytes("a"), ValueKind.JSON, bytes("1"), Limits.MAX_TTL_MILLIS));
  }

  @Test
  void key_atItsLimit_countsBytesAndNotSpelling() {
    String fits = "\u20ac".repeat(333) + "x";
    assertThat(decode("{'command':'GET','key':'" + fits + "'}"))
        .isEqualTo(new Command.Get(bytes(fits)));
    assertThat(decode("{'command':'GET','key':'" + "\\u0061".repeat(1_000) + "'}"))
        .isEqualTo(new Command.Get(bytes("a".repeat(1_000))));
    assertThat(decode("{'command':'GET','key':'" + fits + "x'}"))
        .isEqualTo(new Command.Malformed("key too long: keyBytes=1001 (expected: 1..1000)"));
  }

  // ---- frames ----

  @Test
  void frame_cutAnywhere_isTakenWhole() {
    ByteBuf whole = Unpooled.buffer();
    List<Command> expected = new ArrayList<>();
    for (String json :
        List.of(
            "{'command':'PING'}",
            "nonsense",
            "{'command':'GET','key':'k'}",
            "{'command':'SET','key':'\\u006b','value':'\\n\\ud83d\\ude00\\u00e9\u20ac'}",
            "{'command':'SET','key':'k','value':'AAAA\\u0041A==','encoding':'base64'}",
            "{'command':'MGET','keys':['a','\\u0062','\\ud83d\\ude00']}")) {
      whole.writeBytes(frame(json));
      expected.add(decode(json));
    }
    for (int cut = 0; cut <= whole.writerIndex(); cut++) {
      ByteBuf in = Unpooled.buffer().writeBytes(whole, 0, cut);
      List<Command> commands = drain(in);
      in.writeBytes(whole, cut, whole.writerIndex() - cut);
      commands.addAll(drain(in));
      assertThat(commands).isEqualTo(expected);
      assertThat(in.isReadable()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, 100_001, Integer.MAX_VALUE})
  void frame_ofImpossibleLength(int length) {
    ByteBuf in = Unpooled.buffer().writeInt(length);
    assertThatThrownBy(() -> decoder.decode(in, memory))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(
            "frame length out of bounds: frameBytes=%d (expected: 1..100000); closing the"
                + " connection",
            length);
  }

  @Test
  void frame_atItsLimit() {
    String head = "{'command':'PING','x':'";
    String json = head + "x".repeat(100_000 - head.length() - 2) + "'}";
    assertThat(decode(json)).isEqualTo(new Command.Ping());
  }

  @Test
  void frames_ofAnyBytes_costNothingButThemselves() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    byte[] model =
        frame("{'command':'SET','key':'foo','value':{'a':[1,2.5e3,'x']},'ttl':10}").array();
    for (int i = 0; i < 100_000; i++) {
      byte[] frame = model.clone();
      for (int mutations = 1 + random.nextInt(4); mutations > 0; mutations--) {
        frame[4 + random.nextInt(frame.length - 4)] = (byte) random.nextInt(256);
      }
      ByteBuf in = Unpooled.buffer().writeBytes(frame).writeBytes(frame("{'command':'PING'}"));
      assertThat(decoder.decode(in, memory)).as("-Dseed=%d", seed).isNotNull();
      assertThat(decoder.decode(in, memory)).as("-Dseed=%d", seed).isEqualTo(new Command.Ping());
    }
  }

  private List<Command> drain(ByteBuf in) {
    List<Command> commands = new ArrayList<>();
    Command command;
    while ((command = decoder.decode(in, memory)) != null) {
      commands.add(command);
    }
    return commands;
  }

  private Command decode(String json) {
    ByteBuf in = Unpooled.wrappedBuffer(frame(json));
    Command command = requireNonNull(decoder.decode(in, memory));
    assertThat(in.isReadable()).isFalse();
    return command;
  }

  /** A frame of {@code json}, in which single quotes stand for double ones. */
  private static ByteBuffer frame(String json) {
    byte[] payload = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).flip();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
