package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.KeySlot;
import io.speicher.protocol.Reply;
import io.speicher.server.command.ClusterWork.Form;
import io.speicher.store.Prefetch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each command that a node of a cluster is given where it is executed: on this node, at
 * the owners of its keys, or nowhere. One for each {@link CommandExecutor}.
 */
final class ClusterCommands {
  /** The status of what a server does not do. */
  private static final int NOT_IMPLEMENTED = 501;

  /** What the parts of a command hold is on the heap until all are answered. */
  private static final int MAX_PARTS = 1_024;

  /** In the words of Redis. */
  private static final Reply CROSS_SLOT =
      new Reply.Refused(Reply.BAD_REQUEST, "CROSSSLOT Keys in request don't hash to the same slot");

  private static final String TWO_KEYS = "commands that need several keys at one moment";
  private static final String DATABASES = "databases other than 0";
  private static final String TAGS = "tags";
  private static final String NAMESPACES = "namespaces";
  private static final String TRACKING = "client tracking";

  private final CommandExecutor executor;
  private final Cluster cluster;
  private final ClusterKeys keys;

  ClusterCommands(CommandExecutor executor, Cluster cluster) {
    this.executor = executor;
    this.cluster = cluster;
    keys = new ClusterKeys(executor, cluster);
  }

  /** As {@link CommandExecutor#execute}, for a command whose rights were looked at. */
  @Nullable Work begin(
      Command command,
      Session session,
      Prefetch prefetch,
      int place,
      Dialect dialect,
      ReplyBuffer out) {
    if (command instanceof Command.Get get && session.database() == 0) {
      return get(get, session, prefetch, place, dialect, out); // Most are such.
    }
    if (needsOneSlot(command) && !isInOneSlot(CommandKeys.of(command))) {
      dialect.encode(CROSS_SLOT, out);
      return null;
    }
    String refused = refused(command);
    boolean isOverKeys = ClusterKeys.isOver(command);
    if (refused == null
        && session.database() != 0
        && (isOverKeys || !CommandKeys.of(command).isEmpty())) {
      refused = DATABASES;
    }
    if (refused != null) {
      dialect.encode(refusal(refused), out);
      return null;
    }
    if (command instanceof Command.AskLease ask) {
      return ask(ask, session, dialect, out);
    }
    if (isOverKeys) {
      return dialect.spansCluster()
          ? new AwaitWork<>(dialect, keys.ofCluster(command, session), Function.identity())
          : keys.ofNode(command, session, dialect);
    }
    Form form = form(command);
    if (form == null) {
      return executor.beginHere(command, session, prefetch, place, dialect, out);
    }
    List<Command> parts = parts(command);
    if (parts.size() > MAX_PARTS) {
      dialect.encode(
          refusal(
              "so many keys in one command: keys="
                  + parts.size()
                  + " (expected: up to "
                  + MAX_PARTS
                  + ")"),
          out);
      return null;
    }
    List<CompletableFuture<Reply>> answers = new ArrayList<>(parts.size());
    parts.forEach(part -> answers.add(answer(part, command, session)));
    return new ClusterWork(executor, session, dialect, command, form, answers);
  }

  /** An owner answers from its store, as a single node does. */
  private @Nullable Work get(
      Command.Get get,
      Session session,
      Prefetch prefetch,
      int place,
      Dialect dialect,
      ReplyBuffer out) {
    Object ownership = cluster.ownership(get.key());
    if (ownership != null) {
      long start = out.position();
      Work work = executor.beginHere(get, session, prefetch, place, dialect, out);
      if (cluster.isStill(ownership)) {
        return work;
      }
      if (work != null) {
        work.close();
      }
      out.resetTo(start);
    }
    return await(execute(get), get, session, dialect);
  }

  /** An owner answers from its store where nobody is to be given a lease. */
  private @Nullable Work ask(
      Command.AskLease ask, Session session, Dialect dialect, ReplyBuffer out) {
    Object ownership = cluster.ownership(ask.key());
    if (ownership != null) {
      long start = out.position();
      if (executor.showLeasable(ask, dialect, out)) {
        if (cluster.isStill(ownership)) {
          return null;
        }
        out.resetTo(start);
      }
    }
    return ask.waitMillis() == 0
        ? await(execute(ask), ask, session, dialect)
        : executor.awaitLease(cluster, ask, session, dialect);
  }

  private Work await(
      CompletableFuture<Reply> answer, Command command, Session session, Dialect dialect) {
    return new ClusterWork(executor, session, dialect, command, Form.ONE, List.of(answer));
  }

  /** For a command about one key. */
  private CompletableFuture<Reply> execute(Command command) {
    return cluster.execute(CommandKeys.of(command).getFirst(), command);
  }

  private CompletableFuture<Reply> answer(Command part, Command whole, Session session) {
    if (part instanceof Command.Clear) {
      return cluster.clear();
    }
    if (whole instanceof Command.Batch) {
      String refused = refused(part);
      if (refused == null && form(part) == null && !(part instanceof Command.Get)) {
        return ClusterWork.HERE;
      }
      if (refused == null && session.database() != 0) {
        refused = DATABASES;
      }
      if (refused != null) {
        return CompletableFuture.completedFuture(refusal(refused));
      }
      if (form(part) == Form.SUM || form(part) == Form.EACH) {
        return CompletableFuture.completedFuture(refusal("batches in a batch"));
      }
    }
    return execute(part);
  }

  static Reply refusal(String what) {
    return new Reply.Failed(NOT_IMPLEMENTED, "not available in a cluster: " + what);
  }

  /** Each is about one key, or about all. */
  private static List<Command> parts(Command command) {
    return switch (command) {
      case Command.GetAll all -> each(all.keys(), key -> new Command.Get(key, all.view()));
      case Command.CountPresent all ->
          each(all.keys(), key -> new Command.CountPresent(List.of(key)));
      case Command.DeleteAll all ->
          each(all.keys(), key -> new Command.DeleteAll(List.of(key), all.condition()));
      case Command.SetAll all -> List.copyOf(all.items());
      case Command.Batch batch -> List.copyOf(batch.commands());
      default -> List.of(command);
    };
  }

  private static List<Command> each(List<ByteBuffer> keys, Function<ByteBuffer, Command> part) {
    return keys.stream().map(part).toList();
  }

  /** What cannot be divided by keys: all of them are meant at one moment. */
  private static boolean needsOneSlot(Command command) {
    return switch (command) {
      case Command.SetAll all -> all.condition().kind() != Condition.Kind.ALWAYS;
      case Command.Move _, Command.Watch _ -> true;
      default -> false;
    };
  }

  private static boolean isInOneSlot(List<ByteBuffer> keys) {
    return keys.stream().mapToInt(KeySlot::of).distinct().count() <= 1;
  }

  /** What is made of the answers; null for what each node does by itself, and for nothing else. */
  private static @Nullable Form form(Command command) {
    return switch (command) {
      case Command.GetAll _, Command.Batch _ -> Form.EACH;
      case Command.CountPresent _, Command.DeleteAll _ -> Form.SUM;
      case Command.SetAll _ -> Form.ALL;
      case Command.Get _,
          Command.GetAndDelete _,
          Command.GetAndTouch _,
          Command.Set _,
          Command.Delete _,
          Command.DeleteIf _,
          Command.Touch _,
          Command.TouchIf _,
          Command.Increase _,
          Command.Append _,
          Command.SetRange _,
          Command.Add _,
          Command.AddAndGet _,
          Command.AddDecimal _,
          Command.AskLease _,
          Command.SetWithLease _,
          Command.LeaseGet _,
          Command.Invalidate _,
          Command.SetLeased _,
          Command.AppendLeased _,
          Command.Clear _ ->
          Form.ONE;
      case Command.Tag _,
          Command.Move _,
          Command.Transaction _,
          Command.Watch _,
          Command.Unwatch _,
          Command.Track _,
          Command.Untrack _,
          Command.Subscribe _,
          Command.ClearNamespace _,
          Command.ClearTags _,
          Command.SwapDatabases _,
          Command.Scan _,
          Command.FindKeys _,
          Command.CountKeysInSlot _,
          Command.FindKeysInSlot _,
          Command.RandomKey _,
          Command.CountItems _,
          Command.Ping _,
          Command.Time _,
          Command.DescribeCluster _,
          Command.DrainNode _,
          Command.Stats _,
          Command.Inspect _,
          Command.ResetStats _,
          Command.ResetSlowLog _,
          Command.ResetLatencyEvents _,
          Command.Configure _,
          Command.Auth _,
          Command.ManageUsers _,
          Command.ManageNamespaces _,
          Command.Check _,
          Command.Quit _,
          Command.Shutdown _,
          Command.Monitor _,
          Command.Pause _,
          Command.ListConnections _,
          Command.CloseConnections _,
          Command.Malformed _ ->
          null;
    };
  }

  /** What a command needs that a cluster has not, or null. */
  private static @Nullable String refused(Command command) {
    return switch (command) {
      case Command.Set set -> refused(set);
      case Command.SetWithLease(Command.Set set, _) -> refused(set);
      case Command.SetLeased leased -> refused(leased.set());
      case Command.SetAll all -> refused(all);
      case Command.Tag _, Command.ClearTags _ -> TAGS;
      case Command.ManageNamespaces _, Command.ClearNamespace _ -> NAMESPACES;
      case Command.SwapDatabases _ -> DATABASES;
      case Command.Move _, Command.Transaction _, Command.Watch _ -> TWO_KEYS;
      case Command.Track _, Command.Subscribe _ -> TRACKING;
      case Command.Clear clear -> clear.delayMillis() > 0 ? "a clear at a later time" : null;
      case Command.Get _,
          Command.GetAll _,
          Command.GetAndDelete _,
          Command.GetAndTouch _,
          Command.CountPresent _,
          Command.AskLease _,
          Command.LeaseGet _,
          Command.Invalidate _,
          Command.AppendLeased _,
          Command.Delete _,
          Command.DeleteIf _,
          Command.DeleteAll _,
          Command.Touch _,
          Command.TouchIf _,
          Command.Increase _,
          Command.Append _,
          Command.SetRange _,
          Command.Add _,
          Command.AddAndGet _,
          Command.AddDecimal _,
          Command.Batch _,
          Command.Unwatch _,
          Command.Untrack _,
          Command.Ping _,
          Command.Time _,
          Command.DescribeCluster _,
          Command.DrainNode _,
          Command.Scan _,
          Command.FindKeys _,
          Command.RandomKey _,
          Command.CountItems _,
          Command.CountKeysInSlot _,
          Command.FindKeysInSlot _,
          Command.Stats _,
          Command.Inspect _,
          Command.ResetStats _,
          Command.ResetSlowLog _,
          Command.ResetLatencyEvents _,
          Command.Configure _,
          Command.Auth _,
          Command.ManageUsers _,
          Command.Check _,
          Command.Quit _,
          Command.Shutdown _,
          Command.Monitor _,
          Command.Pause _,
          Command.ListConnections _,
          Command.CloseConnections _,
          Command.Malformed _ ->
          null;
    };
  }

  private static @Nullable String refused(Command.SetAll all) {
    if (all.condition().kind() != Condition.Kind.ALWAYS) {
      return TWO_KEYS;
    }
    for (Command.Set set : all.items()) {
      String refused = refused(set);
      if (refused != null) {
        return refused;
      }
    }
    return null;
  }

  private static @Nullable String refused(Command.Set set) {
    return set.options().tags().isEmpty() ? null : TAGS;
  }
}
