package io.speicher.dialect.json;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.CommandMemory;
import io.speicher.dialect.FoundWords;
import io.speicher.dialect.LazyList;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.protocol.Bytes;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.Tags;
import io.speicher.protocol.TrackingOptions;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.Frame;
import io.speicher.protocol.json.JsonScanner;
import io.speicher.protocol.json.JsonSpan;
import io.speicher.protocol.json.MalformedJsonException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads commands, of any connection. Not safe for more than one thread at a time. */
public final class JsonCommandDecoder {
  private static final int DEFAULT_SCAN_COUNT = 100;
  private static final int MAX_SCAN_COUNT = 1_000;

  /** A batch is one moment for everybody, and its reply is one frame. */
  private static final int MAX_BATCH = 1 << 14;

  /** Strings that are neither keys nor values are no longer in any command that makes sense. */
  private static final int MAX_WORD_BYTES = 1_024;

  private final Limits limits;
  private final JsonScanner scanner = new JsonScanner();

  /** The database that the last command is about. */
  private int database;

  /** Where the strings go that are not spelled in the command as they are. */
  private @Nullable CommandMemory memory;

  public JsonCommandDecoder(Limits limits) {
    this.limits = limits;
  }

  /**
   * Takes one command from {@code in}, or returns null, and takes nothing, if it is not there to
   * its end. What the command holds are views of {@code in}, or lies in {@code newMemory}.
   *
   * @throws ProtocolException if the frame has an impossible length
   * @throws MemoryShortageException if there is no memory for its strings; it was taken
   */
  public @Nullable Command decode(ByteBuf in, CommandMemory newMemory) {
    return decode(in, newMemory, limits.maxFrameBytes());
  }

  /** The same where no frame may have a payload of more bytes. */
  @Nullable Command decode(ByteBuf in, CommandMemory newMemory, int maxFrameBytes) {
    ByteBuffer received = in.nioBuffer();
    ByteBuffer payload = Frame.take(received, maxFrameBytes);
    if (payload == null) {
      scanner.rest(); // It may be long until the next command.
      memory = null;
      return null;
    }
    in.skipBytes(received.position());
    memory = newMemory;
    newMemory.begin(payload.remaining());
    database = 0;
    try {
      Members members = new Members(scanner, payload);
      database = database(members.db);
      return command(members);
    } catch (MalformedJsonException e) {
      return new Command.Malformed(e.reason());
    }
  }

  /** The database that the last command is about. */
  int database() {
    return database;
  }

  private int database(@Nullable JsonSpan db) throws MalformedJsonException {
    if (db == null) {
      return 0;
    }
    long number = db.unsignedInteger();
    if (number < 0 || number >= limits.databases()) {
      throw new MalformedJsonException(
          "db is not the number of a database (expected: 0.." + (limits.databases() - 1) + ")");
    }
    return (int) number;
  }

  private Command command(Members members) throws MalformedJsonException {
    return switch (word("command", members.command)) {
      case "GET" ->
          members.lease == null
              ? new Command.Get(key(members.key), view(members))
              : askLease(members, members.lease);
      case "SET" ->
          members.lease == null
              ? set(members, condition(members.condition))
              : setWithLease(members, members.lease);
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
      case "NOD" -> new Command.DescribeCluster();
      case "AUTH" -> authentication(members);
      case "TAG" -> new Command.Tag(key(members.key), tags(members.tags, Tags.MAX_TAGS));
      case "CLR" -> clear(members);
      case "NSP" -> new Command.ManageNamespaces(namespaces(members));
      case "TRK" -> track(members);
      default ->
          throw new MalformedJsonException(
              "unknown command (expected: GET, SET, DEL, RST, PING, MGET, MSET, MDEL, INC, APP,"
                  + " PRE, TCH, TTL, SCN, CNT, INF, AUTH, TRK, TAG, CLR, NSP or NOD, in upper case)");
    };
  }

  private Command authentication(Members members) throws MalformedJsonException {
    ByteBuffer password = utf8(string("password", members.password));
    if (password == null) {
      throw new MalformedJsonException("password is not text");
    }
    String user = members.user == null ? Command.Auth.DEFAULT_USER : word("user", members.user);
    return new Command.Auth(user, password);
  }

  private Command track(Members members) throws MalformedJsonException {
    String mode = word("mode", members.mode);
    boolean noLoop = members.noLoop != null && isTrue("noloop", members.noLoop);
    boolean broadcasts = mode.equals("prefixes");
    if (!broadcasts && members.prefixes != null) {
      throw new MalformedJsonException("prefixes need the mode prefixes");
    }
    return switch (mode) {
      case "off" -> new Command.Untrack();
      case "keys", "prefixes" ->
          new Command.Track(
              new TrackingOptions(
                  broadcasts,
                  members.prefixes == null ? List.of() : prefixes(members.prefixes),
                  TrackingOptions.Choice.ALL,
                  noLoop,
                  TrackingOptions.NO_REDIRECT));
      default -> throw new MalformedJsonException("unknown mode (expected: keys, prefixes or off)");
    };
  }

  /** Copies, since they are kept. */
  private List<ByteBuffer> prefixes(JsonSpan span) throws MalformedJsonException {
    JsonScanner elements = array("prefixes", span);
    List<ByteBuffer> prefixes = new ArrayList<>();
    while (elements.nextElement()) {
      ByteBuffer prefix = utf8(string("prefixes", elements.valueSpan()));
      if (prefix == null || prefix.remaining() > TrackingOptions.MAX_PREFIX_BYTES) {
        throw new MalformedJsonException(
            "prefix is no text, or too long (expected: up to "
                + TrackingOptions.MAX_PREFIX_BYTES
                + " bytes)");
      }
      if (prefixes.size() == TrackingOptions.MAX_PREFIXES) {
        throw new MalformedJsonException(
            "too many prefixes (expected: up to " + TrackingOptions.MAX_PREFIXES + ")");
      }
      prefixes.add(ByteBuffer.allocate(prefix.remaining()).put(prefix.duplicate()).flip());
    }
    return prefixes;
  }

  private static boolean isTrue(String name, JsonSpan span) throws MalformedJsonException {
    return switch (span.text().get(span.start())) {
      case 't' -> true;
      case 'f' -> false;
      default -> throw new MalformedJsonException(name + " is neither true nor false");
    };
  }

  private static Command.View view(Members members) throws MalformedJsonException {
    JsonSpan version = members.version;
    if (version == null) {
      return Command.View.VALUE;
    }
    return isTrue("version", version) ? Command.View.VERSION : Command.View.VALUE;
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
    if (members.tags != null) {
      options = options.withTags(tags(members.tags, Tags.MAX_TAGS));
    }
    if (members.encoding != null) {
      return new Command.Set(key, ValueKind.BYTES, base64(members.encoding, value), options);
    }
    ByteBuffer text = value.isString() ? utf8(value) : null;
    return text == null
        ? new Command.Set(key, ValueKind.JSON, value.json(), options)
        : new Command.Set(key, ValueKind.TEXT, text, options);
  }

  /** The string that this is, or null if it holds half of a surrogate pair. */
  private @Nullable ByteBuffer utf8(JsonSpan string) {
    ByteBuffer quoted = string.quoted();
    if (!string.escaped()) {
      return quoted;
    }
    ByteBuffer text = requireNonNull(memory).take(quoted.remaining());
    int start = text.position();
    int length = JsonStrings.unescape(quoted, text);
    return length == JsonStrings.NO_TEXT ? null : text.slice(start, length);
  }

  private ByteBuffer base64(JsonSpan encoding, JsonSpan value) throws MalformedJsonException {
    if (!word("encoding", encoding).equals("base64")) {
      throw new MalformedJsonException("unknown encoding (expected: base64)");
    }
    ByteBuffer text = utf8(string("value", value));
    if (text != null) {
      ByteBuffer bytes =
          value.escaped() ? text.duplicate() : requireNonNull(memory).take(text.remaining());
      int start = bytes.position();
      try {
        return bytes.slice(start, JsonStrings.decodeBase64(text, bytes));
      } catch (IllegalArgumentException e) {
        // As text that is none.
      }
    }
    throw new MalformedJsonException("value is not base64");
  }

  private Command askLease(Members members, JsonSpan lease) throws MalformedJsonException {
    return new Command.AskLease(
        key(members.key),
        view(members),
        millis("lease", lease, 1, Command.AskLease.MAX_LEASE_MILLIS),
        members.early == null ? 0 : millis("early", members.early, 0, Limits.MAX_TTL_MILLIS),
        members.wait == null
            ? 0
            : millis("wait", members.wait, 0, Command.AskLease.MAX_LEASE_MILLIS));
  }

  private static long millis(String name, JsonSpan span, long least, long most)
      throws MalformedJsonException {
    long millis = span.unsignedInteger();
    if (millis < least || millis > most) {
      throw new MalformedJsonException(
          name
              + " is not an integer number of milliseconds (expected: "
              + least
              + ".."
              + most
              + ")");
    }
    return millis;
  }

  private Command setWithLease(Members members, JsonSpan lease) throws MalformedJsonException {
    if (members.condition != null) {
      throw new MalformedJsonException("a set with a lease takes no other condition: if");
    }
    Long token = lease.isString() ? positive(lease.string()) : null;
    if (token == null) {
      throw new MalformedJsonException("lease is not one that a reply gave, in quotes");
    }
    return new Command.SetWithLease(set(members, Condition.ALWAYS), token);
  }

  private static Condition condition(@Nullable JsonSpan span) throws MalformedJsonException {
    if (span == null) {
      return Condition.ALWAYS;
    }
    String text = word("if", span);
    return switch (text) {
      case "absent" -> Condition.ABSENT;
      case "present" -> Condition.PRESENT;
      default -> Condition.version(version(text));
    };
  }

  private static long version(String text) throws MalformedJsonException {
    Long version = positive(text);
    if (version == null) {
      throw new MalformedJsonException(
          "if is no condition (expected: absent, present or a version, in quotes)");
    }
    return version;
  }

  /**
   * A number greater than zero as a reply writes it, or null: digits, the first of them no zero.
   */
  private static @Nullable Long positive(String text) {
    return isPlain(text) && !text.equals("0") ? JsonSpan.parsed(text) : null;
  }

  /** Whether this is how a number without a sign is written in replies. */
  private static boolean isPlain(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && (text.length() == 1 || text.charAt(0) != '0');
  }

  private Command delete(Members members) throws MalformedJsonException {
    ByteBuffer key = key(members.key);
    Condition condition = condition(members.condition);
    if (members.stale != null && condition.kind() != Condition.Kind.ABSENT) {
      long staleMillis = millis("stale", members.stale, 1, Limits.MAX_TTL_MILLIS);
      return new Command.Invalidate(key, condition, Expiry.within(staleMillis));
    }
    return switch (condition.kind()) {
      case ALWAYS, PRESENT -> new Command.Delete(key);
      case VERSION -> new Command.DeleteIf(key, condition);
      case ABSENT -> throw new MalformedJsonException("nothing to delete if absent");
      case EQUAL, NOT_EQUAL, ABSENT_OR_EQUAL, DIGEST_EQUAL, DIGEST_NOT_EQUAL ->
          throw new IllegalStateException("no member says so: condition=" + condition.kind());
    };
  }

  /** All are checked now; each is found again when it is asked for. */
  private List<ByteBuffer> keys(@Nullable JsonSpan span) throws MalformedJsonException {
    JsonScanner elements = array("keys", span);
    int count = 0;
    while (elements.nextElement()) {
      requireRoomInBatch("keys", count);
      try {
        requireKey(elements.valueSpan());
      } catch (MalformedJsonException e) {
        throw new MalformedJsonException(e.reason() + ": keys[" + count + "]");
      }
      count++;
    }
    return new LazyList<>(count, new KeyArray(requireNonNull(span).json())::key);
  }

  private static void requireRoomInBatch(String name, int count) throws MalformedJsonException {
    if (count == MAX_BATCH) {
      throw new MalformedJsonException(
          "too many " + name + " (expected: at most " + MAX_BATCH + "); send several requests");
    }
  }

  private Command.SetAll setAll(JsonScanner elements) throws MalformedJsonException {
    List<Command.Set> items = new ArrayList<>();
    JsonScanner item = new JsonScanner();
    while (elements.nextElement()) {
      requireRoomInBatch("items", items.size());
      JsonSpan span = elements.valueSpan();
      try {
        if (span.text().get(span.start()) != '{') {
          throw new MalformedJsonException("item is not an object");
        }
        items.add(itemOfBatch(new Members(item, span.json())));
      } catch (MalformedJsonException e) {
        throw new MalformedJsonException(e.reason() + ": items[" + items.size() + "]");
      }
    }
    return new Command.SetAll(items, Condition.ALWAYS);
  }

  /** An item may not have what a SET of its own obeys: ignored, it would do something else. */
  private Command.Set itemOfBatch(Members members) throws MalformedJsonException {
    if (members.condition != null || members.lease != null || members.db != null) {
      throw new MalformedJsonException(
          "an item of an MSET has no if, lease or db (expected: key, value, ttl, encoding, tags)");
    }
    return set(members, Condition.ALWAYS);
  }

  // ---- namespaces and tags ----

  private List<ByteBuffer> tags(@Nullable JsonSpan span, int max) throws MalformedJsonException {
    List<ByteBuffer> tags = new ArrayList<>();
    JsonScanner elements = array("tags", span);
    while (elements.nextElement()) {
      if (tags.size() == max) {
        throw new MalformedJsonException("too many tags (expected: at most " + max + ")");
      }
      tags.add(tag(elements.valueSpan(), tags.size()));
    }
    return List.copyOf(tags);
  }

  private ByteBuffer tag(JsonSpan span, int index) throws MalformedJsonException {
    ByteBuffer tag = span.isString() ? utf8(span) : null;
    if (tag == null || tag.remaining() < 1 || tag.remaining() > Tags.MAX_TAG_BYTES) {
      throw new MalformedJsonException(
          "tags[%d] is no text of 1 to %d bytes".formatted(index, Tags.MAX_TAG_BYTES));
    }
    return tag;
  }

  private Command clear(Members members) throws MalformedJsonException {
    if ((members.namespace == null) == (members.tags == null)) {
      throw new MalformedJsonException("CLR needs one of two members: namespace or tags");
    }
    if (members.tags != null) {
      List<ByteBuffer> tags = tags(members.tags, Tags.MAX_CLEARED);
      if (tags.isEmpty()) {
        throw new MalformedJsonException("tags are empty: there is nothing to clear");
      }
      return new Command.ClearTags(tags);
    }
    return new Command.ClearNamespace(
        ByteBuffer.wrap(prefix(members.namespace).getBytes(StandardCharsets.UTF_8)));
  }

  private static String prefix(@Nullable JsonSpan span) throws MalformedJsonException {
    String prefix = word("namespace", span);
    try {
      Namespace.requirePrefix(prefix);
    } catch (IllegalArgumentException e) {
      throw new MalformedJsonException(requireNonNull(e.getMessage()));
    }
    return prefix;
  }

  private static NamespaceRequest namespaces(Members members) throws MalformedJsonException {
    String op = members.op == null ? "list" : word("op", members.op);
    if (op.equals("list")) {
      return new NamespaceRequest.ListAll();
    }
    String prefix = prefix(members.namespace);
    if (op.equals("drop")) {
      return new NamespaceRequest.Drop(prefix);
    }
    if (!op.equals("create") && !op.equals("alter")) {
      throw new MalformedJsonException("unknown op (expected: list, create, alter or drop)");
    }
    Long jitter = number("jitter", members.jitter, Namespace.MAX_JITTER_PERCENT);
    NamespaceRequest.Alter alter =
        new NamespaceRequest.Alter(
            prefix,
            number("ttl", members.ttl, Limits.MAX_TTL_MILLIS),
            number("max_ttl", members.maxTtl, Limits.MAX_TTL_MILLIS),
            jitter == null ? null : Math.toIntExact(jitter));
    return op.equals("alter")
        ? alter
        : new NamespaceRequest.Create(alter.applyTo(new Namespace(prefix)));
  }

  private static @Nullable Long number(String name, @Nullable JsonSpan span, long max)
      throws MalformedJsonException {
    if (span == null) {
      return null;
    }
    long number = span.unsignedInteger();
    if (number < 0 || number > max) {
      throw new MalformedJsonException(name + " out of bounds (expected: 0.." + max + ")");
    }
    return number;
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
    ByteBuffer text = utf8(value);
    if (text == null) {
      throw new MalformedJsonException("value holds half of a surrogate pair");
    }
    return new Command.Append(key, ValueKind.TEXT, text, toFront, false);
  }

  private Command.Scan scan(Members members) throws MalformedJsonException {
    long cursor = members.cursor == null ? 0 : cursor(word("cursor", members.cursor));
    long count = members.count == null ? DEFAULT_SCAN_COUNT : members.count.unsignedInteger();
    if (count < 1 || count > MAX_SCAN_COUNT) {
      throw new MalformedJsonException("count out of bounds (expected: 1.." + MAX_SCAN_COUNT + ")");
    }
    if (members.match == null) {
      return new Command.Scan(cursor, (int) count, null);
    }
    ByteBuffer pattern = utf8(string("match", members.match));
    if (pattern == null) {
      throw new MalformedJsonException("match holds half of a surrogate pair");
    }
    if (pattern.remaining() > Glob.MAX_BYTES) {
      throw new MalformedJsonException(Glob.tooLong(pattern.remaining()));
    }
    return new Command.Scan(cursor, (int) count, new Glob(pattern));
  }

  private static long cursor(String text) throws MalformedJsonException {
    try {
      if (isPlain(text)) {
        return Long.parseUnsignedLong(text);
      }
    } catch (NumberFormatException e) {
      // More than 64 bits: as what is no number.
    }
    throw new MalformedJsonException("cursor is not one that a reply gave");
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
    requireKey(span);
    return requireNonNull(utf8(requireNonNull(span)));
  }

  private void requireKey(@Nullable JsonSpan span) throws MalformedJsonException {
    JsonSpan key = string("key", span);
    ByteBuffer quoted = key.quoted();
    int keyBytes = key.escaped() ? JsonStrings.utf8Bytes(quoted) : quoted.remaining();
    if (keyBytes == JsonStrings.NO_TEXT) {
      throw new MalformedJsonException("key holds half of a surrogate pair, which is no character");
    }
    if (keyBytes < 1 || keyBytes > limits.maxKeyBytes()) {
      throw new MalformedJsonException(
          (keyBytes > 0 ? "key too long: keyBytes=" : "key empty: keyBytes=")
              + keyBytes
              + " (expected: 1.."
              + limits.maxKeyBytes()
              + ")");
    }
  }

  /** A string that is neither a key nor a value. */
  private static String word(String name, @Nullable JsonSpan span) throws MalformedJsonException {
    JsonSpan word = string(name, span);
    if (word.quoted().remaining() > MAX_WORD_BYTES) {
      throw new MalformedJsonException(
          "member too long: " + name + " (expected: at most " + MAX_WORD_BYTES + " bytes)");
    }
    return word.string();
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

  /** Keys in an array whose elements are known to be strings, and no longer than keys are. */
  private static final class KeyArray extends FoundWords {
    private final JsonScanner elements = new JsonScanner();
    private final ByteBuffer array;

    KeyArray(ByteBuffer array) {
      this.array = array;
    }

    @Override
    protected void findAfter(int before) {
      try {
        if (before == NONE) {
          elements.beginArray(array);
        }
        elements.nextElement();
        JsonSpan element = elements.valueSpan();
        found(element.start() + 1, element.end() - 1);
      } catch (MalformedJsonException e) {
        throw new IllegalStateException("what was JSON is none any longer", e);
      }
    }

    ByteBuffer key(int index) {
      int start = start(index);
      ByteBuffer quoted = array.slice(start, end(index) - start);
      if (Bytes.indexOfSpecial(quoted, 0, quoted.limit(), false) == quoted.limit()) {
        return quoted;
      }
      ByteBuffer key = ByteBuffer.allocate(quoted.remaining());
      JsonStrings.unescape(quoted, key);
      return key.flip();
    }
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
    private static final byte[] DB = ascii("db");
    private static final byte[] LEASE = ascii("lease");
    private static final byte[] EARLY = ascii("early");
    private static final byte[] WAIT = ascii("wait");
    private static final byte[] STALE = ascii("stale");
    private static final byte[] MODE = ascii("mode");
    private static final byte[] PREFIXES = ascii("prefixes");
    private static final byte[] NOLOOP = ascii("noloop");
    private static final byte[] USER = ascii("user");
    private static final byte[] PASSWORD = ascii("password");
    private static final byte[] TAGS = ascii("tags");
    private static final byte[] NAMESPACE = ascii("namespace");
    private static final byte[] OP = ascii("op");
    private static final byte[] MAX_TTL = ascii("max_ttl");
    private static final byte[] JITTER = ascii("jitter");

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
    private @Nullable JsonSpan db;
    private @Nullable JsonSpan lease;
    private @Nullable JsonSpan early;
    private @Nullable JsonSpan wait;
    private @Nullable JsonSpan stale;
    private @Nullable JsonSpan mode;
    private @Nullable JsonSpan prefixes;
    private @Nullable JsonSpan noLoop;
    private @Nullable JsonSpan user;
    private @Nullable JsonSpan password;
    private @Nullable JsonSpan tags;
    private @Nullable JsonSpan namespace;
    private @Nullable JsonSpan op;
    private @Nullable JsonSpan maxTtl;
    private @Nullable JsonSpan jitter;

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
        } else if (scanner.nameEquals(DB)) {
          db = scanner.valueSpan();
        } else if (scanner.nameEquals(LEASE)) {
          lease = scanner.valueSpan();
        } else if (scanner.nameEquals(EARLY)) {
          early = scanner.valueSpan();
        } else if (scanner.nameEquals(WAIT)) {
          wait = scanner.valueSpan();
        } else if (scanner.nameEquals(STALE)) {
          stale = scanner.valueSpan();
        } else if (scanner.nameEquals(MODE)) {
          mode = scanner.valueSpan();
        } else if (scanner.nameEquals(PREFIXES)) {
          prefixes = scanner.valueSpan();
        } else if (scanner.nameEquals(NOLOOP)) {
          noLoop = scanner.valueSpan();
        } else if (scanner.nameEquals(USER)) {
          user = scanner.valueSpan();
        } else if (scanner.nameEquals(PASSWORD)) {
          password = scanner.valueSpan();
        } else if (scanner.nameEquals(TAGS)) {
          tags = scanner.valueSpan();
        } else if (scanner.nameEquals(NAMESPACE)) {
          namespace = scanner.valueSpan();
        } else if (scanner.nameEquals(OP)) {
          op = scanner.valueSpan();
        } else if (scanner.nameEquals(MAX_TTL)) {
          maxTtl = scanner.valueSpan();
        } else if (scanner.nameEquals(JITTER)) {
          jitter = scanner.valueSpan();
        }
      }
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
