package io.speicher.jcache;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import javax.cache.processor.MutableEntry;
import org.jspecify.annotations.Nullable;

/** What an entry processor sees, and what it has done. */
final class ProcessorEntry<K, V> implements MutableEntry<K, V> {
  /** What is to be done when it has returned. */
  enum Change {
    NONE,
    ACCESS,
    CREATE,
    LOAD,
    UPDATE,
    REMOVE
  }

  private final K key;
  private final boolean isPresent;
  private final Function<K, @Nullable V> loader;
  private @Nullable V value;
  private Change change = Change.NONE;

  /**
   * @param loader what reads through, or returns null
   */
  ProcessorEntry(K key, @Nullable V value, Function<K, @Nullable V> loader) {
    this.key = key;
    this.value = value;
    this.loader = loader;
    isPresent = value != null;
  }

  Change change() {
    return change;
  }

  /** What it has now, which is there after a change that stores. */
  V newValue() {
    return requireNonNull(value, "a change that stores without a value");
  }

  @Override
  public boolean exists() {
    return value != null;
  }

  @Override
  public void remove() {
    change = change == Change.CREATE || change == Change.LOAD ? Change.NONE : Change.REMOVE;
    value = null;
  }

  @Override
  public void setValue(V newValue) {
    value = requireNonNull(newValue, "value");
    change = isPresent ? Change.UPDATE : Change.CREATE;
  }

  @Override
  public K getKey() {
    return key;
  }

  @Override
  public @Nullable V getValue() {
    if (change == Change.NONE) {
      if (value == null) {
        value = loader.apply(key);
        change = value == null ? Change.NONE : Change.LOAD;
      } else {
        change = Change.ACCESS;
      }
    }
    return value;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return SpeicherEntry.unwrap(this, type);
  }
}
