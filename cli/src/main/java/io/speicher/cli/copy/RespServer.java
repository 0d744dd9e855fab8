package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.speicher.cli.operate.ServerInfo;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import io.speicher.protocol.ValueKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Redis, Valkey or Speicher: how items are read and written by RESP. Speicher is recognized by the
 * command that only it has, and asked by it for all that an item is.
 */
final class RespServer implements AutoCloseable {
  private static final ByteBuffer GET = word("GET");
  private static final ByteBuffer PTTL = word("PTTL");
  private static final ByteBuffer SPEICHER = word("SPEICHER");
  private static final ByteBuffer EXPORT = word("EXPORT");

  /** PTTL of a key that is not there. */
  private static final long ABSENT = -2;

  private static final int LONGEST_VALUE = 512 << 20;
  private static final int LONGEST_VALUE_OF_SPEICHER = 32 << 20;

  private final RespConnection connection;
  private final boolean isSpeicher;
  private int database = -1;

  /** What reading a key has given: an item, or why there is none; neither if it is gone. */
  record Read(@Nullable Item item, boolean isOfOtherType, boolean isTooLong) {
    private static final Read GONE = new Read(null, false, false);
    private static final Read OTHER_TYPE = new Read(null, true, false);
    private static final Read TOO_LONG = new Read(null, false, true);
  }

  private RespServer(RespConnection connection, boolean isSpeicher) {
    this.connection = connection;
    this.isSpeicher = isSpeicher;
  }

  static RespServer connect(Endpoint endpoint) throws IOException {
    return of(endpoint.connectResp());
  }

  /** Finds out who is there, and closes the connection if that fails. */
  static RespServer of(RespConnection connection) throws IOException {
    try {
      RespReply help = connection.call("SPEICHER", "HELP");
      return new RespServer(connection, !help.isError());
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  RespConnection connection() {
    return connection;
  }

  boolean isSpeicher() {
    return isSpeicher;
  }

  static ByteBuffer word(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  /** Chooses a database, unless it is chosen already. */
  void select(int newDatabase) throws IOException {
    if (database != newDatabase) {
      connection.ask("SELECT", Integer.toString(newDatabase));
      database = newDatabase;
    }
  }

  /** Adds the commands that read these keys. */
  void addReads(List<byte[]> keys) throws IOException {
    for (byte[] key : keys) {
      ByteBuffer word = ByteBuffer.wrap(key);
      if (isSpeicher) {
        connection.add(List.of(SPEICHER, EXPORT, word));
      } else {
        connection.add(List.of(GET, word));
        connection.add(List.of(PTTL, word));
      }
    }
  }

  /** Receives what the commands for one key have answered. */
  Read receiveRead(byte[] key) throws IOException {
    return isSpeicher ? receiveExport(key) : receiveGet(key);
  }

  private Read receiveGet(byte[] key) throws IOException {
    RespReply value = connection.receive();
    RespReply ttl = connection.receive();
    if (value.isOmitted()) {
      return Read.TOO_LONG;
    }
    if (value.isError() && value.text().startsWith("WRONGTYPE")) {
      return Read.OTHER_TYPE;
    }
    value.orThrow();
    long ttlMillis = ttl.orThrow().number();
    return value.isNull() || ttlMillis == ABSENT
        ? Read.GONE
        : read(Item.living(key, bytes(value), ValueKind.BYTES, 0, ttlMillis));
  }

  private Read receiveExport(byte[] key) throws IOException {
    RespReply reply = connection.receive().orThrow();
    if (reply.isNull()) {
      return Read.GONE;
    }
    if (reply.element(0).isOmitted()) {
      return Read.TOO_LONG;
    }
    Item item =
        Item.living(
            key,
            bytes(reply.element(0)),
            ValueKind.valueOf(reply.element(2).text().toUpperCase(Locale.ROOT)),
            (int) reply.element(3).number(),
            reply.element(1).number());
    return read(item.withVersion(reply.element(4).number()));
  }

  private static Read read(Item item) {
    return new Read(item, false, false);
  }

  private static byte[] bytes(RespReply reply) {
    ByteBuffer bytes = reply.bytes();
    if (bytes.arrayOffset() == 0 && bytes.remaining() == bytes.array().length) {
      return bytes.array();
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }

  /** Counts keys that are no strings by what they are. */
  void countTypes(List<byte[]> keys, Skips skips) throws IOException {
    List<List<ByteBuffer>> questions = new ArrayList<>();
    for (byte[] key : keys) {
      questions.add(List.of(word("TYPE"), ByteBuffer.wrap(key)));
    }
    List<RespReply> types = connection.askAll(questions);
    for (int i = 0; i < keys.size(); i++) {
      skips.add("type " + types.get(i).text(), keys.get(i));
    }
  }

  ServerInfo info(String section) throws IOException {
    return ServerInfo.read(connection, section);
  }

  /** How long a value may be: what the server says, if it says so to this user. */
  int longestValue() throws IOException {
    RespReply setting = connection.call("CONFIG", "GET", "proto-max-bulk-len");
    long bytes = setting.isError() ? 0 : setting.field("proto-max-bulk-len").number();
    if (bytes > 0) {
      return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
    return isSpeicher ? LONGEST_VALUE_OF_SPEICHER : LONGEST_VALUE;
  }

  @Override
  public void close() {
    connection.close();
  }
}
