package io.speicher.server.command;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.dialect.Account;
import io.speicher.store.ChangeListener;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Who wants to know of changes in the store: connections that wait for a value, and peers that keep
 * values. Any thread may call any method.
 *
 * <p>Only while there is somebody does the store tell of changes; writers then pay for it, and for
 * nothing else.
 */
public final class Changes implements ChangeListener {
  private final Store store;
  private final LeaseWaits waits = new LeaseWaits();
  private final Tracking tracking;

  @GuardedBy("this")
  private int listeners;

  @GuardedBy("this")
  private boolean isListening;

  /**
   * @param trackingBytes what may be taken to remember who has read what
   */
  public Changes(Store store, Account account, long trackingBytes) {
    this.store = store;
    tracking = new Tracking(account, trackingBytes);
  }

  public LeaseWaits waits() {
    return waits;
  }

  public Tracking tracking() {
    return tracking;
  }

  /**
   * There is one more who wants to know, until {@link #leave}. What changes after this has returned
   * is told of.
   *
   * @param alone runs something while no event loop executes anything: a writer that is under way
   *     does not know that it has to tell
   */
  void join(Consumer<Runnable> alone) {
    boolean isFirst;
    synchronized (this) {
      listeners++;
      isFirst = !isListening;
    }
    if (isFirst) {
      alone.accept(this::listen);
    }
  }

  private synchronized void listen() {
    isListening = true;
    store.listen(this);
  }

  synchronized void leave() {
    listeners--;
  }

  /** Lets the store be silent if nobody wants to know; to be called now and then. */
  public synchronized void rest() {
    if (listeners == 0 && isListening) {
      isListening = false;
      store.listen(null);
    }
  }

  @Override
  public void changed(int database, ByteBuffer key) {
    waits.changed(database, key);
    tracking.changed(database, key);
  }

  @Override
  public void cleared() {
    waits.cleared();
    tracking.cleared();
  }
}
