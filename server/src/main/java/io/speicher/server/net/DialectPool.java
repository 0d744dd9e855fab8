package io.speicher.server.net;

import io.speicher.dialect.Dialect;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Dialects of one kind, which the connections of an event loop take turns with: a connection needs
 * one while it is answered, and keeps it only if the dialect has something to remember. So an idle
 * connection takes less memory, and those that are busy share what is in the processor's cache.
 */
final class DialectPool {
  private final Supplier<Dialect> maker;

  /** One is enough for all, as a loop answers one connection at a time, or seldom two. */
  private @Nullable Dialect spare;

  DialectPool(Supplier<Dialect> maker) {
    this.maker = maker;
  }

  /** One that has spoken with nobody, to say something that was not asked. */
  Dialect fresh() {
    return maker.get();
  }

  /** One that nobody else uses, until it is given back or for good. */
  Dialect take() {
    Dialect taken = spare;
    spare = null;
    return taken == null ? maker.get() : taken;
  }

  /** Takes one back that is at rest. */
  void giveBack(Dialect dialect) {
    spare = dialect;
  }
}
