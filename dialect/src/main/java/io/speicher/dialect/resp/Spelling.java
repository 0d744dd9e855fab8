package io.speicher.dialect.resp;

import io.speicher.dialect.Session;
import io.speicher.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How the reply to a command is written. It never sees an error: these are the same everywhere.
 *
 * <p>What a command changes in the {@link Session} is changed here and not when it is decoded, so
 * that the commands of a transaction do it in their turn.
 */
@FunctionalInterface
interface Spelling {
  Spelling OK = raw("+OK\r\n");
  Spelling QUEUED = raw("+QUEUED\r\n");
  Spelling NONE = (reply, out) -> {};
  Spelling ZERO = raw(":0\r\n");
  Spelling NULL = always(RespWriter::nothing);

  /** A value, or null. */
  Spelling VALUE =
      (reply, out) -> {
        if (reply instanceof Reply.Value value) {
          out.bulk(value.bytes());
        } else {
          out.nothing();
        }
      };

  Spelling COUNT = (reply, out) -> out.integer(((Reply.Count) reply).number());

  /** Whether it was done. */
  Spelling FLAG = (reply, out) -> out.integer(reply instanceof Reply.Done ? 1 : 0);

  /** OK if it was done, else null. */
  Spelling OK_OR_NULL =
      (reply, out) -> {
        if (reply instanceof Reply.Done) {
          OK.spell(reply, out);
        } else {
          out.nothing();
        }
      };

  void spell(Reply reply, RespWriter out);

  /** One text, whatever the reply. */
  static Spelling raw(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return (reply, out) -> out.raw(bytes);
  }

  /** What only the dialect knows. */
  static Spelling always(Consumer<RespWriter> answer) {
    return (reply, out) -> answer.accept(out);
  }

  static Spelling text(String text) {
    return always(out -> out.bulk(text));
  }

  static Spelling error(String text) {
    return always(out -> out.error(text));
  }

  /** A number that a value is asked for, or another one if there is no such key. */
  static Spelling number(Function<Reply.Value, Long> ofValue, long ofMiss) {
    return (reply, out) ->
        out.integer(reply instanceof Reply.Value value ? ofValue.apply(value) : ofMiss);
  }

  /** Lines, each an element. */
  static Spelling lines(List<String> lines) {
    return always(out -> {
      out.array(lines.size());
      for (String line : lines) {
        out.simple(line);
      }
    });
  }
}
