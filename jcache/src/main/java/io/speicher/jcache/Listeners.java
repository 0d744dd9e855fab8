package io.speicher.jcache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryListener;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/** Who is told what this program changes in a cache. */
final class Listeners<K, V> {
  private static final int IDLE_SECONDS = 5;

  private final Cache<K, V> cache;
  private final List<Registration<K, V>> registrations = new CopyOnWriteArrayList<>();

  /** One thread, so that everybody hears of events in their order. */
  private final ExecutorService executor;

  Listeners(Cache<K, V> cache) {
    this.cache = cache;
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(null, task, "speicher-listener", 0, false);
              thread.setDaemon(true);
              return thread;
            });
    one.allowCoreThreadTimeOut(true);
    executor = one;
  }

  /** A listener and what it wants to hear. */
  private record Registration<K, V>(
      CacheEntryListenerConfiguration<K, V> configuration,
      CacheEntryListener<? super K, ? super V> listener,
      @Nullable CacheEntryEventFilter<? super K, ? super V> filter) {

    boolean wants(CacheEntryEvent<K, V> event) {
      boolean isAble =
          switch (event.getEventType()) {
            case CREATED -> listener instanceof CacheEntryCreatedListener;
            case UPDATED -> listener instanceof CacheEntryUpdatedListener;
            case REMOVED -> listener instanceof CacheEntryRemovedListener;
            case EXPIRED -> listener instanceof CacheEntryExpiredListener;
          };
      return isAble && (filter == null || filter.evaluate(event));
    }

    @SuppressWarnings("unchecked") // What it listens to, it listens to for these types.
    void tell(CacheEntryEvent<K, V> event) {
      List<CacheEntryEvent<? extends K, ? extends V>> events = List.of(event);
      switch (event.getEventType()) {
        case CREATED -> ((CacheEntryCreatedListener<K, V>) listener).onCreated(events);
        case UPDATED -> ((CacheEntryUpdatedListener<K, V>) listener).onUpdated(events);
        case REMOVED -> ((CacheEntryRemovedListener<K, V>) listener).onRemoved(events);
        case EXPIRED -> ((CacheEntryExpiredListener<K, V>) listener).onExpired(events);
      }
    }
  }

  boolean isEmpty() {
    return registrations.isEmpty();
  }

  void add(CacheEntryListenerConfiguration<K, V> configuration) {
    CacheEntryListener<? super K, ? super V> listener =
        configuration.getCacheEntryListenerFactory().create();
    Factory<CacheEntryEventFilter<? super K, ? super V>> filters =
        configuration.getCacheEntryEventFilterFactory();
    registrations.add(
        new Registration<>(configuration, listener, filters == null ? null : filters.create()));
  }

  void remove(CacheEntryListenerConfiguration<K, V> configuration) {
    registrations.removeIf(known -> known.configuration.equals(configuration));
  }

  /** The listeners themselves. */
  List<Object> all() {
    return registrations.stream().<Object>map(Registration::listener).toList();
  }

  void close() {
    executor.shutdown();
  }

  /** Tells everybody who wants to hear it: at once where that was asked for, else soon. */
  void tell(EventType type, K key, @Nullable V value, @Nullable V oldValue) {
    if (registrations.isEmpty()) {
      return;
    }
    for (Registration<K, V> known : registrations) {
      boolean hasOld = known.configuration.isOldValueRequired() || type != EventType.UPDATED;
      Event<K, V> event = new Event<>(cache, type, key, value, hasOld ? oldValue : null);
      try {
        if (known.wants(event)) {
          if (known.configuration.isSynchronous()) {
            known.tell(event);
          } else {
            executor.execute(() -> known.tell(event));
          }
        }
      } catch (CacheEntryListenerException e) {
        throw e;
      } catch (RuntimeException e) {
        throw new CacheEntryListenerException("a listener failed: " + e.getMessage(), e);
      }
    }
  }

  /** What has happened to an entry. */
  private static final class Event<K, V> extends CacheEntryEvent<K, V> {
    private static final long serialVersionUID = 1;

    private final transient K key;
    private final transient @Nullable V value;
    private final transient @Nullable V oldValue;

    Event(Cache<K, V> cache, EventType type, K key, @Nullable V value, @Nullable V oldValue) {
      super(cache, type);
      this.key = key;
      this.value = value;
      this.oldValue = oldValue;
    }

    @Override
    public K getKey() {
      return key;
    }

    @Override
    @SuppressWarnings("NullAway") // JCache has null where there is none.
    public V getValue() {
      return value;
    }

    @Override
    @SuppressWarnings("NullAway") // JCache has null where there is none.
    public V getOldValue() {
      return oldValue;
    }

    @Override
    public boolean isOldValueAvailable() {
      return oldValue != null;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      if (type.isInstance(this)) {
        return type.cast(this);
      }
      throw new IllegalArgumentException("type=" + type.getName() + " (expected: CacheEntryEvent)");
    }
  }
}
