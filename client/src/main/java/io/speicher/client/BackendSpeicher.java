package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.client.backend.Backend;
import io.speicher.client.backend.Operation;
import io.speicher.protocol.Command;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client whose commands a backend executes. */
final class BackendSpeicher implements Speicher {
  private final Backend backend;
  private final String namespace;
  private final long timeoutNanos;
  private final @Nullable CallObserver observer;
  private final Cache<String> strings;

  BackendSpeicher(Backend backend) {
    this(backend, "", Duration.ofSeconds(2), null);
  }

  BackendSpeicher(
      Backend backend, String namespace, Duration timeout, @Nullable CallObserver observer) {
    this.backend = backend;
    this.namespace = namespace;
    this.timeoutNanos = timeout.toNanos();
    this.observer = observer;
    strings = cache("", Codec.string());
  }

  @Override
  public boolean set(String key, String value) {
    strings.set(key, value);
    return true;
  }

  @Override
  public @Nullable String get(String key) {
    return strings.get(key);
  }

  @Override
  public boolean delete(String key) {
    return strings.delete(key);
  }

  @Override
  public <V> Cache<V> cache(String name, Codec<V> codec, Consumer<CacheOptions> options) {
    CacheOptions chosen = new CacheOptions();
    nonNull("options", options).accept(chosen);
    String prefix = namespace + (nonNull("name", name).isEmpty() ? "" : name + ":");
    Duration timeout = chosen.timeout;
    NearCaching near = chosen.near;
    Calls<V> calls =
        new Calls<>(
            near == null ? backend : backend.tracked(),
            name,
            prefix,
            nonNull("codec", codec),
            chosen,
            timeout == null ? timeoutNanos : timeout.toNanos(),
            observer);
    Cache<V> cache = new BackendCache<>(calls);
    return near == null ? cache : near.of(cache, calls::listen);
  }

  @Override
  public void ping() {
    backend.call(Operation.PING, new Command.Ping(), timeoutNanos);
  }

  @Override
  public void close() {
    backend.close();
  }
}
