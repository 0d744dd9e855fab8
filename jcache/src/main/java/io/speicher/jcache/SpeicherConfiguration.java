package io.speicher.jcache;

import io.speicher.client.Codec;
import java.util.Objects;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.MutableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * A JCache configuration that also says how keys and values are stored.
 *
 * <pre>{@code
 * new SpeicherConfiguration<Long, User>()
 *     .values(JacksonCodec.of(User.class))
 *     .setTypes(Long.class, User.class)
 * }</pre>
 *
 * <p>Where it does not, strings, {@code Long}, {@code Integer} and {@code UUID} are stored so that
 * every client reads them, if the configured types are these; everything else is serialized by
 * Java. Who can write to the server can then have any class deserialized that the program has,
 * unless {@code jdk.serialFilter} forbids it: prefer a codec.
 */
public final class SpeicherConfiguration<K, V> extends MutableConfiguration<K, V> {
  private static final long serialVersionUID = 1;

  private transient @Nullable KeyCodec<K> keys;
  private transient @Nullable Codec<V> values;

  /** With JCache's defaults. */
  public SpeicherConfiguration() {}

  /** A copy. */
  public SpeicherConfiguration(CompleteConfiguration<K, V> other) {
    super(other);
    if (other instanceof SpeicherConfiguration<K, V> speicher) {
      keys = speicher.keys;
      values = speicher.values;
    }
  }

  /** How keys become strings. */
  public SpeicherConfiguration<K, V> keys(KeyCodec<K> codec) {
    keys = Objects.requireNonNull(codec, "codec");
    return this;
  }

  /** How values become bytes. */
  public SpeicherConfiguration<K, V> values(Codec<V> codec) {
    values = Objects.requireNonNull(codec, "codec");
    return this;
  }

  KeyCodec<K> keysOr(KeyCodec<K> other) {
    return keys == null ? other : keys;
  }

  Codec<V> valuesOr(Codec<V> other) {
    return values == null ? other : values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SpeicherConfiguration<?, ?> that
        && super.equals(that)
        && Objects.equals(keys, that.keys)
        && Objects.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
