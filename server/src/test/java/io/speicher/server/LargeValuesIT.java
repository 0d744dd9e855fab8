package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every command that reads or writes a value, in every dialect, up to the longest values, by many
 * clients at once: all are answered, with a heap that holds none of these values.
 */
@Timeout(120)
final class LargeValuesIT {
  private static final int CLIENTS = 16;

  /** The longest value; the default of {@code --max-frame}. */
  private static final int MAX_BYTES = 32 << 20;

  /** A request of framed JSON is a frame, in which there is more than the value. */
  private static final int JSON_BYTES = 1 << 10;

  private static final int LONG_KEYS = 600;
  private static final int LONG_KEY_BYTES = 60_000;

  private static final String END = "\r\n";
  private static final String STORED = "STORED\r\n";
  private static final String END_OF_VALUES = "\r\nEND\r\n";

  private static final short OK = 0;
  private static final short NOT_STORED = 5;

  private static final String DONE = "{\"status_code\":200}";
  private static final String FOUND = "{\"status_code\":200,\"value\":\"";
  private static final String ITEMS = "{\"status_code\":200,\"items\":[" + FOUND;
  private static final String BASE64 = "\",\"encoding\":\"base64\"}";

  /** Umlauts, as a client escapes them and as the server does not. */
  private static final byte[] ESCAPES = "\\u00e4".repeat(1_024).getBytes(ISO_8859_1);

  private static final byte[] UMLAUTS = "\u00e4".repeat(1_024).getBytes(UTF_8);

  /** Bytes that are no text, in base64. */
  private static final byte[] BYTES = "/wCA".repeat(4_096).getBytes(ISO_8859_1);

  private static final byte[] DIGITS = "7".repeat(4_096).getBytes(ISO_8859_1);

  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException {
    // Enough for all at once: whoever is slow where memory is short may be cut off, see MemoryIT.
    server = new ServerProcess("--memory", "2gb");
  }

  @AfterAll
  static void end() throws Exception {
    try (ServerProcess ending = server) {
      assertThat(ending.end()).doesNotContain("OutOfMemoryError", "ERROR", "command failed");
    }
  }

  /** All that a client says in its dialect about a value of this length. */
  private interface Script {
    void run(ValueWire wire, String key, int bytes) throws IOException;
  }

  private static final List<Script> SCRIPTS =
      List.of(
          LargeValuesIT::sayInResp,
          LargeValuesIT::sayInText,
          LargeValuesIT::sayInMeta,
          LargeValuesIT::sayInBinary,
          LargeValuesIT::sayInJson);

  @ParameterizedTest
  @ValueSource(ints = {100, 65_537, 1 << 20})
  void everyCommand(int bytes) throws Exception {
    for (Script script : SCRIPTS) {
      atOnce(client -> run(script, client, bytes));
    }
  }

  @Test
  void everyCommand_longestValues() throws Exception {
    atOnce(client -> run(SCRIPTS.get(client % SCRIPTS.size()), client, MAX_BYTES));
  }

  /** What is neither a key nor a value may be as long, too. */
  @Test
  void json_longNamesAndNumbers() throws Exception {
    int n = 30 << 20;
    try (ValueWire wire = new ValueWire(server.port())) {
      frame(wire, "{\"command\":\"PING\",\"\\u0061", n, "\":1}").sendValue(n).send("\":1}");
      expectJson(wire, DONE);
      frame(wire, "{\"command\":\"INC\",\"key\":\"n\",\"by\":", n, "}")
          .sendRepeated(DIGITS, n)
          .send("}");
      expectJson(wire, "{\"status_code\":400,\"message\":\"member is not a 64-bit integer: by\"}");
    }
  }

  private static void run(Script script, int client, int bytes) throws IOException {
    try (ValueWire wire = new ValueWire(server.port())) {
      script.run(wire, "k" + (10 + client), bytes);
    }
  }

  private interface Client {
    void run(int number) throws Exception;
  }

  private static void atOnce(Client client) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
      List<Callable<Void>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        all.add(() -> {
          client.run(number);
          return null;
        });
      }
      for (Future<Void> one : threads.invokeAll(all)) {
        one.get();
      }
    }
  }

  // ---- RESP ----

  private static void sayInResp(ValueWire wire, String k, int n) throws IOException {
    String other = k + "x";
    wire.send(words(3, "SET", k) + bulk(n)).sendValue(n).send(END).expect("+OK\r\n");
    wire.send(words(2, "STRLEN", k)).expect(number(n));
    wire.send(words(2, "GET", k)).expect(bulk(n)).expectValue(n).expect(END);
    wire.send(words(3, "MGET", k, "none"));
    wire.expect("*2\r\n" + bulk(n)).expectValue(n).expect("\r\n$-1\r\n");
    wire.send(words(4, "GETRANGE", k, "0", "-1")).expect(bulk(n)).expectValue(n).expect(END);
    wire.send(words(3, "EXPIRE", k, "1000")).expect(number(1));
    wire.send(words(3, "GETEX", k, "PERSIST")).expect(bulk(n)).expectValue(n).expect(END);
    wire.send(words(3, "COPY", k, other)).expect(number(1));
    wire.send(words(3, "RENAME", other, k)).expect("+OK\r\n");
    wire.send(words(4, "SET", k) + bulk(n)).sendValue(n).send(END + bulk(3) + "GET\r\n");
    wire.expect(bulk(n)).expectValue(n).expect(END);
    wire.send(words(5, "SET", k) + bulk(n)).sendValue(n);
    wire.send(END + bulk(2) + "EX\r\n" + bulk(4) + "1000\r\n").expect("+OK\r\n");
    wire.send(words(3, "GETSET", k) + bulk(n - 1)).sendValue(n - 1).send(END);
    wire.expect(bulk(n)).expectValue(n).expect(END);
    wire.send(words(4, "SETRANGE", k, String.valueOf(n - 2), "yz")).expect(number(n));
    wire.send(words(4, "SETRANGE", k, "0", "x")).expect(number(n));
    wire.send(words(2, "DEL", k)).expect(number(1));
    wire.send(words(4, "SETRANGE", k, String.valueOf(n - 1), "y")).expect(number(n));
    wire.send(words(3, "MSET", k) + bulk(n - 1)).sendValue(n - 1).send(END).expect("+OK\r\n");
    wire.send(words(3, "APPEND", k, "y")).expect(number(n));
    if (n == MAX_BYTES) {
      wire.send(words(3, "APPEND", k, "z"));
      wire.expect("-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n");
    }
    wire.send(words(2, "GETDEL", k)).expect(bulk(n)).expectValue(n - 1).expect("y\r\n");
    wire.send(words(3, "MSETNX", k) + bulk(n)).sendValue(n).send(END).expect(number(1));
    wire.send(words(1, "MULTI") + words(2, "GET", k) + words(1, "EXEC"));
    wire.expect("+OK\r\n+QUEUED\r\n*1\r\n" + bulk(n)).expectValue(n).expect(END);
    wire.send(words(2, "DEL", k)).expect(number(1));
  }

  /** A command of so many words that begins with these. */
  private static String words(int count, String... first) {
    StringBuilder command = new StringBuilder("*" + count + END);
    for (String word : first) {
      command.append(bulk(word.length())).append(word).append(END);
    }
    return command.toString();
  }

  private static String bulk(int bytes) {
    return "$" + bytes + END;
  }

  private static String number(int number) {
    return ":" + number + END;
  }

  // ---- memcached ----

  private static void sayInText(ValueWire wire, String k, int n) throws IOException {
    wire.send("set " + k + " 7 0 " + n + END).sendValue(n).send(END).expect(STORED);
    wire.send("get " + k + END).expect(value(k, n) + END).expectValue(n).expect(END_OF_VALUES);
    wire.send("gat 1000 " + k + END).expect(value(k, n) + END);
    wire.expectValue(n).expect(END_OF_VALUES);
    wire.send("touch " + k + " 2000\r\n").expect("TOUCHED\r\n");
    wire.send("gets " + k + END).expect(value(k, n) + " ");
    String version = wire.line();
    wire.expectValue(n).expect(END_OF_VALUES);
    wire.send("cas " + k + " 7 0 " + n + " " + version + END).sendValue(n).send(END);
    wire.expect(STORED).send("delete " + k + END).expect("DELETED\r\n");
    wire.send("add " + k + " 7 0 " + n + END).sendValue(n).send(END).expect(STORED);
    wire.send("replace " + k + " 7 0 " + (n - 2) + END).sendValue(n - 2).send(END).expect(STORED);
    wire.send("append " + k + " 0 0 1\r\ny\r\n").expect(STORED);
    wire.send("prepend " + k + " 0 0 1\r\nx\r\n").expect(STORED);
    if (n == MAX_BYTES) {
      wire.send("append " + k + " 0 0 1\r\nz\r\n").expect("NOT_STORED\r\n");
    }
    wire.send("get " + k + END).expect(value(k, n) + "\r\nx").expectValue(n - 2);
    wire.expect("y" + END_OF_VALUES).send("delete " + k + END).expect("DELETED\r\n");
  }

  private static String value(String key, int bytes) {
    return "VALUE " + key + " 7 " + bytes;
  }

  private static void sayInMeta(ValueWire wire, String k, int n) throws IOException {
    wire.send("ms " + k + " " + n + END).sendValue(n).send(END).expect("HD\r\n");
    wire.send("mg " + k + " v T1000\r\n").expect("VA " + n + END).expectValue(n).expect(END);
    wire.send("ms " + k + " " + (n - 2) + END).sendValue(n - 2).send(END).expect("HD\r\n");
    wire.send("ms " + k + " 1 MA\r\ny\r\n").expect("HD\r\n");
    wire.send("ms " + k + " 1 MP T0\r\nx\r\n").expect("HD\r\n");
    if (n == MAX_BYTES) {
      wire.send("ms " + k + " 1 MA c\r\nz\r\n").expect("NS c0\r\n");
    }
    wire.send("md " + k + " I T30\r\n").expect("HD\r\n");
    wire.send("mg " + k + " v\r\n").expect("VA " + n + " X W\r\nx").expectValue(n - 2);
    wire.expect("y\r\n").send("md " + k + END).expect("HD\r\n");
  }

  private static void sayInBinary(ValueWire wire, String k, int n) throws IOException {
    store(wire, 0x01, k, n);
    wire.send(request(0x00, 0, k, 0));
    expectFound(wire, n).expectValue(n);
    wire.send(request(0x1d, 4, k, 0));
    expectFound(wire, n).expectValue(n);
    wire.send(request(0x04, 0, k, 0));
    expectStatus(wire, OK);
    store(wire, 0x02, k, n);
    store(wire, 0x03, k, n - 2);
    wire.send(request(0x0e, 0, k, 1)).send("y");
    expectStatus(wire, OK);
    wire.send(request(0x0f, 0, k, 1)).send("x");
    expectStatus(wire, OK);
    if (n == MAX_BYTES) {
      wire.send(request(0x0e, 0, k, 1)).send("z");
      expectStatus(wire, NOT_STORED);
    }
    wire.send(request(0x00, 0, k, 0));
    expectFound(wire, n).expect("x").expectValue(n - 2).expect("y");
    wire.send(request(0x04, 0, k, 0));
    expectStatus(wire, OK);
  }

  private static void store(ValueWire wire, int operation, String key, int bytes)
      throws IOException {
    wire.send(request(operation, 8, key, bytes)).sendValue(bytes);
    expectStatus(wire, OK);
  }

  /** All of a request that stands before its value; flags and times are 0. */
  private static byte[] request(int operation, int extrasBytes, String key, int valueBytes) {
    return ByteBuffer.allocate(24 + extrasBytes + key.length())
        .put(0, (byte) 0x80)
        .put(1, (byte) operation)
        .putShort(2, (short) key.length())
        .put(4, (byte) extrasBytes)
        .putInt(8, extrasBytes + key.length() + valueBytes)
        .put(24 + extrasBytes, key.getBytes(ISO_8859_1))
        .array();
  }

  /** The header of a reply that holds a value, and its flags. */
  private static ValueWire expectFound(ValueWire wire, int valueBytes) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(wire.read(28));
    assertThat(header.getShort(6)).isEqualTo(OK);
    assertThat(header.getInt(8)).isEqualTo(4 + valueBytes);
    return wire;
  }

  private static void expectStatus(ValueWire wire, short status) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(wire.read(24));
    wire.read(header.getInt(8));
    assertThat(header.getShort(6)).isEqualTo(status);
  }

  // ---- framed JSON ----

  private static void sayInJson(ValueWire wire, String k, int bytes) throws IOException {
    int n = Math.min(bytes, MAX_BYTES - JSON_BYTES);
    String key = "\"key\":\"" + k + "\"";
    String open = "{\"command\":\"SET\"," + key + ",\"value\":\"";
    frame(wire, open, n, "\"}").sendValue(n).send("\"}");
    expectJson(wire, DONE);
    ask(wire, "{\"command\":\"GET\"," + key + "}");
    expectFrame(wire, FOUND, n, "\"}").expectValue(n).expect("\"}");
    ask(wire, "{\"command\":\"TCH\"," + key + ",\"ttl\":1000000}");
    expectJson(wire, DONE);
    ask(wire, "{\"command\":\"MGET\",\"keys\":[\"" + k + "\"]}");
    expectFrame(wire, ITEMS, n, "\"}]}").expectValue(n).expect("\"}]}");
    ask(wire, "{\"command\":\"MDEL\",\"keys\":[\"" + k + "\"]}");
    expectJson(wire, "{\"status_code\":200,\"deleted\":1}");

    String openAll = "{\"command\":\"MSET\",\"items\":[{" + key + ",\"value\":\"";
    frame(wire, openAll, n - 2, "\"}]}").sendValue(n - 2).send("\"}]}");
    expectJson(wire, DONE);
    ask(wire, "{\"command\":\"APP\"," + key + ",\"value\":\"y\"}");
    expectJson(wire, "{\"status_code\":200,\"length\":" + (n - 1) + "}");
    ask(wire, "{\"command\":\"PRE\"," + key + ",\"value\":\"x\"}");
    expectJson(wire, "{\"status_code\":200,\"length\":" + n + "}");
    ask(wire, "{\"command\":\"GET\"," + key + "}");
    expectFrame(wire, FOUND, n, "\"}").expect("x").expectValue(n - 2).expect("y\"}");

    int escaped = n / 6 * 6;
    frame(wire, open, escaped, "\"}").sendRepeated(ESCAPES, escaped).send("\"}");
    expectJson(wire, DONE);
    ask(wire, "{\"command\":\"GET\"," + key + "}");
    expectFrame(wire, FOUND, escaped / 3, "\"}");
    wire.expectRepeated(UMLAUTS, escaped / 3).expect("\"}");

    int encoded = n / 4 * 4;
    frame(wire, open, encoded, BASE64).sendRepeated(BYTES, encoded).send(BASE64);
    expectJson(wire, DONE);
    ask(wire, "{\"command\":\"GET\"," + key + "}");
    expectFrame(wire, FOUND, encoded, BASE64).expectRepeated(BYTES, encoded).expect(BASE64);
    ask(wire, "{\"command\":\"DEL\"," + key + "}");
    expectJson(wire, DONE);
  }

  private static void ask(ValueWire wire, String json) throws IOException {
    wire.send(RawClient.frame(json));
  }

  private static void expectJson(ValueWire wire, String json) throws IOException {
    assertThat(wire.readInt()).isEqualTo(json.length());
    wire.expect(json);
  }

  /** Begins a frame with a value of this length between these two. */
  private static ValueWire frame(ValueWire wire, String head, int valueBytes, String tail)
      throws IOException {
    int payload = head.length() + valueBytes + tail.length();
    return wire.send(ByteBuffer.allocate(4).putInt(payload).array()).send(head);
  }

  private static ValueWire expectFrame(ValueWire wire, String head, int valueBytes, String tail)
      throws IOException {
    assertThat(wire.readInt()).isEqualTo(head.length() + valueBytes + tail.length());
    return wire.expect(head);
  }

  // ---- many long keys ----

  @Test
  void scanAndKeys_longKeys() throws Exception {
    try (ValueWire wire = new ValueWire(server.port())) {
      for (int i = 0; i < LONG_KEYS; i++) {
        wire.send(words(3, "SET", longKey(i), "v")).expect("+OK\r\n");
      }
    }
    atOnce(client -> {
      try (ValueWire wire = new ValueWire(server.port())) {
        assertThat(scan(wire)).hasSize(LONG_KEYS);
        wire.send(words(2, "KEYS", "long-1??-*")).expect("*100\r\n");
        assertThat(readKeys(wire, 100)).hasSize(100);
      }
    });
    try (ValueWire wire = new ValueWire(server.port())) {
      wire.send(words(2, "KEYS", "long-*")).expect("*" + LONG_KEYS + END);
      assertThat(readKeys(wire, LONG_KEYS)).hasSize(LONG_KEYS);
    }
  }

  private static String longKey(int number) {
    return String.format(Locale.ROOT, "long-%03d-", number) + "k".repeat(LONG_KEY_BYTES);
  }

  private static Set<String> scan(ValueWire wire) throws IOException {
    Set<String> names = new HashSet<>();
    String cursor = "0";
    do {
      wire.send(words(6, "SCAN", cursor, "COUNT", "1000", "MATCH", "long-*")).expect("*2\r\n");
      cursor = readBulk(wire);
      names.addAll(readKeys(wire, Integer.parseInt(wire.line().substring(1))));
    } while (!cursor.equals("0"));
    return names;
  }

  /** The beginnings of the next keys, which tell them apart. */
  private static List<String> readKeys(ValueWire wire, int count) throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(readBulk(wire).substring(0, 8));
    }
    return names;
  }

  private static String readBulk(ValueWire wire) throws IOException {
    String text = new String(wire.read(Integer.parseInt(wire.line().substring(1))), ISO_8859_1);
    wire.expect(END);
    return text;
  }
}
