package io.speicher.load;

import java.nio.ByteBuffer;

/**
 * Finds the replies in what a connection brings, however it is cut. One for each connection: it
 * remembers the reply that is not whole yet. Lengths are known from the replies' heads, and the
 * bytes of values are passed over unseen, unless they are verified.
 */
abstract class ReplyScanner {
  final ReplySink sink;

  ReplyScanner(ReplySink sink) {
    this.sink = sink;
  }

  /** Scans all bytes between the buffer's position and its limit. */
  abstract void scan(ByteBuffer in) throws MalformedReplyException, WrongValueException;
}
