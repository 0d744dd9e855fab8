package io.speicher.jcache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;

/** Where values really are: what is loaded from there, and written there before it is cached. */
final class ThroughIo<K, V> {
  private final @Nullable CacheLoader<K, V> loader;
  private final @Nullable CacheWriter<K, V> writer;
  private final boolean isReadThrough;

  @SuppressWarnings("unchecked") // A writer of these types and those above them takes these.
  ThroughIo(CompleteConfiguration<K, V> configuration) {
    Factory<CacheLoader<K, V>> loaders = configuration.getCacheLoaderFactory();
    Factory<CacheWriter<? super K, ? super V>> writers = configuration.getCacheWriterFactory();
    loader = loaders == null ? null : loaders.create();
    writer =
        writers == null || !configuration.isWriteThrough()
            ? null
            : (CacheWriter<K, V>) writers.create();
    isReadThrough = configuration.isReadThrough() && loader != null;
  }

  boolean isReadThrough() {
    return isReadThrough;
  }

  /** Whether there is something to load from, be it only when that is asked for. */
  boolean hasLoader() {
    return loader != null;
  }

  boolean isWriteThrough() {
    return writer != null;
  }

  /** What reading through finds; null if there is none, or if nothing is read through. */
  @Nullable V read(K key) {
    if (!isReadThrough || loader == null) {
      return null;
    }
    try {
      return loader.load(key);
    } catch (CacheLoaderException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheLoaderException("the loader failed: " + e.getMessage(), e);
    }
  }

  Map<K, V> load(Iterable<? extends K> keys) {
    if (loader == null) {
      return Map.of();
    }
    try {
      return loader.loadAll(keys);
    } catch (CacheLoaderException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheLoaderException("the loader failed: " + e.getMessage(), e);
    }
  }

  void write(K key, V value) {
    write(() -> {
      if (writer != null) {
        writer.write(new SpeicherEntry<>(key, value));
      }
    });
  }

  /** What is left in {@code entries} has not been written. */
  void writeAll(Collection<Cache.Entry<? extends K, ? extends V>> entries) {
    write(() -> {
      if (writer != null && !entries.isEmpty()) {
        writer.writeAll(entries);
      }
    });
  }

  void delete(K key) {
    write(() -> {
      if (writer != null) {
        writer.delete(key);
      }
    });
  }

  /** What is left in {@code keys} has not been deleted. */
  void deleteAll(Collection<?> keys) {
    write(() -> {
      if (writer != null && !keys.isEmpty()) {
        writer.deleteAll(keys);
      }
    });
  }

  private static void write(Runnable write) {
    try {
      write.run();
    } catch (CacheWriterException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheWriterException("the writer failed: " + e.getMessage(), e);
    }
  }

  /** What may have to be closed. */
  List<Object> parts() {
    List<Object> parts = new ArrayList<>();
    if (loader != null) {
      parts.add(loader);
    }
    if (writer != null) {
      parts.add(writer);
    }
    return parts;
  }
}
