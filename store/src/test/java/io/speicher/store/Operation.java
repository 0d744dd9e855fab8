package io.speicher.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A call of a store, or a step of its clock, as data. A list of them is a program, which means
 * something whatever is left out of it: keys are numbers, and versions are named by what they were.
 */
sealed interface Operation {

  /** Operations that do about the same with less, what is much simpler first. */
  default List<Operation> simpler() {
    return List.of();
  }

  /** That many bytes, all of which depend on the seed. */
  record Bytes(int size, int seed) {
    byte[] toArray() {
      byte[] bytes = new byte[size];
      int state = seed * 0x9E37_79B9;
      for (int i = 0; i < size; i++) {
        state = state * 1_664_525 + 1_013_904_223;
        bytes[i] = (byte) (state >>> 24);
      }
      return bytes;
    }

    ByteBuffer toBuffer() {
      return ByteBuffer.wrap(toArray());
    }

    Stream<Bytes> simpler() {
      return Stream.concat(
          less(size).map(shorter -> new Bytes(shorter.intValue(), seed)),
          seed == 0 ? Stream.of() : Stream.of(new Bytes(size, 0)));
    }
  }

  /** The condition of a put. */
  enum When {
    ALWAYS,
    IF_ABSENT,
    IF_PRESENT,
    IF_VERSION,
    IF_OTHER_VERSION
  }

  /** What an updater does. */
  enum How {
    KEEP,
    REMOVE,
    NEW_VALUE,
    VALUE_TWICE,
    VALUE_TURNED,
    PUT,
    NEW_FLAGS,
    EXPIRE,
    THROW
  }

  record Get(int key) implements Operation {}

  record GetAll(List<Integer> keys) implements Operation {
    @Override
    public List<Operation> simpler() {
      List<Operation> simpler = new ArrayList<>();
      keys.forEach(key -> simpler.add(new Get(key)));
      return simpler;
    }
  }

  record Put(int key, Bytes value, int kind, int flags, long ttlMillis, When when)
      implements Operation {
    @Override
    public List<Operation> simpler() {
      List<Operation> simpler = new ArrayList<>();
      if (when != When.ALWAYS) {
        simpler.add(new Put(key, value, kind, flags, ttlMillis, When.ALWAYS));
      }
      if (kind != 0) {
        simpler.add(new Put(key, value, 0, flags, ttlMillis, when));
      }
      if (flags != 0) {
        simpler.add(new Put(key, value, kind, 0, ttlMillis, when));
        simpler.add(new Put(key, value, kind, flags == 1 ? 0 : 1, ttlMillis, when));
      }
      value.simpler().forEach(v -> simpler.add(new Put(key, v, kind, flags, ttlMillis, when)));
      less(ttlMillis).forEach(ttl -> simpler.add(new Put(key, value, kind, flags, ttl, when)));
      return simpler;
    }
  }

  record PutTooLarge(int key) implements Operation {}

  record Delete(int key) implements Operation {}

  record DeleteVersion(int key, boolean current) implements Operation {}

  record Change(int key, How how, Bytes value, int flags, long ttlMillis) implements Operation {
    @Override
    public List<Operation> simpler() {
      List<Operation> simpler = new ArrayList<>();
      if (flags != 0) {
        simpler.add(new Change(key, how, value, 0, ttlMillis));
      }
      value.simpler().forEach(v -> simpler.add(new Change(key, how, v, flags, ttlMillis)));
      less(ttlMillis).forEach(ttl -> simpler.add(new Change(key, how, value, flags, ttl)));
      return simpler;
    }
  }

  record Append(int key, Bytes tail) implements Operation {
    @Override
    public List<Operation> simpler() {
      return tail.simpler().map(less -> (Operation) new Append(key, less)).toList();
    }
  }

  record Prepend(int key, Bytes head) implements Operation {
    @Override
    public List<Operation> simpler() {
      return head.simpler().map(less -> (Operation) new Prepend(key, less)).toList();
    }
  }

  record Copy(int from, int to, boolean onlyIfAbsent) implements Operation {
    @Override
    public List<Operation> simpler() {
      return onlyIfAbsent ? List.of(new Copy(from, to, false)) : List.of();
    }
  }

  record Touch(int key, long ttlMillis) implements Operation {
    @Override
    public List<Operation> simpler() {
      return less(ttlMillis).map(less -> (Operation) new Touch(key, less)).toList();
    }
  }

  record GetAndTouch(int key, long ttlMillis) implements Operation {
    @Override
    public List<Operation> simpler() {
      return Stream.concat(
              Stream.of((Operation) new Touch(key, ttlMillis)),
              less(ttlMillis).map(less -> new GetAndTouch(key, less)))
          .toList();
    }
  }

  record Advance(long millis) implements Operation {
    @Override
    public List<Operation> simpler() {
      return less(millis).map(less -> (Operation) new Advance(less)).toList();
    }
  }

  record Maintain() implements Operation {}

  record Clear() implements Operation {}

  /** Goes on with the scan that is under way, or begins one. */
  record ScanStep(int maxKeys) implements Operation {}

  /** Compares all that there is. */
  record CompareAll() implements Operation {}

  /** Numbers between zero and this one, the smallest first. */
  private static Stream<Long> less(long number) {
    return LongStream.of(
            0, number / 2, number - number / 4, number - number / 16, number - Long.signum(number))
        .filter(less -> less != number)
        .distinct()
        .boxed();
  }
}
