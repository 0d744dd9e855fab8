package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Commands over all keys, on a node of a cluster: of those whose primary owner the node is, or of
 * those of all nodes, as {@link Dialect#spansCluster} says. One for each {@link CommandExecutor}.
 */
final class ClusterKeys {
  private final CommandExecutor executor;
  private final Cluster cluster;

  ClusterKeys(CommandExecutor executor, Cluster cluster) {
    this.executor = executor;
    this.cluster = cluster;
  }

  static boolean isOver(Command command) {
    return switch (command) {
      case Command.Scan _, Command.FindKeys _, Command.RandomKey _, Command.CountItems _ -> true;
      default -> false;
    };
  }

  /** What all nodes have, in the words of a dialect that asks for that. */
  CompletableFuture<Reply> ofCluster(Command command, Session session) {
    Rights rights = session.user().rights();
    return switch (command) {
      case Command.CountItems _ -> cluster.count();
      case Command.Scan scan -> cluster.scan(scan).thenApply(reply -> readable(reply, rights));
      default ->
          CompletableFuture.completedFuture(
              ClusterCommands.refusal("to find keys of all nodes but by a scan"));
    };
  }

  private static Reply readable(Reply reply, Rights rights) {
    return reply instanceof Reply.Keys(long cursor, List<ByteBuffer> keys) && !rights.areAll()
        ? new Reply.Keys(cursor, keys.stream().filter(rights::includeReading).toList())
        : reply;
  }

  /** What this node has as primary owner, from its store. */
  Work ofNode(Command command, Session session, Dialect dialect) {
    Rights rights = session.user().rights();
    Store store = executor.store();
    return new OwnKeysWork(
        cluster,
        dialect,
        own -> {
          Predicate<ByteBuffer> readable = own.include().and(rights::includeReading);
          return switch (command) {
            case Command.Scan scan ->
                new SearchWork(dialect, _ -> KeySearch.scan(store, scan, readable));
            case Command.FindKeys find ->
                new FindWork(
                    store,
                    dialect,
                    key -> find.pattern().matches(key) && readable.test(key),
                    Long.MAX_VALUE,
                    found -> new Reply.Keys(0, found),
                    session.share());
            case Command.RandomKey _ -> new FindAnyWork(store, dialect, readable);
            default -> {
              KeyTally tally = new KeyTally(store, own.include(), 0);
              yield new SearchWork(
                  dialect,
                  deadlineNanos ->
                      tally.goOn(deadlineNanos) ? new Reply.Count(tally.count()) : null);
            }
          };
        });
  }
}
