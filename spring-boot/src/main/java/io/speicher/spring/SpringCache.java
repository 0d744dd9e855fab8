package io.speicher.spring;

import io.speicher.client.Cache;
import java.lang.reflect.Method;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.cache.support.AbstractValueAdaptingCache;

/**
 * A cache of Spring's on a {@link Cache} of the client.
 *
 * <p>{@code get(key, Callable)}, which {@code @Cacheable(sync = true)} calls, loads a missing value
 * once for all who ask for it, in all applications on the server. {@code retrieve} serves methods
 * that return futures or reactive types, and holds up no thread.
 *
 * <p><b>Keys</b> are strings on the server: the key itself if it is one, else what its {@code
 * toString} says, which its class has to define. {@code 1} and {@code "1"} are one key.
 */
public final class SpringCache extends AbstractValueAdaptingCache {
  /** Classes whose {@code toString} tells objects apart. */
  private static final ConcurrentMap<Class<?>, Boolean> described = new ConcurrentHashMap<>();

  private final Cache<Object> items;

  /**
   * @param items whose values are what Spring stores, {@link
   *     org.springframework.cache.support.NullValue} among them
   */
  SpringCache(Cache<Object> items, boolean allowsNull) {
    super(allowsNull);
    this.items = items;
  }

  @Override
  public String getName() {
    return items.name();
  }

  /** The client's cache. */
  @Override
  public Cache<Object> getNativeCache() {
    return items;
  }

  // ---- reading ----

  @Override
  protected @Nullable Object lookup(Object key) {
    return items.get(text(key));
  }

  /** What a loader threw, on its way through the client. */
  private static final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LoadException(Exception cause) {
      super(cause);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // The caller says what the value is.
  public <T> @Nullable T get(Object key, Callable<T> loader) {
    try {
      Object stored = items.get(text(key), name -> toStoreValue(call(loader)));
      return (T) fromStoreValue(stored);
    } catch (LoadException e) {
      throw new ValueRetrievalException(key, loader, e.getCause());
    }
  }

  private static <T> T call(Callable<T> loader) {
    try {
      return loader.call();
    } catch (Exception e) {
      throw new LoadException(e);
    }
  }

  @Override
  public CompletableFuture<?> retrieve(Object key) {
    return items.async().get(text(key)).thenApply(this::toValueWrapper);
  }

  @Override
  @SuppressWarnings("unchecked") // The caller says what the value is.
  public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
    return (CompletableFuture<T>)
        items
            .async()
            .get(text(key), name -> loader.get().thenApply(this::toStoreValue))
            .thenApply(this::fromStoreValue);
  }

  // ---- writing ----

  @Override
  public void put(Object key, @Nullable Object value) {
    items.set(text(key), toStoreValue(value));
  }

  @Override
  public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
    String text = text(key);
    Object stored = toStoreValue(value);
    while (!items.setIfAbsent(text, stored)) {
      Object present = items.get(text);
      if (present != null) {
        return toValueWrapper(present);
      }
    }
    return null;
  }

  @Override
  public void evict(Object key) {
    boolean unused = evictIfPresent(key);
  }

  @Override
  public boolean evictIfPresent(Object key) {
    return items.delete(text(key));
  }

  @Override
  public void clear() {
    items.clear();
  }

  @Override
  public boolean invalidate() {
    boolean hadEntries = items.keys("").findAny().isPresent();
    items.clear();
    return hadEntries;
  }

  // ---- keys ----

  private static String text(Object key) {
    if (key instanceof String text) {
      return text;
    }
    boolean isDescribed =
        key instanceof Number
            || key instanceof SimpleKey
            || key instanceof UUID
            || described.computeIfAbsent(key.getClass(), SpringCache::definesToString);
    if (!isDescribed) {
      throw new IllegalArgumentException(
          "key of type="
              + key.getClass().getName()
              + " (expected: a string, or a class with a toString of its own)");
    }
    return key.toString();
  }

  private static boolean definesToString(Class<?> type) {
    try {
      Method method = type.getMethod("toString");
      return method.getDeclaringClass() != Object.class;
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e); // Object has it.
    }
  }
}
