package io.speicher.store.segment;

import io.speicher.store.ChangeListener;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Tells of changes, where somebody wants to know. Any thread may call any method.
 *
 * <p>Who listens and reads an item afterwards must be told if that item is replaced. So whoever has
 * linked an item asks only then, behind a fence, whether somebody listens.
 */
final class Changes {
  private volatile @Nullable ChangeListener listener;

  void listen(@Nullable ChangeListener newListener) {
    listener = newListener;
  }

  /** Whether anybody listens; for who would have to do something only to tell. */
  boolean areTold() {
    return listener != null;
  }

  void tell(int database, ByteBuffer key) {
    ChangeListener told = listener;
    if (told != null) {
      VarHandle.fullFence();
      told.changed(database, key);
    }
  }

  void tellCleared() {
    ChangeListener told = listener;
    if (told != null) {
      VarHandle.fullFence();
      told.cleared();
    }
  }
}
