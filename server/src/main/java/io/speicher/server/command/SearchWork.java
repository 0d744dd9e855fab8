package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Looks at keys in slices, until there is something to be replied. */
final class SearchWork implements Work {
  private final Dialect dialect;
  private final LongFunction<@Nullable Reply> search;

  /**
   * @param search does a slice until its deadline, and returns the reply if that was the last one
   */
  SearchWork(Dialect dialect, LongFunction<@Nullable Reply> search) {
    this.dialect = dialect;
    this.search = search;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    Reply reply = search.apply(deadlineNanos);
    if (reply == null) {
      return false;
    }
    dialect.encode(reply, out);
    return true;
  }

  /** What is looked for has no part in the bytes of the command. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}
}
