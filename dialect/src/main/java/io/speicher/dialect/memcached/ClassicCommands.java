package io.speicher.dialect.memcached;

import io.speicher.dialect.LazyList;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands that memcached has always had. */
final class ClassicCommands extends TextCommands {

  /** The slabs of memcached have lower numbers. */
  private static final int SLABS = 64;

  private static final byte[] VALUE = ascii("VALUE ");

  /** What a value is put between, key and version included. */
  private static final int MAX_VALUE_LINE_BYTES = MAX_KEY_BYTES + 64;

  private static final byte[] END = ascii("END\r\n");
  private static final byte[] STORED = ascii("STORED\r\n");
  private static final String ERROR = "ERROR";
  private static final String BAD_EXPTIME = "CLIENT_ERROR invalid exptime argument";
  private static final String NOT_FOUND = "NOT_FOUND";
  private static final String NOT_STORED = "NOT_STORED";

  /** Commands that store a value. */
  private enum Storage {
    SET("set"),
    ADD("add"),
    REPLACE("replace"),
    APPEND("append"),
    PREPEND("prepend"),
    CAS("cas");

    private static final Storage[] ALL = values();

    final String name;

    Storage(String name) {
      this.name = name;
    }

    static @Nullable Storage named(Line line) {
      for (Storage storage : ALL) {
        if (line.is(0, storage.name)) {
          return storage;
        }
      }
      return null;
    }
  }

  /** How the reply to the last command is spelled. */
  private enum Form {
    VALUES,
    STORAGE,
    DELETED,
    TOUCHED,
    NUMBER,
    STATS,
    NOTHING
  }

  private final Numeral numeral = new Numeral();
  private Form form = Form.NOTHING;

  // What a storage command says beside its value.
  private Storage storage = Storage.SET;
  private int flags;
  private Expiry expiry = Expiry.NEVER;
  private long version;

  // What a reading command asks for.
  private List<ByteBuffer> keys = List.of();
  private int turn;
  private boolean inBatch;
  private boolean showsVersion;

  private StatsTopic topic = StatsTopic.GENERAL;

  ClassicCommands(Line line, int maxKeyBytes, int maxValueBytes) {
    super(line, maxKeyBytes, maxValueBytes);
  }

  @Override
  @Nullable Command command() {
    inBatch = false;
    turn = 0;
    if (line.size() == 0 || line.length(0) < 2) {
      return refuse(ERROR);
    }
    if (line.is(0, "get") || line.is(0, "bget")) {
      return get(false);
    }
    if (line.is(0, "gets")) {
      return get(true);
    }
    Storage found = Storage.named(line);
    if (found != null) {
      return storage(found);
    }
    if (line.is(0, "gat")) {
      return getAndTouch(false);
    }
    if (line.is(0, "gats")) {
      return getAndTouch(true);
    }
    return switch (line.text(0)) {
      case "delete" -> delete();
      case "incr" -> add(Arithmetic.UNSIGNED_UP);
      case "decr" -> add(Arithmetic.UNSIGNED_DOWN);
      case "touch" -> touch();
      case "stats" -> stats();
      case "version" -> answering("VERSION " + StatsTopic.VERSION, new Command.Ping());
      case "flush_all" -> flushAll();
      case "verbosity" -> verbosity();
      case "cache_memlimit" -> memoryLimit();
      case "shutdown" -> refuse("ERROR: shutdown not enabled");
      case "quit" -> spelled(Form.NOTHING, new Command.Quit());
      default -> unknown();
    };
  }

  private Command unknown() {
    return line.startsWith(line.size() - 1, "HTTP/")
        ? spelled(Form.NOTHING, new Command.Quit())
        : refuse(ERROR);
  }

  private Command spelled(Form newForm, Command command) {
    form = newForm;
    return command;
  }

  /** Notes whether the peer wants no reply, which the last word of a line may say. */
  private boolean noteNoreply() {
    silent = line.is(line.size() - 1, "noreply");
    return silent;
  }

  private boolean hasWords(int either, int or) {
    return line.size() == either || line.size() == or;
  }

  private boolean isKey(int token) {
    return line.length(token) <= maxKeyBytes;
  }

  private boolean isInt(int token) {
    return line.parse(token, 0, numeral) && numeral.isInt();
  }

  private boolean isUnsigned(int token) {
    return line.parse(token, 0, numeral) && numeral.isUnsigned();
  }

  // ---- what is recognized at once ----

  /** {@code get} of one key. */
  Command plainGet(ByteBuffer key) {
    begin();
    inBatch = false;
    turn = 0;
    showsVersion = false;
    keys = List.of(key);
    return spelled(Form.VALUES, new Command.Get(key, View.VALUE));
  }

  /** {@code set} with a reply. */
  Command plainSet(ByteBuffer key, int newFlags, int exptime, ByteBuffer value) {
    begin();
    storage = Storage.SET;
    flags = newFlags;
    expiry = Exptime.expiry(exptime);
    return spelled(Form.STORAGE, set(key, value, Condition.ALWAYS));
  }

  // ---- reading ----

  private Command get(boolean withVersion) {
    if (line.size() < 2) {
      return refuse(ERROR);
    }
    showsVersion = withVersion;
    View view = withVersion ? View.VERSION : View.VALUE;
    if (!takeKeys(1)) {
      return refuse(BAD_FORMAT);
    }
    return spelled(
        Form.VALUES,
        keys.size() == 1 ? new Command.Get(keys.get(0), view) : new Command.GetAll(keys, view));
  }

  private Command getAndTouch(boolean withVersion) {
    if (line.size() < 2) {
      return refuse(ERROR);
    }
    if (!isInt(1)) {
      return refuse(BAD_EXPTIME);
    }
    Expiry newExpiry = Exptime.expiry(numeral.asInt());
    showsVersion = withVersion;
    View view = withVersion ? View.VERSION : View.VALUE;
    if (!takeKeys(2)) {
      return refuse(BAD_FORMAT);
    }
    List<ByteBuffer> touched = keys;
    return spelled(
        Form.VALUES,
        touched.size() == 1
            ? new Command.GetAndTouch(touched.get(0), newExpiry, view)
            : new Command.Batch(
                new LazyList<>(
                    touched.size(),
                    i -> new Command.GetAndTouch(touched.get(i), newExpiry, view))));
  }

  /** Takes all words from {@code first} on for keys; false if one is too long. */
  private boolean takeKeys(int first) {
    int count = line.wordCount() - first;
    keys =
        count == 1 ? List.of(line.view(first)) : new LazyList<>(count, i -> line.word(first + i));
    for (int i = first; i < line.size(); i++) {
      if (!isKey(i)) {
        return false;
      }
    }
    return line.longestFurtherBytes() <= maxKeyBytes;
  }

  // ---- storing ----

  private @Nullable Command storage(Storage what) {
    int words = what == Storage.CAS ? 6 : 5;
    if (!hasWords(words, words + 1)) {
      return refuse(ERROR);
    }
    form = Form.STORAGE;
    storage = what;
    noteNoreply();
    if (!isKey(1) || !isUnsigned(2)) {
      return refuse(BAD_FORMAT);
    }
    flags = (int) numeral.asUnsigned();
    if (!isInt(3)) {
      return refuse(BAD_FORMAT);
    }
    expiry = Exptime.expiry(numeral.asInt());
    if (what == Storage.CAS) {
      if (!isUnsigned(5)) {
        return refuse(BAD_FORMAT);
      }
      version = numeral.asUnsigned();
    }
    if (!isInt(4) || numeral.asInt() < 0 || numeral.asInt() > Integer.MAX_VALUE - 2) {
      return refuse(BAD_FORMAT);
    }
    return await(numeral.asInt());
  }

  @Override
  Command store(ByteBuffer value) {
    ByteBuffer key = line.view(1);
    return switch (storage) {
      case SET -> set(key, value, Condition.ALWAYS);
      case ADD -> set(key, value, Condition.ABSENT);
      case REPLACE -> set(key, value, Condition.PRESENT);
      case CAS -> set(key, value, Condition.version(version));
      case APPEND -> new Command.Append(key, ValueKind.BYTES, value, false, false);
      case PREPEND -> new Command.Append(key, ValueKind.BYTES, value, true, false);
    };
  }

  private Command set(ByteBuffer key, ByteBuffer value, Condition condition) {
    SetOptions options =
        flags == 0 && expiry.equals(Expiry.NEVER) && condition.equals(Condition.ALWAYS)
            ? SetOptions.DEFAULT
            : new SetOptions(flags, expiry, condition, false);
    return new Command.Set(key, ValueKind.BYTES, value, options);
  }

  /** Who could not set a new value must not find the old one. */
  @Override
  Command tooLarge() {
    return storage == Storage.SET
        ? answering(TOO_LARGE, new Command.Delete(line.view(1)))
        : refuse(TOO_LARGE);
  }

  private Command delete() {
    int words = line.size();
    if (words < 2 || words > 4) {
      return refuse(ERROR);
    }
    if (words > 2) {
      boolean holdIsZero = line.length(2) == 1 && line.at(2, 0) == '0';
      boolean noreply = noteNoreply();
      if (words == 3 ? !holdIsZero && !noreply : !holdIsZero || !noreply) {
        return refuse(BAD_FORMAT + ".  Usage: delete <key> [noreply]");
      }
    }
    return isKey(1) ? spelled(Form.DELETED, new Command.Delete(line.view(1))) : refuse(BAD_FORMAT);
  }

  private Command touch() {
    if (!hasWords(3, 4)) {
      return refuse(ERROR);
    }
    noteNoreply();
    if (!isKey(1)) {
      return refuse(BAD_FORMAT);
    }
    if (!isInt(2)) {
      return refuse(BAD_EXPTIME);
    }
    return spelled(
        Form.TOUCHED,
        new Command.Touch(
            line.view(1), Exptime.expiry(numeral.asInt()), Command.TouchCondition.ALWAYS));
  }

  private Command add(Arithmetic arithmetic) {
    if (!hasWords(3, 4)) {
      return refuse(ERROR);
    }
    noteNoreply();
    if (!isKey(1)) {
      return refuse(BAD_FORMAT);
    }
    if (!isUnsigned(2)) {
      return refuse("CLIENT_ERROR invalid numeric delta argument");
    }
    return spelled(
        Form.NUMBER, new Command.Add(line.view(1), numeral.asUnsigned(), arithmetic, null));
  }

  // ---- the server ----

  private Command flushAll() {
    if (line.size() > 3) {
      return refuse(ERROR);
    }
    int words = noteNoreply() ? 2 : 1;
    int seconds = 0;
    if (line.size() != words) {
      if (!isInt(1)) {
        return refuse(BAD_EXPTIME);
      }
      seconds = numeral.asInt();
    }
    return answering("OK", new Command.Clear(Exptime.delayMillis(seconds)));
  }

  /** How much a server tells in its log is not for its peers to say; clients only expect an OK. */
  private Command verbosity() {
    if (!hasWords(2, 3)) {
      return refuse(ERROR);
    }
    noteNoreply();
    return isUnsigned(1) ? answering("OK", new Command.Ping()) : refuse(BAD_FORMAT);
  }

  private Command memoryLimit() {
    if (!hasWords(2, 3)) {
      return refuse(ERROR);
    }
    noteNoreply();
    if (!isUnsigned(1)) {
      return refuse(ERROR);
    }
    return refuse("MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust");
  }

  private Command stats() {
    if (line.size() == 1) {
      topic = StatsTopic.GENERAL;
      return spelled(Form.STATS, new Command.Stats());
    }
    String name = line.text(1);
    if (name.equals("reset")) {
      return answering("RESET", new Command.ResetStats());
    }
    if (name.equals("detail")) {
      return detail();
    }
    if (name.equals("cachedump")) {
      return cachedump();
    }
    StatsTopic named = StatsTopic.named(name);
    if (named == null) {
      return refuse(ERROR);
    }
    topic = named;
    return spelled(Form.STATS, new Command.Stats());
  }

  /** There are no slabs: each is like one without items. */
  private Command cachedump() {
    if (line.size() < 4) {
      return refuse("CLIENT_ERROR bad command line");
    }
    if (!isUnsigned(3) || !isUnsigned(2)) {
      return refuse(BAD_FORMAT);
    }
    return Long.compareUnsigned(numeral.asUnsigned(), SLABS) < 0
        ? answering("END", new Command.Ping())
        : refuse("CLIENT_ERROR Illegal slab id");
  }

  /** Counts per prefix are not kept: switching them on and off changes nothing. */
  private Command detail() {
    String what = line.size() > 2 ? line.text(2) : "";
    return switch (what) {
      case "on", "off" -> answering("OK", new Command.Ping());
      case "dump" -> answering("END", new Command.Ping());
      default -> refuse("CLIENT_ERROR usage: stats detail on|off|dump");
    };
  }

  // ---- replies ----

  @Override
  void beginBatch() {
    inBatch = true;
  }

  @Override
  void turnTo(int index) {
    turn = index;
  }

  @Override
  void endBatch(ReplyBuffer out) {
    out.writeBytes(END);
  }

  @Override
  void done(ReplyBuffer out) {
    switch (form) {
      case STORAGE -> out.writeBytes(STORED);
      case DELETED -> writeLine("DELETED", out);
      case TOUCHED -> writeLine("TOUCHED", out);
      case NOTHING -> {}
      case VALUES, NUMBER, STATS -> throw impossible("Done");
    }
  }

  @Override
  void miss(ReplyBuffer out) {
    switch (form) {
      case VALUES -> endValue(out);
      case STORAGE -> writeLine(storage == Storage.CAS ? NOT_FOUND : NOT_STORED, out);
      case DELETED, TOUCHED, NUMBER -> writeLine(NOT_FOUND, out);
      case STATS, NOTHING -> throw impossible("Miss");
    }
  }

  @Override
  void exists(ReplyBuffer out) {
    if (form != Form.STORAGE) {
      throw impossible("Exists");
    }
    writeLine(storage == Storage.CAS ? "EXISTS" : NOT_STORED, out);
  }

  @Override
  void count(long number, ReplyBuffer out) {
    if (form == Form.STORAGE) { // The length of what was appended to.
      out.writeBytes(STORED);
    } else if (form == Form.NUMBER) {
      Digits.write(number, out);
      endLine(out);
    } else {
      throw impossible("Count");
    }
  }

  @Override
  void value(Reply.Value value, ReplyBuffer out) {
    if (form != Form.VALUES) {
      throw impossible("Value");
    }
    out.ensureWritable(MAX_VALUE_LINE_BYTES);
    out.writeBytes(VALUE);
    writeBytes(keys.get(turn), out);
    out.writeByte(' ');
    Digits.write(Integer.toUnsignedLong(value.flags()), out);
    out.writeByte(' ');
    Digits.write(value.bytes().remaining(), out);
    if (showsVersion) {
      out.writeByte(' ');
      Digits.write(value.version(), out);
    }
    endLine(out);
    writeBytes(value.bytes(), out);
    endLine(out);
    endValue(out);
  }

  /** What follows a value, or stands in its place. */
  private void endValue(ReplyBuffer out) {
    if (!inBatch) {
      out.writeBytes(END);
    }
  }

  @Override
  void stats(ServerStats stats, ReplyBuffer out) {
    if (form != Form.STATS) {
      throw impossible("Stats");
    }
    topic.write(stats, (name, value) -> writeStat(name, value, out));
    out.writeBytes(END);
  }

  @Override
  void leased(Reply.Leased leased, ReplyBuffer out) {
    throw impossible("Leased");
  }

  private static void writeStat(String name, String value, ReplyBuffer out) {
    writeText("STAT ", out);
    writeText(name, out);
    out.writeByte(' ');
    writeLine(value, out);
  }
}
