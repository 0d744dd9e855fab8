package io.speicher.dialect;

import io.speicher.protocol.TrackingOptions;
import java.nio.ByteBuffer;

/** Remembers what a peer has read, to tell it of changes. On its event loop. */
public interface Tracker {
  TrackingOptions options();

  /** Whether the connection is gone that was to be told instead. */
  boolean isBroken();

  /** The peer is about to be shown what a key has. */
  void willRead(ByteBuffer key);

  /** A command of the peer begins, or has ended: what changes meanwhile is its own doing. */
  void executing(boolean isExecuting);

  /** The peer is not told any more. */
  void close();
}
