package io.speicher.client.backend;

import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.RefusedException;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonSpan;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A map in this process, for tests of programs that use a cache. It does what a server does and
 * forgets nothing before its time; nothing bounds its memory.
 */
public final class HeapBackend extends LocalBackend {
  private record Item(
      ValueKind kind,
      ByteBuffer bytes,
      long version,
      long expiresAtMillis,
      boolean isStale,
      List<ByteBuffer> tags) {}

  /** The task to load a value, which ends with the item that the key has, or has not. */
  private record Lease(long number, long endsAtMillis) {}

  private static final long NEVER = Long.MAX_VALUE;

  private final InstantSource clock;
  private final Map<ByteBuffer, Item> items = new TreeMap<>();
  private final Map<ByteBuffer, Lease> leases = new HashMap<>();
  private long lastVersion;
  private long lastLease;
  private boolean closed;

  /**
   * @param clock what time to live is measured by
   */
  public HeapBackend(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized Reply call(Operation operation, Command command, long timeoutNanos) {
    if (closed) {
      throw new ClosedException(
          operation.label() + " failed, the client is closed: server=" + server(), false);
    }
    return execute(command);
  }

  @Override
  public String server() {
    return "memory";
  }

  @Override
  public synchronized void close() {
    closed = true;
    items.clear();
  }

  // Commands.

  private Reply execute(Command command) {
    if (command instanceof Command.Get get) {
      return get.view() == Command.View.GLANCE ? glance(get.key()) : read(get.key());
    } else if (command instanceof Command.GetAll getAll) {
      return new Reply.Items(getAll.keys().stream().map(this::read).toList());
    } else if (command instanceof Command.Set set) {
      return set(set);
    } else if (command instanceof Command.AskLease ask) {
      return ask(ask);
    } else if (command instanceof Command.SetWithLease leased) {
      return set(leased);
    } else if (command instanceof Command.Invalidate invalidate) {
      return invalidate(invalidate);
    } else if (command instanceof Command.SetAll setAll) {
      setAll.items().forEach(this::set);
      return Reply.Done.DONE;
    } else if (command instanceof Command.Delete delete) {
      return delete(delete.key(), Condition.ALWAYS);
    } else if (command instanceof Command.DeleteIf delete) {
      return delete(delete.key(), delete.condition());
    } else if (command instanceof Command.DeleteAll deleteAll) {
      return new Reply.Count(
          deleteAll.keys().stream()
              .filter(key -> delete(key, Condition.ALWAYS) instanceof Reply.Done)
              .count());
    } else if (command instanceof Command.Touch touch) {
      return touch(touch);
    } else if (command instanceof Command.Add add) {
      return add(add);
    } else if (command instanceof Command.Scan scan) {
      return scan(scan);
    } else if (command instanceof Command.Clear) {
      items.clear();
      leases.clear();
      return Reply.Done.DONE;
    } else if (command instanceof Command.ClearNamespace clear) {
      clearNamespace(clear.prefix());
      return Reply.Done.DONE;
    } else if (command instanceof Command.ClearTags clear) {
      items.values().removeIf(item -> !Collections.disjoint(item.tags, clear.tags()));
      return Reply.Done.DONE;
    } else if (command instanceof Command.Ping) {
      return Reply.Done.DONE;
    }
    throw new IllegalArgumentException("command=" + command.getClass().getSimpleName());
  }

  private @Nullable Item find(ByteBuffer key) {
    Item item = items.get(key);
    if (item != null && item.expiresAtMillis <= clock.millis()) {
      items.remove(key);
      return null;
    }
    return item;
  }

  private Reply read(ByteBuffer key) {
    Item item = find(key);
    return item == null ? Reply.Miss.MISS : shown(item);
  }

  /** All that a client of a server sees of it: how long it has left. */
  private Reply glance(ByteBuffer key) {
    Item item = find(key);
    if (item == null) {
      return Reply.Miss.MISS;
    }
    return new Reply.Value(
        item.kind, item.bytes.duplicate(), 0, 0, item.expiresAtMillis, clock.millis(), 0);
  }

  private static Reply.Value shown(Item item) {
    return new Reply.Value(
        item.kind, item.bytes.duplicate(), 0, item.version, Reply.Value.NEVER, 0, 0);
  }

  private Reply set(Command.Set set) {
    Reply obstacle = obstacle(find(set.key()), set.options().condition());
    if (obstacle == null) {
      long expiresAtMillis = expiresAt(set.options().expiry(), NEVER);
      List<ByteBuffer> tags = set.options().tags().stream().map(HeapBackend::copy).toList();
      put(set.key(), set.kind(), set.value(), expiresAtMillis, tags);
    }
    return obstacle == null ? Reply.Done.DONE : obstacle;
  }

  private Reply ask(Command.AskLease ask) {
    Item item = find(ask.key());
    long nowMillis = clock.millis();
    boolean isSoonOver =
        item != null
            && item.expiresAtMillis != NEVER
            && item.expiresAtMillis - nowMillis < ask.earlyMillis();
    Lease lease = leases.get(ask.key());
    boolean isTaken = lease != null && lease.endsAtMillis > nowMillis;
    long given = Reply.Leasable.NONE;
    if (!isTaken && (item == null || item.isStale || isSoonOver)) {
      given = ++lastLease;
      leases.put(copy(ask.key()), new Lease(given, nowMillis + ask.leaseMillis()));
    }
    if (item == null) {
      boolean isGiven = given != Reply.Leasable.NONE;
      return isGiven ? new Reply.Leasable(null, given, false) : Reply.Miss.MISS;
    }
    boolean isPlain = given == Reply.Leasable.NONE && !item.isStale;
    return isPlain ? shown(item) : new Reply.Leasable(shown(item), given, item.isStale);
  }

  private Reply set(Command.SetWithLease leased) {
    Lease lease = leases.get(leased.set().key());
    boolean isHeld =
        lease != null && lease.number == leased.lease() && lease.endsAtMillis > clock.millis();
    return isHeld ? set(leased.set()) : Reply.Exists.EXISTS;
  }

  private Reply invalidate(Command.Invalidate invalidate) {
    Item item = find(invalidate.key());
    if (item == null) {
      return Reply.Miss.MISS;
    }
    long expiresAtMillis = expiresAt(invalidate.expiry(), item.expiresAtMillis);
    replace(
        invalidate.key(),
        new Item(item.kind, item.bytes, ++lastVersion, expiresAtMillis, true, item.tags));
    return Reply.Done.DONE;
  }

  private static @Nullable Reply obstacle(@Nullable Item item, Condition condition) {
    return switch (condition.kind()) {
      case ALWAYS -> null;
      case ABSENT -> item == null ? null : Reply.Exists.EXISTS;
      case PRESENT -> item == null ? Reply.Miss.MISS : null;
      case VERSION ->
          item == null
              ? Reply.Miss.MISS
              : item.version == condition.number() ? null : Reply.Exists.EXISTS;
      case EQUAL, NOT_EQUAL, ABSENT_OR_EQUAL, DIGEST_EQUAL, DIGEST_NOT_EQUAL ->
          throw new IllegalArgumentException("condition=" + condition.kind());
    };
  }

  private Reply delete(ByteBuffer key, Condition condition) {
    Item item = find(key);
    Reply obstacle = item == null ? Reply.Miss.MISS : obstacle(item, condition);
    if (condition.kind() == Condition.Kind.ALWAYS) {
      leases.remove(key);
    }
    if (obstacle == null) {
      items.remove(key);
    }
    return obstacle == null ? Reply.Done.DONE : obstacle;
  }

  private Reply touch(Command.Touch touch) {
    Item item = find(touch.key());
    if (item == null) {
      return Reply.Miss.MISS;
    }
    long expiresAtMillis = expiresAt(touch.expiry(), item.expiresAtMillis);
    items.put(
        copy(touch.key()),
        new Item(item.kind, item.bytes, item.version, expiresAtMillis, item.isStale, item.tags));
    return Reply.Done.DONE;
  }

  private Reply add(Command.Add add) {
    Item item = find(add.key());
    Command.Initial initial = add.initial();
    if (item == null) {
      if (initial == null) {
        return Reply.Miss.MISS;
      }
      long expiresAt = expiresAt(initial.expiry(), NEVER);
      return shown(put(add.key(), initial.kind(), digits(initial.number()), expiresAt, List.of()));
    }
    Long number = JsonSpan.parsed(StandardCharsets.UTF_8.decode(item.bytes.duplicate()).toString());
    try {
      if (number != null) {
        long sum = Math.addExact(number, add.delta());
        return shown(put(add.key(), item.kind, digits(sum), item.expiresAtMillis, item.tags));
      }
    } catch (ArithmeticException e) {
      throw new RefusedException("add refused: the sum is not a 64-bit integer", 409);
    }
    throw new RefusedException("add refused: the value is not a 64-bit integer", 409);
  }

  private void clearNamespace(ByteBuffer prefix) {
    Predicate<ByteBuffer> isInside =
        key ->
            key.remaining() >= prefix.remaining()
                && key.slice(key.position(), prefix.remaining()).equals(prefix);
    items.keySet().removeIf(isInside);
    leases.keySet().removeIf(isInside);
  }

  private Reply scan(Command.Scan scan) {
    List<ByteBuffer> found = new ArrayList<>();
    for (ByteBuffer key : List.copyOf(items.keySet())) {
      if (find(key) != null && (scan.pattern() == null || scan.pattern().matches(key))) {
        found.add(key.duplicate());
      }
    }
    return new Reply.Keys(0, found);
  }

  // Items.

  private Item put(
      ByteBuffer key,
      ValueKind kind,
      ByteBuffer value,
      long expiresAtMillis,
      List<ByteBuffer> tags) {
    Reply.Value stored = StoredForm.of(kind, value);
    ValueKind storedKind = stored.kind();
    if (storedKind == ValueKind.BYTES && JsonText.isUtf8(value)) {
      storedKind = ValueKind.TEXT;
    }
    Item item =
        new Item(storedKind, copy(stored.bytes()), ++lastVersion, expiresAtMillis, false, tags);
    replace(key, item);
    return item;
  }

  private void replace(ByteBuffer key, Item item) {
    items.put(copy(key), item);
    leases.remove(key);
  }

  private long expiresAt(Expiry expiry, long presentMillis) {
    return switch (expiry.base()) {
      case NEVER -> NEVER;
      case KEEP -> presentMillis;
      case AFTER -> clock.millis() + expiry.millis();
      case AT -> expiry.millis();
      case WITHIN -> Math.min(presentMillis, clock.millis() + expiry.millis());
      case LATER -> presentMillis == NEVER ? NEVER : presentMillis + expiry.millis();
    };
  }

  private static ByteBuffer digits(long number) {
    return ByteBuffer.wrap(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
    return copy.put(bytes.duplicate()).flip();
  }
}
