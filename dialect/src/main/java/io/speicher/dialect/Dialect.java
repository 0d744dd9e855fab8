package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Command;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import org.jspecify.annotations.Nullable;

/**
 * How a server speaks on one connection: it turns bytes into commands and replies into bytes.
 *
 * <p>A command is decoded, executed and answered before the next one is decoded. So a dialect may
 * remember what it decoded last, and spell the reply as that command wants it: {@link #encode}
 * always answers the last {@code decode}. What outlives a command is in the {@link Session}. A
 * dialect knows nothing of channels, threads or stores. Not safe for more than one thread at a
 * time.
 */
public interface Dialect {

  /**
   * Takes one command from {@code in}, or returns null if it is not there to its end; then it may
   * have taken a part, and goes on from there. What the command holds are views of {@code in},
   * valid until the next call.
   *
   * @throws ProtocolException if where the next command starts is lost: the message is the reason
   *     to be given to the peer, by {@link #encode} of a {@link Reply.Refused}
   * @throws MemoryShortageException if the session may not hold what it takes. The command has been
   *     taken: the caller either puts it back and decodes it again, or answers it
   */
  @Nullable Command decode(ByteBuf in, Session session);

  /**
   * Finds which plain commands come next, as far as that can be told cheaply, and takes nothing. It
   * stops at a command that it does not recognize at once. Until each of these has been taken, or
   * {@code ahead} is cleared, the bytes must stay what they are.
   */
  default void lookAhead(ReceivedBytes received, Ahead ahead) {}

  /**
   * The command that {@link #lookAhead} found and that is next, which the caller takes from the
   * received bytes; or null if it has to be decoded like any other one. What it holds are views of
   * the received bytes, valid until the next call.
   */
  default @Nullable Command decode(Plain plain, Session session) {
    return null;
  }

  /**
   * How many more bytes the command needs that has begun, as far as it has said: at least so many
   * will come. 0 if that is not known.
   */
  default int missingBytes(ByteBuf in) {
    return 0;
  }

  /**
   * Appends the reply to the last command, or nothing if it wants none. May be called again for the
   * same command after {@code out} was reset: only the last call counts.
   */
  void encode(Reply reply, ReplyBuffer out);

  /**
   * Appends what a peer is told without having asked, between two replies; nothing if it cannot be
   * told.
   */
  default void push(Reply.Invalidated invalidated, Session session, ReplyBuffer out) {}

  /**
   * Begins the reply to a command that has several: {@link Command.GetAll}, {@link Command.Batch}
   * and {@link Command.Transaction}. For each element there follow {@link #turnTo} and then what
   * answers it, in order, and at the end {@link #endBatch}.
   */
  void beginBatch(int size, ReplyBuffer out);

  /**
   * What is encoded from now on answers this element of the batch. As with {@link #encode}, it may
   * be called again for the same element.
   */
  void turnTo(int index);

  void endBatch(ReplyBuffer out);

  /**
   * Whether a reply can be sent before it is complete: what is written of it is never changed
   * again, but for the reset of its last element. Else its length stands before it.
   */
  default boolean streams() {
    return true;
  }

  /**
   * Whether it is between two commands. Then it may be used for any connection whose next command
   * begins with the next byte.
   */
  boolean isAtRest();

  /**
   * Whether the command that was decoded last, if it is {@link Command.Scan} or {@link
   * Command.CountItems}, is about the items of the whole cluster that the server is a node of: so
   * where clients know no nodes. Else it is about those whose primary owner the node is, for
   * clients that ask each node, as are {@link Command.FindKeys} and {@link Command.RandomKey}.
   */
  default boolean spansCluster() {
    return false;
  }

  /**
   * What the command that was decoded last is called, in lower case, where users have rights on
   * commands by name; empty if it is none, or the dialect has no such names.
   */
  default String commandName() {
    return "";
  }
}
