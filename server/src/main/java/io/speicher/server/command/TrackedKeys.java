package io.speicher.server.command;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.Share;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which peers have read which keys, by the hashes of these: outside the heap, counted in the
 * account of connections, and bounded. Any thread may call any method.
 *
 * <pre>
 *  shard:  heads: n × int    first node of a chain, or 0
 *          nodes: n × 28 bytes
 *
 *          0        8        16       20           24     28
 *          | hash 1 | hash 2 | client | generation | next |
 * </pre>
 *
 * <p>Two keys with the same 128 bits would be taken for one, and a change of one of them for a
 * change of the other. The hashes are keyed, so nobody can find such keys, and by chance there are
 * none. In return no key is kept, whatever its length.
 *
 * <p>An entry counts as long as its generation is that of the client. So all entries of a client
 * are forgotten in one step; they are taken away when a shard is full.
 */
final class TrackedKeys {
  /** A peer that has read keys. */
  interface Reader {
    /** Tells it apart from all others that there are now. */
    int number();

    /** The generation of its entries that count. */
    int generation();
  }

  /** Finds readers by their number, and hears what happens to their entries. */
  interface Readers {
    @Nullable Reader get(int number);

    /** A key has changed that it has read; returns whether it still has to be told of the next. */
    boolean changed(Reader reader, ByteBuffer key);
  }

  private static final int SHARDS = 64;
  private static final int FIRST_NODES = 64;
  private static final int MIN_NODES = 2;
  private static final int MAX_NODES = 1 << 25;
  private static final int HEAD_BYTES = Integer.BYTES;
  private static final int HASH_2 = 8;
  private static final int CLIENT = 16;
  private static final int GENERATION = 20;
  private static final int NEXT = 24;
  private static final int NODE_BYTES = 28;

  private final SipHash first;
  private final SipHash second;
  private final Readers readers;
  private final int maxNodes;
  private final Shard[] shards = new Shard[SHARDS];

  /**
   * @param maxBytes what all entries may take together
   */
  TrackedKeys(Account account, long maxBytes, Readers readers) {
    this(new SecureRandom(), account, maxBytes, readers);
  }

  private TrackedKeys(SecureRandom random, Account account, long maxBytes, Readers readers) {
    first = new SipHash(random);
    second = new SipHash(random);
    this.readers = readers;
    long fair = maxBytes / SHARDS / (HEAD_BYTES + NODE_BYTES);
    maxNodes = Integer.highestOneBit(Math.clamp(fair, MIN_NODES, MAX_NODES));
    Arrays.setAll(shards, i -> new Shard(new Share(account)));
  }

  /**
   * Remembers that somebody is about to read a key.
   *
   * @return false if there is no room: it has to be told that everything may have changed
   */
  boolean add(Reader reader, ByteBuffer key) {
    long hash1 = first.hash(key);
    long hash2 = second.hash(key);
    Shard shard = shard(hash1);
    synchronized (shard) {
      return shard.add(hash1, hash2, reader);
    }
  }

  /** Tells those who have read a key that it has changed, each of them once. */
  void changed(ByteBuffer key) {
    long hash1 = first.hash(key);
    Shard shard = shard(hash1);
    synchronized (shard) {
      shard.changed(hash1, key);
    }
  }

  private Shard shard(long hash1) {
    return shards[(int) (hash1 >>> 58)];
  }

  /** What all entries take now. */
  long bytes() {
    long bytes = 0;
    for (Shard shard : shards) {
      synchronized (shard) {
        bytes += shard.bytes();
      }
    }
    return bytes;
  }

  /** Forgets everything, and gives all memory back. */
  void clear() {
    for (Shard shard : shards) {
      synchronized (shard) {
        shard.clear();
      }
    }
  }

  /** A part of the table, guarded by itself. */
  private final class Shard {
    private final Share share;
    private ByteBuf memory = Unpooled.EMPTY_BUFFER;

    /** How many nodes there can be, and heads: 0 or a power of two. */
    private int capacity;

    /** The first node that is free, or 0; and the first that never was in use. */
    private int free;

    private int fresh = 1;

    Shard(Share share) {
      this.share = share;
    }

    long bytes() {
      return bytes(capacity);
    }

    private static long bytes(int nodes) {
      return (long) nodes * (HEAD_BYTES + NODE_BYTES);
    }

    boolean add(long hash1, long hash2, Reader reader) {
      int number = reader.number();
      for (int node = capacity == 0 ? 0 : head(hash1); node != 0; node = next(node)) {
        if (isOf(node, hash1, hash2) && getInt(node, CLIENT) == number) {
          setInt(node, GENERATION, reader.generation());
          return true;
        }
      }
      if (!hasRoom()) {
        return false;
      }
      int node = take();
      memory.setLong(at(node), hash1);
      memory.setLong(at(node) + HASH_2, hash2);
      setInt(node, CLIENT, number);
      setInt(node, GENERATION, reader.generation());
      setInt(node, NEXT, head(hash1));
      head(hash1, node);
      return true;
    }

    void changed(long hash1, ByteBuffer key) {
      if (capacity == 0) {
        return;
      }
      long hash2 = 0;
      int before = 0;
      for (int node = head(hash1); node != 0; ) {
        int next = next(node);
        boolean isHere = memory.getLong(at(node)) == hash1;
        if (isHere && hash2 == 0) {
          hash2 = second.hash(key);
        }
        if (isHere && isOf(node, hash1, hash2) && !isStillWanted(node, key)) {
          unlink(hash1, before, node);
        } else {
          before = node;
        }
        node = next;
      }
    }

    /** Tells whom the entry is of, and returns whether it stays. */
    private boolean isStillWanted(int node, ByteBuffer key) {
      Reader reader = readers.get(getInt(node, CLIENT));
      return reader != null
          && reader.generation() == getInt(node, GENERATION)
          && readers.changed(reader, key);
    }

    private void unlink(long hash1, int before, int node) {
      if (before == 0) {
        head(hash1, next(node));
      } else {
        setInt(before, NEXT, next(node));
      }
      setInt(node, NEXT, free);
      free = node;
    }

    private int take() {
      if (free == 0) {
        return fresh++;
      }
      int node = free;
      free = next(node);
      return node;
    }

    /** Makes sure that there is a free node, or returns false. */
    private boolean hasRoom() {
      if (free != 0 || fresh < capacity) {
        return true;
      }
      if (capacity == 0) {
        return resize(Math.min(FIRST_NODES, maxNodes));
      }
      sweep();
      // Where few are free by now, the next sweep would come too soon.
      int enough = Math.max(1, capacity / 8);
      return freeCount() >= enough || (capacity < maxNodes && resize(2 * capacity));
    }

    private int freeCount() {
      int count = 0;
      for (int node = free; node != 0; node = next(node)) {
        count++;
      }
      return count;
    }

    private boolean isAlive(int node) {
      Reader reader = readers.get(getInt(node, CLIENT));
      return reader != null && reader.generation() == getInt(node, GENERATION);
    }

    /** Takes away the entries that do not count any more. */
    private void sweep() {
      for (int bucket = 0; bucket < capacity; bucket++) {
        long hash1 = bucket;
        int before = 0;
        for (int node = head(hash1); node != 0; ) {
          int next = next(node);
          if (isAlive(node)) {
            before = node;
          } else {
            unlink(hash1, before, node);
          }
          node = next;
        }
      }
    }

    /** Moves all entries to a larger table, or returns false if there is no memory for it. */
    private boolean resize(int newCapacity) {
      ByteBuf larger = share.tryBuffer((int) bytes(newCapacity));
      if (larger == null) {
        return false;
      }
      larger.setZero(0, newCapacity * HEAD_BYTES);
      ByteBuf old = memory;
      int oldCapacity = capacity;
      memory = larger;
      capacity = newCapacity;
      free = 0;
      fresh = 1;
      for (int bucket = 0; bucket < oldCapacity; bucket++) {
        int node = old.getInt(bucket * HEAD_BYTES);
        while (node != 0) {
          int from = at(node, oldCapacity);
          int moved = fresh++;
          memory.setBytes(at(moved), old, from, NODE_BYTES);
          long hash1 = old.getLong(from);
          setInt(moved, NEXT, head(hash1));
          head(hash1, moved);
          node = old.getInt(from + NEXT);
        }
      }
      old.release();
      return true;
    }

    void clear() {
      memory.release();
      memory = Unpooled.EMPTY_BUFFER;
      capacity = 0;
      free = 0;
      fresh = 1;
    }

    // ---- the bytes ----

    private boolean isOf(int node, long hash1, long hash2) {
      return memory.getLong(at(node)) == hash1 && memory.getLong(at(node) + HASH_2) == hash2;
    }

    /** The bucket of a hash is in its low bits. */
    private int headAt(long hash1) {
      return (int) (hash1 & (capacity - 1)) * HEAD_BYTES;
    }

    private int head(long hash1) {
      return memory.getInt(headAt(hash1));
    }

    private void head(long hash1, int node) {
      memory.setInt(headAt(hash1), node);
    }

    private int at(int node) {
      return at(node, capacity);
    }

    private static int at(int node, int nodes) {
      return nodes * HEAD_BYTES + node * NODE_BYTES;
    }

    private int next(int node) {
      return getInt(node, NEXT);
    }

    private int getInt(int node, int offset) {
      return memory.getInt(at(node) + offset);
    }

    private void setInt(int node, int offset, int number) {
      memory.setInt(at(node) + offset, number);
    }
  }
}
