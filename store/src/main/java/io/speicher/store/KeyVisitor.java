package io.speicher.store;

import java.nio.ByteBuffer;

/** Takes the keys that a {@link Store#scan} finds. */
@FunctionalInterface
public interface KeyVisitor {
  /** Called with a copy of the key, which is the visitor's own, for a key that has an item. */
  void visit(ByteBuffer key);
}
