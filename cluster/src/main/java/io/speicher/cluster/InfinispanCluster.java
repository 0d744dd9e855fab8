package io.speicher.cluster;

import static java.util.Objects.requireNonNull;

import io.speicher.protocol.ClusterView;
import io.speicher.protocol.Command;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.KeySlot;
import io.speicher.protocol.Reply;
import io.speicher.server.command.Cluster;
import io.speicher.server.command.ClusterOptions;
import io.speicher.server.command.ItemCommands;
import io.speicher.server.command.ItemCommands.Outcome;
import io.speicher.store.Item;
import io.speicher.store.Store;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.context.Flag;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.functional.FunctionalMap.ReadWriteMap;
import org.infinispan.functional.Param;
import org.infinispan.functional.impl.FunctionalMapImpl;
import org.infinispan.functional.impl.ReadWriteMapImpl;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.partitionhandling.AvailabilityException;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.infinispan.partitionhandling.PartitionHandling;
import org.infinispan.partitionhandling.impl.PartitionHandlingManager;
import org.infinispan.remoting.inboundhandler.DeliverOrder;
import org.infinispan.remoting.rpc.RpcManager;
import org.infinispan.remoting.rpc.RpcOptions;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.impl.SingleResponseCollector;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.infinispan.remoting.transport.jgroups.SuspectException;
import org.infinispan.statetransfer.StateTransferManager;
import org.infinispan.topology.ClusterTopologyManager;
import org.jspecify.annotations.Nullable;

/**
 * The node that this process is: it starts Infinispan, reads and writes through it, and knows what
 * it owns. Any thread may call it.
 */
final class InfinispanCluster implements Cluster {

  /*
   * Reads at an owner go past Infinispan's chain of interceptors: they look at the topology, read
   * from the store, and look at the topology again, which is the rule that Infinispan itself follows
   * (StateTransferInterceptor). All else is done on a virtual thread for each command, since sending
   * may wait for credits of flow control; how much is under way is bounded by its bytes.
   *
   * There is one node in a process, found by a static method: Infinispan makes the container, and
   * unmarshals what has to be executed, without anything of ours at hand.
   */

  /** The cache that holds all items. */
  static final String CACHE = "items";

  private static final Logger logger = System.getLogger(InfinispanCluster.class.getName());
  private static final AtomicReference<@Nullable InfinispanCluster> node = new AtomicReference<>();

  /** How long a node waits for the majority of the peers when it starts; tests wait for less. */
  private static final Duration JOIN_PATIENCE =
      Duration.ofSeconds(Integer.getInteger("speicher.cluster.joinSeconds", 20));

  /** For the items, when a node joins. */
  private static final Duration TRANSFER_PATIENCE = Duration.ofMinutes(10);

  /** For a message of Infinispan's; it tries again after a change of the topology. */
  private static final Duration MESSAGE_PATIENCE = Duration.ofMillis(900);

  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(2);
  private static final Duration COMMAND_PATIENCE = Duration.ofSeconds(5);
  private static final Duration CONFIRM_PATIENCE = Duration.ofMillis(200);

  /** Before a primary is asked again that waits for the others to confirm what it knows. */
  private static final Duration CONFIRM_PAUSE = Duration.ofMillis(20);

  /** As long as failure detection takes, after which there is another topology. */
  private static final Duration FENCE_PATIENCE = Duration.ofMillis(600);

  /** How long a majority has to be back before what it has is taken for all there is. */
  private static final int HEAL_AFTER_CHECKS = 6;

  private static final long CHECK_MILLIS = 500;

  /** How often it is looked whether a client still waits for its turn to have all keys counted. */
  private static final Duration COUNT_PAUSE = Duration.ofMillis(100);

  /** For the coordinator to answer. */
  private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(2);

  private static final long MAX_UNDER_WAY_BYTES = 32 << 20;

  static final String NOT_CONFIRMED =
      "this node has not heard from a majority for some time: try again";

  private static final String TOO_FEW_OTHERS = "the other nodes would be no majority";
  private static final String OUTCOME_UNKNOWN = "outcome unknown: ";

  /** A command is longer than its key and its value. */
  private static final int COMMAND_BYTES = 4 << 10;

  /** Held, since Java forgets loggers. */
  private static final List<java.util.logging.Logger> LIBRARIES =
      Stream.of("org.infinispan", "org.jgroups").map(java.util.logging.Logger::getLogger).toList();

  /** Tells, with its stack, of each command that is refused. */
  private static final java.util.logging.Logger REFUSALS =
      java.util.logging.Logger.getLogger("org.infinispan.interceptors.impl");

  private final ClusterOptions options;
  private final Store store;
  private final NodeName name;
  private final @Nullable NodeTls tls;
  private final Fence fence = new Fence(this::confirmation);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("speicher-cluster-", 0).factory());
  private final ScheduledExecutorService healing =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("speicher-cluster-heal").factory());
  private final RecentOperations recent = new RecentOperations(System::nanoTime);
  private final OwnedSegments owned = new OwnedSegments(System::nanoTime);
  private final AtomicLong underWayBytes = new AtomicLong();
  private final LongAdder remoteCommands = new LongAdder();
  private final LongAdder unknownOutcomes = new LongAdder();
  private final LongAdder refusedCommands = new LongAdder();

  /** One count at a time, since each looks at all items. */
  private final Semaphore counts = new Semaphore(1);

  private final Queue<ItemCommands> idleCommands = new ConcurrentLinkedQueue<>();
  private @Nullable Supplier<ItemCommands> newCommands;
  private @Nullable DefaultCacheManager manager;

  /** Known before the cache is, since backups arrive before. */
  private volatile @Nullable ComponentRegistry registry;

  private volatile @Nullable Joined joined;
  private int degradedChecks;

  /** What to do when the others have everything, while this node hands over; else null. */
  private final AtomicReference<@Nullable Runnable> drained = new AtomicReference<>();

  private boolean isDrained;

  /** What there is once the node has joined. */
  private record Joined(
      AdvancedCache<Key, Image> cache,
      ReadWriteMap<Key, Image> map,
      PartitionHandlingManager partitions,
      RpcManager rpc) {
    LocalizedCacheTopology topology() {
      return cache.getDistributionManager().getCacheTopology();
    }
  }

  private InfinispanCluster(ClusterOptions options, Store store) {
    this.options = options;
    this.store = store;
    tls = NodeTls.of(options);
    name =
        new NodeName(
            options.bind().getAddress().getHostAddress(), options.port(), options.bind().getPort());
  }

  static InfinispanCluster of(ClusterOptions options, Store store) {
    InfinispanCluster made = new InfinispanCluster(options, store);
    if (!node.compareAndSet(null, made)) {
      throw new IllegalStateException("a process is one node of a cluster");
    }
    return made;
  }

  /** The node that this process is. */
  static InfinispanCluster current() {
    return requireNonNull(node.get());
  }

  private static void librariesLog(java.util.logging.Level level) {
    LIBRARIES.forEach(library -> library.setLevel(level));
  }

  /** What has been executed once or not at all, and nobody knows which. */
  static Reply.Failed unknown(String why) {
    return unavailable(OUTCOME_UNKNOWN + why);
  }

  static Reply.Failed unavailable(String why) {
    return new Reply.Failed(Reply.UNAVAILABLE, why);
  }

  ClusterOptions options() {
    return options;
  }

  /** Null where nodes speak in plain. */
  @Nullable NodeTls tls() {
    return tls;
  }

  StoreContainer newContainer() {
    return new StoreContainer(store, recent, owned);
  }

  RecentOperations recent() {
    return recent;
  }

  /**
   * Whether this node knows of each operation on a key that was stored within so long whether it
   * was: it has owned the key, and has forgotten none.
   */
  boolean knowsAllOf(Key key, long nanos) {
    long sinceNanos = System.nanoTime() - nanos - MESSAGE_PATIENCE.toNanos();
    return recent.isCompleteSince(sinceNanos) && owned.isSince(key.segment(), sinceNanos);
  }

  long nowMillis() {
    return store.nowMillis();
  }

  /** Infinispan is about to make the cache. */
  void starting(ComponentRegistry cacheRegistry) {
    registry = cacheRegistry;
  }

  // ---- joining ----

  @Override
  public void join(Supplier<ItemCommands> commands) throws IOException {
    newCommands = commands;
    if (tls != null) {
      tls.requireAcceptable();
    }
    REFUSALS.setLevel(java.util.logging.Level.OFF);
    librariesLog(java.util.logging.Level.OFF); // What fails now is thrown, and told in a line.
    Stack.requireFreePorts(options.bind());
    int majority = options.majority();
    GlobalConfigurationBuilder global = new GlobalConfigurationBuilder();
    global
        .transport()
        .defaultTransport()
        .clusterName("speicher") // The real name is in the token, so that others are told so.
        .nodeName(name.text())
        .initialClusterSize(majority)
        .initialClusterTimeout(JOIN_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .addProperty(JGroupsTransport.CONFIGURATION_XML, Stack.xml(options));
    global.jmx().disable();
    global.metrics().gauges(false).histograms(false);
    global.serialization().addContextInitializer(new WireSchema());
    global
        .shutdown()
        .hookBehavior(org.infinispan.configuration.global.ShutdownHookBehavior.DONT_REGISTER);
    try {
      DefaultCacheManager started = new DefaultCacheManager(global.build(), false);
      manager = started;
      started.defineConfiguration(CACHE, configuration().build());
      started.start();
      AdvancedCache<Key, Image> cache = started.<Key, Image>getCache(CACHE).getAdvancedCache();
      ComponentRegistry components = ComponentRegistry.of(cache);
      RpcManager rpc = cache.getRpcManager();
      Stack.requireTcp(((JGroupsTransport) rpc.getTransport()).getChannel(), options);
      joined =
          new Joined(
              cache,
              ReadWriteMapImpl.create(
                  FunctionalMapImpl.create(cache.withFlags(Flag.SKIP_LISTENER_NOTIFICATION))
                      .withParams(Param.StatisticsMode.SKIP)),
              components.getComponent(PartitionHandlingManager.class),
              rpc);
    } catch (RuntimeException e) {
      throw new IOException("cannot start: " + reason(e, majority), e);
    }
    librariesLog(java.util.logging.Level.SEVERE);
    fence.start();
    healing.scheduleWithFixedDelay(this::check, CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private ConfigurationBuilder configuration() {
    ConfigurationBuilder configuration = new ConfigurationBuilder();
    configuration
        .clustering()
        .cacheMode(CacheMode.DIST_SYNC)
        .remoteTimeout(MESSAGE_PATIENCE.toMillis())
        .hash()
        .numOwners(options.copies())
        .numSegments(SlotPartitioner.SEGMENTS)
        .keyPartitioner(new SlotPartitioner())
        .stateTransfer()
        .timeout(TRANSFER_PATIENCE.toMillis())
        .partitionHandling()
        .whenSplit(
            options.copies() == 1
                ? PartitionHandling.ALLOW_READ_WRITES // Infinispan takes nothing else.
                : PartitionHandling.DENY_READ_WRITES)
        .mergePolicy(null);
    configuration.locking().lockAcquisitionTimeout(LOCK_PATIENCE.toMillis());
    configuration.encoding().mediaType("application/x-java-object");
    configuration.statistics().disable();
    configuration.expiration().wakeUpInterval(-1);
    return configuration;
  }

  /** What is behind Infinispan's exceptions, for a person. */
  private String reason(RuntimeException e, int majority) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SecurityException) {
        return "a peer refuses this node: it belongs to another cluster, keeps another number of"
            + " copies, or is of another release ("
            + ClusterToken.value(options)
            + ")";
      }
      if (cause instanceof TimeoutException
          || cause instanceof org.infinispan.commons.TimeoutException) {
        return "too few peers answer within %d s: needed=%d peers=%d; %s"
            .formatted(
                JOIN_PATIENCE.toSeconds(),
                majority,
                options.size(),
                NodeTls.problem(tls, options)
                    .orElse(
                        "start the others, and see whether --cluster-peers is the same on all and their"
                            + " ports are open"));
      }
    }
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return "Infinispan: " + deepest;
  }

  // ---- what it owns ----

  @Override
  public @Nullable Object ownership(ByteBuffer key) {
    Joined here = joined;
    if (here == null || !isWhole(here)) {
      return null;
    }
    LocalizedCacheTopology topology = here.topology();
    DistributionInfo owners = topology.getSegmentDistribution(Key.segmentOf(key));
    return owners.isPrimary() && owners.isReadOwner() ? topology : null;
  }

  /** Any other topology counts, be it equal; the fence has to be open now, whatever it was. */
  @Override
  @SuppressWarnings("ReferenceEquality")
  public boolean isStill(Object ownership) {
    Joined here = requireNonNull(joined);
    return !fence.isClosed() && here.topology() == ownership;
  }

  @Override
  public @Nullable OwnKeys ownKeys() {
    Joined here = joined;
    if (here == null || !mayRead(here)) {
      return null;
    }
    LocalizedCacheTopology topology = here.topology();
    Address itself = here.rpc().getAddress();
    BitSet segments = new BitSet(SlotPartitioner.SEGMENTS);
    for (int i = 0; i < SlotPartitioner.SEGMENTS; i++) {
      segments.set(i, itself.equals(Tellers.of(topology.getSegmentDistribution(i))));
    }
    return new OwnKeys(topology, key -> segments.get(Key.segmentOf(key)));
  }

  @Override
  public CompletableFuture<Reply> awaitOwnership() {
    return start(here -> Reply.Done.DONE, 0);
  }

  private boolean mayRead(Joined here) {
    return !fence.isClosed() && isWhole(here);
  }

  private static boolean isWhole(Joined here) {
    return here.partitions().getAvailabilityMode() == AvailabilityMode.AVAILABLE;
  }

  /**
   * Whether the members may answer. Infinispan refuses after the loss of a majority at once, and
   * not where nodes were stopped one after the other, or had been lost before. But if those that
   * are no members could be a majority, they may be started again without this part, and answer,
   * too.
   */
  private boolean isEnough(Joined here) {
    int others = options.size() - here.topology().getMembers().size();
    return here.partitions().getAvailabilityMode() == AvailabilityMode.AVAILABLE
        && others < options.majority();
  }

  /** Whether others still take this node for what it takes itself for, also while it joins. */
  boolean mayDecide() {
    return joined == null || !fence.isClosed();
  }

  /** Whether this node is the primary owner of a key, also while it joins. */
  boolean isPrimary(Key key) {
    return requireNonNull(registry)
        .getDistributionManager()
        .getCacheTopology()
        .getSegmentDistribution(key.segment())
        .isPrimary();
  }

  // ---- commands ----

  /** Executes a command on an item, here. */
  Outcome execute(Command command, @Nullable Item present) {
    ItemCommands idle = idleCommands.poll();
    ItemCommands commands = idle == null ? requireNonNull(newCommands).get() : idle;
    Outcome outcome = commands.execute(command, present);
    idleCommands.add(commands); // Not after an exception: it may be in the middle of something.
    return outcome;
  }

  /** An item that another node has asked for is worth keeping as if it had been read here. */
  void countUse(Key key) {
    var _ = store.get(key.buffer(), item -> {});
  }

  @Override
  public CompletableFuture<Reply> execute(ByteBuffer key, Command command) {
    byte[] encoded = RecordCodec.encode(command);
    if (encoded.length > MAX_ITEM_BYTES + COMMAND_BYTES) {
      return CompletableFuture.completedFuture(
          unavailable(
              "not available in a cluster: so large an item: commandBytes="
                  + encoded.length
                  + " (expected: up to "
                  + MAX_ITEM_BYTES
                  + ")"));
    }
    if (underWayBytes.addAndGet(encoded.length) > MAX_UNDER_WAY_BYTES) {
      underWayBytes.addAndGet(-encoded.length);
      return CompletableFuture.completedFuture(tooMuchUnderWay());
    }
    Key own = Key.copyOf(key);
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    threads.execute(() -> {
      Reply made = perform(own, encoded);
      if (made instanceof Reply.Failed failed && failed.message().startsWith(OUTCOME_UNKNOWN)) {
        unknownOutcomes.increment();
      }
      underWayBytes.addAndGet(-encoded.length);
      reply.complete(made);
    });
    return reply;
  }

  @Override
  public CompletableFuture<Reply> clear() {
    return start(
        here -> {
          here.cache().clearAsync().get(COMMAND_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
          return Reply.Done.DONE;
        },
        0);
  }

  /**
   * Attempts something on a thread of its own.
   *
   * @param bytes what it holds of those that may be under way
   */
  private CompletableFuture<Reply> start(Attempt attempt, int bytes) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    threads.execute(() -> {
      Reply made = guarded(attempt);
      underWayBytes.addAndGet(-bytes);
      reply.complete(made);
    });
    return reply;
  }

  private Reply perform(Key key, byte[] encoded) {
    Command command = RecordCodec.decode(encoded, Command.class); // With buffers of its own.
    return guarded(
        here -> isRead(command) ? read(here, key, command, encoded) : decide(here, key, encoded));
  }

  /** What is done with the cluster, and may fail. */
  private interface Attempt {
    Reply make(Joined here) throws ExecutionException, InterruptedException, TimeoutException;
  }

  private Reply guarded(Attempt attempt) {
    Joined here = joined;
    if (here == null) {
      return refused("this node is joining its cluster");
    }
    if (!isEnough(here)) {
      return split();
    }
    try {
      if (fence.isClosed() && !fence.awaitOpen(FENCE_PATIENCE)) {
        return isEnough(here) ? refused(NOT_CONFIRMED) : split();
      }
      return attempt.make(here);
    } catch (ExecutionException e) {
      return failure(e);
    } catch (RuntimeException e) {
      return failure(e);
    } catch (TimeoutException e) {
      return late();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unavailable("this node stops");
    }
  }

  private static Reply.Failed tooMuchUnderWay() {
    return unavailable("too much is under way between nodes: bytes=" + MAX_UNDER_WAY_BYTES);
  }

  private Reply.Failed refused(String why) {
    refusedCommands.increment();
    return unavailable(why);
  }

  private Reply failure(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof AvailabilityException) { // It was available when this began.
        return unknown("the cluster was split meanwhile; a write may have been executed");
      }
      if (cause instanceof org.infinispan.commons.TimeoutException) {
        return late();
      }
    }
    logger.log(Level.WARNING, "a command between nodes failed", e);
    return unknown("a command between nodes failed: see the log");
  }

  private Reply.Failed split() {
    return refused("the cluster is split, or has lost too many nodes: nothing is answered");
  }

  private static Reply late() {
    return unknown("no answer of the other nodes in time; a write may have been executed");
  }

  static boolean isRead(Command command) {
    return command instanceof Command.Get || command instanceof Command.CountPresent;
  }

  private Reply read(Joined here, Key key, Command command, byte[] encoded)
      throws ExecutionException, InterruptedException, TimeoutException {
    Object ownership = ownership(key.buffer());
    if (ownership != null) {
      Image image = StoreContainer.read(store, key.buffer(), true);
      if (isStill(ownership)) {
        return execute(command, image == null ? null : image.item()).reply();
      }
    }
    return decide(here, key, encoded);
  }

  /** Has the primary execute a command, which need not change anything. */
  private Reply decide(Joined here, Key key, byte[] encoded)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (!isPrimary(key)) {
      remoteCommands.increment();
    }
    Operation operation = new Operation(encoded);
    long beganNanos = System.nanoTime();
    while (true) {
      int topology = here.topology().getTopologyId();
      long passedNanos = System.nanoTime() - beganNanos;
      byte[] reply =
          here.map()
              .eval(key, operation)
              .get(COMMAND_PATIENCE.toNanos() - passedNanos, TimeUnit.NANOSECONDS);
      if (Operation.isNotConfirmed(reply)) { // The primary has not executed it.
        if (passedNanos > FENCE_PATIENCE.toNanos()) {
          refusedCommands.increment();
          return RecordCodec.decode(reply, Reply.class);
        }
        Thread.sleep(CONFIRM_PAUSE);
        operation = new Operation(encoded);
        continue;
      }
      // Infinispan does without a backup that has left. If it is this node that was cut off, the
      // others do not know what it has stored.
      if (!mayRead(here)) {
        return unknown("this node was cut off meanwhile; a write may have been executed");
      }
      // Where owners have changed, a new one may have missed it. It is sent again, and not
      // executed.
      if (here.topology().getTopologyId() == topology) {
        return RecordCodec.decode(reply, Reply.class);
      }
    }
  }

  // ---- all keys ----

  @Override
  public CompletableFuture<Reply> scan(Command.Scan scan) {
    int bytes = AllKeys.MAX_STEP_BYTES;
    if (underWayBytes.addAndGet(bytes) > MAX_UNDER_WAY_BYTES) {
      underWayBytes.addAndGet(-bytes);
      return CompletableFuture.completedFuture(tooMuchUnderWay());
    }
    return start(here -> new AllKeys<>(new Members(here)).scan(scan), bytes);
  }

  @Override
  public CompletableFuture<Reply> count() {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    threads.execute(() -> reply.complete(guarded(here -> count(here, () -> !reply.isDone()))));
    return reply;
  }

  private Reply count(Joined here, BooleanSupplier isWanted)
      throws ExecutionException, InterruptedException {
    long endNanos = System.nanoTime() + AllKeys.COUNT_PATIENCE.toNanos();
    while (!counts.tryAcquire(COUNT_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
      if (!isWanted.getAsBoolean() || System.nanoTime() - endNanos >= 0) {
        return unavailable("others count all keys by this node: try again");
      }
    }
    try {
      return new AllKeys<>(new Members(here)).count(isWanted);
    } finally {
      counts.release();
    }
  }

  /** The nodes that have items, as this one is to ask them. */
  private final class Members implements AllKeys.Nodes<Address> {
    private final Joined here;

    Members(Joined here) {
      this.here = here;
    }

    @Override
    public Tellers<Address> tellers() {
      return Tellers.of(here.topology());
    }

    @Override
    public @Nullable KeyPage ask(Address node, KeysQuery query)
        throws ExecutionException, InterruptedException {
      CompletableFuture<byte[]> page =
          node.equals(here.rpc().getAddress())
              ? ownPage(query)
              : here.rpc()
                  .invokeCommand(
                      node,
                      new KeysRequest(query),
                      SingleResponseCollector.validOnly(),
                      new RpcOptions(
                          DeliverOrder.NONE, MESSAGE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                  .thenApply(response -> (byte[]) requireNonNull(response.getResponseValue()))
                  .toCompletableFuture();
      try {
        return KeyPage.of(page.get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof SuspectException
            || e.getCause() instanceof org.infinispan.commons.TimeoutException) {
          return null;
        }
        throw e;
      }
    }

    @Override
    public Reply.@Nullable Failed refusal() {
      return isEnough(here) ? null : split();
    }
  }

  /** What this node tells: see {@link KeysRequest}. */
  CompletableFuture<byte[]> ownPage(KeysQuery query) {
    return CompletableFuture.supplyAsync(
        () -> {
          OwnKeys own = ownKeys();
          if (own == null
              || ((LocalizedCacheTopology) own.ownership()).getTopologyId() != query.topologyId()) {
            return KeyPage.bytes(null);
          }
          KeyPage page = query.answer(store, own.include());
          return KeyPage.bytes(isStill(own.ownership()) ? page : null);
        },
        threads);
  }

  // ---- failures ----

  /**
   * Asks whether a majority of the members, this node included, and the coordinator know the same
   * topology; see {@link Fence}.
   */
  private CompletableFuture<Boolean> confirmation() {
    Joined here = joined;
    if (here == null || !isEnough(here)) {
      return CompletableFuture.completedFuture(false);
    }
    LocalizedCacheTopology topology = here.topology();
    int mine = topology.getTopologyId();
    List<Address> members = topology.getMembers();
    // With one copy, Infinispan goes on in each part of a cluster that is split.
    int voters = options.copies() == 1 ? Math.max(members.size(), options.size()) : members.size();
    Address itself = here.rpc().getAddress();
    Address coordinator = here.rpc().getTransport().getCoordinator();
    AtomicInteger same = new AtomicInteger(); // A vote each; the coordinator's are counted besides.
    AtomicBoolean hasCoordinator = new AtomicBoolean();
    CompletableFuture<Boolean> confirmation = new CompletableFuture<>();
    List<CompletableFuture<?>> answers = new ArrayList<>();
    Consumer<Address> confirmed =
        member -> {
          if (member.equals(coordinator)) {
            hasCoordinator.set(true);
          }
          if (2 * same.incrementAndGet() > voters
              && hasCoordinator.get()
              && here.topology().getTopologyId() == mine) {
            confirmation.complete(true);
          }
        };
    confirmed.accept(itself);
    for (Address member : members) {
      if (!member.equals(itself)) {
        answers.add(
            ask(here, member)
                .thenAccept(id -> {
                  if (id == mine) {
                    confirmed.accept(member);
                  }
                }));
      }
    }
    CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .whenComplete((_, _) -> confirmation.complete(false));
    return confirmation;
  }

  /** Which topology a member knows. */
  private static CompletableFuture<Integer> ask(Joined here, Address member) {
    RpcOptions patience =
        new RpcOptions(DeliverOrder.NONE_NO_FC, CONFIRM_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    return here.rpc()
        .invokeCommand(member, new TopologyQuery(), SingleResponseCollector.validOnly(), patience)
        .thenApply(response -> (Integer) response.getResponseValue())
        .toCompletableFuture();
  }

  /** Looks now and then whether there is something to do. */
  private void check() {
    Joined here = requireNonNull(joined);
    try {
      healIfMajority(here);
    } catch (RuntimeException e) {
      logger.log(Level.WARNING, "the cluster does not heal", e);
    }
    try {
      drainOn(here);
    } catch (RuntimeException e) {
      logger.log(Level.WARNING, "the node does not hand over what it owns", e);
    }
  }

  /**
   * After the loss of a majority, Infinispan refuses everything until somebody tells it to go on.
   * The coordinator does so when a majority of the configured peers has been back for some seconds:
   * there can be no other part that answers, and what the nodes have is all that is left.
   */
  private void healIfMajority(Joined here) {
    boolean isDegraded = here.partitions().getAvailabilityMode() == AvailabilityMode.DEGRADED_MODE;
    boolean isMajority = here.rpc().getTransport().getMembers().size() >= options.majority();
    degradedChecks = isDegraded && isMajority ? degradedChecks + 1 : 0;
    if (degradedChecks >= HEAL_AFTER_CHECKS && here.rpc().getTransport().isCoordinator()) {
      degradedChecks = 0;
      logger.log(
          Level.WARNING,
          "a majority of the peers is back: going on with the items that it has; others are lost");
      here.cache().setAvailability(AvailabilityMode.AVAILABLE);
    }
  }

  // ---- leaving in order ----

  @Override
  public CompletableFuture<Reply> drain(Runnable whenDrained) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    threads.execute(() -> reply.complete(beginToDrain(whenDrained)));
    return reply;
  }

  private Reply beginToDrain(Runnable whenDrained) {
    Joined here = joined;
    if (here == null) {
      return unavailable("this node is joining its cluster");
    }
    if (!mayRead(here)) {
      return unavailable("this node does not answer for keys: it has nothing to hand over");
    }
    String refusal = askToLetGo(here);
    if (!refusal.isEmpty()) {
      return unavailable(refusal);
    }
    drained.compareAndSet(null, whenDrained);
    return Reply.Done.DONE;
  }

  /** Returns why it cannot be, or an empty text. */
  private static String askToLetGo(Joined here) {
    Address coordinator = here.rpc().getTransport().getCoordinator();
    if (here.rpc().getAddress().equals(coordinator)) {
      return current().letGo(coordinator);
    }
    RpcOptions patience =
        new RpcOptions(DeliverOrder.NONE_NO_FC, REQUEST_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return here.rpc()
          .invokeCommand(
              coordinator, new DrainRequest(), SingleResponseCollector.validOnly(), patience)
          .thenApply(response -> (String) requireNonNull(response.getResponseValue()))
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      return "the coordinator does not answer: try again";
    }
  }

  /** On the coordinator: see {@link DrainRequest}. */
  String letGo(@Nullable Address member) {
    Joined here = joined;
    if (here == null || member == null || !here.rpc().getTransport().isCoordinator()) {
      return "the coordinator changes: try again";
    }
    NodeWeights weights =
        new NodeWeights(
            requireNonNull(registry)
                .getGlobalComponentRegistry()
                .getComponent(ClusterTopologyManager.class));
    return weights.letGo(member, here.topology().getMembers(), options.majority())
        ? ""
        : TOO_FEW_OTHERS + ": needed=%d peers=%d".formatted(options.majority(), options.size());
  }

  /**
   * Asks again, since another node may coordinate now that does not know; and leaves when there is
   * nothing left.
   */
  private void drainOn(Joined here) {
    Runnable whenDrained = drained.get();
    if (whenDrained == null || isDrained || !mayRead(here)) {
      return;
    }
    if (count(here.topology(), DistributionInfo::isWriteOwner) == 0
        && !here.cache().getDistributionManager().isRehashInProgress()) {
      isDrained = true;
      logger.log(Level.INFO, "the others have what this node had: it leaves");
      whenDrained.run();
      return;
    }
    String refusal = askToLetGo(here);
    if (refusal.startsWith(TOO_FEW_OTHERS)) {
      drained.set(null);
      logger.log(Level.WARNING, "this node hands over nothing any more, and stays: " + refusal);
    }
  }

  @Override
  public boolean isDraining() {
    return drained.get() != null;
  }

  // ---- what others are told ----

  @Override
  public ClusterView view() {
    Joined here = joined;
    if (here == null) {
      return new ClusterView(options.name(), false, 0, List.of(name.node(true)), List.of());
    }
    LocalizedCacheTopology topology = here.topology();
    List<Address> members = topology.getMembers();
    List<ClusterView.Node> nodes =
        members.stream()
            .map(member ->
                NodeName.parse(member.toString()).node(member.equals(here.rpc().getAddress())))
            .toList();
    List<ClusterView.Range> ranges = new ArrayList<>();
    for (int segment = 0; segment < SlotPartitioner.SEGMENTS; segment++) {
      DistributionInfo owners = topology.getSegmentDistribution(segment);
      List<Integer> indexes = owners.readOwners().stream().map(members::indexOf).toList();
      int first = segment * SlotPartitioner.SLOTS_PER_SEGMENT;
      int last = first + SlotPartitioner.SLOTS_PER_SEGMENT - 1;
      ClusterView.Range before = ranges.isEmpty() ? null : ranges.getLast();
      if (before != null && before.owners().equals(indexes)) {
        ranges.removeLast();
        first = before.firstSlot();
      }
      ranges.add(new ClusterView.Range(first, last, indexes));
    }
    assert ranges.getLast().lastSlot() == KeySlot.SLOTS - 1;
    return new ClusterView(
        options.name(), mayRead(here), topology.getTopologyId(), nodes, List.copyOf(ranges));
  }

  @Override
  public List<Share> shares() {
    Joined here = joined;
    if (here == null) {
      return List.of();
    }
    LocalizedCacheTopology topology = here.topology();
    List<DistributionInfo> segments =
        IntStream.range(0, SlotPartitioner.SEGMENTS)
            .mapToObj(topology::getSegmentDistribution)
            .toList();
    List<Share> shares = new ArrayList<>();
    for (Address member : topology.getMembers()) {
      boolean isMyself = member.equals(here.rpc().getAddress());
      int primary = count(segments, segment -> member.equals(segment.primary()));
      int owned = count(segments, segment -> segment.readOwners().contains(member));
      int assigned = count(segments, segment -> segment.writeOwners().contains(member));
      shares.add(
          new Share(
              NodeName.parse(member.toString()).node(isMyself),
              primary,
              owned - primary,
              isMyself ? awaited(topology) : assigned - owned));
    }
    return shares;
  }

  private static int count(List<DistributionInfo> segments, Predicate<DistributionInfo> which) {
    return (int) segments.stream().filter(which).count();
  }

  /** How many segments this node is still to receive. */
  private int awaited(LocalizedCacheTopology topology) {
    int assigned = (int) count(topology, one -> one.isWriteOwner() && !one.isReadOwner());
    StateTransferManager transfers =
        requireNonNull(registry).getComponent(StateTransferManager.class);
    int missing = transfers == null ? 0 : (int) transfers.getInflightSegmentTransferCount();
    // Those that are there are answered for when all are, on all nodes.
    return assigned == 0 ? 0 : Math.max(1, Math.min(assigned, missing));
  }

  @Override
  public List<Stall> stalls() {
    return fence.lastStalls();
  }

  @Override
  public boolean isAvailable() {
    Joined here = joined;
    return here != null && mayRead(here);
  }

  @Override
  public Map<Gauge, Long> gauges() {
    Map<Gauge, Long> gauges = new EnumMap<>(Gauge.class);
    Joined here = joined;
    gauges.put(
        Gauge.CLUSTER_NODES,
        here == null ? 1L : (long) here.rpc().getTransport().getMembers().size());
    gauges.put(Gauge.CLUSTER_PEERS, (long) options.size());
    gauges.put(Gauge.CLUSTER_COPIES, (long) options.copies());
    gauges.put(Gauge.CLUSTER_AVAILABLE, isAvailable() ? 1L : 0);
    gauges.put(Gauge.CLUSTER_DRAINING, isDraining() ? 1L : 0);
    gauges.put(Gauge.CLUSTER_UNDER_WAY_BYTES, underWayBytes.get());
    gauges.put(Gauge.CLUSTER_REMOTE_COMMANDS, remoteCommands.sum());
    gauges.put(Gauge.CLUSTER_UNKNOWN_OUTCOMES, unknownOutcomes.sum());
    gauges.put(Gauge.CLUSTER_REFUSED_COMMANDS, refusedCommands.sum());
    gauges.put(Gauge.CLUSTER_STALLS, fence.stalls());
    ComponentRegistry started = registry;
    LocalizedCacheTopology topology =
        started == null ? null : started.getDistributionManager().getCacheTopology();
    if (topology != null) { // Else it is about to be told one.
      gauges.put(Gauge.CLUSTER_TOPOLOGY, (long) topology.getTopologyId());
      gauges.put(Gauge.CLUSTER_OWNED_SEGMENTS, count(topology, DistributionInfo::isReadOwner));
      gauges.put(Gauge.CLUSTER_PRIMARY_SEGMENTS, count(topology, DistributionInfo::isPrimary));
      gauges.put(
          Gauge.CLUSTER_LONELY_SEGMENTS,
          count(topology, segment -> segment.readOwners().size() < options.copies()));
      gauges.put(Gauge.CLUSTER_TRANSFER_SEGMENTS, (long) awaited(topology));
    }
    return gauges;
  }

  private static long count(LocalizedCacheTopology topology, Predicate<DistributionInfo> which) {
    return IntStream.range(0, SlotPartitioner.SEGMENTS)
        .mapToObj(topology::getSegmentDistribution)
        .filter(which)
        .count();
  }

  @Override
  public void close() {
    healing.shutdownNow();
    fence.close();
    DefaultCacheManager started = manager;
    if (started != null) {
      started.stop();
    }
    threads.close();
    node.compareAndSet(this, null);
  }
}
