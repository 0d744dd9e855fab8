package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getByte;
import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.speicher.store.Store;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Hashes keys to 64 well-mixed bits. Two hashes made with different random numbers have nothing in
 * common, so that nobody outside can choose keys that collide. Any thread may use one.
 */
final class KeyHash {

  /*
   * Multiply and fold, 16 bytes at a time, after the idea of wyhash (Wang Yi, 2019): the 128 bits of
   * a product, folded to 64. A factor that is zero would swallow the other one; so no constant is
   * known outside: all of them are random. About 4 ns for a key of 16 bytes.
   */
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, LITTLE_ENDIAN);

  private final long seed;
  private final long blockSecret;
  private final long lastSecret;
  private final long lengthSecret;

  /** What is added to the hash of a key in each database; nothing in the first one. */
  private final long[] databaseSecrets = new long[Store.DATABASES];

  /** Hashes with the secrets of a root page. */
  KeyHash(long root) {
    seed = RootLayout.secret(root, 0);
    blockSecret = RootLayout.secret(root, 1);
    lastSecret = RootLayout.secret(root, 2);
    lengthSecret = RootLayout.secret(root, 3);
    for (int database = 1; database < databaseSecrets.length; database++) {
      databaseSecrets[database] = fold(seed ^ database, lengthSecret);
    }
  }

  /** Writes new secrets to a root page. */
  static void writeSecrets(long root, RandomGenerator random) {
    RootLayout.setSecret(root, 0, random.nextLong());
    RootLayout.setSecret(root, 1, random.nextLong());
    RootLayout.setSecret(root, 2, random.nextLong());
    RootLayout.setSecret(root, 3, (random.nextLong() << 17) | (1 << 16)); // No zero with a length.
  }

  /** Whether a root page has secrets. */
  static boolean hasSecrets(long root) {
    return RootLayout.secret(root, 3) != 0;
  }

  /** Has another root page have the same secrets, so that hashes are the same. */
  static void copySecrets(long from, long to) {
    for (int i = 0; i < 4; i++) {
      RootLayout.setSecret(to, i, RootLayout.secret(from, i));
    }
  }

  /** Of the remaining bytes of {@code key} in a database. */
  long of(int database, ByteBuffer key) {
    return of(database, key, key.position(), key.remaining());
  }

  /** Of the key of an item. */
  long of(StoredItem item) {
    return of(item.database(), item.keyAddress(), item.keyBytes());
  }

  /** Of that many bytes, at least one, from index {@code start} on, in a database. */
  long of(int database, ByteBuffer key, int start, int bytes) {
    return databaseSecrets[database] ^ of(key, start, bytes);
  }

  /** As the other one, of the same bytes at an address. */
  long of(int database, long address, int bytes) {
    return databaseSecrets[database] ^ of(address, bytes);
  }

  private long of(ByteBuffer key, int start, int bytes) {
    int end = start + bytes;
    long hash = seed;
    long first;
    long last;
    if (bytes >= 16) {
      for (int at = start; at < end - 16; at += 16) {
        hash = fold((long) LONG.get(key, at) ^ blockSecret, (long) LONG.get(key, at + 8) ^ hash);
      }
      first = (long) LONG.get(key, end - 16);
      last = (long) LONG.get(key, end - 8);
    } else if (bytes >= 8) {
      first = (long) LONG.get(key, start);
      last = (long) LONG.get(key, end - 8);
    } else if (bytes >= 4) {
      first = (int) INT.get(key, start);
      last = (int) INT.get(key, end - 4);
    } else {
      first = ((long) key.get(start) << 8) | (key.get(start + bytes / 2) & 0xFF);
      last = key.get(end - 1);
    }
    return finish(first, last, hash, bytes);
  }

  private long of(long address, int bytes) {
    long end = address + bytes;
    long hash = seed;
    long first;
    long last;
    if (bytes >= 16) {
      for (long at = address; at < end - 16; at += 16) {
        hash = fold(getLong(at) ^ blockSecret, getLong(at + 8) ^ hash);
      }
      first = getLong(end - 16);
      last = getLong(end - 8);
    } else if (bytes >= 8) {
      first = getLong(address);
      last = getLong(end - 8);
    } else if (bytes >= 4) {
      first = getInt(address);
      last = getInt(end - 4);
    } else {
      first = ((long) (byte) getByte(address) << 8) | getByte(address + bytes / 2);
      last = (byte) getByte(end - 1);
    }
    return finish(first, last, hash, bytes);
  }

  private long finish(long first, long last, long hash, int bytes) {
    return fold(fold(first ^ blockSecret, last ^ hash) ^ lastSecret, bytes ^ lengthSecret);
  }

  private static long fold(long a, long b) {
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }
}
