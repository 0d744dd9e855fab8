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
 * always answers the last {@link #decode}. It knows nothing of channels, threads or stores. Not
 * safe for more than one thread at a time.
 */
public interface Dialect {

  /**
   * Takes one command from {@code in}, or returns null if it is not there to its end; then it may
   * have taken a part, and goes on from there. What the command holds are views of {@code in},
   * valid until the next call.
   *
   * @throws ProtocolException if where the next command starts is lost: the message is the reason
   *     to be given to the peer, by {@link #encode} of a {@link Reply.Refused}
   */
  @Nullable Command decode(ByteBuf in);

  /**
   * Looks which keys the next commands will ask for, as far as that can be told cheaply, and takes
   * nothing from {@code in}. The keys are those of the next commands one by one, in their order: it
   * stops at a command that has no key, or several, or that it does not recognize at once.
   *
   * <p>What it has found out is remembered in {@code keys}, to be decoded the faster: until these
   * commands are decoded, or {@code keys} is cleared, the bytes must stay what they are.
   */
  default void lookAhead(ByteBuf in, KeysAhead keys) {}

  /**
   * Appends the reply to the last command, or nothing if it wants none. May be called again for the
   * same command after the writer index of {@code out} was set back: only the last call counts.
   */
  void encode(Reply reply, ByteBuf out);

  /**
   * Begins the reply to a command that has several: {@link Command.GetAll}, {@link Command.Batch}
   * and {@link Command.Transaction}. For each element there follow {@link #turnTo} and then what
   * answers it, in order, and at the end {@link #endBatch}.
   */
  void beginBatch(int size, ByteBuf out);

  /**
   * What is encoded from now on answers this element of the batch. As with {@link #encode}, it may
   * be called again for the same element.
   */
  void turnTo(int index);

  void endBatch(ByteBuf out);

  /**
   * Whether what it has decoded and encoded so far means nothing for what comes next. Then it may
   * be used for any connection whose next command begins with the next byte, and has nothing to be
   * closed.
   */
  boolean isAtRest();

  /** Gives back what it holds outside the heap. Nothing is asked of it any more. */
  default void close() {}
}
