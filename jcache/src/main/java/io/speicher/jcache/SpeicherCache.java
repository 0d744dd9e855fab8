package io.speicher.jcache;

import static java.util.Objects.requireNonNull;

import io.speicher.client.Ttl;
import io.speicher.client.Versioned;
import io.speicher.client.exception.SpeicherException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.event.EventType;
import javax.cache.expiry.Duration;
import javax.cache.integration.CacheWriterException;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;
import org.jspecify.annotations.Nullable;

/**
 * A JCache on a {@link io.speicher.client.Cache}.
 *
 * <p><b>Threads.</b> Any thread may call any method. What depends on the present value is atomic
 * for all programs that share the server; a read-through loads once in this program.
 *
 * <p><b>Events.</b> Listeners hear of what this program changes. Expiry by time happens on the
 * server, which tells nobody.
 *
 * <p><b>Errors.</b> What goes wrong with the server is a {@link CacheException} with a {@link
 * SpeicherException} as its cause.
 */
public final class SpeicherCache<K, V> implements Cache<K, V> {

  /*
   * A change that depends on the present value reads it with its version and writes under the
   * condition of that version, until nobody was faster. The locks only keep the threads of this
   * program from disturbing each other, and a writer or loader from being asked twice at a time.
   */

  /** A power of 2. */
  private static final int LOCKS = 64;

  private static final int MAX_ATTEMPTS = 256;

  /** An attempt that was beaten waits for up to so long, times the number of attempts. */
  private static final long BEATEN_NANOS = 20_000;

  private final SpeicherCacheManager manager;
  private final String name;
  private final SpeicherConfiguration<K, V> configuration;
  private final io.speicher.client.Cache<V> items;
  private final KeyCodec<K> keys;
  private final Expiry expiry;
  private final ThroughIo<K, V> through;
  private final Listeners<K, V> listeners;
  private final Statistics statistics = new Statistics();
  private final Beans beans;
  private final List<ReentrantLock> locks =
      IntStream.range(0, LOCKS).mapToObj(i -> new ReentrantLock()).toList();
  private volatile boolean closed;

  SpeicherCache(
      SpeicherCacheManager manager,
      String name,
      SpeicherConfiguration<K, V> configuration,
      io.speicher.client.Cache<V> items,
      KeyCodec<K> keys) {
    this.manager = manager;
    this.name = name;
    this.configuration = configuration;
    this.items = items;
    this.keys = keys;
    expiry = new Expiry(configuration.getExpiryPolicyFactory().create());
    through = new ThroughIo<>(configuration);
    listeners = new Listeners<>(this);
    configuration.getCacheEntryListenerConfigurations().forEach(listeners::add);
    beans = new Beans(this);
  }

  SpeicherConfiguration<K, V> configuration() {
    return configuration;
  }

  /** Shows and hides what the configuration says now. */
  void registerBeans() {
    statistics.enable(configuration.isStatisticsEnabled());
    beans.showConfiguration(configuration);
    beans.showStatistics(configuration, statistics);
  }

  // ---- reading ----

  @Override
  public @Nullable V get(K key) {
    String text = text(key);
    long startNanos = System.nanoTime();
    V value = this.<@Nullable V>ask(() -> items.get(text));
    statistics.looked(value != null);
    if (value != null) {
      accessed(text);
    } else if (through.isReadThrough()) {
      value = load(key, text);
    }
    statistics.tookToGet(startNanos);
    return value;
  }

  private void accessed(String text) {
    if (!expiry.isIndifferentToAccess()) {
      Duration duration = expiry.ofAccess();
      if (duration != null) {
        boolean unused =
            ask(() ->
                duration.isZero() ? items.delete(text) : items.touch(text, Expiry.ttl(duration)));
      }
    }
  }

  private @Nullable V load(K key, String text) {
    return this.<@Nullable V>locked(
        text,
        events -> {
          V meanwhile = items.get(text);
          if (meanwhile != null) {
            return meanwhile;
          }
          V loaded = through.read(key);
          if (loaded != null) {
            events.isLoad = true;
            boolean unused = create(key, text, loaded, events);
          }
          return loaded;
        });
  }

  @Override
  public Map<K, V> getAll(Set<? extends K> wanted) {
    Map<String, K> texts = texts(wanted);
    long startNanos = System.nanoTime();
    Map<String, V> found = ask(() -> items.getAll(texts.keySet()));
    statistics.looked(found.size(), (long) texts.size() - found.size());
    Map<K, V> values = new HashMap<>();
    found.forEach((text, value) -> {
      values.put(requireNonNull(texts.get(text)), value);
      accessed(text);
    });
    if (through.isReadThrough() && found.size() < texts.size()) {
      List<K> missing = new ArrayList<>(texts.values());
      missing.removeAll(values.keySet());
      values.putAll(stored(through.load(missing), false));
    }
    statistics.tookToGet(startNanos);
    return values;
  }

  /** Stores what a loader has brought, and returns what there is of it. */
  private Map<K, V> stored(Map<K, V> loaded, boolean replaces) {
    Map<K, V> present = new HashMap<>();
    loaded.forEach((key, value) -> {
      if (key != null && value != null) {
        String text = text(key);
        present.put(key, value);
        boolean unused =
            locked(
                text,
                events -> {
                  events.isLoad = true;
                  return replaces
                      ? store(key, text, value, events) == null
                      : create(key, text, value, events);
                });
      }
    });
    return present;
  }

  @Override
  public boolean containsKey(K key) {
    String text = text(key);
    return this.<@Nullable V>ask(() -> items.get(text)) != null;
  }

  @Override
  public void loadAll(
      Set<? extends K> wanted, boolean replaces, @Nullable CompletionListener listener) {
    Map<String, K> texts = texts(wanted);
    if (!through.hasLoader()) {
      if (listener != null) {
        listener.onCompletion();
      }
      return;
    }
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(() -> {
          try {
            List<K> missing = new ArrayList<>(texts.values());
            if (!replaces) {
              ask(() -> items.getAll(texts.keySet()))
                  .keySet()
                  .forEach(text -> missing.remove(texts.get(text)));
            }
            if (!missing.isEmpty()) {
              Map<K, V> stored = stored(through.load(missing), replaces);
              missing.removeAll(stored.keySet());
            }
            if (listener != null) {
              listener.onCompletion();
            }
          } catch (RuntimeException e) {
            if (listener != null) {
              listener.onException(e);
            }
          }
        });
  }

  // ---- writing: the present value does not matter ----

  @Override
  public void put(K key, V value) {
    String text = text(key);
    requireValue(value);
    long startNanos = System.nanoTime();
    boolean isPlain =
        !through.isWriteThrough() && listeners.isEmpty() && expiry.isIndifferentToPresence();
    Duration duration = isPlain ? expiry.ofCreation() : Duration.ZERO;
    if (!duration.isZero()) {
      boolean unused =
          ask(() -> {
            items.set(text, value, Expiry.ttl(duration));
            return true;
          });
      statistics.put(1);
    } else {
      V unused =
          this.<@Nullable V>locked(
              text,
              events -> {
                through.write(key, value);
                return store(key, text, value, events);
              });
    }
    statistics.tookToPut(startNanos);
  }

  @Override
  public @Nullable V getAndPut(K key, V value) {
    String text = text(key);
    requireValue(value);
    long startNanos = System.nanoTime();
    V old =
        this.<@Nullable V>locked(
            text,
            events -> {
              through.write(key, value);
              return store(key, text, value, events);
            });
    statistics.looked(old != null);
    statistics.tookToGet(startNanos);
    statistics.tookToPut(startNanos);
    return old;
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    requireOpen();
    Map<String, Entry<? extends K, ? extends V>> wanted = new LinkedHashMap<>();
    for (Map.Entry<? extends K, ? extends V> entry : entries.entrySet()) {
      requireValue(entry.getValue());
      wanted.put(text(entry.getKey()), new SpeicherEntry<>(entry.getKey(), entry.getValue()));
    }
    long startNanos = System.nanoTime();
    Collection<Entry<? extends K, ? extends V>> unwritten = new ArrayList<>(wanted.values());
    CacheWriterException failure = null;
    try {
      through.writeAll(unwritten);
      unwritten.clear(); // A writer that has not failed has written all of them.
    } catch (CacheWriterException e) {
      failure = e;
    }
    Set<Object> failed = new HashSet<>();
    unwritten.forEach(entry -> failed.add(entry.getKey()));
    wanted.forEach((text, entry) -> {
      if (!failed.contains(entry.getKey())) {
        V unused =
            this.<@Nullable V>locked(
                text, events -> store(entry.getKey(), text, entry.getValue(), events));
      }
    });
    statistics.tookToPut(startNanos);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public boolean remove(K key) {
    String text = text(key);
    long startNanos = System.nanoTime();
    boolean isRemoved =
        locked(
            text,
            events -> {
              through.delete(key);
              return removed(key, text, events) != null;
            });
    statistics.removed(isRemoved ? 1 : 0);
    statistics.tookToRemove(startNanos);
    return isRemoved;
  }

  @Override
  public @Nullable V getAndRemove(K key) {
    String text = text(key);
    long startNanos = System.nanoTime();
    V old =
        this.<@Nullable V>locked(
            text,
            events -> {
              through.delete(key);
              return removed(key, text, events);
            });
    statistics.looked(old != null);
    statistics.removed(old == null ? 0 : 1);
    statistics.tookToGet(startNanos);
    statistics.tookToRemove(startNanos);
    return old;
  }

  @Override
  public void removeAll(Set<? extends K> unwanted) {
    removeAll(texts(unwanted));
  }

  @Override
  public void removeAll() {
    requireOpen();
    Map<String, K> all = new LinkedHashMap<>();
    ask(() -> items.keys("").toList()).forEach(text -> all.put(text, keys.decode(text)));
    removeAll(all);
  }

  private void removeAll(Map<String, K> unwanted) {
    long startNanos = System.nanoTime();
    Set<K> undeleted = new HashSet<>(unwanted.values());
    CacheWriterException failure = null;
    try {
      through.deleteAll(undeleted);
      undeleted.clear(); // A writer that has not failed has deleted all of them.
    } catch (CacheWriterException e) {
      failure = e;
    }
    unwanted.forEach((text, key) -> {
      if (!undeleted.contains(key)) {
        V old = this.<@Nullable V>locked(text, events -> removed(key, text, events));
        statistics.removed(old == null ? 0 : 1);
      }
    });
    statistics.tookToRemove(startNanos);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void clear() {
    requireOpen();
    boolean unused =
        ask(() -> {
          items.clear();
          return true;
        });
  }

  // ---- writing: the present value matters ----

  @Override
  public boolean putIfAbsent(K key, V value) {
    String text = text(key);
    requireValue(value);
    long startNanos = System.nanoTime();
    boolean isStored =
        locked(
            text,
            events -> {
              if (items.get(text) != null) {
                return false;
              }
              through.write(key, value);
              return create(key, text, value, events);
            });
    statistics.looked(!isStored);
    statistics.tookToPut(startNanos);
    return isStored;
  }

  @Override
  public boolean remove(K key, V expected) {
    String text = text(key);
    requireValue(expected);
    long startNanos = System.nanoTime();
    boolean isRemoved =
        changed(
            text,
            (events, old) -> {
              if (!expected.equals(old.value())) {
                accessed(text);
                return null;
              }
              through.delete(key);
              boolean isDone = items.delete(text, old.version());
              events.add(isDone, EventType.REMOVED, key, old.value(), old.value());
              return isDone;
            });
    statistics.removed(isRemoved ? 1 : 0);
    statistics.tookToRemove(startNanos);
    return isRemoved;
  }

  @Override
  public boolean replace(K key, V expected, V value) {
    String text = text(key);
    requireValue(expected);
    requireValue(value);
    long startNanos = System.nanoTime();
    boolean isReplaced =
        changed(
            text,
            (events, old) -> {
              if (!expected.equals(old.value())) {
                accessed(text);
                return null;
              }
              through.write(key, value);
              return update(key, text, old, value, events);
            });
    statistics.tookToPut(startNanos);
    return isReplaced;
  }

  @Override
  public boolean replace(K key, V value) {
    return replaced(key, value) != null;
  }

  @Override
  public @Nullable V getAndReplace(K key, V value) {
    return replaced(key, value);
  }

  private @Nullable V replaced(K key, V value) {
    String text = text(key);
    requireValue(value);
    long startNanos = System.nanoTime();
    List<V> last = new ArrayList<>();
    boolean isReplaced =
        changed(
            text,
            (events, old) -> {
              last.clear();
              last.add(old.value());
              through.write(key, value);
              return update(key, text, old, value, events);
            });
    statistics.tookToGet(startNanos);
    statistics.tookToPut(startNanos);
    return isReplaced ? last.get(0) : null;
  }

  // ---- entry processors ----

  @Override
  public <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> processor, Object... arguments) {
    String text = text(key);
    requireNonNull(processor, "processor");
    long startNanos = System.nanoTime();
    T result =
        this.<@Nullable T>locked(
            text,
            events -> {
              for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
                Versioned<V> old = items.getVersioned(text);
                V present = old == null ? null : old.value();
                ProcessorEntry<K, V> entry = new ProcessorEntry<>(key, present, through::read);
                T made = process(processor, entry, arguments);
                if (isApplied(entry, text, old, events)) {
                  statistics.looked(old != null);
                  return made;
                }
                pause(attempt);
              }
              throw contended();
            });
    statistics.tookToGet(startNanos);
    return result;
  }

  private static <K, V, T> @Nullable T process(
      EntryProcessor<K, V, T> processor, ProcessorEntry<K, V> entry, Object... arguments) {
    try {
      return processor.process(entry, arguments);
    } catch (EntryProcessorException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EntryProcessorException("the entry processor failed: " + e.getMessage(), e);
    }
  }

  /** Does what a processor wants; false if somebody was faster. */
  private boolean isApplied(
      ProcessorEntry<K, V> entry, String text, @Nullable Versioned<V> old, Events events) {
    K key = entry.getKey();
    switch (entry.change()) {
      case NONE -> {
        return true;
      }
      case ACCESS -> {
        accessed(text);
        return true;
      }
      case LOAD -> {
        events.isLoad = true;
        return create(key, text, entry.newValue(), events);
      }
      case CREATE, UPDATE -> {
        through.write(key, entry.newValue());
        return old == null
            ? create(key, text, entry.newValue(), events)
            : update(key, text, old, entry.newValue(), events);
      }
      case REMOVE -> {
        through.delete(key);
        boolean isDone = old == null || items.delete(text, old.version());
        if (old != null) {
          events.add(isDone, EventType.REMOVED, key, old.value(), old.value());
          statistics.removed(isDone ? 1 : 0);
        }
        return isDone;
      }
    }
    throw new AssertionError(entry.change());
  }

  @Override
  public <T> Map<K, EntryProcessorResult<T>> invokeAll(
      Set<? extends K> wanted, EntryProcessor<K, V, T> processor, Object... arguments) {
    requireNonNull(processor, "processor");
    Map<K, EntryProcessorResult<T>> results = new HashMap<>();
    for (K key : texts(wanted).values()) {
      try {
        T result = invoke(key, processor, arguments);
        if (result != null) {
          results.put(key, () -> result);
        }
      } catch (EntryProcessorException e) {
        results.put(
            key,
            () -> {
              throw e;
            });
      }
    }
    return results;
  }

  // ---- changes of one entry ----

  /** Stores the value, whatever there is. */
  private @Nullable V store(K key, String text, V value, Events events) {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      Versioned<V> old = items.getVersioned(text);
      if (old == null ? create(key, text, value, events) : update(key, text, old, value, events)) {
        return old == null ? null : old.value();
      }
      pause(attempt);
    }
    throw contended();
  }

  /** Stores the value if there is none, for as long as the policy says; false if there is one. */
  private boolean create(K key, String text, V value, Events events) {
    Duration duration = expiry.ofCreation();
    if (duration.isZero()) {
      return true; // It has expired before anybody could see it.
    }
    boolean isDone = items.setIfAbsent(text, value, Expiry.ttl(duration));
    events.stored(isDone);
    events.add(isDone, EventType.CREATED, key, value, null);
    return isDone;
  }

  /** Stores the value in place of that one; false if it is another one by now. */
  private boolean update(K key, String text, Versioned<V> old, V value, Events events) {
    Duration duration = expiry.ofUpdate();
    if (duration != null && duration.isZero()) {
      boolean isDone = items.delete(text, old.version());
      events.stored(isDone);
      events.add(isDone, EventType.EXPIRED, key, old.value(), old.value());
      return isDone;
    }
    Ttl ttl = duration == null ? items.ttl(text) : Expiry.ttl(duration);
    boolean isDone = ttl != null && items.replace(text, old.version(), value, ttl);
    events.stored(isDone);
    events.add(isDone, EventType.UPDATED, key, value, old.value());
    return isDone;
  }

  /** Removes the entry, and returns its value, or null if there is none. */
  private @Nullable V removed(K key, String text, Events events) {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      Versioned<V> old = items.getVersioned(text);
      if (old == null) {
        return null;
      } else if (items.delete(text, old.version())) {
        events.add(true, EventType.REMOVED, key, old.value(), old.value());
        return old.value();
      }
      pause(attempt);
    }
    throw contended();
  }

  /** Changes a present entry. */
  @FunctionalInterface
  private interface Change<K, V> {
    /** Whether it is done; false if somebody was faster, null if it is not to be done. */
    @Nullable Boolean apply(SpeicherCache<K, V>.Events events, Versioned<V> old);
  }

  /** Whether a present entry was changed. */
  private boolean changed(String text, Change<K, V> change) {
    return locked(
        text,
        events -> {
          for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            Versioned<V> old = items.getVersioned(text);
            Boolean isDone = old == null ? null : change.apply(events, old);
            if (isDone == null || isDone) {
              statistics.looked(old != null);
              return isDone != null;
            }
            pause(attempt);
          }
          throw contended();
        });
  }

  private static void pause(int attempt) {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(attempt * BEATEN_NANOS));
  }

  private CacheException contended() {
    return new CacheException(
        "given up: cache=" + name + " (expected: within " + MAX_ATTEMPTS + " attempts)");
  }

  // ---- locks, events, errors ----

  /** What has happened under a lock, for listeners, who hear of it without the lock. */
  final class Events {
    private final List<Runnable> happened = new ArrayList<>();

    /** Whether what is stored was loaded, which is no put. */
    private boolean isLoad;

    private void stored(boolean isDone) {
      statistics.put(isDone && !isLoad ? 1 : 0);
    }

    void add(boolean isDone, EventType type, K key, @Nullable V value, @Nullable V oldValue) {
      if (isDone && !listeners.isEmpty()) {
        happened.add(() -> listeners.tell(type, key, value, oldValue));
      }
    }
  }

  private <T extends @Nullable Object> T locked(String text, Function<Events, T> action) {
    requireOpen();
    Events events = new Events();
    ReentrantLock lock = locks.get(text.hashCode() & (LOCKS - 1));
    T result;
    lock.lock();
    try {
      result = action.apply(events);
    } catch (SpeicherException e) {
      throw failed(e);
    } finally {
      lock.unlock();
    }
    events.happened.forEach(Runnable::run);
    return result;
  }

  /** Asks the server. */
  @FunctionalInterface
  private interface Question<T extends @Nullable Object> {
    T ask();
  }

  private <T extends @Nullable Object> T ask(Question<T> question) {
    requireOpen();
    try {
      return question.ask();
    } catch (SpeicherException e) {
      throw failed(e);
    }
  }

  private CacheException failed(SpeicherException e) {
    return new CacheException("cache=" + name + ": " + e.getMessage(), e);
  }

  // ---- arguments ----

  private String text(K key) {
    requireOpen();
    requireNonNull(key, "key");
    requireType("key", key, configuration.getKeyType());
    return keys.encode(key);
  }

  private Map<String, K> texts(Set<? extends K> wanted) {
    requireOpen();
    Map<String, K> texts = new LinkedHashMap<>();
    for (K key : requireNonNull(wanted, "keys")) {
      texts.put(text(key), key);
    }
    return texts;
  }

  private void requireValue(V value) {
    requireOpen();
    requireNonNull(value, "value");
    requireType("value", value, configuration.getValueType());
  }

  private void requireType(String what, Object given, Class<?> type) {
    if (!type.isInstance(given)) {
      throw new ClassCastException(
          "%s of type=%s (expected: %s, as cache=%s is configured)"
              .formatted(what, given.getClass().getName(), type.getName(), name));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cache is closed: cache=" + name);
    }
  }

  // ---- all entries ----

  @Override
  public Iterator<Entry<K, V>> iterator() {
    requireOpen();
    Iterator<String> texts = items.keys("").distinct().iterator();
    return new Iterator<>() {
      private @Nullable String nextText;
      private @Nullable Entry<K, V> next;
      private @Nullable Entry<K, V> last;

      @Override
      public boolean hasNext() {
        while (next == null && texts.hasNext()) {
          String text = texts.next();
          V value = SpeicherCache.this.<@Nullable V>ask(() -> items.get(text));
          nextText = text;
          next = value == null ? null : new SpeicherEntry<>(keys.decode(text), value);
        }
        return next != null;
      }

      @Override
      public Entry<K, V> next() {
        long startNanos = System.nanoTime();
        Entry<K, V> found = hasNext() ? next : null;
        if (found == null) {
          throw new NoSuchElementException();
        }
        accessed(requireNonNull(nextText));
        statistics.looked(true);
        statistics.tookToGet(startNanos);
        last = found;
        next = null;
        return found;
      }

      @Override
      public void remove() {
        if (last == null) {
          throw new IllegalStateException("there is no entry to be removed");
        }
        boolean unused = SpeicherCache.this.remove(last.getKey());
        last = null;
      }
    };
  }

  // ---- listeners, life ----

  @Override
  public void registerCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
    requireOpen();
    configuration.addCacheEntryListenerConfiguration(listener); // It refuses one that is there.
    listeners.add(listener);
  }

  @Override
  public void deregisterCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
    requireOpen();
    configuration.removeCacheEntryListenerConfiguration(listener);
    listeners.remove(listener);
  }

  @Override
  public <C extends Configuration<K, V>> C getConfiguration(Class<C> type) {
    if (type.isInstance(configuration)) {
      return type.cast(new SpeicherConfiguration<>(configuration));
    }
    throw new IllegalArgumentException(
        "type=" + type.getName() + " (expected: CompleteConfiguration)");
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public CacheManager getCacheManager() {
    return manager;
  }

  /** Leaves the items where they are. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    manager.forget(this);
    beans.hide();
    listeners.close();
    List<Object> parts = new ArrayList<>(through.parts());
    parts.add(expiry.policy());
    parts.addAll(listeners.all());
    for (Object part : parts) {
      if (part instanceof Closeable closeable) {
        close(closeable);
      }
    }
  }

  private static void close(Closeable part) {
    try {
      part.close();
    } catch (IOException e) {
      throw new CacheException("could not be closed: " + part.getClass().getName(), e);
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    } else if (type.isInstance(items)) {
      return type.cast(items);
    }
    throw new IllegalArgumentException(
        "type="
            + type.getName()
            + " (expected: "
            + SpeicherCache.class.getName()
            + " or "
            + io.speicher.client.Cache.class.getName()
            + ")");
  }
}
