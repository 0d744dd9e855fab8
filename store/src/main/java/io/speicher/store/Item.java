package io.speicher.store;

import java.nio.ByteBuffer;

/**
 * An item as it lies in the store. Valid only while the reader or updater that is shown it runs.
 */
public interface Item {
  /** Stands for the expiry of an item that has none. */
  long NEVER = Long.MAX_VALUE;

  /** A mark: the value is out of date. */
  int STALE = 1;

  /** A mark: somebody is computing the value. */
  int LEASED = 2;

  /**
   * A mark, beside {@link #LEASED}: the key has no item, and this one says who computes it. Nobody
   * is shown it but who uses {@link Store#updateLeased}, and no key or count tells of it but those
   * of {@link Store#itemCount} and {@link Store#stats}.
   */
  int PLACEHOLDER = 8;

  /**
   * The value in place: to be copied from, never to be kept or changed. To a reader it is always
   * the same buffer, with position and limit set anew; to an updater another one each time.
   */
  ByteBuffer value();

  /** What was given to {@link PutOptions#kind}. */
  int kind();

  /**
   * The marks that an update has given it: {@link #STALE}, {@link #LEASED}, {@link #PLACEHOLDER}, a
   * sum of these, or 0. What a put stores has none.
   */
  int marks();

  /** What was given to {@link PutOptions#flags}. */
  int flags();

  /**
   * Another number for every value that a key has had, before a deletion or a {@link Store#clear}
   * too; greater than zero. Only who chose a version ({@link Update.Replace}) can meet another one.
   */
  long version();

  /**
   * How often it has been used lately, from 0, never, to 3; a hint. Always 0 if the store does not
   * count.
   */
  default int frequency() {
    return 0;
  }

  /** When it disappears, in milliseconds of the {@link Ticker}, or {@link #NEVER}. */
  long expiresAtMillis();
}
