package io.speicher.store;

import io.speicher.store.Operation.Advance;
import io.speicher.store.Operation.Append;
import io.speicher.store.Operation.Bytes;
import io.speicher.store.Operation.Change;
import io.speicher.store.Operation.Clear;
import io.speicher.store.Operation.CompareAll;
import io.speicher.store.Operation.Copy;
import io.speicher.store.Operation.Delete;
import io.speicher.store.Operation.DeleteVersion;
import io.speicher.store.Operation.Get;
import io.speicher.store.Operation.GetAll;
import io.speicher.store.Operation.GetAndTouch;
import io.speicher.store.Operation.How;
import io.speicher.store.Operation.Maintain;
import io.speicher.store.Operation.Prepend;
import io.speicher.store.Operation.Put;
import io.speicher.store.Operation.PutTooLarge;
import io.speicher.store.Operation.ScanStep;
import io.speicher.store.Operation.Touch;
import io.speicher.store.Operation.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Operations of all sorts without end, the same ones for the same seed. */
final class RandomOperations {
  private final Random random;
  private final int keyCount;
  private int lastKey;

  RandomOperations(long seed, int keyCount) {
    this.random = new Random(seed);
    this.keyCount = keyCount;
  }

  Operation next() {
    // What grows with the number of keys in one operation has to be rarer when there are many.
    if (random.nextInt(2_000 + 2 * keyCount) == 0) {
      return new CompareAll();
    }
    if (random.nextInt(3_000 + 3 * keyCount) == 0) {
      return new Clear();
    }
    if (random.nextInt(20 + keyCount / 20) == 0) {
      return new ScanStep(1 + random.nextInt(1 + keyCount / 4));
    }
    if (random.nextInt(5_000) == 0) {
      return new PutTooLarge(key());
    }
    int dice = random.nextInt(1_000);
    if (dice < 20) {
      return new Advance(scaled(4 * 3_600_000));
    } else if (dice < 30) {
      return new Maintain();
    } else if (dice < 300) {
      return new Get(key());
    } else if (dice < 330) {
      return new GetAll(keys());
    } else if (dice < 680) {
      return new Put(key(), value(), random.nextInt(4), flags(), ttlMillis(), pick(When.values()));
    } else if (dice < 730) {
      return new Delete(key());
    } else if (dice < 750) {
      return new DeleteVersion(key(), random.nextInt(4) > 0);
    } else if (dice < 830) {
      return new Change(key(), pick(How.values()), value(), flags(), ttlMillis());
    } else if (dice < 870) {
      return new Append(key(), value());
    } else if (dice < 900) {
      return new Prepend(key(), value());
    } else if (dice < 940) {
      return new Copy(key(), key(), random.nextBoolean());
    } else if (dice < 980) {
      return new Touch(key(), ttlMillis());
    } else {
      return new GetAndTouch(key(), ttlMillis());
    }
  }

  /** Often the same one again, since it is what one operation leaves that trips the next. */
  private int key() {
    if (random.nextInt(3) > 0) {
      lastKey = random.nextInt(keyCount);
    }
    return lastKey;
  }

  private List<Integer> keys() {
    List<Integer> keys = new ArrayList<>();
    for (int i = random.nextInt(10); i > 0; i--) {
      keys.add(key());
    }
    return keys;
  }

  /** Mostly small; the more keys there are, the rarer are large ones. */
  private Bytes value() {
    int dice = random.nextInt(100 + keyCount / 50);
    int maxSize = dice < 2 ? 100_000 : dice < 12 ? 10_000 : dice < 35 ? 1_000 : 100;
    return new Bytes(random.nextInt(maxSize + 1), random.nextInt());
  }

  private int flags() {
    return random.nextBoolean() ? 0 : random.nextInt();
  }

  /** 0 for an item without end. */
  private long ttlMillis() {
    return random.nextBoolean() ? 0 : scaled(10 * 3_600_000);
  }

  /** From 1 to {@code max}, every order of magnitude as often as the others. */
  private long scaled(int max) {
    return (long) Math.exp(random.nextDouble() * Math.log(max));
  }

  private <T> T pick(T[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
