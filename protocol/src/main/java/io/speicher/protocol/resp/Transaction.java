package io.speicher.protocol.resp;

import java.util.ArrayList;
import java.util.List;

/** Commands that wait for EXEC: copies of their words. */
final class Transaction {
  private final List<Arguments> queued = new ArrayList<>();
  private final long maxBytes;
  private long bytes;
  private boolean failed;

  Transaction(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  void add(Arguments arguments) {
    if (failed) {
      return;
    }
    bytes += arguments.copyBytes();
    if (bytes > maxBytes) {
      throw new RefusedException(
          "ERR transaction too long: bytes=" + bytes + " (expected: up to " + maxBytes + ")");
    }
    queued.add(arguments.copy());
  }

  List<Arguments> queued() {
    return queued;
  }

  /** Makes EXEC refuse the whole. */
  void fail() {
    failed = true;
    queued.clear();
  }

  boolean hasFailed() {
    return failed;
  }
}
