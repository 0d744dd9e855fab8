package io.speicher.protocol.resp;

import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The command that is being decoded, as its parser sees it. */
final class Request {
  private final Limits limits;
  private final Session session;
  private Arguments arguments = new Arguments();
  private Spelling spelling = Spelling.OK;

  Request(Limits limits, Session session) {
    this.limits = limits;
    this.session = session;
  }

  void begin(Arguments newArguments) {
    arguments = newArguments;
    spelling = Spelling.OK;
  }

  Limits limits() {
    return limits;
  }

  Session session() {
    return session;
  }

  // ---- what was asked ----

  /** How many words there are, the name among them. */
  int count() {
    return arguments.count();
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

  boolean is(int index, String word) {
    return arguments.is(index, word);
  }

  ByteBuffer key(int index) {
    int length = arguments.length(index);
    if (length < 1 || length > limits.maxKeyBytes()) {
      throw new RefusedException(
          (length < 1 ? "ERR key empty: keyBytes=" : "ERR key too long: keyBytes=")
              + length
              + " (expected: 1.."
              + limits.maxKeyBytes()
              + ")");
    }
    return arguments.bytes(index);
  }

  /** All from this one to the last. */
  List<ByteBuffer> keys(int from) {
    List<ByteBuffer> keys = new ArrayList<>(arguments.count() - from);
    for (int i = from; i < arguments.count(); i++) {
      keys.add(key(i));
    }
    return keys;
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
