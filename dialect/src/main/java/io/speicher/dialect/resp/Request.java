package io.speicher.dialect.resp;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The command that is being decoded, as its parser sees it. */
final class Request {
  private final Limits limits;
  private @Nullable Session session;
  private Arguments arguments = new Arguments();
  private Spelling spelling = Spelling.OK;

  Request(Limits limits) {
    this.limits = limits;
  }

  void begin(Arguments newArguments, Session newSession) {
    arguments = newArguments;
    session = newSession;
    spelling = Spelling.OK;
  }

  Limits limits() {
    return limits;
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

  String string(int index) {
    return arguments.string(index);
  }

  /** The word as errors repeat it. */
  String echo(int index) {
    return arguments.echo(index, arguments.length(index));
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
   */
  <T> List<T> elements(int from, int step, IntFunction<T> element) {
    for (int i = from; i < arguments.count(); i += step) {
      requireKey(i);
    }
    return new Elements<>((arguments.count() - from + step - 1) / step, from, step, element);
  }

  private static final class Elements<T> extends AbstractList<T> implements RandomAccess {
    private final int size;
    private final int from;
    private final int step;
    private final IntFunction<T> element;

    Elements(int size, int from, int step, IntFunction<T> element) {
      this.size = size;
      this.from = from;
      this.step = step;
      this.element = element;
    }

    @Override
    public T get(int index) {
      return element.apply(from + step * Objects.checkIndex(index, size));
    }

    @Override
    public int size() {
      return size;
    }
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
