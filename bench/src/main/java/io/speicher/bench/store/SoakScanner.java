package io.speicher.bench.store;

import io.speicher.store.Store;
import java.util.HashMap;
import java.util.Map;

/** Visits all keys again and again, and checks that none is missed. */
final class SoakScanner {
  private static final int MAX_KEYS = 1_000;
  private static final int WATCHED_KEYS = 256;

  private final Store store;
  private final SoakRecord record;
  private final int keyCount;
  private final XorShift random;
  private final Keys keys = new Keys();
  private long version;
  private long scans;

  SoakScanner(Store store, SoakRecord record, int keyCount, long seed) {
    this.store = store;
    this.record = record;
    this.keyCount = keyCount;
    random = new XorShift(~seed);
  }

  /** Whoever was there all the time, as its version proves, has to be visited. */
  void step() {
    Map<Long, Long> missed = new HashMap<>();
    for (int i = 0; i < WATCHED_KEYS; i++) {
      long index = random.below(keyCount);
      if (isThere(index)) {
        missed.put(index, version);
      }
    }
    scan(missed);
    missed.forEach((index, before) -> {
      if (isThere(index) && version == before) {
        record.fault("scan missed a key: index=" + index);
      }
    });
    scans++;
  }

  /** How many there were; to be asked when it has ended. */
  long scans() {
    return scans;
  }

  private void scan(Map<Long, Long> missed) {
    long cursor = 0;
    for (long calls = 0; calls == 0 || cursor != 0; calls++) {
      if (calls > keyCount) {
        record.fault("scan does not end: calls=" + calls);
        return;
      }
      cursor =
          store.scan(
              cursor,
              MAX_KEYS,
              key -> {
                long index = Keys.index(key);
                if (index < 0) {
                  record.fault("scan visited a key that nobody put");
                }
                missed.remove(index);
              });
    }
  }

  private boolean isThere(long index) {
    return store.get(keys.key(index), item -> version = item.version());
  }
}
