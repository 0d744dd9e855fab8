package io.speicher.dialect.memcached;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Peer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is expected here is what memcached 1.6.18 said to the same lines. */
final class MetaCommandsTest {
  private static final long NOW = 1_000_000;
  private static final ByteBuffer K = bytes("k");
  private static final ByteBuffer AB = bytes("ab");

  private static final Limits LIMITS = new Limits(100, 250);

  private final Peer peer = new Peer();
  private MemcachedDialect dialect = new MemcachedDialect(LIMITS);

  // ---- mg ----

  @Test
  void get_isALeaseGet() {
    assertThat(decode("mg k")).isEqualTo(get(View.VALUE, null, null, 0));
    assertThat(decode("mg k v s f h l t k q Oab")).isEqualTo(get(View.VALUE, null, null, 0));
    assertThat(decode("mg k c u")).isEqualTo(get(View.VERSION, null, null, 0));
    assertThat(decode("mg k u")).isEqualTo(get(View.GLANCE, null, null, 0));
    assertThat(decode("mg k T60")).isEqualTo(get(View.VALUE, Expiry.after(60_000), null, 0));
    assertThat(decode("mg k T0")).isEqualTo(get(View.VALUE, Expiry.NEVER, null, 0));
    assertThat(decode("mg k T-1")).isEqualTo(get(View.VALUE, Expiry.at(0), null, 0));
    assertThat(decode("mg k N30")).isEqualTo(get(View.VALUE, null, Expiry.after(30_000), 0));
    assertThat(decode("mg k R30")).isEqualTo(get(View.VALUE, null, null, 30_000));
    assertThat(decode("mg k R-1")).isEqualTo(get(View.VALUE, null, null, 0));
    assertThat(decode("mg k N2592001"))
        .isEqualTo(get(View.VALUE, null, Expiry.at(2_592_001_000L), 0));
    Expiry minute = Expiry.after(60_000);
    assertThat(decode("mg k N30 T60")).isEqualTo(get(View.VALUE, minute, minute, 0));
    assertThat(decode("mg k T60 N30")).isEqualTo(get(View.VALUE, minute, Expiry.after(30_000), 0));
  }

  @Test
  void get_flagsOfTheLineBefore_areForgotten() {
    String first = "mg aw== c u q b k N1 T1 R1\r\n";
    ByteBuf in = Unpooled.copiedBuffer(first + "mg k v k\r\n", ISO_8859_1);
    peer.decode(dialect, in);
    assertThat(peer.decode(dialect, in)).isEqualTo(get(View.VALUE, null, null, 0));
    assertThat(peer.answer(dialect, Reply.Miss.MISS).toString(ISO_8859_1)).isEqualTo("EN kk\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mg k          | HD",
        "mg k v        | VA 2;v1",
        "mg k q        | HD",
        "mg k s        | HD s2",
        "mg k f        | HD f4294967295",
        "mg k c        | HD c18446744073709551615",
        "mg k t        | HD t60",
        "mg k h        | HD h1",
        "mg k l        | HD l0",
        "mg k k        | HD kk",
        "mg k u        | HD",
        "mg k O        | HD O",
        "mg k Oabc     | HD Oabc",
        "mg k I C5 F3 MA D1 J2 L P | HD",
        "mg k Oa k v s t c f h l u q | VA 2 Oa kk s2 t60 c18446744073709551615 f4294967295 h1"
            + " l0;v1",
        "mg k l h f c t s v k Oa | VA 2 l0 h1 f4294967295 c18446744073709551615 t60 s2 kk Oa;v1",
        "mg aw== b k   | HD kaw== b",
        "mg aw== k b   | HD kaw== b",
        "mg aw== b     | HD",
      })
  void get_hit(String line, String answer) {
    assertThat(answer(line, leased(false, false, false))).isEqualTo(lines(answer));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true  | false | false | HD t60 W",
        "false | true  | false | HD t60 Z",
        "true  | false | true  | HD t60 X W",
        "false | true  | true  | HD t60 Z X",
        "false | false | true  | HD t60 X",
      })
  void get_marksComeLast(boolean won, boolean taken, boolean stale, String answer) {
    assertThat(answer("mg k t", leased(won, taken, stale))).isEqualTo(lines(answer));
  }

  @Test
  void get_quiet_stillTellsOfALease() {
    assertThat(answer("mg k N60 q", leased(true, false, false))).isEqualTo("HD W\r\n");
  }

  /** T and N act where they stand, as the flags are answered one after the other. */
  @ParameterizedTest
  @CsvSource({
    "mg k t T200, HD t10",
    "mg k T200 t, HD t60",
    "mg k N200 t, HD t60",
    "mg k t N200, HD t10",
  })
  void get_timeLeft_beforeOrAfter(String line, String answer) {
    Reply reply = new Reply.Leased(value("v1", NOW + 59_001), NOW + 9_001, false, false, false);
    assertThat(answer(line, reply)).isEqualTo(answer + "\r\n");
  }

  @ParameterizedTest
  @CsvSource({"60000, t60", "59001, t60", "1, t1", "0, t0", "-5000, t0"})
  void get_timeLeft_isRoundedUp(long millis, String answer) {
    Reply.Value value = value("v1", NOW + millis);
    Reply reply = new Reply.Leased(value, NOW + millis, false, false, false);
    assertThat(answer("mg k t", reply)).isEqualTo("HD " + answer + "\r\n");
  }

  @Test
  void get_timeLeft_ofWhatHasNoEnd() {
    Reply.Value value = value("v1", Reply.Value.NEVER);
    Reply reply = new Reply.Leased(value, Reply.Value.NEVER, false, false, false);
    assertThat(answer("mg k t", reply)).isEqualTo("HD t-1\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "mg k, EN",
    "mg k v s t c f h l u, EN",
    "mg k k Oa v, EN kk Oa",
    "mg k Oa k, EN Oa kk",
    "mg a2s= b k, EN ka2s= b",
  })
  void get_miss(String line, String answer) {
    assertThat(answer(line, Reply.Miss.MISS)).isEqualTo(answer + "\r\n");
    assertThat(answer(line + " q", Reply.Miss.MISS)).isEmpty();
  }

  // ---- ms ----

  @Test
  void set_isASet() {
    assertThat(decode("ms k 2", "ab")).isEqualTo(set(SetOptions.DEFAULT));
    assertThat(decode("ms k 2 T60 F7 q k Oa I", "ab"))
        .isEqualTo(set(new SetOptions(7, Expiry.after(60_000), Condition.ALWAYS, false)));
    assertThat(decode("ms k 2 F4294967295", "ab")).isEqualTo(set(SetOptions.DEFAULT.withFlags(-1)));
    assertThat(decode("ms k 2 MS", "ab")).isEqualTo(set(SetOptions.DEFAULT));
    assertThat(decode("ms k 2 ME", "ab"))
        .isEqualTo(set(SetOptions.DEFAULT.withCondition(Condition.ABSENT)));
    assertThat(decode("ms k 2 MR", "ab"))
        .isEqualTo(set(SetOptions.DEFAULT.withCondition(Condition.PRESENT)));
    assertThat(decode("ms k 2 C18446744073709551615", "ab"))
        .isEqualTo(set(SetOptions.DEFAULT.withCondition(Condition.version(-1))));
    assertThat(decode("ms aw== 2 b", "ab")).isEqualTo(set(SetOptions.DEFAULT));
    assertThat(decode("ms k 0", ""))
        .isEqualTo(new Command.Set(K, ValueKind.BYTES, bytes(""), SetOptions.DEFAULT));
  }

  @Test
  void set_thatTellsItsVersion_orTakesAnOlderOne() {
    SetOptions versioned = SetOptions.DEFAULT.withCondition(Condition.version(5));
    assertThat(decode("ms k 2 c", "ab"))
        .isEqualTo(new Command.SetLeased(set(SetOptions.DEFAULT), false));
    assertThat(decode("ms k 2 C5 c", "ab")).isEqualTo(new Command.SetLeased(set(versioned), false));
    assertThat(decode("ms k 2 C5 I", "ab")).isEqualTo(new Command.SetLeased(set(versioned), true));
    assertThat(decode("ms k 2 I", "ab")).isEqualTo(set(SetOptions.DEFAULT));
  }

  @Test
  void set_appends() {
    Command.Append append = new Command.Append(K, ValueKind.BYTES, AB, false, false);
    Command.Append prepend = new Command.Append(K, ValueKind.BYTES, AB, true, false);
    assertThat(decode("ms k 2 MA", "ab")).isEqualTo(append);
    assertThat(decode("ms k 2 MP", "ab")).isEqualTo(prepend);
    assertThat(decode("ms k 2 MA c", "ab"))
        .isEqualTo(new Command.AppendLeased(append, Condition.ALWAYS));
    assertThat(decode("ms k 2 MP C5", "ab"))
        .isEqualTo(new Command.AppendLeased(prepend, Condition.version(5)));
  }

  @Test
  void set_appendsTooMuch_isNotStored() {
    assertThat(answer("ms k 2 MA", "ab", Reply.WrongValue.TOO_LONG)).isEqualTo("NS\r\n");
  }

  /** For append and arithmetic a version of 0 is none; a set of it meets no item. */
  @Test
  void versionZero_isNoConditionWhereAValueIsChanged() {
    assertThat(decode("ms k 2 MA C0", "ab"))
        .isEqualTo(
            new Command.AppendLeased(
                new Command.Append(K, ValueKind.BYTES, AB, false, false), Condition.ALWAYS));
    assertThat(decode("ma k C0")).isEqualTo(add(1, Arithmetic.UNSIGNED_UP, null));
    assertThat(decode("ms k 2 C0", "ab"))
        .isEqualTo(set(SetOptions.DEFAULT.withCondition(Condition.version(0))));
    assertThat(decode("md k C0")).isEqualTo(new Command.DeleteIf(K, Condition.version(0)));
  }

  @ParameterizedTest
  @CsvSource({
    "ms k 2, HD, NS, NS",
    "ms k 2 ME, HD, NS, NS",
    "ms k 2 C5, HD, NF, EX",
    "ms k 2 MA C5, HD, NS, EX",
    "ms k 2 k Oa C5, HD kk Oa, NF kk Oa, EX kk Oa",
    "ms aw== 2 b k MR, HD kaw== b, NS kaw== b, NS kaw== b",
  })
  void set_outcomes(String line, String done, String miss, String exists) {
    assertThat(answer(line, "ab", Reply.Done.DONE)).isEqualTo(done + "\r\n");
    assertThat(answer(line, "ab", Reply.Miss.MISS)).isEqualTo(miss + "\r\n");
    assertThat(answer(line, "ab", Reply.Exists.EXISTS)).isEqualTo(exists + "\r\n");
    assertThat(answer(line + " q", "ab", Reply.Done.DONE)).isEmpty();
    assertThat(answer(line + " q", "ab", Reply.Miss.MISS)).isEqualTo(miss + "\r\n");
    assertThat(answer(line + " q", "ab", Reply.Exists.EXISTS)).isEqualTo(exists + "\r\n");
  }

  @Test
  void set_tellsTheVersion_orZero() {
    assertThat(answer("ms k 2 c k", "ab", new Reply.Count(-1)))
        .isEqualTo("HD c18446744073709551615 kk\r\n");
    assertThat(answer("ms k 2 c C5", "ab", Reply.Exists.EXISTS)).isEqualTo("EX c0\r\n");
    assertThat(answer("ms k 2 c q", "ab", new Reply.Count(9))).isEmpty();
  }

  /** The length of a value could look like a flag. */
  @Test
  void set_lengthIsNoFlag() {
    assertThat(answer("ms k 2 Oa", "ab", Reply.Done.DONE)).isEqualTo("HD Oa\r\n");
    assertThat(answer("ms k +2", "ab", Reply.Done.DONE)).isEqualTo("HD\r\n");
  }

  @Test
  void set_tooLarge_losesTheOldItem() {
    String line = "ms k 101 q";
    assertThat(decode(line, "x".repeat(101))).isEqualTo(new Command.Delete(K));
    assertThat(answer(line, "x".repeat(101), Reply.Done.DONE))
        .isEqualTo("SERVER_ERROR object too large for cache\r\n");
  }

  @Test
  void set_wrongFlags_swallowsTheValue() {
    ByteBuf in = Unpooled.copiedBuffer("ms k 4 z\r\nmn\r\n\r\nmg k\r\n", ISO_8859_1);
    assertThat(peer.decode(dialect, in))
        .isEqualTo(new Command.Malformed("CLIENT_ERROR invalid flag"));
    assertThat(peer.answer(dialect, new Reply.Refused(400, "")).toString(ISO_8859_1))
        .isEqualTo("CLIENT_ERROR invalid flag\r\n");
    assertThat(peer.decode(dialect, in)).isEqualTo(get(View.VALUE, null, null, 0));
  }

  @Test
  void set_wrongLengthOrKey_doesNotSwallowTheValue() {
    for (String line : new String[] {"ms k x", "ms k -1", "ms " + "k".repeat(251) + " 1"}) {
      ByteBuf in = Unpooled.copiedBuffer(line + "\r\nmn\r\n", ISO_8859_1);
      assertThat(peer.decode(dialect, in)).isInstanceOf(Command.Malformed.class);
      assertThat(peer.decode(dialect, in)).isEqualTo(new Command.Ping());
    }
  }

  // ---- md ----

  @Test
  void delete_deletesOrInvalidates() {
    assertThat(decode("md k")).isEqualTo(new Command.Delete(K));
    assertThat(decode("md k q k Oa T60 v")).isEqualTo(new Command.Delete(K));
    assertThat(decode("md aw== b")).isEqualTo(new Command.Delete(K));
    assertThat(decode("md k C5")).isEqualTo(new Command.DeleteIf(K, Condition.version(5)));
    assertThat(decode("md k I"))
        .isEqualTo(new Command.Invalidate(K, Condition.ALWAYS, Expiry.KEEP));
    assertThat(decode("md k I T60 C5"))
        .isEqualTo(new Command.Invalidate(K, Condition.version(5), Expiry.after(60_000)));
    assertThat(decode("md k I T0"))
        .isEqualTo(new Command.Invalidate(K, Condition.ALWAYS, Expiry.NEVER));
  }

  @ParameterizedTest
  @CsvSource({
    "md k, HD, NF, EX",
    "md k I C5, HD, NF, EX",
    "md k k Oa C5, HD kk Oa, NF kk Oa, EX kk Oa",
    "md aw== b Oa k, HD Oa kaw== b, NF Oa kaw== b, EX Oa kaw== b",
  })
  void delete_outcomes(String line, String done, String miss, String exists) {
    assertThat(answer(line, Reply.Done.DONE)).isEqualTo(done + "\r\n");
    assertThat(answer(line, Reply.Miss.MISS)).isEqualTo(miss + "\r\n");
    assertThat(answer(line, Reply.Exists.EXISTS)).isEqualTo(exists + "\r\n");
    assertThat(answer(line + " q", Reply.Done.DONE)).isEmpty();
    assertThat(answer(line + " q", Reply.Miss.MISS)).isEqualTo(miss + "\r\n");
    assertThat(answer(line + " q", Reply.Exists.EXISTS)).isEqualTo(exists + "\r\n");
  }

  // ---- ma ----

  @Test
  void add_adds() {
    assertThat(decode("ma k")).isEqualTo(add(1, Arithmetic.UNSIGNED_UP, null));
    assertThat(decode("ma k D5 MI")).isEqualTo(add(5, Arithmetic.UNSIGNED_UP, null));
    assertThat(decode("ma k D5 M+")).isEqualTo(add(5, Arithmetic.UNSIGNED_UP, null));
    assertThat(decode("ma k D5 MD")).isEqualTo(add(5, Arithmetic.UNSIGNED_DOWN, null));
    assertThat(decode("ma aw== b D5 M-")).isEqualTo(add(5, Arithmetic.UNSIGNED_DOWN, null));
    assertThat(decode("ma k D18446744073709551615"))
        .isEqualTo(add(-1, Arithmetic.UNSIGNED_UP, null));
    assertThat(decode("ma k J7")).isEqualTo(add(1, Arithmetic.UNSIGNED_UP, null));
    assertThat(decode("ma k N60 J7"))
        .isEqualTo(
            add(
                1,
                Arithmetic.UNSIGNED_UP,
                new Command.Initial(7, ValueKind.BYTES, Expiry.after(60_000))));
    assertThat(decode("ma k N0"))
        .isEqualTo(
            add(1, Arithmetic.UNSIGNED_UP, new Command.Initial(0, ValueKind.BYTES, Expiry.NEVER)));
    assertThat(decode("ma k C5 T60"))
        .isEqualTo(
            new Command.AddAndGet(
                new Command.Add(K, 1, Arithmetic.UNSIGNED_UP, null),
                Condition.version(5),
                Expiry.after(60_000)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ma k               | HD",
        "ma k v             | VA 2;15",
        "ma k t             | HD t60",
        "ma k c             | HD c18446744073709551615",
        "ma k N60 T60 J1 D5 v t c k Oz | VA 2 t60 c18446744073709551615 kk Oz;15",
        "ma aw== b k        | HD kaw== b",
      })
  void add_done(String line, String answer) {
    assertThat(answer(line, value("15", NOW + 60_000))).isEqualTo(lines(answer));
    assertThat(answer(line + " q", value("15", NOW + 60_000))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ma k k Oa C5 v", "ma k k Oa C5 v q"})
  void add_notDone(String line) {
    assertThat(answer(line, Reply.Miss.MISS)).isEqualTo("NF kk Oa\r\n");
    assertThat(answer(line, Reply.Exists.EXISTS)).isEqualTo("EX kk Oa\r\n");
    assertThat(answer(line, Reply.WrongValue.NOT_AN_INTEGER))
        .isEqualTo("CLIENT_ERROR cannot increment or decrement non-numeric value\r\n");
  }

  // ---- mn, me ----

  @Test
  void noop() {
    assertThat(decode("mn")).isEqualTo(new Command.Ping());
    assertThat(answer("mn", Reply.Done.DONE)).isEqualTo("MN\r\n");
    assertThat(answer("mn x", Reply.Done.DONE)).isEqualTo("MN\r\n");
  }

  @Test
  void debug_tellsWhatIsKnown() {
    assertThat(decode("me k")).isEqualTo(new Command.Get(bytes("k"), View.VERSION));
    assertThat(decode("me aw== b")).isEqualTo(new Command.Get(bytes("k"), View.VERSION));
    assertThat(answer("me k", value("v1", NOW + 60_000)))
        .isEqualTo("ME k exp=-60 la=0 cas=18446744073709551615 fetch=yes cls=1 size=3\r\n");
    assertThat(answer("me k z", value("v1", NOW + 60_000))).startsWith("ME k exp=");
    assertThat(answer("me k", Reply.Miss.MISS)).isEqualTo("EN\r\n");
    assertThat(answer("me", Reply.Done.DONE)).isEqualTo("CLIENT_ERROR bad command line format\r\n");
    assertThat(answer("me ! b", Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR bad command line format\r\n");
  }

  // ---- what is wrong ----

  @ParameterizedTest
  @CsvSource({
    "mg, ERROR",
    "md, ERROR",
    "ma, ERROR",
    "ms, ERROR",
    "mx k, ERROR",
    "m, ERROR",
    "ms k, CLIENT_ERROR bad command line format",
    "ms k x, CLIENT_ERROR bad command line format",
    "ms k -1, CLIENT_ERROR bad command line format",
    "ms k 2147483647, CLIENT_ERROR bad command line format",
    "ms k 99999999999999999999, CLIENT_ERROR bad command line format",
    "ms k 1 MX, CLIENT_ERROR invalid mode for ms M token",
    "ms k 1 Me, CLIENT_ERROR invalid mode for ms M token",
    "ms k 1 M, CLIENT_ERROR incorrect length for M token",
    "ms k 1 MSS, CLIENT_ERROR incorrect length for M token",
    "ms k 1 Fx, CLIENT_ERROR bad command line format",
    "ms k 1 F-1, CLIENT_ERROR bad command line format",
    "ms k 1 Tx, CLIENT_ERROR bad token in command line format",
    "ms k 1 Cx, CLIENT_ERROR bad token in command line format",
    "ms k 1 C18446744073709551616, CLIENT_ERROR bad token in command line format",
    "ms k 1 c c, CLIENT_ERROR duplicate flag",
    "ms k 1 b, CLIENT_ERROR error decoding key",
    "mg k v v, CLIENT_ERROR duplicate flag",
    "mg k \u00ff, CLIENT_ERROR duplicate flag",
    "mg k zz, CLIENT_ERROR invalid flag",
    "mg k !, CLIENT_ERROR invalid flag",
    "mg k v Tx z, CLIENT_ERROR invalid flag",
    "mg k T, CLIENT_ERROR bad token in command line format",
    "mg k Tx, CLIENT_ERROR bad token in command line format",
    "mg k N, CLIENT_ERROR bad token in command line format",
    "mg k Nx, CLIENT_ERROR bad token in command line format",
    "mg k Rx, CLIENT_ERROR bad token in command line format",
    "mg k S1, CLIENT_ERROR invalid flag",
    "mg ! b, CLIENT_ERROR error decoding key",
    "mg a=== b, CLIENT_ERROR error decoding key",
    "mg YQ b, CLIENT_ERROR error decoding key",
    "mg k q zz, CLIENT_ERROR invalid flag",
    "md k zz, CLIENT_ERROR invalid or duplicate flag",
    "md k I I, CLIENT_ERROR invalid or duplicate flag",
    "md k Cx, CLIENT_ERROR invalid or duplicate flag",
    "md ! b, CLIENT_ERROR invalid or duplicate flag",
    "ma k zz, CLIENT_ERROR invalid or duplicate flag",
    "ma k Dx, CLIENT_ERROR invalid or duplicate flag",
    "ma k D-1, CLIENT_ERROR invalid or duplicate flag",
    "ma k MX, CLIENT_ERROR invalid mode for ma M token",
    "ma k Mi, CLIENT_ERROR invalid mode for ma M token",
  })
  void wrongLines_areAnsweredToTheLetter(String line, String answer) {
    assertThat(answer(line, Reply.Done.DONE)).isEqualTo(answer + "\r\n");
  }

  /** A later memcached lets clients choose versions; 1.6.18, which we say we are, does not. */
  @ParameterizedTest
  @ValueSource(strings = {"E0", "E1", "E18446744073709551615", "E"})
  void chosenVersion_isRefused(String flag) {
    assertThat(answer("ms k 2 " + flag, "ab", Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR invalid flag\r\n");
    assertThat(answer("mg k N0 " + flag, Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR invalid flag\r\n");
    assertThat(answer("md k I " + flag, Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR invalid or duplicate flag\r\n");
    assertThat(answer("ma k " + flag, Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR invalid or duplicate flag\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mg k", "md k", "ma k", "ms k 2"})
  void opaque_hasABound(String line) {
    String tooLong = "CLIENT_ERROR opaque token too long\r\n";
    String longest = "O" + "x".repeat(31);
    assertThat(answer(line + " " + longest, "ab", Reply.Done.DONE))
        .isEqualTo("HD " + longest + "\r\n");
    assertThat(answer(line + " " + longest + "x", "ab", Reply.Done.DONE)).isEqualTo(tooLong);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mg", "md", "ma", "ms"})
  void key_hasABound(String command) {
    String longest = command + " " + "k".repeat(250) + (command.equals("ms") ? " 2" : "");
    String tooLong = command + " " + "k".repeat(251) + (command.equals("ms") ? " 2" : "");
    assertThat(answer(longest, "ab", Reply.Done.DONE)).isEqualTo("HD\r\n");
    assertThat(answer(tooLong, "ab", Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR bad command line format\r\n");
  }

  @Test
  void flags_haveABound() {
    assertThat(answer("mg k" + " v".repeat(18), Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR options flags are too long\r\n");
    assertThat(answer("md k" + " q".repeat(18), Reply.Done.DONE))
        .isEqualTo("CLIENT_ERROR options flags too long\r\n");
  }

  @Test
  void serversFailure_isTold() {
    Reply failed = new Reply.Failed(503, "no memory");
    assertThat(answer("mg k q", failed)).isEqualTo("SERVER_ERROR no memory\r\n");
    assertThat(answer("ms k 2 q", "ab", failed)).isEqualTo("SERVER_ERROR no memory\r\n");
  }

  private Command decode(String line) {
    return decode(line, "");
  }

  private Command decode(String line, String value) {
    dialect = new MemcachedDialect(LIMITS);
    ByteBuf in = Unpooled.copiedBuffer(line + "\r\n" + value + "\r\n", ISO_8859_1);
    return peer.decode(dialect, in);
  }

  private String answer(String line, Reply reply) {
    return answer(line, "", reply);
  }

  private String answer(String line, String value, Reply reply) {
    decode(line, value);
    return peer.answer(dialect, reply).toString(ISO_8859_1);
  }

  private static String lines(String text) {
    return text.replace(";", "\r\n") + "\r\n";
  }

  private static Command.LeaseGet get(
      View view, @Nullable Expiry touch, @Nullable Expiry vivify, long recacheMillis) {
    return new Command.LeaseGet(K, view, touch, vivify, recacheMillis);
  }

  private static Command.Set set(SetOptions options) {
    return new Command.Set(K, ValueKind.BYTES, AB, options);
  }

  private static Command.AddAndGet add(
      long delta, Arithmetic arithmetic, Command.@Nullable Initial initial) {
    return new Command.AddAndGet(
        new Command.Add(K, delta, arithmetic, initial), Condition.ALWAYS, Expiry.KEEP);
  }

  private static Reply.Leased leased(boolean won, boolean taken, boolean stale) {
    return new Reply.Leased(value("v1", NOW + 60_000), NOW + 60_000, won, taken, stale);
  }

  /** With the largest flags and version, as they are unsigned. */
  private static Reply.Value value(String text, long expiresAtMillis) {
    return new Reply.Value(ValueKind.BYTES, bytes(text), -1, -1, expiresAtMillis, NOW, 1);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }
}
