package io.speicher.server.command;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Reply;
import io.speicher.store.Item;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads many items, some at a time. */
final class ReadWork implements Work {
  /** So many are looked up at once: the store waits for all of them together. */
  private static final int KEYS_AT_ONCE = 64;

  private final CommandExecutor executor;
  private final Store store;
  private final Dialect dialect;
  private final Share share;
  private Command.GetAll get;

  /** How many elements are answered for good. */
  private int done;

  /** Whether the next one is written as well; it may be shown again. */
  private boolean isWritten;

  private boolean isHit;
  private long elementStart;

  /** The next element, if that is so long that it is sent in parts. */
  private @Nullable ValueWork parts;

  private boolean needsParts;

  ReadWork(
      CommandExecutor executor, Store store, Dialect dialect, Share share, Command.GetAll get) {
    this.executor = executor;
    this.store = store;
    this.dialect = dialect;
    this.share = share;
    this.get = get;
  }

  /** Writes what stands before the elements. */
  void begin(ReplyBuffer out) {
    dialect.beginBatch(get.keys().size(), out);
  }

  @Override
  public void movedTo(Command same, ReplyBuffer out) {
    get = (Command.GetAll) same;
    long start = out.position();
    begin(out); // The dialect has decoded it again, and has to be brought where it was.
    out.resetTo(start);
    if (parts != null) {
      parts.movedTo(get.keys().get(done));
    }
  }

  @Override
  public boolean waitsUntilSent() {
    return parts != null;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    long start = out.position();
    int size = get.keys().size();
    while (done < size) {
      if (parts != null && !goOnWithParts(out, deadlineNanos)) {
        return false;
      }
      boolean isFull = done < size && !readSome(size, out, start);
      if (needsParts) {
        needsParts = false;
        beginParts(out);
      }
      if (dialect.streams() && done < size && (isFull || System.nanoTime() - deadlineNanos >= 0)) {
        return false;
      }
    }
    dialect.endBatch(out);
    return true;
  }

  private void beginParts(ReplyBuffer out) {
    dialect.turnTo(done);
    ByteBuffer key = get.keys().get(done);
    parts = ValueWork.begin(executor, store, key, get.view(), dialect, share, out);
  }

  private boolean goOnWithParts(ReplyBuffer out, long deadlineNanos) {
    if (!requireNonNull(parts).goOn(out, deadlineNanos)) {
      return false;
    }
    parts = null;
    isWritten = true;
    isHit = true;
    finishElement(out);
    return true;
  }

  /** Reads the next items, or returns false when enough is written. */
  private boolean readSome(int size, ReplyBuffer out, long sliceStart) {
    int from = done;
    elementStart = out.position();
    List<ByteBuffer> keys = // A list that makes them when it is asked is asked once.
        new ArrayList<>(get.keys().subList(from, Math.min(size, from + KEYS_AT_ONCE)));
    try {
      store.getAll(keys, (index, item) -> write(from + index, item, out, sliceStart));
      finishElement(out);
      return true;
    } catch (SliceFullException e) {
      return false;
    } finally {
      out.resetTo(elementStart);
      isWritten = false;
    }
  }

  private void write(int index, @Nullable Item item, ReplyBuffer out, long sliceStart) {
    if (index > done) {
      finishElement(out);
      if (dialect.streams() && out.position() - sliceStart >= SLICE_BYTES) {
        throw new SliceFullException();
      }
    }
    out.resetTo(elementStart);
    isWritten = false;
    if (item != null && ValueWork.isFor(item, dialect, share)) {
      needsParts = true;
      throw new SliceFullException();
    }
    dialect.turnTo(index);
    dialect.encode(item == null ? Reply.Miss.MISS : executor.value(item, get.view()), out);
    isHit = item != null;
    isWritten = true;
  }

  private void finishElement(ReplyBuffer out) {
    if (isWritten) {
      executor.countHit(isHit, Counter.GET_HITS, Counter.GET_MISSES);
      done++;
      isWritten = false;
      elementStart = out.position();
    }
  }

  /** Ends a slice from within the store. Nobody sees it but the caller. */
  private static final class SliceFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SliceFullException() {
      super(null, null, false, false);
    }
  }
}
