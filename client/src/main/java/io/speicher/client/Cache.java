package io.speicher.client;

import io.speicher.client.wire.Address;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.JsonCommandEncoder;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The items of a server, seen as values of type {@code V}.
 *
 * <p>A {@link SpeicherClient} is one whose values are strings. {@link #with} and {@link
 * #withTimeout} give other views of the same items over the same connection; they cost nothing, and
 * need no closing.
 *
 * <p><b>Keys</b> are strings of 1 to 65,535 bytes in UTF-8, without halves of surrogate pairs.
 *
 * <p><b>Threads.</b> Any thread may call any method. Calls do not wait for each other: they share
 * the connection, and their commands travel together. The commands of one thread take effect in the
 * order of its calls.
 *
 * <p><b>Blocking and not.</b> Every operation comes twice. The plain one waits for the reply. The
 * {@code …Async} one returns at once; its future is completed on the client's own thread, and so
 * are the stages that depend on it, which therefore must not block ({@code thenApplyAsync} and the
 * like run elsewhere). Cancelling a future keeps a command from being sent if it still waits for a
 * connection, and does nothing else.
 *
 * <p><b>Time.</b> A call ends within the timeout, which counts from the call, whatever happens. A
 * reply that comes too late is thrown away.
 *
 * <p><b>Errors.</b> Null arguments and keys, values or times to live that cannot be are thrown at
 * once: {@link NullPointerException}, {@link IllegalArgumentException}. All else is a {@link
 * SpeicherException}: plain operations throw it, futures are completed with it. A plain operation
 * that is called on the client's own thread would wait for itself and throws {@link
 * IllegalStateException} instead.
 *
 * @param <V> the type of the values
 */
public sealed class Cache<V> permits SpeicherClient {
  private static final JsonCommandEncoder ENCODER = new JsonCommandEncoder();

  private static final Duration MAX_TTL = Duration.ofMillis(Limits.MAX_TTL_MILLIS);

  final Dispatcher dispatcher;
  private final Codec<V> codec;
  private final long timeoutNanos;

  Cache(Dispatcher dispatcher, Codec<V> codec, long timeoutNanos) {
    this.dispatcher = dispatcher;
    this.codec = codec;
    this.timeoutNanos = timeoutNanos;
  }

  // Views.

  /** The same items as values of another type. */
  public <T> Cache<T> with(Codec<T> codec) {
    return new Cache<>(dispatcher, requireNonNull("codec", codec), timeoutNanos);
  }

  /**
   * The same items, with another timeout for every operation.
   *
   * @param timeout from one millisecond to one day
   */
  public Cache<V> withTimeout(Duration timeout) {
    return new Cache<>(dispatcher, codec, SpeicherClient.timeoutNanos("timeout", timeout));
  }

  // Operations.

  /**
   * Stores the value, in place of any value under that key, until it is deleted or room is needed.
   *
   * @return true, always: what goes wrong is an exception
   */
  public boolean set(String key, V value) {
    call(Operation.SET, set(key, value, Command.Set.NO_TTL));
    return true;
  }

  /**
   * Stores the value like {@link #set(String, Object)}, for {@code ttl} at most.
   *
   * @param ttl from one millisecond to 285,000 years; what is not a whole millisecond is cut off. A
   *     server that offers no more than the core of the protocol ignores it.
   * @return true, always: what goes wrong is an exception
   */
  public boolean set(String key, V value, Duration ttl) {
    call(Operation.SET, set(key, value, ttlMillis(ttl)));
    return true;
  }

  /** The value under the key, or null if there is none. */
  public @Nullable V get(String key) {
    return value(call(Operation.GET, new Command.Get(key(key))));
  }

  /**
   * Deletes the value under the key.
   *
   * @return whether there was one
   */
  public boolean delete(String key) {
    return isHit(call(Operation.DELETE, new Command.Delete(key(key))));
  }

  /** Deletes every item of the server, whoever stored it. */
  public void reset() {
    call(Operation.RESET, new Command.Clear());
  }

  /**
   * Waits for a sign of life.
   *
   * @throws RefusedException if the server offers no more than the core of the protocol, which has
   *     no such command: it is alive, too
   */
  public void ping() {
    call(Operation.PING, new Command.Ping());
  }

  // The same without waiting.

  /** {@link #set(String, Object)} without waiting. */
  public CompletableFuture<Boolean> setAsync(String key, V value) {
    return submit(Operation.SET, set(key, value, Command.Set.NO_TTL), Cache::isHit);
  }

  /** {@link #set(String, Object, Duration)} without waiting. */
  public CompletableFuture<Boolean> setAsync(String key, V value, Duration ttl) {
    return submit(Operation.SET, set(key, value, ttlMillis(ttl)), Cache::isHit);
  }

  /** {@link #get} without waiting. */
  public CompletableFuture<@Nullable V> getAsync(String key) {
    return submit(Operation.GET, new Command.Get(key(key)), this::value);
  }

  /** {@link #delete} without waiting. */
  public CompletableFuture<Boolean> deleteAsync(String key) {
    return submit(Operation.DELETE, new Command.Delete(key(key)), Cache::isHit);
  }

  /** {@link #reset} without waiting. The future is completed with null. */
  public CompletableFuture<@Nullable Void> resetAsync() {
    return submit(Operation.RESET, new Command.Clear(), reply -> null);
  }

  /** {@link #ping} without waiting. The future is completed with null. */
  public CompletableFuture<@Nullable Void> pingAsync() {
    return submit(Operation.PING, new Command.Ping(), reply -> null);
  }

  // Arguments in, replies out.

  private Command.Set set(String key, V value, long ttlMillis) {
    ByteBuffer keyBytes = key(key);
    Reply.Value stored = codec.encode(requireNonNull("value", value));
    return new Command.Set(keyBytes, stored.kind(), stored.bytes(), ttlMillis);
  }

  private static ByteBuffer key(String key) {
    ByteBuffer bytes = JsonText.utf8(requireNonNull("key", key));
    if (bytes == null) {
      throw new IllegalArgumentException(
          "key holds half of a surrogate pair (expected: whole characters)");
    }
    int keyBytes = bytes.remaining();
    if (keyBytes < 1 || keyBytes > Limits.MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          (keyBytes < 1 ? "key empty" : "key too long")
              + ": keyBytes="
              + keyBytes
              + " (expected: 1.."
              + Limits.MAX_KEY_BYTES
              + ")");
    }
    return bytes;
  }

  private static long ttlMillis(Duration ttl) {
    requireNonNull("ttl", ttl);
    if (ttl.compareTo(Duration.ofMillis(1)) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "ttl=" + ttl + " (expected: 1 ms.." + Limits.MAX_TTL_MILLIS + " ms)");
    }
    return ttl.toMillis();
  }

  static <T> T requireNonNull(String name, @Nullable T argument) {
    return Objects.requireNonNull(argument, () -> name + "=null (expected: not null)");
  }

  private @Nullable V value(Reply reply) {
    return reply instanceof Reply.Value value ? codec.decode(value) : null;
  }

  private static boolean isHit(Reply reply) {
    return !(reply instanceof Reply.Miss);
  }

  private Reply call(Operation operation, Command command) {
    if (dispatcher.isOwnThread()) {
      throw new IllegalStateException(
          operation.label()
              + " would wait for itself: it was called on the client's own thread, in a callback of"
              + " a future (expected: "
              + operation.label()
              + "Async there, or a callback on another executor)");
    }
    PendingCommand<Reply> pending = pending(operation, command, Function.identity());
    dispatcher.submit(pending, true);
    return dispatcher.await(pending);
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      Operation operation, Command command, Function<Reply, T> decode) {
    PendingCommand<T> pending = pending(operation, command, decode);
    dispatcher.submit(pending, false);
    return pending.future();
  }

  private <T extends @Nullable Object> PendingCommand<T> pending(
      Operation operation, Command command, Function<Reply, T> decode) {
    Address server = dispatcher.settings().server();
    return new PendingCommand<>(operation, frame(command), server, timeoutNanos, decode);
  }

  /** Encodes on the caller's thread, so that large values do not hold up the others. */
  private ByteBuffer frame(Command command) {
    ByteBuffer frame = ENCODER.encode(command);
    int maxFrameBytes = dispatcher.settings().maxFrameBytes();
    int frameBytes = frame.remaining() - Integer.BYTES;
    if (frameBytes > maxFrameBytes) {
      throw new IllegalArgumentException(
          "command too long: frameBytes=" + frameBytes + " (expected: 1.." + maxFrameBytes + ")");
    }
    return frame;
  }
}
