package io.speicher.embedded;

import io.speicher.client.backend.LocalBackend;
import io.speicher.client.backend.Operation;
import io.speicher.client.backend.StoredForm;
import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.exception.ServerFailedException;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonSpan;
import io.speicher.store.BatchReader;
import io.speicher.store.Item;
import io.speicher.store.ItemReader;
import io.speicher.store.Leases;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
import io.speicher.store.TtlRule;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Executes commands on a store in this process, on the thread that asks. */
final class EmbeddedBackend extends LocalBackend {
  private static final long MAINTENANCE_MILLIS = 500;
  private static final int CONFLICT = 409;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Store store;
  private final Leases leases;
  private final InFlight inFlight = new InFlight();
  private final ScheduledThreadPoolExecutor maintenance;

  /**
   * @param store closed with the backend
   */
  EmbeddedBackend(Store store) {
    this.store = store;
    leases = new Leases(store);
    maintenance =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("speicher-maintenance").unstarted(task));
    maintenance.scheduleWithFixedDelay(
        this::maintain, MAINTENANCE_MILLIS, MAINTENANCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void maintain() {
    int call = inFlight.begin();
    if (call >= 0) {
      try {
        store.maintain();
      } finally {
        inFlight.end(call);
      }
    }
  }

  // ---- calls ----

  @Override
  public Reply call(Operation operation, Command command, long timeoutNanos) {
    int call = inFlight.begin();
    if (call < 0) {
      throw new ClosedException(
          operation.label() + " failed, the engine is closed: server=" + server(), false);
    }
    try {
      return execute(command);
    } finally {
      inFlight.end(call);
    }
  }

  @Override
  public String server() {
    return "embedded";
  }

  @Override
  public void close() {
    maintenance.shutdown();
    if (inFlight.close()) {
      store.close();
    }
  }

  private Reply execute(Command command) {
    return switch (command) {
      case Command.Get get ->
          get.view() == Command.View.GLANCE ? glance(get.key()) : read(get.key());
      case Command.GetAll getAll -> readAll(getAll.keys());
      case Command.Set set -> set(set);
      case Command.SetAll setAll -> {
        setAll.items().forEach(this::set);
        yield Reply.Done.DONE;
      }
      case Command.AskLease ask -> ask(ask);
      case Command.SetWithLease leased -> set(leased);
      case Command.Invalidate invalidate -> invalidate(invalidate);
      case Command.Delete delete -> store.delete(delete.key()) ? Reply.Done.DONE : Reply.Miss.MISS;
      case Command.DeleteIf delete -> delete(delete.key(), delete.condition());
      case Command.DeleteAll deleteAll ->
          new Reply.Count(deleteAll.keys().stream().filter(store::delete).count());
      case Command.Touch touch -> touch(touch);
      case Command.Add add -> add(add);
      case Command.Scan scan -> scan(scan);
      case Command.Clear _ -> {
        store.clear();
        yield Reply.Done.DONE;
      }
      case Command.ClearNamespace clear ->
          store.clearNamespace(clear.prefix()) ? Reply.Done.DONE : Reply.Miss.MISS;
      case Command.ManageNamespaces manage -> declare(manage.request());
      case Command.ClearTags clear -> {
        store.clearTags(clear.tags());
        yield Reply.Done.DONE;
      }
      case Command.Ping _ -> Reply.Done.DONE;
      default ->
          throw new IllegalArgumentException("command=" + command.getClass().getSimpleName());
    };
  }

  // ---- reading ----

  /** Copies the last item that it is shown. */
  private static final class Copy implements ItemReader {
    private @Nullable Reply reply;

    @Override
    public void read(Item item) {
      reply = shown(item);
    }
  }

  private static Reply.Value shown(Item item) {
    ByteBuffer value = item.value();
    byte[] bytes = new byte[value.remaining()];
    value.get(value.position(), bytes);
    return new Reply.Value(
        ValueKind.ofCode(item.kind()),
        ByteBuffer.wrap(bytes),
        item.flags(),
        item.version(),
        Reply.Value.NEVER,
        0,
        0);
  }

  private Reply read(ByteBuffer key) {
    Copy copy = new Copy();
    boolean isHit = store.get(key, copy);
    return isHit && copy.reply != null ? copy.reply : Reply.Miss.MISS;
  }

  /** All that a client of a server sees of it: how long it has left. */
  private Reply glance(ByteBuffer key) {
    long[] expiresAtMillis = new long[1];
    return store.look(key, item -> expiresAtMillis[0] = item.expiresAtMillis())
        ? new Reply.Value(ValueKind.BYTES, NOTHING, 0, 0, expiresAtMillis[0], store.nowMillis(), 0)
        : Reply.Miss.MISS;
  }

  private Reply ask(Command.AskLease ask) {
    Reply[] reply = new Reply[1];
    Leases.Answer answer =
        leases.get(
            ask.key(),
            ask.leaseMillis(),
            ask.earlyMillis(),
            (item, lease) -> reply[0] = leasable(item, lease));
    requireStored(!answer.isTooLarge(), ask.key(), NOTHING);
    return reply[0];
  }

  private static Reply leasable(@Nullable Item item, long lease) {
    if (item == null) {
      return lease == Leases.NONE ? Reply.Miss.MISS : new Reply.Leasable(null, lease, false);
    }
    boolean isStale = Leases.isStale(item);
    Reply.Value value = shown(item);
    return lease == Leases.NONE && !isStale ? value : new Reply.Leasable(value, lease, isStale);
  }

  private Reply readAll(List<ByteBuffer> keys) {
    Reply[] replies = new Reply[keys.size()];
    BatchReader reader =
        (keyIndex, item) -> replies[keyIndex] = item == null ? Reply.Miss.MISS : shown(item);
    store.getAll(keys, reader);
    return new Reply.Items(List.of(replies));
  }

  private Reply scan(Command.Scan scan) {
    List<ByteBuffer> found = new ArrayList<>();
    long cursor =
        store.scan(
            scan.cursor(),
            scan.count(),
            key -> {
              if (scan.pattern() == null || scan.pattern().matches(key)) {
                found.add(key);
              }
            });
    return new Reply.Keys(cursor, found);
  }

  // ---- writing ----

  private Reply declare(NamespaceRequest request) {
    if (!(request instanceof NamespaceRequest.Create create)) {
      throw new IllegalArgumentException("request=" + request.getClass().getSimpleName());
    }
    ByteBuffer prefix = StandardCharsets.UTF_8.encode(create.namespace().prefix());
    return switch (store.createNamespace(prefix, TtlRule.NONE)) {
      case CREATED -> Reply.Done.DONE;
      case PRESENT -> Reply.Exists.EXISTS;
      case TOO_MANY ->
          throw new ServerFailedException("too many namespaces are declared", Reply.UNAVAILABLE);
    };
  }

  private PutOptions options(Command.Set set, Reply.Value stored) {
    return new PutOptions(
        stored.kind().code(),
        set.options().flags(),
        expiresAt(set.options().expiry(), null),
        set.options().tags());
  }

  private Reply set(Command.SetWithLease leased) {
    Command.Set set = leased.set();
    Reply.Value stored = StoredForm.of(set.kind(), set.value());
    Update put = Update.Replace.put(stored.bytes(), options(set, stored));
    UpdateResult result = leases.set(set.key(), leased.lease(), old -> put);
    requireStored(result != UpdateResult.TOO_LARGE, set.key(), stored.bytes());
    return result == UpdateResult.KEPT ? Reply.Exists.EXISTS : Reply.Done.DONE;
  }

  private Reply invalidate(Command.Invalidate invalidate) {
    Outcome outcome = new Outcome();
    var _ =
        store.update(
            invalidate.key(),
            old -> {
              outcome.reply = old == null ? Reply.Miss.MISS : Reply.Done.DONE;
              return old == null
                  ? Update.KEEP
                  : Leases.stale(old, expiresAt(invalidate.expiry(), old));
            });
    return outcome.reply;
  }

  private Reply set(Command.Set set) {
    Condition condition = set.options().condition();
    Reply.Value stored = StoredForm.of(set.kind(), set.value());
    PutOptions options = options(set, stored);
    if (condition.kind() == Condition.Kind.ALWAYS) {
      requireStored(
          store.put(set.key(), stored.bytes(), options) != PutResult.TOO_LARGE,
          set.key(),
          stored.bytes());
      return Reply.Done.DONE;
    }
    Outcome outcome = new Outcome();
    UpdateResult result =
        store.update(
            set.key(),
            old ->
                outcome.isRefused(condition, old)
                    ? Update.KEEP
                    : Update.Replace.put(stored.bytes(), options));
    requireStored(result != UpdateResult.TOO_LARGE, set.key(), stored.bytes());
    return outcome.reply;
  }

  private static void requireStored(boolean isStored, ByteBuffer key, ByteBuffer value) {
    if (!isStored) {
      throw new ServerFailedException(
          "item too large for the engine's memory: itemBytes="
              + ((long) key.remaining() + value.remaining()),
          Reply.UNAVAILABLE);
    }
  }

  private Reply delete(ByteBuffer key, Condition condition) {
    Outcome outcome = new Outcome();
    var _ =
        store.update(
            key,
            old -> {
              if (old == null) {
                outcome.reply = Reply.Miss.MISS;
                return Update.KEEP;
              }
              return outcome.isRefused(condition, old) ? Update.KEEP : Update.REMOVE;
            });
    return outcome.reply;
  }

  private Reply touch(Command.Touch touch) {
    Outcome outcome = new Outcome();
    var _ =
        store.update(
            touch.key(),
            old -> {
              outcome.reply = old == null ? Reply.Miss.MISS : Reply.Done.DONE;
              return old == null
                  ? Update.KEEP
                  : Update.Replace.expiry(old, expiresAt(touch.expiry(), old));
            });
    return outcome.reply;
  }

  private Reply add(Command.Add add) {
    Outcome outcome = new Outcome();
    var _ = store.update(add.key(), old -> add(add, old, outcome));
    return outcome.reply;
  }

  private Update add(Command.Add add, @Nullable Item old, Outcome outcome) {
    if (old == null) {
      Command.Initial initial = add.initial();
      if (initial == null) {
        outcome.reply = Reply.Miss.MISS;
        return Update.KEEP;
      }
      ByteBuffer digits = digits(initial.number());
      outcome.reply = new Reply.Value(initial.kind(), digits);
      return Update.Replace.put(
          digits, new PutOptions(initial.kind().code(), 0, expiresAt(initial.expiry(), null)));
    }
    Long number =
        JsonSpan.parsed(StandardCharsets.UTF_8.decode(old.value().duplicate()).toString());
    if (number == null) {
      throw new RefusedException("add refused: the value is not a 64-bit integer", CONFLICT);
    }
    long sum = number + add.delta();
    boolean overflows = ((number ^ sum) & (add.delta() ^ sum)) < 0;
    if (overflows) {
      throw new RefusedException("add refused: the sum is not a 64-bit integer", CONFLICT);
    }
    ByteBuffer digits = digits(sum);
    outcome.reply = new Reply.Value(ValueKind.ofCode(old.kind()), digits);
    return Update.Replace.value(old, digits);
  }

  private static ByteBuffer digits(long number) {
    return ByteBuffer.wrap(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  private long expiresAt(Expiry expiry, @Nullable Item old) {
    long present = old == null ? Item.NEVER : old.expiresAtMillis();
    return switch (expiry.base()) {
      case NEVER -> Item.NEVER;
      case KEEP -> present;
      case AFTER -> sum(store.nowMillis(), expiry.millis());
      case AT -> expiry.millis();
      case LATER -> present == Item.NEVER ? Item.NEVER : sum(present, expiry.millis());
      case WITHIN -> Math.min(present, sum(store.nowMillis(), expiry.millis()));
    };
  }

  private static long sum(long millis, long more) {
    return more > Item.NEVER - millis ? Item.NEVER : millis + more;
  }

  /** What an updater has found, of which only the last call counts. */
  private static final class Outcome {
    private Reply reply = Reply.Done.DONE;

    /** Whether nothing may be done, and remembers why. */
    boolean isRefused(Condition condition, @Nullable Item old) {
      reply =
          switch (condition.kind()) {
            case ALWAYS -> Reply.Done.DONE;
            case ABSENT -> old == null ? Reply.Done.DONE : Reply.Exists.EXISTS;
            case PRESENT -> old == null ? Reply.Miss.MISS : Reply.Done.DONE;
            case VERSION ->
                old == null
                    ? Reply.Miss.MISS
                    : old.version() == condition.number() ? Reply.Done.DONE : Reply.Exists.EXISTS;
            case EQUAL, NOT_EQUAL, ABSENT_OR_EQUAL, DIGEST_EQUAL, DIGEST_NOT_EQUAL ->
                throw new IllegalArgumentException("condition=" + condition.kind());
          };
      return !(reply instanceof Reply.Done);
    }
  }
}
