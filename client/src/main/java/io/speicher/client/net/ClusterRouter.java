package io.speicher.client.net;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.client.backend.Operation;
import io.speicher.client.wire.Address;
import io.speicher.protocol.ClusterView;
import io.speicher.protocol.Command;
import io.speicher.protocol.KeySlot;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.JsonCommandEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Knows which node of a cluster decides about which key, and has connections to the nodes.
 *
 * <p>Any node answers for every key, so nothing here has to be right: where a node is not known or
 * cannot be reached, another one is asked.
 *
 * <p><b>Threads.</b> Any thread may call any method; none blocks.
 */
final class ClusterRouter {

  /*
   * The table is asked for by the calls themselves: each looks at the time, and the one that finds
   * the table too old sends a question beside its own command. So a client that has nothing to do
   * asks nothing, and there is no thread for it. What is answered is taken as it is, since the
   * next answer corrects it.
   *
   * While commands of a slot have no reply that nobody waits for, further ones of the slot take the
   * same connection, even if the table has changed meanwhile: on another one they could be executed
   * before those. Who waits for each reply cannot be overtaken.
   */

  /** How old the table may become. */
  private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The same when there is a sign that it is wrong. */
  private static final long SUSPECT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final ByteBuffer FRAME =
      new JsonCommandEncoder().encode(new Command.DescribeCluster());

  private final Settings settings;
  private final Executor executor;
  private final @Nullable ChangeHub changes;

  /** What the client began with, connected to whichever node. */
  private final DispatcherGroup home;

  /** Where a client begins that may take any node, so that clients spread. */
  private final int bias = ThreadLocalRandom.current().nextInt(1 << 16);

  private volatile @Nullable Table table;

  /** When the table was asked for. */
  private final AtomicLong askedNanos = new AtomicLong(System.nanoTime() - REFRESH_NANOS);

  private final AtomicLong questions = new AtomicLong();

  /** By slot, while commands have no reply that nobody waits for. */
  private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();

  /** Of nodes that have left, with commands that have no reply. */
  @GuardedBy("this")
  private final List<Dispatcher> retired = new ArrayList<>();

  /** Where what the client began with was connected to when it told of that. */
  @GuardedBy("this")
  private @Nullable String homeServer;

  /** When what the client began with was last sent to another node. */
  @GuardedBy("this")
  private long turnedNanos = System.nanoTime() - SUSPECT_NANOS;

  @GuardedBy("this")
  private boolean closed;

  /** Where commands of a slot are in flight. */
  private record Lane(Dispatcher dispatcher, int commands) {}

  /** What was told last. */
  private static final class Table {
    final List<Node> nodes;
    final List<ClusterView.Range> ranges;

    /** By slot; null where nobody is known to decide. */
    private final @Nullable Node[] owners = new Node[KeySlot.SLOTS];

    Table(List<Node> nodes, List<ClusterView.Range> ranges) {
      this.nodes = List.copyOf(nodes);
      this.ranges = ranges;
      for (ClusterView.Range range : ranges) {
        if (!range.owners().isEmpty()) {
          Node primary = nodes.get(range.owners().get(0));
          Arrays.fill(owners, range.firstSlot(), range.lastSlot() + 1, primary);
        }
      }
    }

    @Nullable Node owner(int slot) {
      return owners[slot];
    }
  }

  /** A node, and the connections to it from when they are needed. */
  private static final class Node {
    private final Address address;
    private volatile @Nullable DispatcherGroup group;

    Node(Address address) {
      this.address = address;
    }

    /** A connection that there is, or null. */
    @Nullable Dispatcher connected(@Nullable ByteBuffer key) {
      DispatcherGroup known = group;
      Dispatcher chosen = known == null ? null : known.choose(key);
      return chosen != null && chosen.isConnected() ? chosen : null;
    }
  }

  ClusterRouter(
      Settings settings, Executor executor, @Nullable ChangeHub changes, DispatcherGroup home) {
    this.settings = settings;
    this.executor = executor;
    this.changes = changes;
    this.home = home;
  }

  // Where to.

  /**
   * The connection for a command whose reply its caller waits for.
   *
   * @param key null if it has none, or several
   */
  Dispatcher choose(@Nullable ByteBuffer key) {
    if (key == null) {
      return any();
    }
    int slot = KeySlot.of(key);
    Lane lane = lanes.isEmpty() ? null : lanes.get(slot);
    return lane != null && lane.dispatcher().isConnected() ? lane.dispatcher() : owner(slot, key);
  }

  /** The same for one that nobody waits for. {@link #leave} is to be called when it has a reply. */
  Dispatcher enter(int slot, ByteBuffer key) {
    Dispatcher wanted = owner(slot, key);
    Lane lane =
        lanes.merge(
            slot,
            new Lane(wanted, 1),
            (old, own) ->
                new Lane(
                    old.dispatcher().isConnected() ? old.dispatcher() : wanted,
                    old.commands() + 1));
    return lane.dispatcher();
  }

  /** A command that has entered has its reply, or will have none. */
  void leave(int slot) {
    lanes.computeIfPresent(
        slot,
        (same, lane) ->
            lane.commands() == 1 ? null : new Lane(lane.dispatcher(), lane.commands() - 1));
  }

  private Dispatcher owner(int slot, ByteBuffer key) {
    Table known = table;
    Node owner = known == null ? null : known.owner(slot);
    if (owner != null) {
      Dispatcher chosen = group(owner).choose(key);
      if (chosen.isConnected()) {
        askAfter(REFRESH_NANOS);
        return chosen;
      }
    }
    suspect();
    return another(null, key);
  }

  /** The connection with the least to do. */
  private Dispatcher any() {
    askAfter(REFRESH_NANOS);
    Table known = table;
    Dispatcher idlest = null;
    for (int i = 0; known != null && i < known.nodes.size(); i++) {
      Dispatcher next = node(known, i).connected(null);
      if (next != null && (idlest == null || next.pendingBytes() < idlest.pendingBytes())) {
        idlest = next;
      }
    }
    return idlest == null ? home.choose(null) : idlest;
  }

  /**
   * A connection that there is, to another node than {@code tried} leads to; else what the client
   * began with, which may have to wait for a connection.
   */
  Dispatcher another(@Nullable Dispatcher tried, @Nullable ByteBuffer key) {
    Table known = table;
    for (int i = 0; known != null && i < known.nodes.size(); i++) {
      Dispatcher next = node(known, i).connected(key);
      if (next != null && next != tried) {
        return next;
      }
    }
    Dispatcher own = home.choose(key);
    return own == tried ? home.next(own) : own;
  }

  private Node node(Table known, int index) {
    return known.nodes.get((bias + index) % known.nodes.size());
  }

  /** Whether a command that failed unsent has nowhere else to go. */
  boolean isLastResort(Dispatcher tried) {
    return home.contains(tried);
  }

  // The table.

  /** There is a sign that the table is wrong. */
  void suspect() {
    askAfter(SUSPECT_NANOS);
  }

  private void askAfter(long nanos) {
    long askedBefore = askedNanos.get();
    long nowNanos = System.nanoTime();
    if (nowNanos - askedBefore >= nanos && askedNanos.compareAndSet(askedBefore, nowNanos)) {
      ask(whomToAsk());
    }
  }

  /** One after the other, since what one tells may be old. */
  private Dispatcher whomToAsk() {
    List<Dispatcher> connected = new ArrayList<>();
    Table known = table;
    for (int i = 0; known != null && i < known.nodes.size(); i++) {
      Dispatcher next = known.nodes.get(i).connected(null);
      if (next != null) {
        connected.add(next);
      }
    }
    Dispatcher own = home.choose(null);
    if (!connected.contains(own) && (own.isConnected() || connected.isEmpty())) {
      connected.add(own);
    }
    return connected.get((int) (questions.getAndIncrement() % connected.size()));
  }

  /** What the client began with has a connection, perhaps to another node than before. */
  void homeConnected(Dispatcher dispatcher) {
    leaveHome(home.connectedServer());
    askedNanos.set(System.nanoTime());
    ask(dispatcher);
  }

  /** The node that it was connected to has its own connections, unless it is still that one. */
  private synchronized void leaveHome(@Nullable String server) {
    Table known = table;
    for (Node node : known == null ? List.<Node>of() : known.nodes) {
      if (node.group == home && !Objects.equals(server, homeServer)) {
        node.group = null;
      }
    }
  }

  private void ask(Dispatcher dispatcher) {
    PendingCommand<Reply> question =
        dispatcher.newCommand(
            Operation.NODES,
            FRAME.duplicate(),
            settings.timeoutNanos(),
            Function.identity(),
            false);
    CompletableFuture<?> unused =
        question
            .future()
            .handle((reply, failure) -> {
              if (reply instanceof Reply.Cluster told && told.view() != null) {
                learn(told.view(), dispatcher);
              }
              return null; // After a failure, a later call asks again.
            });
    dispatcher.submit(question);
  }

  private synchronized void learn(ClusterView view, Dispatcher told) {
    retired.removeIf(Dispatcher::retire);
    Table known = table;
    if (closed || !view.isAvailable()) {
      if (known == null && home.contains(told) && System.nanoTime() - turnedNanos > SUSPECT_NANOS) {
        turnedNanos = System.nanoTime();
        told.turnToAnother();
      }
      return; // A node that is cut off knows no better.
    }
    List<Node> nodes = new ArrayList<>();
    for (ClusterView.Node node : view.nodes()) {
      nodes.add(node(known, new Address.Port(node.host(), node.port())));
    }
    if (home.contains(told)) {
      comeHome(view, nodes);
    }
    if (known != null && known.nodes.equals(nodes) && known.ranges.equals(view.ranges())) {
      return;
    }
    table = new Table(nodes, view.ranges());
    for (Node before : known == null ? List.<Node>of() : known.nodes) {
      DispatcherGroup group = before.group;
      if (!nodes.contains(before) && group != null && group != home) {
        retired.addAll(group.all());
      }
    }
    retired.removeIf(Dispatcher::retire);
  }

  /** What the client began with serves as the connections to the node that has just told. */
  @GuardedBy("this")
  private void comeHome(ClusterView view, List<Node> nodes) {
    String server = home.connectedServer();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (server != null && view.nodes().get(i).isMyself()) {
        node.group = node.group == null ? home : node.group;
        homeServer = server;
      } else if (node.group == home) {
        node.group = null;
      }
    }
  }

  /** The one that is known already, with its connections, or a new one. */
  private Node node(@Nullable Table known, Address address) {
    for (Node node : known == null ? List.<Node>of() : known.nodes) {
      if (node.address.equals(address)) {
        return node;
      }
    }
    return new Node(address);
  }

  /** The connections to a node, which may have begun to be made only now. */
  private DispatcherGroup group(Node node) {
    DispatcherGroup known = node.group;
    return known == null ? connect(node) : known;
  }

  private synchronized DispatcherGroup connect(Node node) {
    DispatcherGroup known = node.group;
    if (known != null || closed) {
      return known == null ? home : known;
    }
    List<Dispatcher> started = new ArrayList<>();
    for (int i = 0; i < settings.connections(); i++) {
      started.add(Dispatcher.startForNode(settings.at(node.address), executor, changes));
    }
    DispatcherGroup group = new DispatcherGroup(started);
    node.group = group;
    return group;
  }

  /** Closes the connections to nodes, and returns what may still be closing. */
  synchronized List<Dispatcher> close() {
    closed = true;
    List<Dispatcher> closing = new ArrayList<>(retired);
    Table known = table;
    for (Node node : known == null ? List.<Node>of() : known.nodes) {
      DispatcherGroup group = node.group;
      if (group != null && group != home) {
        closing.addAll(group.all());
      }
    }
    closing.forEach(Dispatcher::closeSoon);
    return closing;
  }
}
