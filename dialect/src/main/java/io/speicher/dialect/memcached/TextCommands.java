package io.speicher.dialect.memcached;

import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A family of text commands: what a line and its data block mean, and how the reply is spelled.
 *
 * <p>It remembers the last command, which is what {@link #encode} answers. How a reply is spelled
 * may be said by the line, which is valid until then.
 */
abstract class TextCommands {
  /** No command line has a longer key. */
  static final int MAX_KEY_BYTES = 250;

  static final String BAD_FORMAT = "CLIENT_ERROR bad command line format";
  static final String BAD_CHUNK = "CLIENT_ERROR bad data chunk";
  static final String NOT_A_NUMBER = "CLIENT_ERROR cannot increment or decrement non-numeric value";
  static final String TOO_LARGE = "SERVER_ERROR object too large for cache";

  static final String TOO_MANY_CONNECTIONS = "too many connections";

  private static final byte[] CLIENT_ERROR = ascii("CLIENT_ERROR ");
  private static final byte[] SERVER_ERROR = ascii("SERVER_ERROR ");

  final Line line;
  final int maxKeyBytes;
  private final int maxValueBytes;

  /** Whether the peer wants no reply to the last command. */
  boolean silent;

  /** What the last command is answered with, whatever its reply is; null if that decides. */
  private @Nullable String answer;

  private int blockBytes;
  private int skippedBytes;

  TextCommands(Line line, int maxKeyBytes, int maxValueBytes) {
    this.line = line;
    this.maxKeyBytes = maxKeyBytes;
    this.maxValueBytes = maxValueBytes;
  }

  /** The longest key that a line may have. */
  static int maxKeyBytes(Limits limits) {
    return Math.min(MAX_KEY_BYTES, limits.maxKeyBytes());
  }

  /** Reads the line, or returns null if a data block follows, of {@link #blockBytes}. */
  final @Nullable Command read() {
    begin();
    return command();
  }

  /** Forgets the last command. */
  final void begin() {
    silent = false;
    answer = null;
    blockBytes = 0;
    skippedBytes = 0;
  }

  abstract @Nullable Command command();

  /** What the line that was read says with this value. */
  abstract Command store(ByteBuffer value);

  // What the last command is answered with: each family spells what its commands can get.

  abstract void done(ReplyBuffer out);

  abstract void miss(ReplyBuffer out);

  abstract void exists(ReplyBuffer out);

  abstract void value(Reply.Value value, ReplyBuffer out);

  abstract void count(long number, ReplyBuffer out);

  abstract void stats(ServerStats stats, ReplyBuffer out);

  abstract void leased(Reply.Leased leased, ReplyBuffer out);

  void beginBatch() {}

  void turnTo(int index) {}

  void endBatch(ReplyBuffer out) {}

  /** How many bytes of a value follow the line, its line end not counted. */
  final int blockBytes() {
    return blockBytes;
  }

  /** How many bytes behind the line are of no use, since there was something wrong with it. */
  final int skippedBytes() {
    return skippedBytes;
  }

  /** A data block follows: null, unless it would be too long. */
  final @Nullable Command await(int bytes) {
    if (bytes > maxValueBytes) {
      skip(bytes);
      return tooLarge();
    }
    blockBytes = bytes;
    return null;
  }

  final void skip(int valueBytes) {
    skippedBytes = valueBytes + 2;
  }

  /** What becomes of a value that is too long. */
  abstract Command tooLarge();

  /** The data block did not end where it should. */
  Command badChunk() {
    return refuse(BAD_CHUNK);
  }

  /** Answers with a whole line, whatever the server says. */
  final Command refuse(String text) {
    answer = text;
    return new Command.Malformed(text);
  }

  /** Lets the last command be answered with a whole line. */
  final <C extends Command> C answering(String text, C command) {
    answer = text;
    return command;
  }

  final void encode(Reply reply, ReplyBuffer out) {
    if (silent) {
      return;
    }
    if (reply instanceof Reply.Denied denied) { // Whatever it was to be answered with.
      denied(denied, out);
      return;
    }
    if (answer != null) {
      writeLine(answer, out);
      return;
    }
    switch (reply) {
      case Reply.Done _ -> done(out);
      case Reply.Miss _ -> miss(out);
      case Reply.Exists _ -> exists(out);
      case Reply.Value value -> value(value, out);
      case Reply.Leased leased -> leased(leased, out);
      case Reply.Count count -> count(count.number(), out);
      case Reply.Stats stats -> stats(stats.stats(), out);
      case Reply.WrongValue.TOO_LONG -> miss(out); // As memcached: nothing was appended.
      case Reply.WrongValue _ -> {
        out.fail("CLIENT_ERROR");
        writeLine(NOT_A_NUMBER, out);
      }
      case Reply.Refused refused -> {
        out.fail("CLIENT_ERROR");
        writeLine(CLIENT_ERROR, refused.message(), out);
      }
      case Reply.Denied denied -> denied(denied, out);
      case Reply.Failed failed -> {
        out.fail("SERVER_ERROR");
        writeLine(SERVER_ERROR, failed.message(), out);
      }
      case Reply.TooManyConnections _ -> writeLine(SERVER_ERROR, TOO_MANY_CONNECTIONS, out);
      case Reply.Invalidated _,
          Reply.Leasable _,
          Reply.Items _,
          Reply.Features _,
          Reply.Keys _,
          Reply.Users _,
          Reply.Cluster _,
          Reply.Namespaces _,
          Reply.Permission _,
          Reply.Denials _,
          Reply.Inspected _,
          Reply.Increased _ ->
          throw impossible(reply.getClass().getSimpleName());
    }
  }

  void denied(Reply.Denied denied, ReplyBuffer out) {
    writeLine(CLIENT_ERROR, denied.message(), out);
  }

  /** The server is wrong. */
  final IllegalStateException impossible(String reply) {
    return new IllegalStateException(
        "no such reply to this command: command=" + line.text(0) + " reply=" + reply);
  }

  static void writeLine(byte[] head, String tail, ReplyBuffer out) {
    out.writeBytes(head);
    writeLine(tail, out);
  }

  static void writeLine(String text, ReplyBuffer out) {
    writeText(text, out);
    endLine(out);
  }

  static void writeText(String text, ReplyBuffer out) {
    out.writeCharSequence(text, StandardCharsets.UTF_8);
  }

  static void endLine(ReplyBuffer out) {
    out.writeByte('\r').writeByte('\n');
  }

  static void writeBytes(ByteBuffer bytes, ReplyBuffer out) {
    out.writeBytes(bytes);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
