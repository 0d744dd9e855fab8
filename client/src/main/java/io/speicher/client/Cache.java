package io.speicher.client;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values of type {@code V} under keys, on a server. {@link Speicher#cache} makes one; it costs
 * nothing and needs no closing.
 *
 * <p><b>Keys</b> are strings without halves of surrogate pairs. Behind the names of the cache and
 * of the client's namespace, they are 1 to 65,535 bytes of UTF-8.
 *
 * <p><b>Threads.</b> Any thread may call any method, virtual ones included. Calls wait for their
 * reply and not for each other: their commands travel together. What one thread does to one key
 * takes effect in the order of its calls.
 *
 * <p><b>Time.</b> A call ends within the timeout, which counts from the call, whatever happens. A
 * reply that comes too late is thrown away. Loaders, batches that are sent in parts, {@link
 * #update}, {@link #keys} and {@link #clear} make several calls.
 *
 * <p><b>Errors.</b> Null arguments and keys that cannot be are thrown at once: {@link
 * NullPointerException}, {@link IllegalArgumentException}. All else is a {@link
 * io.speicher.client.exception.SpeicherException}, whose {@code maybeExecuted()} says whether the
 * server may have done it. No write is ever sent twice. Where {@link CacheOptions#onFailure} is
 * {@link OnFailure#MISS}, {@code get}, {@code getAll}, {@code set} and {@code setAll} do not throw
 * it. The others do: their callers act upon what they say.
 *
 * <p>This is an interface so that programs can fake and decorate it; {@link Speicher#inMemory} is a
 * fake that is complete.
 *
 * @param <V> the type of the values
 */
public interface Cache<V> {
  /** The name that it was given, which all its keys begin with on the server. */
  String name();

  // ---- reading ----

  /** The value under the key, or null if there is none. */
  @Nullable V get(String key);

  /**
   * The value under the key, or else what {@code loader} returns, which is stored with the cache's
   * time to live. Of all who ask, in all processes, one loads and the others wait for it, for
   * {@link CacheOptions#lease} at most; then another one of them loads. What was deleted, set or
   * cleared while it was loaded, by whomever, is not stored.
   *
   * <p>If there is a value that is out of date ({@link #invalidate}) the others take it instead of
   * waiting. One that soon will be, or has been for less than {@link CacheOptions#staleFor}, is
   * taken by all: one of them loads the next one in the background, as {@link
   * CacheOptions#refreshEarly} says.
   *
   * <p>What the loader throws reaches the one who loads, and the next one of those who wait loads.
   * If the server cannot be asked and {@link CacheOptions#onFailure} is {@link OnFailure#MISS}, one
   * in this process loads, and nothing is stored. Servers that know no leases leave it to each
   * process to load once, and store what was written through other processes meanwhile.
   *
   * @param loader called on the thread that calls, or in the background
   * @return null if there is none and the loader has none either, which is remembered for {@link
   *     CacheOptions#negativeFor}
   */
  @Nullable V get(String key, Loader<? extends V> loader);

  /**
   * The values under the keys, without those that there are none of, in the order of the keys. Not
   * a snapshot. They are asked for in batches of 512, of which each has to fit into {@link
   * SpeicherBuilder#maxFrameBytes}. A key that is named twice is asked for, and counted, twice.
   */
  Map<String, V> getAll(Collection<String> keys);

  /**
   * The same, completed and stored with what {@code loader} returns for the keys without one. Not
   * once for all who ask: a batch takes no leases.
   */
  Map<String, V> getAll(Collection<String> keys, BulkLoader<V> loader);

  /** The value and its version, for {@link #replace}, or null if there is none. */
  @Nullable Versioned<V> getVersioned(String key);

  // ---- writing ----

  /** Stores the value, in place of any value there is, for the cache's time to live. */
  void set(String key, V value);

  /** Stores the value, in place of any value there is. */
  void set(String key, V value, Ttl ttl);

  /**
   * Stores the value, in place of any value there is, so that {@link #invalidateTag} deletes it.
   * Where the server knows no tags, nothing is stored: it could not be found by them.
   *
   * @param tags up to 16, of this cache; with the names of the cache and of the client's namespace,
   *     each is 1 to 250 bytes of UTF-8. The next value under the key does not have them
   * @throws io.speicher.client.exception.RefusedException if the server knows no tags
   */
  void set(String key, V value, Ttl ttl, Collection<String> tags);

  /** Stores all values for the cache's time to live, in batches; each batch at one moment. */
  void setAll(Map<String, ? extends V> values);

  /** Stores all values, in batches; each batch at one moment. */
  void setAll(Map<String, ? extends V> values, Ttl ttl);

  /**
   * Stores the value if there is none, for the cache's time to live.
   *
   * @return whether it was stored
   */
  boolean setIfAbsent(String key, V value);

  /**
   * Stores the value if there is none.
   *
   * @return whether it was stored
   */
  boolean setIfAbsent(String key, V value, Ttl ttl);

  /**
   * Stores the value if the present one has that version, for the cache's time to live.
   *
   * @return whether it was stored
   */
  boolean replace(String key, long version, V value);

  /**
   * Stores the value if the present one has that version.
   *
   * @return whether it was stored
   */
  boolean replace(String key, long version, V value, Ttl ttl);

  /**
   * Makes a value of the present one, and again if somebody else was faster: {@code change} may be
   * called several times, and should do nothing else.
   *
   * @param change gets null if there is none, and returns null if there is to be none
   * @return what it has returned last, which is stored for the cache's time to live
   * @throws io.speicher.client.exception.ContendedException if others were faster 64 times
   */
  @Nullable V update(String key, UnaryOperator<@Nullable V> change);

  /**
   * Adds to the decimal number under the key, whatever this cache's codec makes of it.
   *
   * @param by may be negative
   * @param initial what the number is to be if there is none; nothing is added then
   * @param ttl for a new number; one that is there keeps its own
   * @return the new number
   * @throws io.speicher.client.exception.RefusedException with status 409 if the value is not a
   *     64-bit integer, or the sum would not be one
   */
  long add(String key, long by, long initial, Ttl ttl);

  /**
   * Gives the item another time to live, from now on.
   *
   * @return whether there was one
   */
  boolean touch(String key, Ttl ttl);

  /**
   * The time that the item has left, without a jitter. Asking for it is no use of the item.
   *
   * @return null if there is none
   */
  @Nullable Ttl ttl(String key);

  /**
   * Deletes the value.
   *
   * @return whether there was one
   */
  boolean delete(String key);

  /**
   * Marks the value as out of date. One of those who ask for it with a loader loads it anew; until
   * that is done the others get the old one. Where the server knows no leases, it is deleted.
   *
   * @param staleFor how long the old one may be used at the most, from one millisecond on
   * @return whether there was one
   */
  boolean invalidate(String key, Duration staleFor);

  /**
   * Deletes the value if it has that version.
   *
   * @return whether it was deleted
   */
  boolean delete(String key, long version);

  /**
   * Deletes values, in batches.
   *
   * @return how many there were
   */
  long deleteAll(Collection<String> keys);

  // ---- all of it ----

  /**
   * The keys that begin with {@code prefix}, found in steps while the stream is read. A key that is
   * there from the first step to the last is found, perhaps more than once. Keys that are not
   * UTF-8, which only another client can have stored, are left out.
   */
  Stream<String> keys(String prefix);

  /**
   * Deletes every item of this cache, whoever stored it, at once and in a time that does not depend
   * on how many there are. What is being loaded anywhere meanwhile is not stored.
   *
   * <p>The first time, the cache becomes a namespace of the server, which it needs the right for
   * (protocol, section 5.16). Without that, or on an older server, or where the names that its keys
   * begin with do not end in a delimiter, its keys are found and deleted in steps: in proportion to
   * all items of the server, and what is stored meanwhile may stay. A longer prefix that was
   * declared a namespace is one of its own, and keeps its items.
   */
  void clear();

  /**
   * Deletes every item of this cache that was stored with the tag, whoever stored it, at once and
   * in a time that does not depend on how many there are.
   */
  void invalidateTag(String tag);

  /** The same items without waiting. */
  AsyncCache<V> async();

  /** What was counted, here and in {@link #async}. */
  CacheStats stats();
}
