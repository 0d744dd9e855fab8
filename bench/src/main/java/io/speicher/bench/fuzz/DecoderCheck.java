package io.speicher.bench.fuzz;

import com.google.errorprone.annotations.FormatMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What has to be true of any bytes that a peer sends: decoding them ends in commands or in a {@link
 * ProtocolException}; cuts mean nothing, so the same commands come of them whole and in pieces;
 * every command makes progress; and when the session ends, the account is empty.
 *
 * <p>The first byte of an input chooses the limits and the length of the pieces; the others are
 * what the peer sends.
 */
final class DecoderCheck {
  private static final Limits SMALL = new Limits(1_000, 100);
  private static final int MOST_PIECE_BYTES = 64;
  private static final int PAGE_BYTES = 4 << 10;
  private static final long ENOUGH_BYTES = 1L << 40;

  private final Dialect dialect;
  private final Account account = new Account(ENOUGH_BYTES, 0);
  private final Session session = new Session(new Share(account));
  private final ByteBuf page = Unpooled.buffer(PAGE_BYTES, PAGE_BYTES);
  private final ReplyBuffer out = new ReplyBuffer(page, session.share());
  private final List<String> commands = new ArrayList<>();

  private DecoderCheck(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Checks one input against a dialect. */
  static void check(Function<Limits, Dialect> dialects, byte[] input) {
    if (input.length == 0) {
      return;
    }
    Limits limits = (input[0] & 1) == 0 ? SMALL : Limits.DEFAULT;
    int pieceBytes = 1 + (input[0] >> 1 & MOST_PIECE_BYTES - 1);
    List<String> whole = new DecoderCheck(dialects.apply(limits)).run(input, input.length);
    List<String> inPieces = new DecoderCheck(dialects.apply(limits)).run(input, pieceBytes);
    require(
        whole.equals(inPieces),
        "cuts mean something: pieceBytes=%d whole=%s inPieces=%s",
        pieceBytes,
        whole,
        inPieces);
  }

  private List<String> run(byte[] input, int pieceBytes) {
    ByteBuf in = Unpooled.EMPTY_BUFFER;
    try {
      for (int offset = 1; offset < input.length && session.mayGoOn(); offset += pieceBytes) {
        int count = Math.min(pieceBytes, input.length - offset);
        // Another buffer each time, so that no offset may outlive one.
        in =
            Unpooled.buffer(in.readableBytes() + count)
                .writeBytes(in)
                .writeBytes(input, offset, count);
        decodeAll(in);
      }
    } catch (ProtocolException e) {
      commands.add("ended: " + e.reason());
      answer(new Reply.Refused(400, e.reason()));
    }
    session.close();
    require(account.usedBytes() == 0, "memory is kept: bytes=%d", account.usedBytes());
    return commands;
  }

  private void decodeAll(ByteBuf in) {
    while (session.mayGoOn()) {
      int before = in.readableBytes();
      Command command = dialect.decode(in, session);
      if (command == null) {
        return;
      }
      if (command instanceof Command.Quit) {
        session.finish(); // It may end the connection for bytes that it leaves where they are.
      } else {
        require(in.readableBytes() < before, "no progress: bytes=%d", before);
      }
      if (command instanceof Command.Malformed malformed) {
        commands.add("malformed: " + malformed.why());
        answer(new Reply.Refused(400, malformed.why()));
      } else {
        commands.add(command.getClass().getSimpleName());
        answer(command);
      }
    }
  }

  private void answer(Command command) {
    switch (command) {
      case Command.Ping _, Command.Quit _ -> answer(Reply.Done.DONE);
      case Command.GetAll all -> answerEach(all.keys().size());
      case Command.Batch batch -> answerEach(batch.commands().size());
      case Command.Get _, Command.Delete _ -> answer(Reply.Miss.MISS);
      default -> answer(new Reply.Failed(503, "failed"));
    }
  }

  private void answerEach(int size) {
    dialect.beginBatch(size, out);
    for (int i = 0; i < size; i++) {
      dialect.turnTo(i);
      dialect.encode(Reply.Miss.MISS, out);
    }
    dialect.endBatch(out);
    forgetReplies();
  }

  private void answer(Reply reply) {
    dialect.encode(reply, out);
    forgetReplies();
  }

  private void forgetReplies() {
    out.takeChunks().forEach(ByteBuf::release);
    page.clear();
    out.begin(session.share());
  }

  @FormatMethod
  private static void require(boolean holds, String message, Object... facts) {
    if (!holds) {
      throw new AssertionError(message.formatted(facts));
    }
  }
}
