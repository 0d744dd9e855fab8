package io.speicher.cli.copy;

import io.speicher.protocol.ValueKind;

/** What has been copied by now. One thread. */
final class Tally {
  long seen;
  long copied;
  long copiedBytes;
  long copiedWithTtl;

  /** How many items had flags that the target cannot keep, and how many were JSON to the source. */
  long flagsLost;

  long kindsLost;

  void add(Item item, boolean keepsFlags, boolean keepsKinds) {
    add(item.bytes(), item.ends());
    flagsLost += item.flags() != 0 && !keepsFlags ? 1 : 0;
    kindsLost += item.kind() == ValueKind.JSON && !keepsKinds ? 1 : 0;
  }

  void add(long bytes, boolean ends) {
    copied++;
    copiedBytes += bytes;
    copiedWithTtl += ends ? 1 : 0;
  }
}
