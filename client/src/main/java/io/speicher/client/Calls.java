package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.client.backend.Backend;
import io.speicher.client.backend.Feature;
import io.speicher.client.backend.KeyListener;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.CodecException;
import io.speicher.client.exception.MalformedReplyException;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.client.exception.ValueTooLongException;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.Tags;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonSpan;
import io.speicher.protocol.json.JsonText;
import io.speicher.protocol.json.KeyBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the blocking and the asynchronous cache have in common: commands of arguments, results of
 * replies, and what is counted.
 */
final class Calls<V> {
  /** As many keys make a reply that most frames have room for. */
  static final int BATCH_KEYS = 512;

  /** A batch is sent when it has as much to store. */
  private static final int BATCH_BYTES = 1 << 20;

  /** As many keys are looked at in one step of a scan. */
  private static final int SCAN_COUNT = 1_000;

  private static final int CONFLICT = 409;

  final Backend backend;
  final String name;
  final CacheOptions options;
  final Counters counters = new Counters();
  private final Codec<V> codec;
  private final String prefix;
  private final byte[] prefixBytes;
  private final long timeoutNanos;
  private final @Nullable CallObserver observer;

  /** Kept from being collected as long as the cache is. */
  private final List<KeyListener> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param prefix what every key begins with
   */
  Calls(
      Backend backend,
      String name,
      String prefix,
      Codec<V> codec,
      CacheOptions options,
      long timeoutNanos,
      @Nullable CallObserver observer) {
    this.backend = backend;
    this.name = name;
    this.prefix = prefix;
    prefixBytes = prefix.getBytes(StandardCharsets.UTF_8);
    this.codec = codec;
    this.options = options;
    this.timeoutNanos = timeoutNanos;
    this.observer = observer;
  }

  // ---- calls ----

  /** Executes a command and waits for what {@code decode} makes of its reply. */
  <T extends @Nullable Object> T call(
      Operation operation, Command command, Function<? super Reply, ? extends T> decode) {
    CallObserver.Running running = observer == null ? null : observer.started(name, operation);
    try {
      T result = decode.apply(backend.call(operation, command, timeoutNanos));
      tell(running, null);
      return result;
    } catch (SpeicherException e) {
      counters.failures.increment();
      tell(running, e);
      throw e;
    }
  }

  /** The same without waiting. */
  <T extends @Nullable Object> CompletableFuture<T> submit(
      Operation operation, Command command, Function<? super Reply, ? extends T> decode) {
    CallObserver.Running running = observer == null ? null : observer.started(name, operation);
    CompletableFuture<T> future;
    try {
      future = backend.submit(operation, command, timeoutNanos, decode);
    } catch (SpeicherException e) {
      future = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<?> unused =
        future.handle((result, failure) -> {
          if (failure != null) {
            counters.failures.increment();
          }
          tell(running, failure);
          return null;
        });
    return future; // And no other, which could not be cancelled.
  }

  private static void tell(CallObserver.@Nullable Running running, @Nullable Throwable failure) {
    if (running != null) {
      running.completed(failure instanceof SpeicherException known ? known : null);
    }
  }

  /** Whether the backend can do that. Waits for a connection if there was none before. */
  boolean finds(Feature feature) {
    if (!backend.knows(feature)) {
      call(Operation.PING, new Command.Ping(), reply -> reply);
    }
    return backend.knows(feature);
  }

  /** The same without waiting. */
  CompletableFuture<Boolean> findsAsync(Feature feature) {
    if (backend.knows(feature)) {
      return CompletableFuture.completedFuture(true);
    }
    return submit(Operation.PING, new Command.Ping(), reply -> backend.knows(feature));
  }

  RefusedException knowsNoTags() {
    return new RefusedException(
        "set not sent: server="
            + backend.server()
            + " knows no tags, and would never clear the item by them (expected: a server of"
            + " version 0.2 or later that is no node of a cluster)",
        Reply.BAD_REQUEST);
  }

  /** Counts what a loader does. */
  <T extends @Nullable Object> T load(Supplier<T> loader) {
    try {
      T loaded = loader.get();
      counters.loads.increment();
      return loaded;
    } catch (RuntimeException | Error e) {
      counters.loadFailures.increment();
      throw e;
    }
  }

  /** The same for a loader that does not wait. */
  CompletableFuture<@Nullable V> loadAsync(
      Supplier<? extends CompletableFuture<? extends @Nullable V>> loader) {
    CompletableFuture<@Nullable V> loading;
    try {
      loading = loader.get().<@Nullable V>thenApply(loaded -> loaded);
    } catch (RuntimeException e) {
      loading = CompletableFuture.failedFuture(e);
    }
    return loading.whenComplete((loaded, failure) ->
        (failure == null ? counters.loads : counters.loadFailures).increment());
  }

  /** Deletes whatever is under a key, for the cache itself. */
  boolean delete(String key) {
    return call(Operation.DELETE, new Command.Delete(key(key)), Calls::isDone);
  }

  /** The same without waiting. */
  CompletableFuture<Boolean> deleteAsync(String key) {
    return submit(Operation.DELETE, new Command.Delete(key(key)), Calls::isDone);
  }

  /** A duration of any length; what does not fit is as good as for ever. */
  static long nanos(Duration duration) {
    return duration.compareTo(Duration.ofDays(36_500)) > 0
        ? Long.MAX_VALUE / 4
        : duration.toNanos();
  }

  /** Whether a failure is to be a miss, or no more than a write that is left out. */
  boolean hidesFailures() {
    return options.onFailure == OnFailure.MISS;
  }

  /** Whether that holds for this failure of a future, which may be wrapped. */
  boolean isHidden(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return hidesFailures() && cause instanceof SpeicherException;
  }

  /** Whether nobody but the value is to blame, so that the old one is worse than none. */
  static boolean isAboutTheValue(Throwable failure) {
    return failure instanceof CodecException || failure instanceof ValueTooLongException;
  }

  // ---- changes ----

  /** Tells of the keys of this cache, as its callers know them. */
  private final class OwnChanges implements KeyListener {
    private final ChangeListener told;

    OwnChanges(ChangeListener told) {
      this.told = told;
    }

    @Override
    public void changed(String key) {
      if (key.startsWith(prefix)) {
        told.changed(key.substring(prefix.length()));
      }
    }

    @Override
    public void allChanged() {
      told.allChanged();
    }
  }

  /** See {@link Changes#listen}. */
  void listen(ChangeListener listener) {
    KeyListener own = new OwnChanges(listener);
    listeners.add(own);
    backend.listen(own);
  }

  // ---- arguments in ----

  ByteBuffer key(String key) {
    nonNull("key", key);
    ByteBuffer bytes = utf8("key", prefix.isEmpty() ? key : prefix.concat(key));
    int keyBytes = bytes.remaining();
    if (key.isEmpty() || keyBytes > Limits.MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          (key.isEmpty() ? "key empty" : "key too long")
              + ": keyBytes="
              + keyBytes
              + " (expected: 1.."
              + Limits.MAX_KEY_BYTES
              + ")");
    }
    return bytes;
  }

  private static ByteBuffer utf8(String what, String text) {
    ByteBuffer bytes = JsonText.utf8(text);
    if (bytes == null) {
      throw new IllegalArgumentException(
          what + " holds half of a surrogate pair (expected: whole characters)");
    }
    return bytes;
  }

  Command.Get get(String key, Command.View view) {
    return new Command.Get(key(key), view);
  }

  /**
   * The keys in parts of {@link #BATCH_KEYS}. One that is there twice stays so: finding that out
   * would cost more than asking again.
   */
  List<List<String>> parts(Collection<String> keys) {
    List<String> all = new ArrayList<>(keys);
    List<List<String>> parts = new ArrayList<>(all.size() / BATCH_KEYS + 1);
    for (int i = 0; i < all.size(); i += BATCH_KEYS) {
      parts.add(all.subList(i, Math.min(all.size(), i + BATCH_KEYS)));
    }
    return parts;
  }

  /** The command for one of the {@link #parts}. */
  Command.GetAll getAll(List<String> part) {
    KeyBatch batch = new KeyBatch(prefixBytes, part.size());
    for (String key : part) {
      int keyBytes = nonNull("key", key).isEmpty() ? -1 : batch.addKey(key);
      if (keyBytes < 0 || keyBytes > Limits.MAX_KEY_BYTES) {
        ByteBuffer unused = key(key); // Says what is wrong with it.
      }
    }
    return new Command.GetAll(batch, Command.View.VALUE);
  }

  /** The same with each key once. */
  List<List<String>> batches(Collection<String> keys) {
    return parts(new LinkedHashSet<>(keys));
  }

  List<ByteBuffer> keys(Collection<String> keys) {
    List<ByteBuffer> bytes = new ArrayList<>(keys.size());
    for (String key : keys) {
      bytes.add(key(key));
    }
    return bytes;
  }

  Command.Set set(String key, V value, Ttl ttl, Condition condition) {
    ByteBuffer keyBytes = key(key);
    nonNull("value", value);
    Reply.Value stored;
    try {
      stored = Codecs.encode(codec, value);
    } catch (RuntimeException e) {
      throw codecFailed("encode", e);
    }
    SetOptions set = SetOptions.DEFAULT.withCondition(condition).withExpiry(itemExpiry(ttl));
    return new Command.Set(keyBytes, stored.kind(), stored.bytes(), set);
  }

  Command.Set set(String key, V value, Ttl ttl, List<ByteBuffer> tags) {
    Command.Set set = set(key, value, ttl, Condition.ALWAYS);
    return new Command.Set(set.key(), set.kind(), set.value(), set.options().withTags(tags));
  }

  /** The tags as the server knows them: those of another cache are others. */
  List<ByteBuffer> tags(Collection<String> tags) {
    List<ByteBuffer> bytes = new ArrayList<>(tags.size());
    for (String tag : new LinkedHashSet<>(tags)) {
      bytes.add(tag(tag));
    }
    Tags.require(bytes);
    return bytes;
  }

  private ByteBuffer tag(String tag) {
    if (nonNull("tag", tag).isEmpty()) {
      throw new IllegalArgumentException("tag empty (expected: at least one character)");
    }
    return utf8("tag", prefix + tag);
  }

  Command.ClearTags clearTag(String tag) {
    List<ByteBuffer> tags = List.of(tag(tag));
    Tags.requireCleared(tags);
    return new Command.ClearTags(tags);
  }

  /** When an item ends whose value lives for {@code ttl}. */
  private Expiry itemExpiry(Ttl ttl) {
    long staleMillis = options.staleFor.toMillis();
    return nonNull("ttl", ttl).isForever()
        ? Expiry.NEVER
        : Expiry.after(Math.min(Limits.MAX_TTL_MILLIS, ttl.nextMillis() + staleMillis));
  }

  Command.SetWithLease setWithLease(String key, V value, long lease) {
    return new Command.SetWithLease(set(key, value, options.ttl, Condition.ALWAYS), lease);
  }

  Command.AskLease askLease(String key) {
    return new Command.AskLease(
        key(key), Command.View.VALUE, options.lease.toMillis(), earlyMillis(), 0);
  }

  /** With how little time left an item is to be loaded again. */
  private long earlyMillis() {
    Ttl ttl = options.ttl;
    if (ttl.isForever()) {
      return 0;
    }
    double left = (1 - options.refreshEarly) * ttl.duration().toMillis();
    return Math.min(Limits.MAX_TTL_MILLIS, options.staleFor.toMillis() + Math.round(left));
  }

  Command.Invalidate invalidate(String key, Duration staleFor) {
    Ttl bound = Ttl.of(nonNull("staleFor", staleFor));
    return new Command.Invalidate(
        key(key), Condition.ALWAYS, Expiry.within(bound.duration().toMillis()));
  }

  static Expiry expiry(Ttl ttl) {
    nonNull("ttl", ttl);
    return ttl.isForever() ? Expiry.NEVER : Expiry.after(ttl.nextMillis());
  }

  List<Command.SetAll> setAll(Map<String, ? extends V> values, Ttl ttl) {
    List<Command.SetAll> batches = new ArrayList<>();
    List<Command.Set> batch = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<String, ? extends V> entry : values.entrySet()) {
      Command.Set item = set(entry.getKey(), entry.getValue(), ttl, Condition.ALWAYS);
      batch.add(item);
      bytes += (long) item.key().remaining() + item.value().remaining();
      if (bytes >= BATCH_BYTES || batch.size() == backend.maxBatchItems()) {
        batches.add(new Command.SetAll(batch, Condition.ALWAYS));
        batch = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!batch.isEmpty()) {
      batches.add(new Command.SetAll(batch, Condition.ALWAYS));
    }
    return batches;
  }

  Command.Add add(String key, long by, long initial, Ttl ttl) {
    return new Command.Add(
        key(key),
        by,
        Command.Arithmetic.SIGNED,
        new Command.Initial(initial, ValueKind.JSON, expiry(ttl)));
  }

  Command.Touch touch(String key, Ttl ttl) {
    return new Command.Touch(key(key), itemExpiry(ttl), Command.TouchCondition.ALWAYS);
  }

  // ---- replies out ----

  static boolean isDone(Reply reply) {
    return !(reply instanceof Reply.Miss || reply instanceof Reply.Exists);
  }

  /** As {@link #isDone}, and counts it if so. */
  static boolean counted(Reply reply, LongAdder counter) {
    boolean isDone = isDone(reply);
    counter.add(isDone ? 1 : 0);
    return isDone;
  }

  /** How many items were deleted. */
  long deleted(Reply reply) {
    long number = ((Reply.Count) reply).number();
    counters.deletes.add(number);
    return number;
  }

  @Nullable V value(Reply reply) {
    V value = reply instanceof Reply.Value stored ? decode(stored) : null;
    (value == null ? counters.misses : counters.hits).increment();
    return value;
  }

  /** What has come of asking for a value or a lease. Counts nothing: it may be asked again. */
  Asked<V> asked(Reply reply) {
    if (reply instanceof Reply.Leasable leasable) {
      return asked(leasable.value(), leasable.lease(), leasable.stale());
    }
    return asked(reply instanceof Reply.Value item ? item : null, Reply.Leasable.NONE, false);
  }

  private Asked<V> asked(Reply.@Nullable Value item, long lease, boolean isStale) {
    V value = null;
    try {
      value = item == null ? null : decode(item);
    } catch (CodecException e) {
      if (!hidesFailures()) {
        throw e;
      }
    }
    return new Asked<>(value, lease, isStale, item != null, false);
  }

  void count(Asked<V> asked) {
    (asked.value() == null ? counters.misses : counters.hits).increment();
  }

  @Nullable Versioned<V> versioned(Reply reply) {
    V value = value(reply);
    return value == null ? null : new Versioned<>(value, version(reply));
  }

  /** The version of the item, whether or not its value can be decoded; 0 if there is none. */
  static long version(Reply reply) {
    return reply instanceof Reply.Value stored ? stored.version() : 0;
  }

  private @Nullable V decode(Reply.Value stored) {
    try {
      return Codecs.decode(codec, stored);
    } catch (RuntimeException e) {
      throw codecFailed("decode", e);
    }
  }

  private CodecException codecFailed(String what, RuntimeException cause) {
    return new CodecException(
        what + " failed: cache=" + name + " reason=" + cause.getMessage(), cause);
  }

  /** What was found of the keys that were asked for. */
  Map<String, V> all(List<String> keys, Reply reply) {
    List<Reply> items = ((Reply.Items) reply).items();
    if (items.size() != keys.size()) {
      throw new MalformedReplyException(
          "getAll got a malformed reply: server="
              + backend.server()
              + " items="
              + items.size()
              + " (expected: "
              + keys.size()
              + ")");
    }
    Map<String, V> found = new LinkedHashMap<>(items.size() * 4 / 3 + 1);
    int hits = 0;
    int misses = 0;
    try {
      for (int i = 0; i < items.size(); i++) {
        V value = items.get(i) instanceof Reply.Value stored ? decode(stored) : null;
        if (value == null) {
          misses++;
        } else {
          hits++;
          found.put(keys.get(i), value);
        }
      }
    } finally {
      counters.hits.add(hits);
      counters.misses.add(misses);
    }
    return found;
  }

  /** The time that an item has left; null if there is none. */
  static @Nullable Ttl ttl(Reply reply) {
    if (reply instanceof Reply.Miss) {
      return null;
    }
    long millis = reply instanceof Reply.Value item ? item.ttlMillis() : -1;
    return millis < 0 ? Ttl.forever() : Ttl.of(Duration.ofMillis(millis));
  }

  static long sum(Reply reply) {
    if (reply instanceof Reply.Value value) {
      String digits = StandardCharsets.UTF_8.decode(value.bytes().duplicate()).toString();
      Long number = JsonSpan.parsed(digits);
      if (number != null) {
        return number;
      }
    } else if (reply instanceof Reply.Exists) {
      throw new RefusedException(
          "add refused: the value or the sum is not a 64-bit integer", CONFLICT);
    }
    throw new MalformedReplyException("add got a malformed reply (expected: a number)");
  }

  // ---- all keys ----

  /** Whether the cache has all that the server has. */
  boolean isWhole() {
    return prefix.isEmpty();
  }

  /** The cache as a namespace of the server, or null if none is called so. */
  @Nullable Namespace namespace() {
    try {
      return new Namespace(prefix);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** One step of looking for keys. */
  Command.Scan scan(long cursor, ByteBuffer keyPrefix) {
    ByteBuffer pattern = Glob.ofPrefix(keyPrefix);
    boolean isPossible = pattern.remaining() <= Glob.MAX_BYTES;
    return new Command.Scan(cursor, SCAN_COUNT, isPossible ? new Glob(pattern) : null);
  }

  /** What keys begin with that begin with {@code keyPrefix} for callers. */
  ByteBuffer keyPrefix(String keyPrefix) {
    return utf8("prefix", prefix + nonNull("prefix", keyPrefix));
  }

  static boolean begins(ByteBuffer key, ByteBuffer prefix) {
    return key.remaining() >= prefix.remaining()
        && key.slice(key.position(), prefix.remaining()).equals(prefix);
  }

  /** The key as callers know it, or null if it is none of theirs. */
  @Nullable String callersKey(ByteBuffer key, ByteBuffer keyPrefix) {
    if (!begins(key, keyPrefix) || !JsonText.isUtf8(key)) {
      return null;
    }
    String text = StandardCharsets.UTF_8.decode(key.duplicate()).toString();
    return text.length() == prefix.length() ? null : text.substring(prefix.length());
  }
}
