package io.speicher.cluster;

import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds and counts the keys of all nodes, each of which is asked for those that it tells of. Waits
 * for them; any thread may call it.
 */
final class AllKeys<N> {

  /*
   * Why a walk misses nothing that stays. A node answers only if it knew the topology that it is
   * asked with before it looked at its store, and knew it still afterwards. In one topology each key
   * belongs to one node, which has it, at a place in the store that does not change. So the answers
   * to a walk in one topology have it. If there is another topology, the walk begins again: to know
   * which segments have moved would save that, but tables do not follow segments, so a node would
   * have to be walked through anyway.
   */

  /** As long as it takes to notice a failure, and to agree on who goes on without that node. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  static final Duration COUNT_PATIENCE = Duration.ofMinutes(1);

  /** Before a node is asked again. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** A step asks no other node when it has taken so long, or has found so many bytes of keys. */
  private static final Duration STEP = Duration.ofMillis(5);

  static final int MAX_STEP_BYTES = 64 << 10;

  private static final int ONLY_COUNT = 0;

  /** The nodes of the cluster. */
  interface Nodes<N> {
    Tellers<N> tellers();

    /**
     * What a node answers; null if it does not answer, knows another topology, or may not answer.
     */
    @Nullable KeyPage ask(N node, KeysQuery query) throws ExecutionException, InterruptedException;

    /** Why nothing is answered, or null. */
    Reply.@Nullable Failed refusal();
  }

  private final Nodes<N> nodes;
  private final Duration patience;

  AllKeys(Nodes<N> nodes) {
    this(nodes, PATIENCE);
  }

  /**
   * @param patience with a node that does not answer
   */
  AllKeys(Nodes<N> nodes, Duration patience) {
    this.nodes = nodes;
    this.patience = patience;
  }

  /** A step: see {@link io.speicher.server.command.Cluster#scan}. */
  Reply scan(Command.Scan scan) throws ExecutionException, InterruptedException {
    List<ByteBuffer> found = new ArrayList<>();
    int bytes = 0;
    long beganNanos = System.nanoTime();
    WalkCursor at = WalkCursor.of(scan.cursor());
    while (true) {
      Tellers<N> tellers = nodes.tellers();
      if (!at.isWithin(tellers)) {
        at = WalkCursor.first(tellers.topologyId());
      }
      int left = scan.count() - found.size();
      KeyPage page =
          nodes.ask(
              tellers.nodes().get(at.node()),
              new KeysQuery(tellers.topologyId(), at.position(), left, scan.pattern()));
      if (page == null) {
        Reply refusal = awaitChange(beganNanos);
        if (refusal != null) {
          return refusal;
        }
        continue;
      }
      found.addAll(page.keys());
      bytes += page.keys().stream().mapToInt(ByteBuffer::remaining).sum();
      at = at.to(page.position());
      if (at.node() == tellers.nodes().size()) {
        return new Reply.Keys(0, found);
      }
      if (found.size() >= scan.count()
          || bytes >= MAX_STEP_BYTES
          || System.nanoTime() - beganNanos >= STEP.toNanos()) {
        return new Reply.Keys(at.number(), found);
      }
    }
  }

  /**
   * See {@link io.speicher.server.command.Cluster#count}.
   *
   * @param isWanted asked now and then
   */
  Reply count(BooleanSupplier isWanted) throws ExecutionException, InterruptedException {
    long beganNanos = System.nanoTime();
    long answeredNanos = beganNanos;
    Tellers<N> tellers = nodes.tellers();
    long count = 0;
    int node = 0;
    long position = 0;
    while (node < tellers.nodes().size()) {
      KeyPage page =
          nodes.ask(
              tellers.nodes().get(node),
              new KeysQuery(tellers.topologyId(), position, ONLY_COUNT, null));
      if (page == null) {
        Reply refusal = awaitChange(answeredNanos);
        if (refusal != null) {
          return refusal;
        }
      } else {
        answeredNanos = System.nanoTime();
        count += page.count();
        position = page.position();
        node += position == 0 ? 1 : 0;
      }
      Tellers<N> now = nodes.tellers();
      if (now.topologyId() != tellers.topologyId()) {
        tellers = now;
        count = 0;
        node = 0;
        position = 0;
      }
      if (!isWanted.getAsBoolean() || System.nanoTime() - beganNanos >= COUNT_PATIENCE.toNanos()) {
        return InfinispanCluster.unavailable(
            "there are too many items to count them within %d s"
                .formatted(COUNT_PATIENCE.toSeconds()));
      }
    }
    return new Reply.Count(count);
  }

  /** Waits for a moment, or says why that is of no use any more. */
  private Reply.@Nullable Failed awaitChange(long sinceNanos) throws InterruptedException {
    Reply.Failed refusal = nodes.refusal();
    if (refusal == null && System.nanoTime() - sinceNanos >= patience.toNanos()) {
      refusal =
          InfinispanCluster.unavailable(
              "a node does not tell of its keys, or the owners of keys change: try again");
    }
    if (refusal == null) {
      Thread.sleep(PAUSE);
    }
    return refusal;
  }
}
