package io.speicher.dialect.json;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.Frame;
import io.speicher.protocol.json.JsonScanner;
import io.speicher.protocol.json.JsonSpan;
import io.speicher.protocol.json.MalformedJsonException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the commands of one connection. Not safe for more than one thread at a time. */
public final class JsonCommandDecoder {
  private static final int DEFAULT_SCAN_COUNT = 100;
  private static final int MAX_SCAN_COUNT = 1_000;

  private final Limits limits;
  private final JsonScanner scanner = new JsonScanner();

  public JsonCommandDecoder(Limits limits) {
    this.limits = limits;
  }

  /**
   * Takes one command from {@code in}, or returns null, and takes nothing, if it is not there to
   * its end. What the command holds are views of {@code in}.
   *
   * @throws ProtocolException if the frame has an impossible length
   */
  public @Nullable Command decode(ByteBuf in, Share share) {
    ByteBuffer received = in.nioBuffer();
    ByteBuffer payload = Frame.take(received, limits.maxFrameBytes());
    if (payload == null) {
      return null;
    }
    in.skipBytes(received.position());
    try {
      return command(new Members(scanner, payload));
    } catch (MalformedJsonException e) {
      return new Command.Malformed(e.reason());
    }
  }

  private Command command(Members members) throws MalformedJsonException {
    return switch (string("command", members.command).string()) {
      case "GET" -> new Command.Get(key(members.key), view(members));
      case "SET" -> set(members, condition(members.condition));
      case "DEL" -> delete(members);
      case "RST" -> new Command.Clear();
      case "PING" -> new Command.Ping();
      case "MGET" -> new Command.GetAll(keys(members.keys), view(members));
      case "MSET" -> setAll(array("items", members.items));
      case "MDEL" -> new Command.DeleteAll(keys(members.keys));
      case "INC" -> add(members);
      case "APP" -> append(members, false);
      case "PRE" -> append(members, true);
      case "TCH" ->
          new Command.Touch(key(members.key), expiry(members.ttl), Command.TouchCondition.ALWAYS);
      case "TTL" -> new Command.Get(key(members.key), Command.View.GLANCE);
      case "SCN" -> scan(members);
      case "CNT" -> new Command.CountItems();
      case "INF" -> new Command.Stats();
      default ->
          throw new MalformedJsonException(
              "unknown command (expected: GET, SET, DEL, RST, PING, MGET, MSET, MDEL, INC, APP, PRE,"
                  + " TCH, TTL, SCN, CNT or INF, in upper case)");
    };
  }

  private static Command.View view(Members members) throws MalformedJsonException {
    JsonSpan version = members.version;
    if (version == null) {
      return Command.View.VALUE;
    }
    return switch (version.text().get(version.start())) {
      case 't' -> Command.View.VERSION;
      case 'f' -> Command.View.VALUE;
      default -> throw new MalformedJsonException("version is neither true nor false");
    };
  }

  private Command.Set set(Members members, Condition condition) throws MalformedJsonException {
    ByteBuffer key = key(members.key);
    JsonSpan value = members.value;
    if (value == null) {
      throw new MalformedJsonException("member missing: value");
    }
    Expiry expiry = expiry(members.ttl);
    SetOptions options =
        expiry.equals(Expiry.NEVER) && condition.equals(Condition.ALWAYS)
            ? SetOptions.DEFAULT
            : SetOptions.DEFAULT.withExpiry(expiry).withCondition(condition);
    if (members.encoding != null) {
      return new Command.Set(key, ValueKind.BYTES, base64(members.encoding, value), options);
    }
    ByteBuffer text = value.plainText();
    return text == null
        ? new Command.Set(key, ValueKind.JSON, value.json(), options)
        : new Command.Set(key, ValueKind.TEXT, text, options);
  }

  private static ByteBuffer base64(JsonSpan encoding, JsonSpan value)
      throws MalformedJsonException {
    if (!string("encoding", encoding).string().equals("base64")) {
      throw new MalformedJsonException("unknown encoding (expected: base64)");
    }
    String text = string("value", value).string();
    try {
      return ByteBuffer.wrap(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new MalformedJsonException("value is not base64");
    }
  }

  private static Condition condition(@Nullable JsonSpan span) throws MalformedJsonException {
    if (span == null) {
      return Condition.ALWAYS;
    }
    String text = string("if", span).string();
    return switch (text) {
      case "absent" -> Condition.ABSENT;
      case "present" -> Condition.PRESENT;
      default -> Condition.version(version(text));
    };
  }

  private static long version(String text) throws MalformedJsonException {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    Long version = digits ? JsonSpan.parsed(text) : null;
    if (version == null || version < 1) {
      throw new MalformedJsonException(
          "if is no condition (expected: absent, present or a version, in quotes)");
    }
    return version;
  }

  private Command delete(Members members) throws MalformedJsonException {
    ByteBuffer key = key(members.key);
    Condition condition = condition(members.condition);
    return switch (condition.kind()) {
      case ALWAYS, PRESENT -> new Command.Delete(key);
      case VERSION -> new Command.DeleteVersion(key, condition.version());
      case ABSENT -> throw new MalformedJsonException("nothing to delete if absent");
    };
  }

  private List<ByteBuffer> keys(@Nullable JsonSpan span) throws MalformedJsonException {
    List<ByteBuffer> keys = new ArrayList<>();
    JsonScanner elements = array("keys", span);
    while (elements.nextElement()) {
      try {
        keys.add(key(elements.valueSpan()));
      } catch (MalformedJsonException e) {
        throw new MalformedJsonException(e.reason() + ": keys[" + keys.size() + "]");
      }
    }
    return keys;
  }

  private Command.SetAll setAll(JsonScanner elements) throws MalformedJsonException {
    List<Command.Set> items = new ArrayList<>();
    JsonScanner item = new JsonScanner();
    while (elements.nextElement()) {
      JsonSpan span = elements.valueSpan();
      try {
        if (span.text().get(span.start()) != '{') {
          throw new MalformedJsonException("item is not an object");
        }
        items.add(set(new Members(item, span.json()), Condition.ALWAYS));
      } catch (MalformedJsonException e) {
        throw new MalformedJsonException(e.reason() + ": items[" + items.size() + "]");
      }
    }
    return new Command.SetAll(items, false);
  }

  private static JsonScanner array(String name, @Nullable JsonSpan span)
      throws MalformedJsonException {
    if (span == null) {
      throw new MalformedJsonException("member missing: " + name);
    }
    if (span.text().get(span.start()) != '[') {
      throw new MalformedJsonException("member is not an array: " + name);
    }
    JsonScanner elements = new JsonScanner();
    elements.beginArray(span.json());
    return elements;
  }

  private Command.Add add(Members members) throws MalformedJsonException {
    ByteBuffer key = key(members.key);
    long by = members.by == null ? 1 : integer("by", members.by);
    Expiry expiry = expiry(members.ttl);
    Command.Initial initial =
        members.initial == null
            ? null
            : new Command.Initial(integer("initial", members.initial), ValueKind.JSON, expiry);
    return new Command.Add(key, by, Command.Arithmetic.SIGNED, initial);
  }

  private static long integer(String name, JsonSpan span) throws MalformedJsonException {
    Long number = span.integer();
    if (number == null) {
      throw new MalformedJsonException("member is not a 64-bit integer: " + name);
    }
    return number;
  }

  private Command.Append append(Members members, boolean toFront) throws MalformedJsonException {
    ByteBuffer key = key(members.key);
    JsonSpan value = string("value", members.value);
    if (members.encoding != null) {
      return new Command.Append(
          key, ValueKind.BYTES, base64(members.encoding, value), toFront, false);
    }
    ByteBuffer text = value.plainText();
    if (text == null) {
      throw new MalformedJsonException("value holds half of a surrogate pair");
    }
    return new Command.Append(key, ValueKind.TEXT, text, toFront, false);
  }

  private static Command.Scan scan(Members members) throws MalformedJsonException {
    long cursor = members.cursor == null ? 0 : cursor(string("cursor", members.cursor).string());
    long count = members.count == null ? DEFAULT_SCAN_COUNT : members.count.unsignedInteger();
    if (count < 1 || count > MAX_SCAN_COUNT) {
      throw new MalformedJsonException("count out of bounds (expected: 1.." + MAX_SCAN_COUNT + ")");
    }
    if (members.match == null) {
      return new Command.Scan(cursor, (int) count, null);
    }
    ByteBuffer pattern = string("match", members.match).utf8();
    if (pattern == null) {
      throw new MalformedJsonException("match holds half of a surrogate pair");
    }
    return new Command.Scan(cursor, (int) count, new Glob(pattern));
  }

  private static long cursor(String text) throws MalformedJsonException {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new MalformedJsonException("cursor is not one that a reply gave");
    }
  }

  private static Expiry expiry(@Nullable JsonSpan ttl) throws MalformedJsonException {
    if (ttl == null) {
      return Expiry.NEVER;
    }
    long ttlMillis = ttl.unsignedInteger();
    if (ttlMillis < 1) {
      throw new MalformedJsonException(
          "ttl is not an integer number of milliseconds (expected: 1.."
              + Limits.MAX_TTL_MILLIS
              + ")");
    }
    return Expiry.after(ttlMillis);
  }

  private ByteBuffer key(@Nullable JsonSpan span) throws MalformedJsonException {
    ByteBuffer key = string("key", span).utf8();
    if (key == null) {
      throw new MalformedJsonException("key holds half of a surrogate pair, which is no character");
    }
    if (!key.hasRemaining() || key.remaining() > limits.maxKeyBytes()) {
      throw new MalformedJsonException(
          (key.hasRemaining() ? "key too long: keyBytes=" : "key empty: keyBytes=")
              + key.remaining()
              + " (expected: 1.."
              + limits.maxKeyBytes()
              + ")");
    }
    return key;
  }

  private static JsonSpan string(String name, @Nullable JsonSpan span)
      throws MalformedJsonException {
    if (span == null) {
      throw new MalformedJsonException("member missing: " + name);
    }
    if (!span.isString()) {
      throw new MalformedJsonException("member is not a string: " + name);
    }
    return span;
  }

  /** The members of one object that some command knows; of those that come twice, the last. */
  private static final class Members {
    private static final byte[] COMMAND = ascii("command");
    private static final byte[] KEY = ascii("key");
    private static final byte[] VALUE = ascii("value");
    private static final byte[] TTL = ascii("ttl");
    private static final byte[] ENCODING = ascii("encoding");
    private static final byte[] IF = ascii("if");
    private static final byte[] VERSION = ascii("version");
    private static final byte[] KEYS = ascii("keys");
    private static final byte[] ITEMS = ascii("items");
    private static final byte[] BY = ascii("by");
    private static final byte[] INITIAL = ascii("initial");
    private static final byte[] CURSOR = ascii("cursor");
    private static final byte[] COUNT = ascii("count");
    private static final byte[] MATCH = ascii("match");

    private @Nullable JsonSpan command;
    private @Nullable JsonSpan key;
    private @Nullable JsonSpan value;
    private @Nullable JsonSpan ttl;
    private @Nullable JsonSpan encoding;
    private @Nullable JsonSpan condition;
    private @Nullable JsonSpan version;
    private @Nullable JsonSpan keys;
    private @Nullable JsonSpan items;
    private @Nullable JsonSpan by;
    private @Nullable JsonSpan initial;
    private @Nullable JsonSpan cursor;
    private @Nullable JsonSpan count;
    private @Nullable JsonSpan match;

    private Members(JsonScanner scanner, ByteBuffer object) throws MalformedJsonException {
      scanner.begin(object);
      while (scanner.nextMember()) {
        if (scanner.nameEquals(COMMAND)) {
          command = scanner.valueSpan();
        } else if (scanner.nameEquals(KEY)) {
          key = scanner.valueSpan();
        } else if (scanner.nameEquals(VALUE)) {
          value = scanner.valueSpan();
        } else if (scanner.nameEquals(TTL)) {
          ttl = scanner.valueSpan();
        } else if (scanner.nameEquals(ENCODING)) {
          encoding = scanner.valueSpan();
        } else if (scanner.nameEquals(IF)) {
          condition = scanner.valueSpan();
        } else if (scanner.nameEquals(VERSION)) {
          version = scanner.valueSpan();
        } else if (scanner.nameEquals(KEYS)) {
          keys = scanner.valueSpan();
        } else if (scanner.nameEquals(ITEMS)) {
          items = scanner.valueSpan();
        } else if (scanner.nameEquals(BY)) {
          by = scanner.valueSpan();
        } else if (scanner.nameEquals(INITIAL)) {
          initial = scanner.valueSpan();
        } else if (scanner.nameEquals(CURSOR)) {
          cursor = scanner.valueSpan();
        } else if (scanner.nameEquals(COUNT)) {
          count = scanner.valueSpan();
        } else if (scanner.nameEquals(MATCH)) {
          match = scanner.valueSpan();
        }
      }
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
