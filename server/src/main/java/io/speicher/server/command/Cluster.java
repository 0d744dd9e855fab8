package io.speicher.server.command;

import io.speicher.protocol.ClusterView;
import io.speicher.protocol.Command;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the server knows of the cluster that it is a node of. Any thread may call any method; none
 * but {@link #join} and {@link #close} waits.
 *
 * <p>The store of a node holds the items that the node owns, as primary or as backup. Nobody but
 * the cluster writes there.
 */
public interface Cluster extends AutoCloseable {
  /** The longest key and value, together, in bytes: a heap holds them while they travel. */
  int MAX_ITEM_BYTES = 1 << 20;

  /**
   * Joins the cluster, or starts one if no peer answers. Returns when this node has received the
   * items that it owns, and not before clients may be let in.
   *
   * @param commands makes what executes commands on items; each is used by one thread at a time
   * @throws IOException if that cannot be; the message says why, and what to do
   */
  void join(Supplier<ItemCommands> commands) throws IOException;

  /**
   * Says whether this node's store may answer for a key now: what {@link #isStill} has to be asked
   * with when it has answered; or null if somebody else has to be asked.
   */
  @Nullable Object ownership(ByteBuffer key);

  /** Whether nothing has changed, so that what was read since is what the key has. */
  boolean isStill(Object ownership);

  /**
   * Executes a command about one key, wherever that has to be. Its buffers are copied before this
   * returns; the reply has its own. Never completed by an exception.
   */
  CompletableFuture<Reply> execute(ByteBuffer key, Command command);

  /**
   * The keys that this node tells of where each node tells of its own, or null if it may not answer
   * now. In each topology every key that there is belongs to one node: its primary owner, or a
   * backup as long as that one has not received its items.
   */
  @Nullable OwnKeys ownKeys();

  /**
   * Keys of a node.
   *
   * @param ownership what {@link #isStill} has to be asked with when they have been looked at
   * @param include whether a key of the node's store is one of them
   */
  record OwnKeys(Object ownership, Predicate<ByteBuffer> include) {}

  /**
   * Waits until this node may answer, as long as a command about one key does. Never completed by
   * an exception.
   *
   * @return {@link Reply.Done}, or why it does not answer
   */
  CompletableFuture<Reply> awaitOwnership();

  /**
   * A step of a walk through the keys of all nodes, any of which may be asked for the next one:
   * {@link Reply.Keys}, without regard to rights. Never completed by an exception. A key that is
   * there from the first step to the last is found at least once: if the topology changes, the walk
   * begins again by itself, and ends when there has been none for as long as it takes. A cursor
   * that no reply gave begins somewhere.
   */
  CompletableFuture<Reply> scan(Command.Scan scan);

  /**
   * Counts the items of all nodes, one node after the other, which takes a look at each item:
   * {@link Reply.Count}, or why that cannot be, as when a node does not answer or it takes more
   * than a minute. Never completed by an exception. It stops if the future is cancelled.
   */
  CompletableFuture<Reply> count();

  /** Removes all items of all nodes. Never completed by an exception. */
  CompletableFuture<Reply> clear();

  ClusterView view();

  /** The nodes of {@link #view}, in its order, and what each of them owns; none before it joins. */
  List<Share> shares();

  /**
   * What a node owns, in segments, of which there are the same number for all nodes.
   *
   * @param primary whose writes it decides
   * @param copies that it keeps of others'
   * @param awaited that it will own, and has not received yet; known to a segment of the node that
   *     is asked, and until all are there of others
   */
  record Share(ClusterView.Node node, int primary, int copies, int awaited) {}

  /** The last times that this node has slept so long that it asked the others, oldest first. */
  List<Stall> stalls();

  /**
   * A sleep of a node.
   *
   * @param endMillis since 1970
   */
  record Stall(long endMillis, long millis) {}

  /** Whether this node answers for keys: it has joined, has not slept, and is with a majority. */
  boolean isAvailable();

  /**
   * Begins to hand over what this node owns to the others. It answers for keys meanwhile. Never
   * completed by an exception.
   *
   * @param drained is run when the others have everything: this node may leave then
   * @return that it has begun, or why it cannot
   */
  CompletableFuture<Reply> drain(Runnable drained);

  /** Whether this node hands over what it owns. */
  boolean isDraining();

  /** What this node knows and has counted of the cluster. */
  Map<Gauge, Long> gauges();

  /** Leaves the cluster. */
  @Override
  void close();
}
