package io.speicher.dialect.memcached;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.Ahead;
import io.speicher.dialect.CommandName;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.Plain;
import io.speicher.dialect.ReceivedBytes;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Memcached's text dialect with its meta commands, for a server.
 *
 * <p>Values may be as long as {@link Limits#maxFrameBytes}. A command whose data block has not
 * arrived to its end stays in the buffer; what was found out about it is kept, so nothing is read
 * twice, however small the pieces are that it arrives in.
 */
public final class MemcachedDialect implements Dialect {
  private static final Map<Class<?>, CommandName> NAMES = CommandName.ofKinds("memcached");
  private static final CommandName GET = requireNonNull(NAMES.get(Command.Get.class));
  private static final CommandName SET = requireNonNull(NAMES.get(Command.Set.class));

  /** A longer line that has not arrived to its end is none, unless it asks for many keys. */
  private static final int MAX_PARTIAL_LINE_BYTES = 2_048;

  private static final int MAX_LEADING_SPACES = 100;

  private final int maxLineBytes;
  private final Line line = new Line();
  private final MemcachedShortcut shortcut;
  private final ClassicCommands classic;
  private final TextCommands meta;
  private final TextCommands login;

  /** Whose command is read and answered. */
  private TextCommands commands;

  /** How many bytes of an unfinished line have been looked at. */
  private int searchedBytes;

  /** How many bytes the line has whose data block is awaited, its end included; 0 if none is. */
  private int lineBytes;

  /** How many bytes are to be thrown away before the next line. */
  private int skippedBytes;

  public MemcachedDialect(Limits limits) {
    maxLineBytes = Math.max(MAX_PARTIAL_LINE_BYTES, limits.maxFrameBytes());
    shortcut = new MemcachedShortcut(TextCommands.maxKeyBytes(limits), limits.maxFrameBytes());
    classic = new ClassicCommands(line, TextCommands.maxKeyBytes(limits), limits.maxFrameBytes());
    meta = new MetaCommands(line, TextCommands.maxKeyBytes(limits), limits.maxFrameBytes());
    login = new LoginCommands(line);
    commands = classic;
  }

  @Override
  public @Nullable Command decode(Plain plain, Session session) {
    if (!isBetweenCommands() || session.needsAuthentication()) {
      return null;
    }
    commands = classic;
    session.command(plain.isSet() ? SET : GET);
    return plain.isSet()
        ? classic.plainSet(plain.key(), plain.flags(), plain.exptime(), plain.value())
        : classic.plainGet(plain.key());
  }

  private boolean isBetweenCommands() {
    return lineBytes == 0 && searchedBytes == 0 && skippedBytes == 0;
  }

  @Override
  public void lookAhead(ReceivedBytes received, Ahead ahead) {
    if (isBetweenCommands()) {
      shortcut.lookAhead(received, ahead);
    }
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
    line.forget();
    if (!skip(in)) {
      return null;
    }
    if (lineBytes == 0) {
      if (searchedBytes == 0) {
        line.beginCounting();
      }
      int lineEnd = findLineEnd(in);
      if (lineEnd < 0) {
        return isHopeless(in, session) ? hangUp() : null;
      }
      Command command = read(in, lineEnd, session);
      if (command != null) {
        in.skipBytes(lineEnd + 1);
        return command;
      }
      lineBytes = lineEnd + 1;
    }
    return store(in);
  }

  /** Whether all is thrown away that was to be. */
  private boolean skip(ByteBuf in) {
    int count = Math.min(skippedBytes, in.readableBytes());
    in.skipBytes(count);
    skippedBytes -= count;
    return skippedBytes == 0;
  }

  /** The offset of the line feed, or -1. */
  private int findLineEnd(ByteBuf in) {
    int found = in.indexOf(in.readerIndex() + searchedBytes, in.writerIndex(), (byte) '\n');
    searchedBytes = found < 0 ? in.readableBytes() : 0;
    return found < 0 ? found : found - in.readerIndex();
  }

  private boolean isHopeless(ByteBuf in, Session session) {
    if (searchedBytes <= MAX_PARTIAL_LINE_BYTES) {
      return false;
    }
    if (session.needsAuthentication()) {
      return true;
    }
    int start = in.readerIndex();
    int i = 0;
    while (i <= MAX_LEADING_SPACES && in.getByte(start + i) == ' ') {
      i++;
    }
    if (i > MAX_LEADING_SPACES) {
      return true;
    }
    String head = in.toString(start + i, 5, StandardCharsets.ISO_8859_1);
    if (!head.startsWith("get ") && !head.equals("gets ")) {
      return true;
    }
    if (searchedBytes > maxLineBytes) {
      commands.begin();
      throw new ProtocolException(
          "line too long: bytes=" + searchedBytes + " (expected: up to " + maxLineBytes + ")");
    }
    line.countWords(in, searchedBytes - 1); // The last byte may belong to the line end.
    return false;
  }

  /** Ends the connection without a word, as memcached does with who speaks something else. */
  private Command hangUp() {
    commands.begin();
    commands.silent = true;
    return new Command.Quit();
  }

  private @Nullable Command read(ByteBuf in, int lineEnd, Session session) {
    int start = in.readerIndex();
    int length = lineEnd > 1 && in.getByte(start + lineEnd - 1) == '\r' ? lineEnd - 1 : lineEnd;
    line.split(in, length);
    boolean isMeta = line.size() > 0 && line.length(0) == 2 && line.at(0, 0) == 'm';
    commands = session.needsAuthentication() ? login : isMeta ? meta : classic;
    return commands.read();
  }

  /** Takes the line and its data block, if they are there. */
  private @Nullable Command store(ByteBuf in) {
    int valueBytes = commands.blockBytes();
    if (in.readableBytes() - lineBytes - 2 < valueBytes) {
      return null;
    }
    line.moveTo(in);
    int valueStart = in.readerIndex() + lineBytes;
    int valueEnd = valueStart + valueBytes;
    in.readerIndex(valueEnd + 2);
    lineBytes = 0;
    return in.getByte(valueEnd) == '\r' && in.getByte(valueEnd + 1) == '\n'
        ? commands.store(in.nioBuffer(valueStart, valueBytes))
        : commands.badChunk();
  }

  @Override
  public void encode(Reply reply, ReplyBuffer out) {
    commands.encode(reply, out);
    // Not before: until it is answered, a command may have to be decoded again.
    skippedBytes = commands.skippedBytes();
  }

  @Override
  public void beginBatch(int size, ReplyBuffer out) {
    commands.beginBatch();
  }

  @Override
  public void turnTo(int index) {
    commands.turnTo(index);
  }

  @Override
  public void endBatch(ReplyBuffer out) {
    commands.endBatch(out);
  }

  @Override
  public int missingBytes(ByteBuf in) {
    return lineBytes == 0
        ? 0
        : Math.max(0, lineBytes + commands.blockBytes() + 2 - in.readableBytes());
  }

  @Override
  public boolean isAtRest() {
    return isBetweenCommands();
  }
}
