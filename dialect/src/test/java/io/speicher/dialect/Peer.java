package io.speicher.dialect;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection without a network: its session, and the replies that its peer gets. */
public final class Peer {
  private static final int PAGE_BYTES = 4 << 10;

  private final Account account;
  private final Session session;
  private final ByteBuf page = Unpooled.buffer(PAGE_BYTES, PAGE_BYTES);
  private final ReplyBuffer out;

  /** One that may hold as much as it wants. */
  public Peer() {
    this(new Account(1L << 40, 0));
  }

  public Peer(Account account) {
    this.account = account;
    session = new Session(new Share(account));
    out = new ReplyBuffer(page, session.share());
  }

  public Account account() {
    return account;
  }

  public Session session() {
    return session;
  }

  public ReplyBuffer out() {
    return out;
  }

  /** The next command, which is there to its end. */
  public Command decode(Dialect dialect, ByteBuf in) {
    return requireNonNull(decodeOrNull(dialect, in));
  }

  public @Nullable Command decodeOrNull(Dialect dialect, ByteBuf in) {
    return dialect.decode(in, session);
  }

  /** What the peer gets for this reply to the last command. */
  public ByteBuf answer(Dialect dialect, Reply reply) {
    dialect.encode(reply, out);
    return take();
  }

  /** All that was written since the last time, for the caller to release or not: it is a copy. */
  public ByteBuf take() {
    ByteBuf said = Unpooled.buffer();
    said.writeBytes(page, out.pageStart(), page.writerIndex() - out.pageStart());
    List<ByteBuf> chunks = out.takeChunks();
    for (ByteBuf chunk : chunks) {
      said.writeBytes(chunk);
      chunk.release();
    }
    page.clear();
    out.begin(session.share());
    return said;
  }

  public String takeText() {
    return take().toString(StandardCharsets.ISO_8859_1);
  }
}
