package io.speicher.dialect.memcached;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.CommandName;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
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
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Memcached's old binary dialect, for a server: clients that speak nothing else still exist.
 *
 * <pre>
 *  0       1      2          4        5           6        8            12       16        24
 *  | magic | code | key len. | extras | data type | status | body len.  | opaque | version | body
 * </pre>
 *
 * The body is extras, key and value, in this order; a request has two unused bytes for the status.
 */
public final class MemcachedBinaryDialect implements Dialect {
  private static final Map<Class<?>, CommandName> NAMES = CommandName.ofKinds("memcached_binary");

  private static final int REQUEST = 0x80;
  private static final int REPLY = 0x81;
  private static final int HEADER_BYTES = 24;

  /** What a peer may send that has not said who it is. */
  private static final int MAX_EARLY_BODY_BYTES = 16 << 10;

  private static final String PLAIN = "PLAIN";

  /** A counter with this expiry is not to be made where there is none. */
  private static final int NO_INITIAL = -1;

  private static final int OK = 0x00;
  private static final int NOT_FOUND = 0x01;
  private static final int EXISTS = 0x02;
  private static final int TOO_LARGE = 0x03;
  private static final int INVALID = 0x04;
  private static final int NOT_STORED = 0x05;
  private static final int NOT_A_NUMBER = 0x06;
  private static final int AUTH_ERROR = 0x20;
  private static final int UNKNOWN = 0x81;
  private static final int NO_MEMORY = 0x82;
  private static final int BUSY = 0x85;

  private final Limits limits;

  // What the last request said.
  private BinaryOperation operation = BinaryOperation.NOOP;
  private int code;
  private boolean quiet;
  private int opaque;
  private long version;
  private @Nullable ByteBuffer key;

  /** The status of the reply, whatever the server says; -1 if that decides. */
  private int status = -1;

  /** How many bytes of a refused request's body are to be thrown away. */
  private int skippedBytes;

  /** As much is to be thrown away once the last request is answered: it may be decoded again. */
  private int bodyToSkipBytes;

  private StatsTopic topic = StatsTopic.GENERAL;

  public MemcachedBinaryDialect(Limits limits) {
    this.limits = limits;
  }

  @Override
  public @Nullable Command decode(ByteBuf in, Session session) {
    Command command = decodeNext(in, session);
    if (command != null) {
      session.command(NAMES.getOrDefault(command.getClass(), CommandName.NONE));
    }
    return command;
  }

  private @Nullable Command decodeNext(ByteBuf in, Session session) {
    int skipped = Math.min(skippedBytes, in.readableBytes());
    in.skipBytes(skipped);
    skippedBytes -= skipped;
    if (skippedBytes > 0 || in.readableBytes() < HEADER_BYTES) {
      return null;
    }
    bodyToSkipBytes = 0;
    int start = in.readerIndex();
    int keyBytes = in.getUnsignedShort(start + 2);
    int extrasBytes = in.getUnsignedByte(start + 4);
    int bodyBytes = in.getInt(start + 8);
    int valueBytes = bodyBytes - keyBytes - extrasBytes;
    if (in.getUnsignedByte(start) != REQUEST) {
      return hangUp();
    }
    code = in.getUnsignedByte(start + 1);
    opaque = in.getInt(start + 12);
    version = in.getLong(start + 16);
    status = -1;
    key = null;
    BinaryOperation found = BinaryOperation.ofCode(code);
    operation = found == null ? BinaryOperation.NOOP : found;
    quiet = found != null && found.isQuiet(code);
    if (bodyBytes < 0) {
      throw invalid();
    }
    boolean isEarly = session.needsAuthentication();
    if (isEarly && bodyBytes > MAX_EARLY_BODY_BYTES) {
      return hangUp();
    }
    boolean tooLong = valueBytes > limits.maxFrameBytes();
    if (in.readableBytes() - HEADER_BYTES < (tooLong ? extrasBytes + keyBytes : bodyBytes)) {
      return null;
    }
    in.skipBytes(HEADER_BYTES);
    int maxKeyBytes = Math.min(TextCommands.MAX_KEY_BYTES, limits.maxKeyBytes());
    if (tooLong) {
      bodyToSkipBytes = bodyBytes;
      boolean isKey = keyBytes > 0 && keyBytes <= maxKeyBytes;
      return isKey && operation == BinaryOperation.SET
          ? tooLarge(in.nioBuffer(in.readerIndex() + extrasBytes, keyBytes))
          : refuse(TOO_LARGE);
    }
    ByteBuffer body = in.nioBuffer(in.readerIndex(), bodyBytes);
    in.skipBytes(bodyBytes);
    if (found == null || (found.isSasl() && session.firstUser().rights().areAll())) {
      return refuse(UNKNOWN);
    }
    if (isEarly && !found.isSasl() && found != BinaryOperation.VERSION) {
      status = AUTH_ERROR;
      return new Command.Quit();
    }
    if (valueBytes < 0
        || keyBytes > maxKeyBytes
        || !found.fits(extrasBytes, keyBytes, valueBytes)) {
      throw invalid();
    }
    if (found == BinaryOperation.VERSION && isEarly) {
      status = OK;
    }
    ByteBuffer name = body.slice(extrasBytes, keyBytes);
    key = name;
    return command(name, body, body.slice(extrasBytes + keyBytes, valueBytes));
  }

  /** Ends the connection without a word, as memcached does with who speaks something else. */
  private Command hangUp() {
    operation = BinaryOperation.QUIT;
    quiet = true;
    status = OK;
    return new Command.Quit();
  }

  /** Memcached does not trust the lengths of who sends such a request. */
  private ProtocolException invalid() {
    status = INVALID;
    return new ProtocolException(text(INVALID));
  }

  /** A value that cannot be stored takes the old one with it, so that nobody takes it for new. */
  private Command tooLarge(ByteBuffer name) {
    status = TOO_LARGE;
    return new Command.Delete(name);
  }

  private Command refuse(int newStatus) {
    status = newStatus;
    quiet = false;
    return new Command.Malformed(text(newStatus));
  }

  private Command command(ByteBuffer name, ByteBuffer extras, ByteBuffer value) {
    return switch (operation) {
      case GET, GET_WITH_KEY -> new Command.Get(name, View.VERSION);
      case SET -> set(name, extras, value, Condition.ALWAYS);
      case ADD -> set(name, extras, value, Condition.ABSENT);
      case REPLACE -> set(name, extras, value, Condition.PRESENT);
      case DELETE ->
          version == 0
              ? new Command.Delete(name)
              : new Command.DeleteIf(name, Condition.version(version));
      case INCREMENT -> add(name, extras, Arithmetic.UNSIGNED_UP);
      case DECREMENT -> add(name, extras, Arithmetic.UNSIGNED_DOWN);
      case QUIT -> new Command.Quit();
      case FLUSH ->
          new Command.Clear(
              extras.remaining() == 0 ? 0 : Exptime.unsignedDelayMillis(extras.getInt(0)));
      case NOOP, VERSION, VERBOSITY -> new Command.Ping();
      case SASL_MECHANISMS -> {
        status = OK; // Whoever asks: only those who ask for it have a use for it.
        yield new Command.Ping();
      }
      case SASL_AUTH -> authentication(name, value);
      case SASL_STEP -> refuse(AUTH_ERROR);
      case APPEND -> append(name, value, false);
      case PREPEND -> append(name, value, true);
      case STAT -> stat(StandardCharsets.ISO_8859_1.decode(name.duplicate()).toString());
      case TOUCH, GET_AND_TOUCH, GET_AND_TOUCH_WITH_KEY ->
          new Command.GetAndTouch(name, Exptime.unsignedExpiry(extras.getInt(0)), View.VERSION);
    };
  }

  /**
   * PLAIN of RFC 4616: whom to act for, who it is, and the password, with zero bytes between them.
   */
  private Command authentication(ByteBuffer mechanism, ByteBuffer value) {
    int user = indexOfZero(value, 0) + 1;
    int password = user == 0 ? 0 : indexOfZero(value, user) + 1;
    if (password == 0 || !StandardCharsets.ISO_8859_1.decode(mechanism).toString().equals(PLAIN)) {
      return refuse(AUTH_ERROR);
    }
    String userName =
        StandardCharsets.UTF_8.decode(value.slice(user, password - 1 - user)).toString();
    return new Command.Auth(userName, value.slice(password, value.remaining() - password));
  }

  private static int indexOfZero(ByteBuffer bytes, int from) {
    for (int i = from; i < bytes.limit(); i++) {
      if (bytes.get(i) == 0) {
        return i;
      }
    }
    return -1;
  }

  private Command set(ByteBuffer name, ByteBuffer extras, ByteBuffer value, Condition unversioned) {
    Condition condition = version == 0 ? unversioned : Condition.version(version);
    Expiry expiry = Exptime.unsignedExpiry(extras.getInt(4));
    SetOptions options = new SetOptions(extras.getInt(0), expiry, condition, false);
    return new Command.SetLeased(new Command.Set(name, ValueKind.BYTES, value, options), false);
  }

  private Command append(ByteBuffer name, ByteBuffer value, boolean toFront) {
    Command.Append append = new Command.Append(name, ValueKind.BYTES, value, toFront, false);
    return new Command.AppendLeased(append, versionCondition());
  }

  private Condition versionCondition() {
    return version == 0 ? Condition.ALWAYS : Condition.version(version);
  }

  private Command add(ByteBuffer name, ByteBuffer extras, Arithmetic arithmetic) {
    int seconds = extras.getInt(16);
    Command.Initial initial =
        seconds == NO_INITIAL
            ? null
            : new Command.Initial(
                extras.getLong(8), ValueKind.BYTES, Exptime.unsignedExpiry(seconds));
    Command.Add add = new Command.Add(name, extras.getLong(0), arithmetic, initial);
    return new Command.AddAndGet(add, versionCondition(), Expiry.KEEP);
  }

  private Command stat(String name) {
    if (name.equals("reset")) {
      return new Command.ResetStats();
    }
    StatsTopic named = name.isEmpty() ? StatsTopic.GENERAL : StatsTopic.named(name);
    if (named == null) {
      return refuse(NOT_FOUND);
    }
    topic = named;
    return new Command.Stats();
  }

  // ---- replies ----

  @Override
  public void encode(Reply reply, ReplyBuffer out) {
    skippedBytes = bodyToSkipBytes;
    if (status >= 0) {
      spellStatus(status, 0, out);
      return;
    }
    switch (reply) {
      case Reply.Done _ -> spellStatus(OK, 0, out);
      case Reply.Count count -> spellStatus(OK, count.number(), out);
      case Reply.Value value -> spellValue(value, out);
      case Reply.Stats stats -> {
        topic.write(stats.stats(), (name, text) -> writeStat(name, text, out));
        writeStat("", "", out);
      }
      case Reply.Miss _ -> spellStatus(isAppend() ? NOT_STORED : NOT_FOUND, 0, out);
      case Reply.Exists _ -> spellStatus(EXISTS, 0, out);
      case Reply.WrongValue.TOO_LONG -> spellStatus(NOT_STORED, 0, out);
      case Reply.WrongValue _ -> {
        out.fail("CLIENT_ERROR");
        spellStatus(NOT_A_NUMBER, 0, out);
      }
      case Reply.Refused _ -> {
        out.fail("CLIENT_ERROR");
        spellStatus(INVALID, 0, out);
      }
      case Reply.Denied _ -> spellStatus(AUTH_ERROR, 0, out);
      case Reply.Failed _ -> {
        out.fail("SERVER_ERROR");
        spellStatus(NO_MEMORY, 0, out);
      }
      case Reply.TooManyConnections _ -> writeText(BUSY, TextCommands.TOO_MANY_CONNECTIONS, out);
      case Reply.Invalidated _,
          Reply.Leasable _,
          Reply.Leased _,
          Reply.Keys _,
          Reply.Users _,
          Reply.Cluster _,
          Reply.Namespaces _,
          Reply.Permission _,
          Reply.Denials _,
          Reply.Increased _,
          Reply.Items _,
          Reply.Features _,
          Reply.Inspected _ ->
          throw new IllegalStateException(
              "no such reply to this command: command="
                  + operation
                  + " reply="
                  + reply.getClass().getSimpleName());
    }
  }

  private boolean isAppend() {
    return operation == BinaryOperation.APPEND || operation == BinaryOperation.PREPEND;
  }

  private void spellStatus(int found, long newVersion, ReplyBuffer out) {
    if (found != OK) {
      spellFailure(found, out);
    } else if (!quiet) {
      String text =
          switch (operation) {
            case VERSION -> StatsTopic.VERSION;
            case SASL_MECHANISMS -> PLAIN;
            case SASL_AUTH -> "Authenticated";
            default -> "";
          };
      header(OK, 0, 0, text.length(), newVersion, out);
      TextCommands.writeText(text, out);
    }
  }

  private void spellFailure(int failure, ReplyBuffer out) {
    ByteBuffer name = operation.repeatsKey() ? key : null;
    if (failure != NOT_FOUND || !operation.isRead()) {
      writeText(failure, text(failure), out);
    } else if (!quiet && name != null) {
      header(NOT_FOUND, 0, name.remaining(), 0, 0, out);
      TextCommands.writeBytes(name, out);
    } else if (!quiet) {
      writeText(NOT_FOUND, text(NOT_FOUND), out);
    }
  }

  private void spellValue(Reply.Value value, ReplyBuffer out) {
    if (operation == BinaryOperation.TOUCH) {
      header(OK, 4, 0, 0, value.version(), out);
      out.writeInt(value.flags());
    } else if (operation.isRead()) {
      ByteBuffer name = operation.repeatsKey() ? key : null;
      int keyBytes = name == null ? 0 : name.remaining();
      header(OK, 4, keyBytes, value.bytes().remaining(), value.version(), out);
      out.writeInt(value.flags());
      if (name != null) {
        TextCommands.writeBytes(name, out);
      }
      TextCommands.writeBytes(value.bytes(), out);
    } else if (!quiet) {
      header(OK, 0, 0, Long.BYTES, value.version(), out);
      String number = StandardCharsets.US_ASCII.decode(value.bytes().duplicate()).toString();
      out.writeLong(Long.parseUnsignedLong(number));
    }
  }

  private static String text(int status) {
    return switch (status) {
      case NOT_FOUND -> "Not found";
      case EXISTS -> "Data exists for key.";
      case TOO_LARGE -> "Too large.";
      case INVALID -> "Invalid arguments";
      case NOT_STORED -> "Not stored.";
      case NOT_A_NUMBER -> "Non-numeric server-side value for incr or decr";
      case AUTH_ERROR -> "Auth failure.";
      case UNKNOWN -> "Unknown command";
      default -> "Out of memory";
    };
  }

  private void writeText(int newStatus, String text, ReplyBuffer out) {
    header(newStatus, 0, 0, text.length(), 0, out);
    TextCommands.writeText(text, out);
  }

  private void writeStat(String name, String value, ReplyBuffer out) {
    header(OK, 0, name.length(), value.length(), 0, out);
    TextCommands.writeText(name, out);
    TextCommands.writeText(value, out);
  }

  private void header(
      int newStatus,
      int extrasBytes,
      int keyBytes,
      int valueBytes,
      long itemVersion,
      ReplyBuffer out) {
    out.writeByte(REPLY).writeByte(code).writeShort(keyBytes).writeByte(extrasBytes).writeByte(0);
    out.writeShort(newStatus).writeInt(extrasBytes + keyBytes + valueBytes).writeInt(opaque);
    out.writeLong(itemVersion);
  }

  @Override
  public void beginBatch(int size, ReplyBuffer out) {
    throw new IllegalStateException("no request has several replies");
  }

  @Override
  public void turnTo(int index) {
    throw new IllegalStateException("no request has several replies");
  }

  @Override
  public void endBatch(ReplyBuffer out) {
    throw new IllegalStateException("no request has several replies");
  }

  @Override
  public boolean isAtRest() {
    return skippedBytes == 0;
  }
}
