package io.speicher.server.command;

import io.speicher.dialect.Ahead;
import io.speicher.store.Prefetch;

/**
 * Commands that were found ahead, and what the store has found out about their keys. It belongs to
 * an event loop, which passes the keys on to the executor and knows nothing of the store.
 */
public record Lookahead(Ahead commands, Prefetch keys, Ahead.Keys sink) {
  public Lookahead(CommandExecutor executor) {
    this(executor, executor.newPrefetch());
  }

  private Lookahead(CommandExecutor executor, Prefetch keys) {
    this(
        new Ahead(),
        keys,
        (database, buffer, index, keyBytes, read) ->
            keys.add(executor.storeNumber(database), buffer, index, keyBytes, read));
  }

  public void clear() {
    commands.clear();
    keys.clear();
  }

  /** Has the store find out about the keys of all commands; not worth it for one. */
  public void fetch() {
    if (commands.count() > 1) {
      commands.addKeysTo(sink);
      keys.fetch();
    }
  }

  /** The place of the key of this command in {@link #keys}, or -1 if it is not there. */
  public int place(int index) {
    return commands.count() > 1 ? index : -1;
  }
}
