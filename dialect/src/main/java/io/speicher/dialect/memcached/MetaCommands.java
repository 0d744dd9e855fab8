package io.speicher.dialect.memcached;

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
import org.jspecify.annotations.Nullable;

/**
 * The commands of two letters. Their replies have the flags in the order that they were asked in.
 */
final class MetaCommands extends TextCommands {
  private static final int MAX_WORDS = 19;
  private static final String ERROR = "ERROR";
  private static final String BAD_FLAG = "CLIENT_ERROR invalid or duplicate flag";
  private static final String LONG_OPAQUE = "CLIENT_ERROR opaque token too long";
  private static final byte[] HIT = ascii("HD");
  private static final byte[] VALUE = ascii("VA ");

  /** How the reply is spelled. */
  private enum Form {
    GET,
    SET,
    DELETE,
    ADD,
    DEBUG
  }

  private final Numeral numeral = new Numeral();
  private final MetaFlags flags = new MetaFlags();
  private Form form = Form.GET;

  MetaCommands(Line line, int maxKeyBytes, int maxValueBytes) {
    super(line, maxKeyBytes, maxValueBytes);
  }

  @Override
  @Nullable Command command() {
    return switch (line.at(0, 1)) {
      case 'g' -> get();
      case 's' -> set();
      case 'd' -> delete();
      case 'a' -> add();
      case 'e' -> debug();
      case 'n' -> answering("MN", new Command.Ping());
      default -> refuse(ERROR);
    };
  }

  private ByteBuffer key() {
    ByteBuffer binary = flags.binaryKey();
    return binary == null ? line.view(1) : binary;
  }

  /** What is wrong with a command's key and number of flags, or null. */
  private @Nullable Command misfit(String tooMany) {
    if (line.size() < 2) {
      return refuse(ERROR);
    }
    if (line.length(1) > maxKeyBytes) {
      return refuse(BAD_FORMAT);
    }
    return line.size() > MAX_WORDS ? refuse(tooMany) : null;
  }

  // ---- commands ----

  private Command get() {
    form = Form.GET;
    Command misfit = misfit("CLIENT_ERROR options flags are too long");
    if (misfit != null) {
      return misfit;
    }
    String error = flags.read(line, 2);
    if (error != null) {
      return refuse(error);
    }
    if (flags.hasLongOpaque(line, 2)) {
      return refuse(LONG_OPAQUE);
    }
    View view = flags.has('c') ? View.VERSION : flags.has('u') ? View.GLANCE : View.VALUE;
    return new Command.LeaseGet(
        key(),
        view,
        flags.has('T') ? Exptime.expiry(flags.touchSeconds) : null,
        flags.has('N') ? Exptime.expiry(flags.newSeconds) : null,
        flags.has('R') ? Exptime.delayMillis(flags.recacheSeconds) : 0);
  }

  private @Nullable Command set() {
    form = Form.SET;
    Command misfit = misfit("CLIENT_ERROR options flags too long");
    if (misfit != null) {
      return misfit;
    }
    if (line.size() == 2
        || !line.parse(2, 0, numeral)
        || !numeral.isInt()
        || numeral.asInt() < 0
        || numeral.asInt() > Integer.MAX_VALUE - 2) {
      return refuse(BAD_FORMAT);
    }
    int valueBytes = numeral.asInt();
    String error = flags.read(line, 3);
    if (error == null && "\0EAPRS".indexOf(flags.mode) < 0) {
      error = "CLIENT_ERROR invalid mode for ms M token";
    } else if (error == null && flags.hasLongOpaque(line, 3)) {
      error = LONG_OPAQUE;
    }
    if (error != null) {
      skip(valueBytes);
      return refuse(error);
    }
    return await(valueBytes);
  }

  private boolean isAppend() {
    return flags.mode == 'A' || flags.mode == 'P';
  }

  private boolean isConditionalOnVersion() {
    return flags.has('C') && flags.mode != 'E';
  }

  @Override
  Command store(ByteBuffer value) {
    if (isAppend()) {
      Command.Append append =
          new Command.Append(key(), ValueKind.BYTES, value, flags.mode == 'P', false);
      return flags.has('C') || flags.has('c')
          ? new Command.AppendLeased(append, changeCondition())
          : append;
    }
    SetOptions options =
        new SetOptions(flags.clientFlags, flags.touchOr(Expiry.NEVER), condition(), false);
    Command.Set set = new Command.Set(key(), ValueKind.BYTES, value, options);
    // To memcached, no item is older than 0.
    boolean acceptsOlder = flags.has('I') && isConditionalOnVersion() && flags.version != 0;
    return acceptsOlder || flags.has('c') ? new Command.SetLeased(set, acceptsOlder) : set;
  }

  private Condition condition() {
    if (isConditionalOnVersion()) {
      return Condition.version(flags.version);
    }
    return switch (flags.mode) {
      case 'E' -> Condition.ABSENT;
      case 'R' -> Condition.PRESENT;
      default -> Condition.ALWAYS;
    };
  }

  @Override
  Command tooLarge() {
    return answering(TOO_LARGE, new Command.Delete(key()));
  }

  private Command delete() {
    form = Form.DELETE;
    Command misfit = misfit("CLIENT_ERROR options flags too long");
    if (misfit != null) {
      return misfit;
    }
    if (flags.read(line, 2) != null) {
      return refuse(BAD_FLAG);
    }
    if (flags.hasLongOpaque(line, 2)) {
      return refuse(LONG_OPAQUE);
    }
    if (flags.has('I')) {
      return new Command.Invalidate(key(), versionCondition(), flags.touchOr(Expiry.KEEP));
    }
    return flags.has('C')
        ? new Command.DeleteIf(key(), Condition.version(flags.version))
        : new Command.Delete(key());
  }

  private Condition versionCondition() {
    return flags.has('C') ? Condition.version(flags.version) : Condition.ALWAYS;
  }

  /** Where a value is changed, memcached takes a version of zero for none. */
  private Condition changeCondition() {
    return flags.version == 0 ? Condition.ALWAYS : versionCondition();
  }

  private Command add() {
    form = Form.ADD;
    Command misfit = misfit("CLIENT_ERROR options flags too long");
    if (misfit != null) {
      return misfit;
    }
    if (flags.read(line, 2) != null) {
      return refuse(BAD_FLAG);
    }
    if ("\0I+D-".indexOf(flags.mode) < 0) {
      return refuse("CLIENT_ERROR invalid mode for ma M token");
    }
    if (flags.hasLongOpaque(line, 2)) {
      return refuse(LONG_OPAQUE);
    }
    boolean down = flags.mode == 'D' || flags.mode == '-';
    Command.Initial initial =
        flags.has('N')
            ? new Command.Initial(flags.initial, ValueKind.BYTES, Exptime.expiry(flags.newSeconds))
            : null;
    Command.Add add =
        new Command.Add(
            key(), flags.delta, down ? Arithmetic.UNSIGNED_DOWN : Arithmetic.UNSIGNED_UP, initial);
    return new Command.AddAndGet(add, changeCondition(), flags.touchOr(Expiry.KEEP));
  }

  private Command debug() {
    form = Form.DEBUG;
    if (line.size() < 2 || line.length(1) > maxKeyBytes) {
      return refuse(BAD_FORMAT);
    }
    int known = line.size() > 2 && line.is(2, "b") ? 2 : line.size();
    if (flags.read(line, known) != null) {
      return refuse(BAD_FORMAT);
    }
    return new Command.Get(key(), View.VERSION); // Whoever only looks takes no lease.
  }

  // ---- replies ----

  @Override
  void done(ReplyBuffer out) {
    spellOutcome("HD", form != Form.GET, 0, out);
  }

  @Override
  void count(long number, ReplyBuffer out) {
    spellOutcome("HD", true, number, out);
  }

  @Override
  void miss(ReplyBuffer out) {
    if (form == Form.DEBUG) {
      writeLine("EN", out);
    } else if (form == Form.GET) {
      spellOutcome("EN", true, 0, out);
    } else {
      boolean isStored = form == Form.SET && (!isConditionalOnVersion() || isAppend());
      spellOutcome(isStored ? "NS" : "NF", false, 0, out);
    }
  }

  @Override
  void exists(ReplyBuffer out) {
    spellOutcome(form == Form.SET && !isConditionalOnVersion() ? "NS" : "EX", false, 0, out);
  }

  @Override
  void value(Reply.Value value, ReplyBuffer out) {
    if (form == Form.DEBUG) {
      spellDebug(value, out);
    } else if (!flags.has('q')) {
      spellItem(value, null, out);
    }
  }

  @Override
  void leased(Reply.Leased leased, ReplyBuffer out) {
    spellItem(leased.value(), leased, out);
  }

  @Override
  void stats(ServerStats stats, ReplyBuffer out) {
    throw impossible("Stats");
  }

  private void spellItem(Reply.Value value, Reply.@Nullable Leased leased, ReplyBuffer out) {
    if (flags.has('v')) {
      out.writeBytes(VALUE);
      Digits.write(value.bytes().remaining(), out);
    } else {
      out.writeBytes(HIT);
    }
    boolean touched = leased == null;
    for (int i = 2; i < line.size(); i++) {
      char letter = (char) line.at(i, 0);
      touched |= letter == 'T' || letter == 'N';
      spellFlag(i, letter, value, touched || leased == null ? null : leased, out);
    }
    if (leased != null) {
      mark(leased.taken(), 'Z', out);
      mark(leased.stale(), 'X', out);
      mark(leased.won(), 'W', out);
    }
    endLine(out);
    if (flags.has('v')) {
      writeBytes(value.bytes(), out);
      endLine(out);
    }
  }

  private static void mark(boolean isSo, char letter, ReplyBuffer out) {
    if (isSo) {
      out.writeByte(' ').writeByte(letter);
    }
  }

  /**
   * Writes what a flag asks for.
   *
   * @param untouched says when the item would have expired, if the flag asks for that; or null
   */
  private void spellFlag(
      int token,
      char letter,
      Reply.Value value,
      Reply.@Nullable Leased untouched,
      ReplyBuffer out) {
    boolean isGet = form == Form.GET;
    switch (letter) {
      case 'O', 'k' -> spellOpaqueOrKey(token, out);
      case 'c' -> number('c', value.version(), out);
      case 't' ->
          spellTimeLeft(
              untouched == null ? value.expiresAtMillis() : untouched.oldExpiresAtMillis(),
              value.nowMillis(),
              out);
      case 's' -> {
        if (isGet) {
          number('s', value.bytes().remaining(), out);
        }
      }
      case 'f' -> {
        if (isGet) {
          number('f', Integer.toUnsignedLong(value.flags()), out);
        }
      }
      case 'h' -> {
        if (isGet) {
          number('h', value.frequency() > 0 ? 1 : 0, out);
        }
      }
      case 'l' -> { // When an item was used last is not known.
        if (isGet) {
          number('l', 0, out);
        }
      }
      default -> {}
    }
  }

  private static void spellTimeLeft(long expiresAtMillis, long nowMillis, ReplyBuffer out) {
    if (expiresAtMillis == Reply.Value.NEVER) {
      writeText(" t-1", out);
    } else {
      number('t', (Math.max(0, expiresAtMillis - nowMillis) + 999) / 1_000, out);
    }
  }

  private static void number(char letter, long number, ReplyBuffer out) {
    out.writeByte(' ').writeByte(letter);
    Digits.write(number, out);
  }

  private void spellOpaqueOrKey(int token, ReplyBuffer out) {
    out.writeByte(' ');
    if (line.at(token, 0) == 'O') {
      line.write(token, out);
    } else {
      out.writeByte('k');
      line.write(1, out);
      if (flags.binaryKey() != null) {
        writeText(" b", out);
      }
    }
  }

  /**
   * A reply without an item.
   *
   * @param quiet whether it is the one that the flag q leaves out
   */
  private void spellOutcome(String outcome, boolean quiet, long version, ReplyBuffer out) {
    if (quiet && flags.has('q')) {
      return;
    }
    writeText(outcome, out);
    for (int i = 2; i < line.size(); i++) {
      char letter = (char) line.at(i, 0);
      boolean isFlag = form != Form.SET || i > 2;
      if (isFlag && (letter == 'O' || letter == 'k')) {
        spellOpaqueOrKey(i, out);
      } else if (isFlag && letter == 'c' && form == Form.SET) {
        number('c', version, out);
      }
    }
    endLine(out);
  }

  /** Item classes and times of use are not known; the size is that of key and value. */
  private void spellDebug(Reply.Value value, ReplyBuffer out) {
    writeText("ME ", out);
    line.write(1, out);
    boolean ends = value.expiresAtMillis() != Reply.Value.NEVER;
    long expires = ends ? (value.nowMillis() - value.expiresAtMillis()) / 1_000 : -1;
    writeText(" exp=" + expires + " la=0 cas=" + Long.toUnsignedString(value.version()), out);
    writeText(" fetch=" + (value.frequency() > 0 ? "yes" : "no") + " cls=1 size=", out);
    Digits.write((long) key().remaining() + value.bytes().remaining(), out);
    endLine(out);
  }
}
