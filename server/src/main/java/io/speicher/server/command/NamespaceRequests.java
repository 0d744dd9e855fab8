package io.speicher.server.command;

import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.Reply;
import io.speicher.store.NamespaceStats;
import io.speicher.store.Store;
import io.speicher.store.TtlRule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Has a store do what is asked of namespaces, whose prefixes are text outside of it. */
public final class NamespaceRequests {
  private NamespaceRequests() {}

  /** All that are declared, in the order of their prefixes. */
  public static List<NamespaceFigures> figures(Store store) {
    return store.namespaces().stream().map(NamespaceRequests::figures).toList();
  }

  private static NamespaceFigures figures(NamespaceStats stats) {
    return new NamespaceFigures(
        namespace(stats),
        stats.itemCount(),
        stats.itemBytes(),
        stats.hitCount(),
        stats.missCount(),
        stats.setCount(),
        stats.evictedItemCount(),
        stats.expiredItemCount(),
        stats.isCounting());
  }

  private static Namespace namespace(NamespaceStats stats) {
    TtlRule rule = stats.rule();
    return new Namespace(
        StandardCharsets.UTF_8.decode(stats.prefix().duplicate()).toString(),
        rule.defaultMillis(),
        rule.longestMillis(),
        rule.jitterPercent());
  }

  static Reply execute(NamespaceRequest request, Store store) {
    return switch (request) {
      case NamespaceRequest.ListAll _ -> new Reply.Namespaces(figures(store));
      case NamespaceRequest.Create create -> create(create.namespace(), store);
      case NamespaceRequest.Alter alter -> alter(alter, store);
      case NamespaceRequest.Drop drop -> done(store.dropNamespace(bytes(drop.prefix())));
    };
  }

  /** Declares a namespace. */
  public static Reply create(Namespace namespace, Store store) {
    return switch (store.createNamespace(bytes(namespace.prefix()), rule(namespace))) {
      case CREATED -> Reply.Done.DONE;
      case PRESENT -> Reply.Exists.EXISTS;
      case TOO_MANY ->
          new Reply.Failed(
              Reply.UNAVAILABLE,
              "too many namespaces (expected: up to "
                  + Store.MAX_NAMESPACES
                  + ", those included that were dropped in the last seconds)");
    };
  }

  private static Reply alter(NamespaceRequest.Alter alter, Store store) {
    ByteBuffer prefix = bytes(alter.prefix());
    for (NamespaceStats before : store.namespaces()) {
      if (before.prefix().equals(prefix)) {
        return done(store.alterNamespace(prefix, rule(alter.applyTo(namespace(before)))));
      }
    }
    return Reply.Miss.MISS;
  }

  private static Reply done(boolean isDone) {
    return isDone ? Reply.Done.DONE : Reply.Miss.MISS;
  }

  private static TtlRule rule(Namespace namespace) {
    return new TtlRule(namespace.ttlMillis(), namespace.maxTtlMillis(), namespace.jitterPercent());
  }

  private static ByteBuffer bytes(String prefix) {
    return ByteBuffer.wrap(prefix.getBytes(StandardCharsets.UTF_8));
  }
}
