package io.speicher.protocol.json;

import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the replies of one connection, for a client. Not safe for more than one thread at a time.
 */
public final class JsonReplyDecoder {
  private static final byte[] STATUS_CODE = ascii("status_code");
  private static final byte[] VALUE = ascii("value");
  private static final byte[] ENCODING = ascii("encoding");
  private static final byte[] VERSION = ascii("version");
  private static final byte[] MESSAGE = ascii("message");
  private static final byte[] ITEMS = ascii("items");
  private static final byte[] DELETED = ascii("deleted");
  private static final byte[] CURSOR = ascii("cursor");
  private static final byte[] KEYS = ascii("keys");
  private static final byte[] PUSH = ascii("push");
  private static final byte[] LEASE = ascii("lease");
  private static final byte[] STALE = ascii("stale");
  private static final byte[] TTL = ascii("ttl");
  private static final byte[] FEATURES = ascii("features");
  private static final byte[] NODES = ascii("nodes");
  private static final byte[] BASE64 = ascii("base64");

  /** How the reply to a batch begins that a server of ours has written. */
  private static final ByteBuffer BATCH_START =
      ByteBuffer.wrap(ascii("{\"status_code\":200,\"items\":["));

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final int maxFrameBytes;
  private final JsonScanner scanner = new JsonScanner();

  /** Walks an array of the reply, and {@link #elements} what is in it. */
  private final JsonScanner array = new JsonScanner();

  private final JsonScanner elements = new JsonScanner();

  /**
   * @param maxFrameBytes the longest payload that is believed
   */
  public JsonReplyDecoder(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /**
   * Takes one reply, or a {@link Reply.Invalidated}, from the position of {@code in}, or returns
   * null, and takes nothing, if it is not there to its end. A {@link Reply.Value} and {@link
   * Reply.Keys} may hold views of {@code in}; {@link Reply.Items} has memory of its own. A status
   * code that the protocol does not list is taken by its class: 4xx is refused, 5xx is failed.
   *
   * @throws ProtocolException if the reply makes no sense, so that nothing after it can be trusted
   */
  public @Nullable Reply decode(ByteBuffer in) {
    ByteBuffer payload = Frame.take(in, maxFrameBytes);
    if (payload == null) {
      return null;
    }
    try {
      Reply items = batch(payload);
      return items == null ? reply(payload, scanner) : items;
    } catch (MalformedJsonException e) {
      throw new ProtocolException(e.reason());
    }
  }

  /**
   * The reply to a batch, read in one pass over a copy of it. Returns null for any other reply, and
   * for one that is spelled in another way or makes no sense, which {@link #reply} tells.
   */
  private Reply.@Nullable Items batch(ByteBuffer payload) throws MalformedJsonException {
    int startBytes = BATCH_START.remaining();
    int payloadBytes = payload.remaining();
    if (payloadBytes <= startBytes || !payload.slice(0, startBytes).equals(BATCH_START)) {
      return null;
    }
    byte[] json = new byte[payloadBytes];
    payload.get(payload.position(), json);
    BatchItems items = new BatchItems(json);
    int at = startBytes;
    while (at < payloadBytes) {
      int end = items.addUsual(at);
      if (end < 0) {
        end = addUnusual(items, json, at);
      }
      if (end == payloadBytes - 2 && json[end] == ']' && json[end + 1] == '}') {
        return new Reply.Items(items);
      } else if (end >= payloadBytes || json[end] != ',') {
        return null;
      }
      at = end + 1;
    }
    return null;
  }

  /** Adds the element at {@code at}, whatever it is, and returns where it ends. */
  private int addUnusual(BatchItems items, byte[] json, int at) throws MalformedJsonException {
    array.beginArray(ByteBuffer.wrap(json, at - 1, json.length - at + 1));
    if (json[at] == ']' || !array.nextElement()) {
      return json.length; // No element is there.
    }
    JsonSpan element = array.valueSpan();
    items.addUnusual(reply(element.json(), elements));
    return element.end();
  }

  private Reply reply(ByteBuffer object, JsonScanner members) throws MalformedJsonException {
    JsonSpan statusCode = null;
    JsonSpan value = null;
    JsonSpan encoding = null;
    JsonSpan version = null;
    JsonSpan message = null;
    JsonSpan items = null;
    JsonSpan deleted = null;
    JsonSpan cursor = null;
    JsonSpan keys = null;
    JsonSpan push = null;
    JsonSpan lease = null;
    JsonSpan stale = null;
    JsonSpan ttl = null;
    JsonSpan features = null;
    JsonSpan nodes = null;
    members.begin(object);
    while (members.nextMember()) {
      if (members.nameEquals(STATUS_CODE)) {
        statusCode = members.valueSpan();
      } else if (members.nameEquals(VALUE)) {
        value = members.valueSpan();
      } else if (members.nameEquals(MESSAGE)) {
        message = members.valueSpan();
      } else if (members.nameEquals(VERSION)) {
        version = members.valueSpan();
      } else if (members.nameEquals(ENCODING)) {
        encoding = members.valueSpan();
      } else if (members != elements) { // What is in a batch holds no batch.
        if (members.nameEquals(ITEMS)) {
          items = members.valueSpan();
        } else if (members.nameEquals(DELETED)) {
          deleted = members.valueSpan();
        } else if (members.nameEquals(CURSOR)) {
          cursor = members.valueSpan();
        } else if (members.nameEquals(KEYS)) {
          keys = members.valueSpan();
        } else if (members.nameEquals(PUSH)) {
          push = members.valueSpan();
        } else if (members.nameEquals(LEASE)) {
          lease = members.valueSpan();
        } else if (members.nameEquals(STALE)) {
          stale = members.valueSpan();
        } else if (members.nameEquals(TTL)) {
          ttl = members.valueSpan();
        } else if (members.nameEquals(FEATURES)) {
          features = members.valueSpan();
        } else if (members.nameEquals(NODES)) {
          nodes = members.valueSpan();
        }
      }
    }
    if (statusCode == null && push != null) {
      return pushed(push, keys);
    }
    if (statusCode == null) {
      throw new ProtocolException("the reply has no status_code");
    }
    long status = statusCode.unsignedInteger();
    if (status == 200) {
      if (value != null) {
        Reply.Value item = value(value, encoding, version);
        boolean isStale = stale != null && stale.text().get(stale.start()) == 't';
        return lease == null && !isStale ? item : new Reply.Leasable(item, lease(lease), isStale);
      } else if (features != null) {
        return features(features);
      } else if (nodes != null) {
        return ClusterReader.read(object);
      } else if (items != null && items.integer() == null) { // Figures have how many there are.
        return items(items);
      } else if (cursor != null && keys != null) {
        return keys(cursor, keys);
      } else if (ttl != null) {
        return new Reply.Value(ValueKind.BYTES, NOTHING, 0, 0, integer(ttl, "ttl"), 0, 0);
      }
      return deleted == null ? Reply.Done.DONE : new Reply.Count(integer(deleted, "deleted"));
    } else if (status == 404) {
      return lease == null ? Reply.Miss.MISS : new Reply.Leasable(null, lease(lease), false);
    } else if (status == 409) {
      return Reply.Exists.EXISTS;
    } else if (status >= 400 && status <= 499) {
      return new Reply.Refused((int) status, text(message));
    } else if (status >= 500 && status <= 599) {
      return new Reply.Failed((int) status, text(message));
    }
    throw new ProtocolException("the reply has a status_code that means nothing");
  }

  private static Reply.Value value(
      JsonSpan value, @Nullable JsonSpan encoding, @Nullable JsonSpan version) {
    ByteBuffer text = value.plainText();
    ValueKind kind = text == null ? ValueKind.JSON : ValueKind.TEXT;
    ByteBuffer bytes = text == null ? value.json() : text;
    if (encoding != null) {
      kind = ValueKind.BYTES;
      bytes = base64(value);
    }
    long versionNumber = version == null ? 0 : integer(version, "version");
    return new Reply.Value(kind, bytes, 0, versionNumber, Reply.Value.NEVER, 0, 0);
  }

  private static long lease(@Nullable JsonSpan lease) {
    return lease == null ? Reply.Leasable.NONE : integer(lease, "lease");
  }

  private Reply.Features features(JsonSpan features) throws MalformedJsonException {
    List<String> names = new ArrayList<>();
    beginArray(features, "features");
    while (array.nextElement()) {
      JsonSpan name = array.valueSpan();
      if (name.isString()) {
        names.add(name.string());
      }
    }
    return new Reply.Features(List.copyOf(names));
  }

  private Reply.Items items(JsonSpan items) throws MalformedJsonException {
    List<Reply> replies = new ArrayList<>();
    beginArray(items.copy(), "items");
    while (array.nextElement()) {
      replies.add(reply(array.valueSpan().json(), elements));
    }
    return new Reply.Items(replies);
  }

  /** What is not known by name, or has no keys, is taken for a change of everything. */
  private Reply.Invalidated pushed(JsonSpan push, @Nullable JsonSpan keys)
      throws MalformedJsonException {
    if (keys == null || !push.isString() || !push.string().equals("keys")) {
      return new Reply.Invalidated(true, List.of(), 0);
    }
    return new Reply.Invalidated(false, keys(keys), 0);
  }

  private List<ByteBuffer> keys(JsonSpan keys) throws MalformedJsonException {
    List<ByteBuffer> found = new ArrayList<>();
    beginArray(keys, "keys");
    while (array.nextElement()) {
      found.add(key(array.valueSpan()));
    }
    return found;
  }

  private Reply.Keys keys(JsonSpan cursor, JsonSpan keys) throws MalformedJsonException {
    List<ByteBuffer> found = keys(keys);
    try {
      String digits = cursor.isString() ? cursor.string() : "";
      return new Reply.Keys(Long.parseUnsignedLong(digits), found);
    } catch (NumberFormatException e) {
      throw new ProtocolException("the reply has a cursor that is no number");
    }
  }

  private ByteBuffer key(JsonSpan key) throws MalformedJsonException {
    ByteBuffer text = key.plainText();
    if (text != null) {
      return text;
    }
    ByteBuffer bytes = null;
    elements.begin(key.json());
    while (elements.nextMember()) {
      if (elements.nameEquals(BASE64)) {
        bytes = base64(elements.valueSpan());
      }
    }
    if (bytes == null) {
      throw new ProtocolException("the reply has a key that is neither text nor base64");
    }
    return bytes;
  }

  private void beginArray(JsonSpan value, String name) {
    ByteBuffer json = value.json();
    if (json.get(json.position()) != '[') {
      throw new ProtocolException("the reply has " + name + " that are no array");
    }
    array.beginArray(json);
  }

  private static ByteBuffer base64(JsonSpan value) {
    try {
      ByteBuffer text = value.plainText();
      if (text != null) {
        return Base64.getDecoder().decode(text.duplicate());
      }
    } catch (IllegalArgumentException e) {
      // It is not, as said below.
    }
    throw new ProtocolException("the reply has bytes that are no base64");
  }

  /** A number, or a string of its digits. */
  private static long integer(JsonSpan span, String name) {
    Long number = span.isString() ? JsonSpan.parsed(span.string()) : span.integer();
    if (number == null) {
      throw new ProtocolException("the reply has a " + name + " that is no number");
    }
    return number;
  }

  private static String text(@Nullable JsonSpan message) {
    return message != null && message.isString() ? message.string() : "the server gave no reason";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
