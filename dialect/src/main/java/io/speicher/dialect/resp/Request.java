package io.speicher.dialect.resp;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.LazyList;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The command that is being decoded, as its parser sees it. */
final class Request {
  /** No word that is neither a key nor a value is longer in a command that makes sense. */
  private static final int MAX_WORD_BYTES = 1_024;

  private static final int MAX_ECHOED_CHARACTERS = 128;
  private static final Arguments NO_WORDS = new Arguments();

  private final Limits limits;
  private final InfoText infoText = new InfoText();
  private @Nullable Session session;
  private Arguments arguments = NO_WORDS;
  private Spelling spelling = Spelling.OK;

  Request(Limits limits) {
    this.limits = limits;
  }

  /** Lets the words go, and what their reply was to be. */
  void forget() {
    arguments = NO_WORDS;
    spelling = Spelling.OK;
  }

  /** Lets everything go: it may be long until the next command. */
  void rest() {
    forget();
    infoText.forget();
  }

  void begin(Arguments newArguments, Session newSession) {
    arguments = newArguments;
    session = newSession;
    spelling = Spelling.OK;
  }

  Limits limits() {
    return limits;
  }

  /** The text of INFO, as long as there are more commands. */
  InfoText infoText() {
    return infoText;
  }

  Session session() {
    return requireNonNull(session);
  }

  // ---- what was asked ----

  /** How many words there are, the name among them. */
  int count() {
    return arguments.count();
  }

  /** For who needs them after the next command of a transaction has begun. */
  Arguments arguments() {
    return arguments;
  }

  /** The words from this one on, as a command of their own. */
  Arguments argumentsFrom(int index) {
    return arguments.from(index);
  }

  ByteBuffer bytes(int index) {
    return arguments.bytes(index);
  }

  int length(int index) {
    return arguments.length(index);
  }

  /** A word that is neither a key nor a value. */
  String string(int index) {
    if (arguments.length(index) > MAX_WORD_BYTES) {
      throw tooLong(index, MAX_WORD_BYTES);
    }
    return arguments.string(index);
  }

  private RefusedException tooLong(int index, int maxBytes) {
    return new RefusedException(
        "ERR argument too long: bytes="
            + arguments.length(index)
            + " (expected: up to "
            + maxBytes
            + ")");
  }

  /** A word that is a pattern. */
  Glob pattern(int index) {
    if (arguments.length(index) > Glob.MAX_BYTES) {
      throw new RefusedException("ERR " + Glob.tooLong(arguments.length(index)));
    }
    return new Glob(arguments.bytes(index));
  }

  /** A word that is text, maybe with a sign before it. */
  String text(int index) {
    if (arguments.length(index) > 2 * MAX_WORD_BYTES) {
      throw tooLong(index, 2 * MAX_WORD_BYTES);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(arguments.bytes(index)).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedException("ERR argument is not UTF-8 text: index=" + index);
    }
  }

  /** The word as errors repeat it: the beginning of a long one. */
  String echo(int index) {
    return arguments.echo(index, MAX_ECHOED_CHARACTERS);
  }

  boolean is(int index, String word) {
    return arguments.is(index, word);
  }

  ByteBuffer key(int index) {
    requireKey(index);
    return arguments.bytes(index);
  }

  private void requireKey(int index) {
    int length = arguments.length(index);
    if (length < 1 || length > limits.maxKeyBytes()) {
      throw new RefusedException(
          (length < 1 ? "ERR key empty: keyBytes=" : "ERR key too long: keyBytes=")
              + length
              + " (expected: 1.."
              + limits.maxKeyBytes()
              + ")");
    }
  }

  /** All from this one to the last. */
  List<ByteBuffer> keys(int from) {
    return elements(from, 1, arguments::bytes); // Bound to these arguments, not to the next.
  }

  /**
   * One for each key: the words at {@code from}, {@code from + step} and so on. They are made when
   * they are asked for, since a million of them would fill the heap.
   *
   * @param step 1 or 2
   */
  <T> List<T> elements(int from, int step, IntFunction<T> element) {
    return elements(from, arguments.count(), step, element);
  }

  /** As the other one, for the words up to {@code end}. */
  <T> List<T> elements(int from, int end, int step, IntFunction<T> element) {
    if (!arguments.areWithin(from, step, 1, limits.maxKeyBytes())) {
      for (int i = from; i < end; i += step) {
        requireKey(i); // Not for each of a million keys: it would take others' time.
      }
    }
    int size = (end - from + step - 1) / step;
    return new LazyList<>(size, i -> element.apply(from + step * i));
  }

  long integer(int index) {
    return integer(index, RefusedException.NOT_AN_INTEGER);
  }

  long integer(int index, String error) {
    long number = arguments.integer(index, 0);
    if (number == 0 && !(arguments.length(index) == 1 && arguments.byteAt(index, 0) == '0')) {
      throw new RefusedException(error);
    }
    return number;
  }

  /**
   * A word that is the number of a database.
   *
   * @param error what is answered if it is no number
   */
  int database(int index, String error) {
    long number = integer(index, error);
    if (number < 0 || number >= limits.databases()) {
      throw new RefusedException("ERR DB index is out of range");
    }
    return (int) number;
  }

  /** What words within the command mean as a command of their own. */
  Command parse(CommandSpec spec, Arguments inner) {
    Arguments outer = arguments;
    arguments = inner;
    try {
      return spec.parse(this);
    } catch (RefusedException e) {
      return new Command.Malformed(e.reason());
    } finally {
      arguments = outer;
      spelling = Spelling.OK;
    }
  }

  // ---- what it is answered ----

  Spelling spelling() {
    return spelling;
  }

  /** The command, whose reply is to be written so. */
  <C extends Command> C answer(C command, Spelling newSpelling) {
    spelling = newSpelling;
    return command;
  }

  /** Nothing is asked of the server. */
  Command answer(Spelling newSpelling) {
    return answer(new Command.Ping(), newSpelling);
  }

  /** An error that depends on nothing. */
  RefusedException wrongCount(String name) {
    return new RefusedException("ERR wrong number of arguments for '" + name + "' command");
  }
}
