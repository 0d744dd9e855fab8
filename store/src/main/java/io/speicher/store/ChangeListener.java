package io.speicher.store;

import java.nio.ByteBuffer;

/**
 * Is told of what changes in a store, whoever changes it. It is told on the thread that has made
 * the change, when everybody can see it, and before the call that makes it returns. It may not call
 * the store and should take about a microsecond: others may wait for a lock that is held meanwhile.
 */
public interface ChangeListener {
  /**
   * A key has another item, or none any more, because somebody wanted it so or since its time to
   * live has passed. Of an item that was evicted it is told only if it had a time to live: whoever
   * knows its value may go on to use it otherwise. It may be told of a change that has changed
   * nothing.
   *
   * @param database which one it is ({@link Store#number})
   * @param key a view, valid until this returns
   */
  void changed(int database, ByteBuffer key);

  /** Any number of keys may have changed. */
  void cleared();
}
