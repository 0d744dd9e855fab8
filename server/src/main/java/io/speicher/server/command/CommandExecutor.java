package io.speicher.server.command;

import static java.util.Objects.requireNonNull;

import io.speicher.dialect.CommandName;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Session;
import io.speicher.dialect.Share;
import io.speicher.dialect.Tracker;
import io.speicher.dialect.User;
import io.speicher.protocol.ClusterView;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.TouchCondition;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.KeySlot;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.TrackingOptions;
import io.speicher.protocol.UserRequest;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.Xxh3;
import io.speicher.server.command.Access.Refusal;
import io.speicher.store.Item;
import io.speicher.store.ItemReader;
import io.speicher.store.Prefetch;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands: the only place where a command meets the store.
 *
 * <p>Each event loop has one, with the lock that it holds meanwhile and the counters that only it
 * writes.
 */
public final class CommandExecutor {

  /*
   * Readers and updaters may be called more than once, see ItemReader. So each of them starts its
   * part of the reply anew, at the place where the writer index was, and only the last call counts.
   */

  /** What a command that has changed the store may answer: there must be room for it before. */
  private static final int SHORT_REPLY_BYTES = 512;

  /** The place of a key that nobody has looked for. */
  private static final int NOWHERE = -1;

  private static final long LONG_SLICE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long connections that are answered together may wait for each other's long values. */
  private static final long MAX_LONG_VALUES_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** What RESP calls it, the only dialect that has it. */
  private static final String MONITOR = "monitor";

  private static final Logger logger = System.getLogger(CommandExecutor.class.getName());
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** What a plain set stores, by the code of its kind. */
  private static final List<PutOptions> PLAIN =
      Stream.of(ValueKind.values()).map(kind -> PutOptions.DEFAULT.withKind(kind.code())).toList();

  private final Databases databases;

  /** The database that the present command is about. */
  private Store store;

  private final Dates dates;
  private final ServerControl server;
  private final LoopLocks locks;
  private final ReentrantLock lock;
  private final Counts counts = new Counts();
  private volatile CommandStats commandStats;
  private final Prefetch noPrefetch;

  /** One for all connections. */
  private final Supplier<User> firstUser;

  private final Permissions permissions;
  private final Transactions transactions;
  private final Edits edits;
  private final LeaseCommands leases;

  /** Where commands are executed, in a cluster; null on a single node. */
  private final @Nullable ClusterCommands clusterCommands;

  /** What the last command was told of the server; null if it did not ask. */
  private @Nullable ServerStats stats;

  /** Whether the last command was refused because of who asked. */
  private boolean isRefused;

  /** Whether the command is a part of another one, which is executed to its end. */
  private boolean isPart;

  private @Nullable BiConsumer<CommandName, Command> elementListener;

  /** Whether the value that was shown last is to be sent in parts. */
  private boolean needsParts;

  /** When a connection was read from last, or went on; later where nothing is to be put off. */
  private long turnNanos;

  public CommandExecutor(
      Databases databases, Dates dates, ServerControl server, LoopLocks locks, int loop) {
    this(databases, dates, server, locks, loop, server.cluster());
  }

  /**
   * @param cluster that it is to ask, or null if all items are here
   */
  CommandExecutor(
      Databases databases,
      Dates dates,
      ServerControl server,
      LoopLocks locks,
      int loop,
      @Nullable Cluster cluster) {
    this.databases = databases;
    store = databases.get(0);
    this.dates = dates;
    this.server = server;
    this.locks = locks;
    lock = locks.of(loop);
    commandStats = new CommandStats(server.hotKeys());
    noPrefetch = store.newPrefetch();
    firstUser = server::firstUser;
    permissions = new Permissions(this, server);
    transactions = new Transactions(this);
    edits = new Edits(this, server);
    leases = new LeaseCommands(this, edits, server.changes());
    clusterCommands = cluster == null ? null : new ClusterCommands(this, cluster);
  }

  /** Before commands are executed; {@link #end} has to follow, without waiting for anything. */
  public void begin() {
    lock.lock();
  }

  public void end() {
    stats = null;
    lock.unlock();
  }

  /** What was counted so far; another thread may see what it was a moment ago. */
  public Counts counts() {
    return counts;
  }

  public void count(Counter counter, long number) {
    counts.add(counter, number);
  }

  /** What follows begins now: a connection has been read from, or goes on. */
  public void turnClock(long nowNanos) {
    turnNanos = nowNanos;
    commandStats.turnClock(nowNanos);
  }

  /** What was counted of each command since the start, or since it was last reset. */
  public CommandStats commandStats() {
    return commandStats;
  }

  /** Any thread may call it. */
  public void resetCommandStats() {
    commandStats = new CommandStats(server.hotKeys());
  }

  public SlowLog slowLog() {
    return server.slowLog();
  }

  public LatencyEvents latencyEvents() {
    return server.latencyEvents();
  }

  /** Whether a peer that is told what the server executes may still be. */
  public boolean mayMonitor(Session peer) {
    return Access.refusal(peer.user().rights(), MONITOR, new Command.Monitor()) == null;
  }

  /** The database that the present command is about. */
  Store store() {
    return store;
  }

  /** The database that has this number now. */
  Store store(int database) {
    return databases.get(database);
  }

  /** What a {@link Prefetch} has to be told of the database that has this number now. */
  int storeNumber(int database) {
    return databases.get(database).number();
  }

  /** A batch of keys for the store, for one thread. */
  public Prefetch newPrefetch() {
    return store.newPrefetch();
  }

  /**
   * Runs {@code command} and appends its reply to {@code out}.
   *
   * @param prefetch what the store knows of its key, at this place; nothing if that is negative
   * @return what is left to be done, or null if it is done
   * @throws MemoryShortageException if there is no memory for its reply: nothing was done, and it
   *     may be tried again
   */
  public @Nullable Work execute(
      Command command,
      Session session,
      Prefetch prefetch,
      int place,
      Dialect dialect,
      ReplyBuffer out) {
    long start = out.position();
    isRefused = false;
    count(Counter.COMMANDS, 1);
    try {
      out.ensureWritable(SHORT_REPLY_BYTES);
      Work left = begin(command, session, prefetch, place, dialect, out);
      countFailure(command instanceof Command.Malformed, session, out);
      return left;
    } catch (MemoryShortageException e) {
      out.resetTo(start);
      throw e;
    } catch (RuntimeException | Error e) {
      fail(command, e, dialect, out.resetTo(start));
      countFailure(command instanceof Command.Malformed, session, out);
      return null;
    } finally {
      end(session);
    }
  }

  /** Who a peer is until it says who it is. */
  public Supplier<User> firstUser() {
    return firstUser;
  }

  /** A peer has shown a certificate with these names. */
  public void certify(Session peer, List<String> names) {
    peer.firstUser(() -> server.certifiedUser(names));
  }

  /** Goes on with what a command has left to be done, see {@link Work#goOn}. */
  public boolean goOn(Work work, Session session, ReplyBuffer out, long deadlineNanos) {
    isRefused = false;
    Tracker tracker = session.tracker();
    if (tracker != null) {
      tracker.executing(true);
    }
    try {
      boolean isDone = work.goOn(out, deadlineNanos);
      countFailure(false, session, out);
      return isDone;
    } finally {
      end(session);
    }
  }

  /**
   * Tells of each command of a transaction when it has been executed; null tells nobody. The
   * command's bytes are there until the listener returns.
   */
  public void elementListener(@Nullable BiConsumer<CommandName, Command> listener) {
    elementListener = listener;
  }

  /** Counts a command of a transaction that was executed, and answered. */
  void executedElement(Command command, Session session, ReplyBuffer out, long nanos) {
    countFailure(command instanceof Command.Malformed, session, out);
    commandStats.executedElement(session.executed(), nanos);
    if (elementListener != null) {
      elementListener.accept(session.executed(), command);
    }
    isRefused = false;
  }

  /** Counts an error that was answered, if it was one. */
  private void countFailure(boolean isMalformed, Session session, ReplyBuffer out) {
    String code = out.takeFailure();
    if (code != null) {
      commandStats.failed(session.executed(), code, isRefused || isMalformed);
    }
  }

  /** Whether the last command was not executed because of who asked. */
  public boolean hasRefused() {
    return isRefused;
  }

  /** Runs a command that is a part of another one, to its end. */
  void executeWhole(Command command, Session session, Dialect dialect, ReplyBuffer out) {
    if (command instanceof Command.Auth
        || command instanceof Command.ManageUsers(UserRequest.Mutation _)) {
      throw new IllegalStateException("this is done elsewhere, and nothing waits for it");
    }
    boolean wasPart = isPart;
    isPart = true;
    try (Work work = begin(command, session, noPrefetch, NOWHERE, dialect, out)) {
      boolean isDone = work == null;
      while (!isDone) {
        isDone = requireNonNull(work).goOn(out, System.nanoTime() + LONG_SLICE_NANOS);
      }
    } finally {
      isPart = wasPart;
    }
  }

  /** One command has failed; the others of this connection and all others go on. */
  void fail(Command command, Throwable e, Dialect dialect, ReplyBuffer out) {
    logger.log(Level.ERROR, "command failed: command=" + command.getClass().getSimpleName(), e);
    count(Counter.ERRORS, 1);
    dialect.encode(new Reply.Failed(Reply.UNAVAILABLE, "the server failed: see its log"), out);
  }

  private @Nullable Work begin(
      Command command,
      Session session,
      Prefetch prefetch,
      int place,
      Dialect dialect,
      ReplyBuffer out) {
    Rights rights = session.user().rights();
    if (!rights.areAll()) {
      Work check = CheckWork.begin(this, session, dialect, rights, command);
      if (check != null) {
        return check;
      }
      Refusal refusal = Permissions.refusal(rights, session, dialect, command);
      if (refusal != null) {
        deny(refusal, command, session, dialect, out);
        return null;
      }
    }
    return beginAllowed(command, session, prefetch, place, dialect, out);
  }

  void deny(Refusal refusal, Command command, Session session, Dialect dialect, ReplyBuffer out) {
    isRefused = true;
    out.fail("NOPERM"); // Unless its dialect says it in another word.
    dialect.encode(permissions.deny(refusal, session, dialect, command), out);
  }

  /** Begins with a command whose rights were looked at elsewhere. */
  @Nullable Work beginAllowed(Command command, Session session, Dialect dialect, ReplyBuffer out) {
    return beginAllowed(command, session, noPrefetch, NOWHERE, dialect, out);
  }

  /** Begins with a command that was put off, and is not any longer. */
  @Nullable Work beginPutOff(Command command, Session session, Dialect dialect, ReplyBuffer out) {
    turnNanos = System.nanoTime() + LONG_SLICE_NANOS; // It is not put off again.
    return beginAllowed(command, session, dialect, out);
  }

  private @Nullable Work beginAllowed(
      Command command,
      Session session,
      Prefetch prefetch,
      int place,
      Dialect dialect,
      ReplyBuffer out) {
    store = databases.get(session.database());
    Tracker tracker = session.tracker();
    if (tracker != null) {
      tracker.executing(true);
      noteReads(command, session, tracker);
    }
    if (!(command instanceof Command.Stats)) {
      stats = null; // It may change what the next one is told.
    }
    return clusterCommands == null
        ? beginHere(command, session, prefetch, place, dialect, out)
        : clusterCommands.begin(command, session, prefetch, place, dialect, out);
  }

  /** Answers with an item of this node's store, unless a lease is to be given or waited for. */
  boolean showLeasable(Command.AskLease ask, Dialect dialect, ReplyBuffer out) {
    return leases.show(ask, dialect, out);
  }

  /** Asks the cluster for an item or a lease, and waits as long as the command says. */
  Work awaitLease(Cluster cluster, Command.AskLease ask, Session session, Dialect dialect) {
    return ClusterLeaseWork.begin(leases, cluster, store.number(), ask, dialect, session);
  }

  /** Begins with a command that this node executes, on its store. */
  @Nullable Work beginHere(
      Command command,
      Session session,
      Prefetch prefetch,
      int place,
      Dialect dialect,
      ReplyBuffer out) {
    switch (command) {
      case Command.Get get -> {
        return get(get, session, prefetch, place, dialect, out);
      }
      case Command.GetAll get -> {
        return getAll(get, session.share(), dialect, out);
      }
      case Command.GetAndDelete get -> getAndDelete(get.key(), dialect, out);
      case Command.GetAndTouch get -> getAndTouch(get, dialect, out);
      case Command.CountPresent count -> {
        return new CountWork(
            dialect, count, same -> ((Command.CountPresent) same).keys(), presence(store));
      }

      case Command.Set set -> set(set, prefetch, place, dialect, out);
      case Command.SetAll set -> dialect.encode(setAll(set), out);
      case Command.Delete delete -> dialect.encode(delete(delete.key()), out);
      case Command.DeleteIf delete -> dialect.encode(delete(delete), out);
      case Command.DeleteAll delete -> {
        return new CountWork(
            dialect,
            delete,
            same -> ((Command.DeleteAll) same).keys(),
            deletion(store, delete.condition()));
      }
      case Command.Tag tag -> dialect.encode(tag(tag), out);
      case Command.Touch touch -> dialect.encode(touch(touch), out);
      case Command.TouchIf touch -> dialect.encode(touch(touch), out);
      case Command.Increase increase -> dialect.encode(edits.increase(increase), out);
      case Command.Append append -> dialect.encode(edits.append(append), out);
      case Command.SetRange set -> dialect.encode(edits.setRange(set), out);
      case Command.Add add -> dialect.encode(edits.add(add), out);
      case Command.AddDecimal add -> dialect.encode(edits.add(add), out);
      case Command.Move move -> dialect.encode(move(move), out);

      case Command.AskLease ask -> {
        return leases.ask(ask, dialect, session, !isPart, out);
      }
      case Command.SetWithLease set -> dialect.encode(leases.set(set), out);
      case Command.LeaseGet get -> {
        return leases.get(get, session, dialect, out);
      }
      case Command.Invalidate invalidate -> dialect.encode(leases.invalidate(invalidate), out);
      case Command.SetLeased set -> dialect.encode(leases.set(set), out);
      case Command.AppendLeased append -> dialect.encode(leases.append(append), out);
      case Command.AddAndGet add -> dialect.encode(leases.add(add), out);

      case Command.Clear clear -> dialect.encode(clear(clear, session), out);
      case Command.ClearNamespace clear -> dialect.encode(clear(clear, session), out);
      case Command.ClearTags clear -> dialect.encode(clear(clear), out);
      case Command.SwapDatabases swap -> dialect.encode(swap(swap, session), out);
      case Command.Scan scan ->
          dialect.encode(KeySearch.scan(store, scan, session.user().rights()::includeReading), out);
      case Command.FindKeys find -> {
        Rights rights = session.user().rights();
        return find(
            key -> find.pattern().matches(key) && rights.includeReading(key),
            Long.MAX_VALUE,
            found -> new Reply.Keys(0, found),
            session,
            dialect);
      }
      case Command.CountKeysInSlot _, Command.FindKeysInSlot _ when server.cluster() == null ->
          dialect.encode(new Reply.Cluster(null), out);
      case Command.CountKeysInSlot(int slot) -> {
        return find(
            key -> KeySlot.of(key) == slot,
            Long.MAX_VALUE,
            found -> new Reply.Count(found.size()),
            session,
            dialect);
      }
      case Command.FindKeysInSlot(int slot, long limit) -> {
        Rights rights = session.user().rights();
        return find(
            key -> KeySlot.of(key) == slot && rights.includeReading(key),
            limit,
            found -> new Reply.Keys(0, found),
            session,
            dialect);
      }
      case Command.RandomKey _ -> {
        return new FindAnyWork(store, dialect, session.user().rights()::includeReading);
      }
      case Command.CountItems _ -> dialect.encode(new Reply.Count(store.itemCount()), out);

      case Command.Batch batch -> {
        BatchWork work = new BatchWork(this, session, dialect, batch.commands());
        work.begin(out);
        return work;
      }
      case Command.Transaction transaction ->
          locks.alone(lock, () -> transactions.execute(transaction, session, dialect, out));
      case Command.Watch watch -> dialect.encode(transactions.watch(watch.keys(), session), out);
      case Command.Unwatch _ -> dialect.encode(unwatch(session), out);

      case Command.Track(TrackingOptions options) -> dialect.encode(track(options, session), out);
      case Command.Untrack _ -> dialect.encode(untrack(session), out);
      case Command.Subscribe _ -> dialect.encode(subscribe(session), out);

      case Command.Ping _ -> dialect.encode(Reply.Done.DONE, out);
      case Command.Time _ -> dialect.encode(new Reply.Count(dates.nowMicros()), out);
      case Command.DescribeCluster _ -> dialect.encode(new Reply.Cluster(clusterView()), out);
      case Command.DrainNode _ -> {
        return drain(session, dialect, out);
      }
      case Command.Stats _ -> dialect.encode(new Reply.Stats(stats()), out);
      case Command.Inspect _ -> dialect.encode(server.inspect(), out);
      case Command.Configure wanted -> dialect.encode(server.configure(wanted), out);
      case Command.ResetSlowLog _ -> dialect.encode(resetSlowLog(), out);
      case Command.ResetLatencyEvents reset ->
          dialect.encode(new Reply.Count(server.latencyEvents().clear(reset.names())), out);
      case Command.ResetStats _ -> dialect.encode(resetStats(session), out);
      case Command.Auth auth -> {
        return permissions.authenticate(auth, session, dialect);
      }
      case Command.ManageNamespaces manage -> dialect.encode(manage(manage, session), out);
      case Command.ManageUsers manage -> {
        return permissions.manageUsers(manage.request(), session, dialect);
      }
      case Command.Check _ -> dialect.encode(Reply.Done.DONE, out); // Rights were looked at.
      case Command.Quit _ -> dialect.encode(quit(session), out);
      case Command.Shutdown _ -> dialect.encode(shutdown(session), out);
      case Command.Monitor _ -> dialect.encode(monitor(session), out);
      case Command.Pause(long millis) -> {
        return pause(millis, session, dialect, out);
      }
      case Command.ListConnections list -> {
        return new ConnectionsWork(
            dialect, session.share(), server.connections(list.filter(), session), list.line());
      }
      case Command.CloseConnections close -> dialect.encode(close(close.filter(), session), out);
      case Command.Malformed malformed -> {
        out.fail("ERR"); // The same.
        dialect.encode(refuse(malformed), out);
      }
    }
    return null;
  }

  // ---- reading ----

  /**
   * Leaves an item that is so long that to copy it holds up others, if those that are answered
   * together with this connection have waited for a while.
   *
   * @throws PutOffWork.PutOffException for who looks at the item, who then puts its command off
   */
  void putOffIfLong(Item item) {
    if (item.value().remaining() >= ValueWork.MIN_BYTES
        && !isPart
        && System.nanoTime() - turnNanos >= MAX_LONG_VALUES_NANOS) {
      throw new PutOffWork.PutOffException();
    }
  }

  private @Nullable Work get(
      Command.Get get,
      Session session,
      Prefetch prefetch,
      int place,
      Dialect dialect,
      ReplyBuffer out) {
    long start = out.position();
    Share share = session.share();
    needsParts = false;
    ItemReader reader =
        item -> {
          out.resetTo(start);
          putOffIfLong(item);
          needsParts = ValueWork.isFor(item, dialect, share);
          if (!needsParts) {
            dialect.encode(value(item, get.view()), out);
          }
        };
    boolean hit;
    try {
      hit =
          get.view() == View.GLANCE
              ? store.look(get.key(), reader)
              : place < 0
                  ? store.get(get.key(), reader)
                  : store.get(get.key(), prefetch, place, reader);
    } catch (PutOffWork.PutOffException e) {
      return new PutOffWork(this, session, dialect, get);
    }
    countHit(hit, Counter.GET_HITS, Counter.GET_MISSES);
    if (!hit) {
      dialect.encode(Reply.Miss.MISS, out.resetTo(start));
    }
    return hit && needsParts
        ? ValueWork.begin(this, store, get.key(), get.view(), dialect, share, out)
        : null;
  }

  Reply.Value value(Item item, View view) {
    return new Reply.Value(
        LeaseCommands.kind(item),
        item.value(),
        item.flags(),
        view == View.VERSION ? item.version() : 0,
        view == View.VALUE ? item.expiresAtMillis() : dates.toDateMillis(item.expiresAtMillis()),
        view == View.VALUE ? 0 : dates.toDateMillis(store.nowMillis()),
        item.frequency());
  }

  private @Nullable Work getAll(Command.GetAll get, Share share, Dialect dialect, ReplyBuffer out) {
    ReadWork work = new ReadWork(this, store, dialect, share, get);
    work.begin(out);
    if (dialect.streams()) {
      return work;
    }
    work.goOn(out, System.nanoTime()); // Its reply cannot be divided.
    return null;
  }

  private void getAndDelete(ByteBuffer key, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    boolean[] hit = new boolean[1];
    store.update(
        key,
        old -> {
          encode(old, View.VALUE, dialect, out.resetTo(start));
          hit[0] = old != null;
          return Update.REMOVE; // Even if there is nothing but a lease.
        });
    countRead(key, hit[0]);
  }

  private void getAndTouch(Command.GetAndTouch get, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    UpdateResult result =
        store.update(
            get.key(),
            old -> {
              encode(old, get.view(), dialect, out.resetTo(start));
              return old == null
                  ? Update.KEEP
                  : Update.Replace.expiry(old, expiresAtMillis(get.expiry(), old));
            });
    boolean hit = result != UpdateResult.KEPT;
    countRead(get.key(), hit);
    countHit(hit, Counter.TOUCH_HITS, Counter.TOUCH_MISSES);
  }

  private void encode(@Nullable Item item, View view, Dialect dialect, ReplyBuffer out) {
    dialect.encode(item == null ? Reply.Miss.MISS : value(item, view), out);
  }

  /** Tells of keys whether they have items, in a database: it may take longer than this turn. */
  private Predicate<ByteBuffer> presence(Store of) {
    return key -> {
      boolean hit = of.get(key, item -> {});
      countHit(hit, Counter.GET_HITS, Counter.GET_MISSES);
      return hit;
    };
  }

  // ---- writing ----

  private void set(
      Command.Set set, Prefetch prefetch, int place, Dialect dialect, ReplyBuffer out) {
    count(Counter.SETS, 1);
    SetOptions options = set.options();
    if (dependsOnOld(options)) {
      setWithOptions(set, options, dialect, out);
    } else {
      dialect.encode(put(set, prefetch, place), out);
    }
  }

  /** Whether the present item has to be looked at, so that a put is not enough. */
  private static boolean dependsOnOld(SetOptions options) {
    return options.condition().kind() != Condition.Kind.ALWAYS
        || options.returnsOld()
        || options.expiry().base() == Expiry.Base.KEEP;
  }

  /** Stores an item whatever the key has, unless it is too large. */
  private Reply put(Command.Set set, Prefetch prefetch, int place) {
    PutOptions options = putOptions(set);
    PutResult result =
        place < 0
            ? store.put(set.key(), set.value(), options)
            : store.put(set.key(), set.value(), options, prefetch, place);
    return result == PutResult.TOO_LARGE ? tooLarge(set) : Reply.Done.DONE;
  }

  private PutOptions putOptions(Command.Set set) {
    SetOptions options = set.options();
    int kind = set.kind().code();
    return options.equals(SetOptions.DEFAULT)
        ? PLAIN.get(kind)
        : new PutOptions(
            kind, options.flags(), expiresAtMillis(options.expiry(), null), options.tags());
  }

  private void setWithOptions(
      Command.Set set, SetOptions options, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    @Nullable Reply[] refusal = new Reply[1];
    UpdateResult result =
        store.update(
            set.key(),
            old -> {
              out.resetTo(start);
              if (options.returnsOld()) {
                encode(old, View.VALUE, dialect, out);
              }
              refusal[0] = refusal(options.condition(), old);
              return refusal[0] == null ? replacement(set, old) : Update.KEEP;
            });
    countCas(options.condition(), refusal[0]);
    if (result == UpdateResult.TOO_LARGE) {
      dialect.encode(tooLarge(set), out.resetTo(start));
    } else if (!options.returnsOld()) {
      dialect.encode(refusal[0] == null ? Reply.Done.DONE : refusal[0], out);
    }
  }

  Update.Replace replacement(Command.Set set, @Nullable Item old) {
    return new Update.Replace(
            set.value(),
            NOTHING,
            set.kind().code(),
            set.options().flags(),
            expiresAtMillis(set.options().expiry(), old),
            Update.Replace.NEW_VERSION)
        .withTags(set.options().tags());
  }

  /** Why nothing may be done, or null if it may. */
  static @Nullable Reply refusal(Condition condition, @Nullable Item old) {
    return switch (condition.kind()) {
      case ALWAYS -> null;
      case ABSENT -> old == null ? null : Reply.Exists.EXISTS;
      case PRESENT -> old == null ? Reply.Miss.MISS : null;
      case VERSION ->
          old == null
              ? Reply.Miss.MISS
              : old.version() == condition.number() ? null : Reply.Exists.EXISTS;
      case EQUAL, DIGEST_EQUAL ->
          old == null ? Reply.Miss.MISS : isEqual(condition, old) ? null : Reply.Exists.EXISTS;
      case NOT_EQUAL, DIGEST_NOT_EQUAL ->
          old != null && isEqual(condition, old) ? Reply.Exists.EXISTS : null;
      case ABSENT_OR_EQUAL -> old == null || isEqual(condition, old) ? null : Reply.Exists.EXISTS;
    };
  }

  private static boolean isEqual(Condition condition, Item item) {
    return switch (condition.kind()) {
      case DIGEST_EQUAL, DIGEST_NOT_EQUAL -> Xxh3.hash(item.value()) == condition.number();
      default -> item.value().equals(condition.value());
    };
  }

  long expiresAtMillis(Expiry expiry, @Nullable Item old) {
    return switch (expiry.base()) {
      case NEVER -> Item.NEVER;
      case KEEP -> old == null ? Item.NEVER : old.expiresAtMillis();
      case AFTER -> {
        long now = store.nowMillis();
        yield expiry.millis() > Item.NEVER - now ? Item.NEVER : now + expiry.millis();
      }
      case WITHIN ->
          Math.min(
              expiresAtMillis(Expiry.KEEP, old),
              expiresAtMillis(Expiry.after(expiry.millis()), null));
      case AT -> dates.toStoreMillis(expiry.millis());
      case LATER -> {
        long end = old == null ? Item.NEVER : old.expiresAtMillis();
        yield expiry.millis() > 0 && end > Item.NEVER - expiry.millis()
            ? Item.NEVER
            : end + expiry.millis();
      }
    };
  }

  Reply tooLarge(Command.Set set) {
    return tooLarge((long) set.key().remaining() + set.value().remaining());
  }

  Reply tooLarge(long itemBytes) {
    count(Counter.ERRORS, 1);
    return new Reply.Failed(
        Reply.UNAVAILABLE,
        "item too large for the server's memory: itemBytes="
            + itemBytes
            + " memoryBytes="
            + store.stats().budgetBytes(),
        true);
  }

  private Reply setAll(Command.SetAll all) {
    count(Counter.SETS, all.items().size());
    Reply[] reply = {Reply.Done.DONE};
    locks.alone(
        lock,
        () -> {
          for (int i = 0; dependsOn(all.condition()) && i < all.items().size(); i++) {
            Reply refusal = refusal(all.condition(), all.items().get(i).key());
            if (refusal != null) {
              reply[0] = refusal;
              return;
            }
          }
          for (Command.Set set : all.items()) {
            if (!isStored(set)) {
              reply[0] = tooLarge(set);
            }
          }
        });
    return reply[0];
  }

  private static boolean dependsOn(Condition condition) {
    return condition.kind() != Condition.Kind.ALWAYS;
  }

  /** Why nothing may be done with a key, or null if it may; nobody else changes it meanwhile. */
  private @Nullable Reply refusal(Condition condition, ByteBuffer key) {
    @Nullable Reply[] refusal = new Reply[1];
    boolean isPresent = store.get(key, item -> refusal[0] = refusal(condition, item));
    return isPresent ? refusal[0] : refusal(condition, (Item) null);
  }

  /** Stores an item without a condition, or returns false if it is too large. */
  private boolean isStored(Command.Set set) {
    return set.options().expiry().base() == Expiry.Base.KEEP
        ? store.update(set.key(), old -> replacement(set, old)) != UpdateResult.TOO_LARGE
        : store.put(set.key(), set.value(), putOptions(set)) != PutResult.TOO_LARGE;
  }

  private Reply delete(ByteBuffer key) {
    return isDeleted(store, key) ? Reply.Done.DONE : Reply.Miss.MISS;
  }

  /** The value that a condition compares is there as long as the keys are. */
  private Predicate<ByteBuffer> deletion(Store from, Condition condition) {
    return dependsOn(condition)
        ? key -> deleteIf(from, key, condition) == null
        : key -> isDeleted(from, key);
  }

  private boolean isDeleted(Store from, ByteBuffer key) {
    boolean hit = from.delete(key);
    countHit(hit, Counter.DELETE_HITS, Counter.DELETE_MISSES);
    return hit;
  }

  private Reply delete(Command.DeleteIf delete) {
    Reply refusal = deleteIf(store, delete.key(), delete.condition());
    return refusal == null ? Reply.Done.DONE : refusal;
  }

  /** Returns why it was not deleted, or null if it was. */
  private @Nullable Reply deleteIf(Store from, ByteBuffer key, Condition condition) {
    @Nullable Reply[] refusal = new Reply[1];
    from.update(
        key,
        old -> {
          refusal[0] = old == null ? Reply.Miss.MISS : refusal(condition, old);
          return refusal[0] == null ? Update.REMOVE : Update.KEEP;
        });
    countHit(refusal[0] == null, Counter.DELETE_HITS, Counter.DELETE_MISSES);
    countCas(condition, refusal[0]);
    return refusal[0];
  }

  private Reply touch(Command.TouchIf touch) {
    @Nullable Reply[] refusal = new Reply[1];
    store.update(
        touch.key(),
        old -> {
          refusal[0] = old == null ? Reply.Miss.MISS : refusal(touch.condition(), old);
          if (old != null && touch.ifExpires() && old.expiresAtMillis() == Item.NEVER) {
            refusal[0] = Reply.Exists.EXISTS;
          }
          return old == null || refusal[0] != null
              ? Update.KEEP
              : Update.Replace.expiry(old, expiresAtMillis(touch.expiry(), old));
        });
    countHit(refusal[0] == null, Counter.TOUCH_HITS, Counter.TOUCH_MISSES);
    return refusal[0] == null ? Reply.Done.DONE : refusal[0];
  }

  private Reply touch(Command.Touch touch) {
    boolean[] present = new boolean[1];
    UpdateResult result =
        store.update(
            touch.key(),
            old -> {
              present[0] = old != null;
              if (old == null) {
                return Update.KEEP;
              }
              long expiresAtMillis = expiresAtMillis(touch.expiry(), old);
              return holds(touch.condition(), old.expiresAtMillis(), expiresAtMillis)
                  ? Update.Replace.expiry(old, expiresAtMillis)
                  : Update.KEEP;
            });
    countHit(present[0], Counter.TOUCH_HITS, Counter.TOUCH_MISSES);
    if (!present[0]) {
      return Reply.Miss.MISS;
    }
    return result == UpdateResult.KEPT ? Reply.Exists.EXISTS : Reply.Done.DONE;
  }

  private Reply tag(Command.Tag tag) {
    UpdateResult result =
        store.update(
            tag.key(),
            old ->
                old == null
                    ? Update.KEEP
                    : Update.Replace.expiry(old, old.expiresAtMillis()).withTags(tag.tags()));
    return switch (result) {
      case KEPT, REMOVED -> Reply.Miss.MISS;
      case STORED -> Reply.Done.DONE;
      case TOO_LARGE -> tooLarge(tag.key().remaining());
    };
  }

  private static boolean holds(TouchCondition condition, long oldMillis, long newMillis) {
    return switch (condition) {
      case ALWAYS -> true;
      case IF_NEVER -> oldMillis == Item.NEVER;
      case IF_EXPIRES -> oldMillis != Item.NEVER;
      case IF_LATER -> newMillis > oldMillis;
      case IF_EARLIER -> newMillis < oldMillis;
      case IF_EXPIRES_AND_EARLIER -> oldMillis != Item.NEVER && newMillis < oldMillis;
    };
  }

  private Reply move(Command.Move move) {
    Reply[] reply = {Reply.Done.DONE};
    locks.alone(lock, () -> reply[0] = moveAlone(move));
    return reply[0];
  }

  private Reply moveAlone(Command.Move move) {
    Store target =
        move.toDatabase() == Command.Move.SAME_DATABASE ? store : databases.get(move.toDatabase());
    if (target.equals(store) && move.from().equals(move.to())) {
      boolean present = store.get(move.from(), item -> {});
      return !present ? Reply.Miss.MISS : move.ifAbsent() ? Reply.Exists.EXISTS : Reply.Done.DONE;
    }
    return switch (store.copy(move.from(), target, move.to(), move.ifAbsent())) {
      case SOURCE_ABSENT -> Reply.Miss.MISS;
      case TARGET_PRESENT -> Reply.Exists.EXISTS;
      case TOO_LARGE -> tooLarge(move.to().remaining() + valueBytes(move.from()));
      case COPIED -> {
        if (!move.keepsSource()) {
          store.delete(move.from());
        }
        yield Reply.Done.DONE;
      }
    };
  }

  private long valueBytes(ByteBuffer key) {
    int[] bytes = new int[1];
    return store.look(key, item -> bytes[0] = item.value().remaining()) ? bytes[0] : 0;
  }

  // ---- all items ----

  private Reply clear(Command.Clear clear, Session session) {
    count(Counter.CLEARS, 1);
    server.audit(session, "clear");
    server.clear(clear.allDatabases() ? store::clearAll : store::clear, clear.delayMillis());
    return Reply.Done.DONE;
  }

  private Reply clear(Command.ClearNamespace clear, Session session) {
    count(Counter.CLEARS, 1);
    server.audit(session, "clear-namespace");
    return store.clearNamespace(clear.prefix()) ? Reply.Done.DONE : Reply.Miss.MISS;
  }

  /** Not for the log of what concerns others: some do it for every request. */
  private Reply clear(Command.ClearTags clear) {
    count(Counter.TAG_CLEARS, 1);
    store.clearTags(clear.tags());
    return Reply.Done.DONE;
  }

  private Reply manage(Command.ManageNamespaces manage, Session session) {
    if (!(manage.request() instanceof NamespaceRequest.ListAll)) {
      server.audit(session, "change-namespaces");
    }
    return NamespaceRequests.execute(manage.request(), store);
  }

  private Reply swap(Command.SwapDatabases swap, Session session) {
    server.audit(session, "swap-databases");
    locks.alone(lock, () -> databases.swap(swap.database(), swap.other()));
    return Reply.Done.DONE;
  }

  // ---- what peers keep ----

  /** Notes what a command reads, of a peer that keeps it: before it is read. */
  void noteReads(Command command, Session session, Tracker tracker) {
    if (!keeps(session, tracker.options())) {
      return;
    }
    switch (command) {
      case Command.Get get -> tracker.willRead(get.key());
      case Command.GetAll get -> get.keys().forEach(tracker::willRead);
      case Command.CountPresent count -> count.keys().forEach(tracker::willRead);
      case Command.AskLease ask -> tracker.willRead(ask.key());
      default -> {}
    }
  }

  /** Whether a peer may keep what its present command reads. */
  private static boolean keeps(Session session, TrackingOptions options) {
    boolean isSaid = session.caching() == Session.Caching.THIS;
    return !options.broadcasts()
        && switch (options.choice()) {
          case ALL -> true;
          case OPT_IN -> isSaid;
          case OPT_OUT -> !isSaid;
        };
  }

  private static void end(Session session) {
    Tracker tracker = session.tracker();
    if (tracker != null) {
      tracker.executing(false);
    }
  }

  /** From now on the store tells of changes, for one more who wants to know. */
  void listen() {
    server.changes().join(work -> locks.alone(lock, work));
  }

  private Reply track(TrackingOptions options, Session session) {
    long redirect = options.redirect();
    if (redirect != TrackingOptions.NO_REDIRECT && !server.hasConnection(redirect)) {
      return Reply.Miss.MISS;
    }
    Tracking tracking = server.changes().tracking();
    if (!tracking.hasRoom()) {
      return tracking.noRoom();
    }
    listen();
    if (!tracking.start(session, options, server.changes()::leave)) {
      server.changes().leave(); // It is counted already.
    }
    return Reply.Done.DONE;
  }

  private static Reply untrack(Session session) {
    session.stopTracking();
    return Reply.Done.DONE;
  }

  private Reply subscribe(Session session) {
    server.changes().tracking().receive(session);
    return Reply.Done.DONE;
  }

  /** A connection has ended that could be told of changes. */
  public void closed(Session session) {
    server.changes().tracking().closed(session);
  }

  // ---- the server and its connections ----

  /** One look for all who ask one after the other: it goes through all segments. */
  private ServerStats stats() {
    ServerStats known = stats;
    if (known == null) {
      known = server.stats();
      stats = known;
    }
    return known;
  }

  private Work find(
      Predicate<ByteBuffer> wanted,
      long limit,
      Function<FoundKeys, Reply> answer,
      Session session,
      Dialect dialect) {
    return new FindWork(store, dialect, wanted, limit, answer, session.share());
  }

  private @Nullable Work drain(Session session, Dialect dialect, ReplyBuffer out) {
    Cluster cluster = server.cluster();
    if (cluster == null) {
      dialect.encode(new Reply.Cluster(null), out);
      return null;
    }
    server.audit(session, "drain");
    return new AwaitWork<>(dialect, cluster.drain(server::stop), reply -> reply);
  }

  private @Nullable ClusterView clusterView() {
    Cluster cluster = server.cluster();
    return cluster == null ? null : cluster.view();
  }

  private Reply resetStats(Session session) {
    server.audit(session, "reset-counters");
    server.resetCounts();
    return Reply.Done.DONE;
  }

  private Reply resetSlowLog() {
    server.slowLog().clear();
    return Reply.Done.DONE;
  }

  private static Reply unwatch(Session session) {
    session.unwatch();
    return Reply.Done.DONE;
  }

  private static Reply quit(Session session) {
    session.finish();
    return Reply.Done.DONE;
  }

  private Reply shutdown(Session session) {
    server.audit(session, "shutdown");
    server.stop();
    return Reply.Done.DONE;
  }

  private Reply close(ConnectionFilter filter, Session session) {
    server.audit(session, "close-connections");
    return server.close(filter, session);
  }

  private Reply monitor(Session session) {
    server.audit(session, "monitor");
    session.monitor();
    return Reply.Done.DONE;
  }

  /** A part of a transaction is answered before, since all loops wait for that. */
  private @Nullable Work pause(long millis, Session session, Dialect dialect, ReplyBuffer out) {
    server.audit(session, "pause");
    if (isPart) {
      session.pause(millis);
      dialect.encode(Reply.Done.DONE, out);
      return null;
    }
    CompletableFuture<Reply> end =
        new CompletableFuture<Reply>()
            .completeOnTimeout(Reply.Done.DONE, millis, TimeUnit.MILLISECONDS);
    return new AwaitWork<>(dialect, end, reply -> reply);
  }

  private Reply refuse(Command.Malformed malformed) {
    count(Counter.ERRORS, 1);
    return new Reply.Refused(Reply.BAD_REQUEST, malformed.why());
  }

  // ---- counting ----

  /** Counts a read that was an update: the store counts all others of a namespace itself. */
  private void countRead(ByteBuffer key, boolean hit) {
    countHit(hit, Counter.GET_HITS, Counter.GET_MISSES);
    store.countRead(key, hit);
  }

  void countHit(boolean hit, Counter hits, Counter misses) {
    count(hit ? hits : misses, 1);
  }

  void countCas(Condition condition, @Nullable Reply refusal) {
    if (condition.kind() == Condition.Kind.VERSION) {
      if (refusal == null) {
        count(Counter.CAS_HITS, 1);
      } else {
        countHit(refusal instanceof Reply.Exists, Counter.CAS_OTHER_VERSION, Counter.CAS_MISSES);
      }
    }
  }
}
