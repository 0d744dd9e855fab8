package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.cli.resp.UnexpectedReplyException;
import io.speicher.cli.resp.WireConnection;
import io.speicher.client.wire.Login;
import io.speicher.protocol.ValueKind;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * memcached, by its text protocol: how items are read and written with the meta commands.
 *
 * <p>Source: {@code doc/protocol.txt} of memcached 1.6. Keys that are no words of the protocol go
 * as base64.
 */
final class MemcachedServer implements AutoCloseable {
  /** As a word of the protocol: with base64, a key has fewer bytes. */
  static final int LONGEST_KEY = 250;

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MOST_LINE_BYTES = 4_096;
  private static final byte[] END = {'\r', '\n'};

  /** Longer ones are taken for a date. */
  private static final long MOST_RELATIVE_SECONDS = 30L * 24 * 60 * 60;

  private final WireConnection wire;
  private final InputStream in;
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private final byte[] line = new byte[MOST_LINE_BYTES];

  private MemcachedServer(WireConnection wire) {
    this.wire = wire;
    in = wire.in();
  }

  static MemcachedServer connect(Endpoint endpoint) throws IOException {
    MemcachedServer server = new MemcachedServer(endpoint.connectWire());
    try {
      Login login = endpoint.login();
      if (login != null) {
        server.login(login, endpoint);
      }
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** As servers with a file of passwords want it: as the value of a set. */
  private void login(Login login, Endpoint endpoint) throws IOException {
    byte[] said = (login.user() + " " + login.password()).getBytes(UTF_8);
    add("set login 0 0 " + said.length);
    addData(said);
    flush();
    String answer = readLine();
    if (!answer.equals("STORED")) {
      throw new CopyFailedException(
          "the server refused the login: " + answer + "; check " + endpoint.loginToCheck());
    }
  }

  /** Waits for answers as long as it takes. */
  void waitForever() {
    wire.timeout(Duration.ZERO);
  }

  // Sending.

  void add(String command) {
    unsent.writeBytes(command.getBytes(ISO_8859_1));
    unsent.writeBytes(END);
  }

  private void addData(byte[] data) {
    unsent.writeBytes(data);
    unsent.writeBytes(END);
  }

  void flush() throws IOException {
    if (unsent.size() > 0) {
      wire.write(ByteBuffer.wrap(unsent.toByteArray()));
      unsent.reset();
    }
  }

  /** Adds the command that reads a key. */
  void addRead(byte[] key) {
    unsent.writeBytes(new byte[] {'m', 'g', ' '});
    addKey(key, " v f t");
    unsent.writeBytes(END);
  }

  /** Adds the command that stores an item, which must not have ended. */
  void addWrite(Item item, boolean replaces) throws IOException {
    unsent.writeBytes(new byte[] {'m', 's', ' '});
    StringBuilder flags = new StringBuilder(32);
    flags.append(' ').append(item.value().length);
    flags.append(" F").append(Integer.toUnsignedString(item.flags()));
    if (item.ends()) {
      flags.append(" T").append(exptime(item));
    }
    flags.append(replaces ? " MS" : " ME");
    addKey(item.key(), flags.toString());
    unsent.writeBytes(END);
    addData(item.value());
    if (unsent.size() >= BUFFER_BYTES) {
      flush();
    }
  }

  private static long exptime(Item item) {
    long seconds = Math.max(1, (item.ttlMillis() + 999) / 1_000);
    return seconds <= MOST_RELATIVE_SECONDS ? seconds : (item.expiresAtMillis() + 999) / 1_000;
  }

  /** Adds a key and what follows it. */
  private void addKey(byte[] key, String more) {
    boolean isWord = isWord(key);
    unsent.writeBytes(isWord ? key : Base64.getEncoder().encode(key));
    unsent.writeBytes(more.getBytes(US_ASCII));
    if (!isWord) {
      unsent.writeBytes(new byte[] {' ', 'b'});
    }
  }

  /** Whether a key is short enough for the protocol, as it has to be spelled. */
  static boolean canSpell(byte[] key) {
    return (isWord(key) ? key.length : (key.length + 2) / 3 * 4) <= LONGEST_KEY;
  }

  /** Whether the protocol can spell a key as it is. */
  private static boolean isWord(byte[] key) {
    for (byte b : key) {
      if ((b >= 0 && b <= ' ') || b == 0x7F) {
        return false;
      }
    }
    return key.length > 0;
  }

  // Receiving.

  /** The next line, without its end. */
  String readLine() throws IOException {
    wire.expectAnswer();
    int length = 0;
    int b = readByte();
    while (b != '\n') {
      if (length == line.length) {
        throw new UnexpectedReplyException("a line without an end");
      }
      line[length++] = (byte) b;
      b = readByte();
    }
    boolean hasReturn = length > 0 && line[length - 1] == '\r';
    return new String(line, 0, hasReturn ? length - 1 : length, ISO_8859_1);
  }

  private int readByte() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the server closed the connection");
    }
    return b;
  }

  /**
   * What is under a key that was asked for; null if nothing is.
   *
   * @param longestValue longer values are thrown away, and null is in the place of the value
   */
  @Nullable Read receiveRead(byte[] key, int longestValue) throws IOException {
    String reply = readLine();
    if (reply.startsWith("EN")) {
      return null;
    }
    if (!reply.startsWith("VA ")) {
      throw unexpected(reply);
    }
    String[] words = reply.split(" ", -1);
    int length = (int) number(words[1], reply);
    byte[] value = null;
    if (length > longestValue) {
      in.skipNBytes(length);
    } else {
      value = in.readNBytes(length);
    }
    in.skipNBytes(END.length);
    long ttlSeconds = -1;
    long flags = 0;
    for (int i = 2; i < words.length; i++) {
      if (words[i].startsWith("t")) {
        ttlSeconds = number(words[i].substring(1), reply);
      } else if (words[i].startsWith("f")) {
        flags = number(words[i].substring(1), reply);
      }
    }
    return new Read(
        value == null
            ? null
            : Item.living(
                key,
                value,
                ValueKind.BYTES,
                (int) flags,
                ttlSeconds < 0 ? -1 : Math.multiplyExact(ttlSeconds, 1_000L)));
  }

  /**
   * What a key has.
   *
   * @param item null if its value is too long
   */
  record Read(@Nullable Item item) {}

  private static long number(String text, String reply) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw unexpected(reply);
    }
  }

  static UnexpectedReplyException unexpected(String reply) {
    String shown = reply.length() > 80 ? reply.substring(0, 80) + "..." : reply;
    return new UnexpectedReplyException(shown);
  }

  /** What {@code stats} says, with or without a topic. */
  Map<String, String> stats(String command) throws IOException {
    add(command);
    flush();
    Map<String, String> stats = new LinkedHashMap<>();
    String reply = readLine();
    while (reply.startsWith("STAT ")) {
      String[] words = reply.split(" ", 3);
      stats.put(words[1], words.length > 2 ? words[2] : "");
      reply = readLine();
    }
    if (!reply.equals("END")) {
      throw unexpected(reply);
    }
    return stats;
  }

  @Override
  public void close() {
    wire.close();
  }
}
