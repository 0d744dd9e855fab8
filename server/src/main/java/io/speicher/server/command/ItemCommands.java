package io.speicher.server.command;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.store.Item;
import io.speicher.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Executes commands about one key on an item that is given, and says what becomes of it: by the
 * same {@link CommandExecutor} that serves a single node. One thread at a time uses it.
 */
public final class ItemCommands {
  private static final int PAGE_BYTES = 1 << 10;

  /**
   * What has come of a command.
   *
   * @param reply whose buffers are views of the item before, or of this one
   * @param isChanged whether the key has another item now, or may have lost one
   * @param item the item that it has then, or null
   */
  public record Outcome(Reply reply, boolean isChanged, @Nullable Item item) {}

  private final HeldItemStore store;
  private final CommandExecutor executor;
  private final CapturedReply captured = new CapturedReply();
  private final Session session;
  private final ReplyBuffer out;

  /**
   * @param clock a store whose milliseconds expiries are in
   */
  public ItemCommands(Store clock, Dates dates, ServerControl server) {
    store = new HeldItemStore(clock);
    executor = new CommandExecutor(new Databases(store), dates, server, new LoopLocks(1), 0, null);
    Share share = new Share(new Account(PAGE_BYTES, 0));
    session = new Session(share);
    out = new ReplyBuffer(Unpooled.buffer(PAGE_BYTES, PAGE_BYTES), share);
  }

  /**
   * Executes a command whose rights were looked at.
   *
   * @param present the item that the key has, or null
   */
  public Outcome execute(Command command, @Nullable Item present) {
    store.begin(present);
    captured.reply = null;
    executor.begin();
    try {
      executor.executeWhole(command, session, captured, out);
    } finally {
      executor.end();
    }
    return new Outcome(requireNonNull(captured.reply), store.isChanged(), store.item());
  }

  /** Keeps the reply instead of spelling it. */
  private static final class CapturedReply implements Dialect {
    private @Nullable Reply reply;

    @Override
    public void encode(Reply encoded, ReplyBuffer out) {
      reply = encoded;
    }

    @Override
    public @Nullable Command decode(ByteBuf in, Session session) {
      throw new UnsupportedOperationException("nothing is received");
    }

    @Override
    public void beginBatch(int size, ReplyBuffer out) {
      throw new UnsupportedOperationException("a command about one key has one reply");
    }

    @Override
    public void turnTo(int index) {
      throw new UnsupportedOperationException("a command about one key has one reply");
    }

    @Override
    public void endBatch(ReplyBuffer out) {
      throw new UnsupportedOperationException("a command about one key has one reply");
    }

    /** So that values come as a whole. */
    @Override
    public boolean streams() {
      return false;
    }

    @Override
    public boolean isAtRest() {
      return true;
    }
  }
}
