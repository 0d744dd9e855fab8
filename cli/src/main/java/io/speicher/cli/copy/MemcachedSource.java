package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.cli.resp.UnexpectedReplyException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The keys that {@code lru_crawler metadump} lists, read by {@code mg}.
 *
 * <p>memcached gives up a client that is slow to take the list, and the list has no position to go
 * on from. So it goes into a temporary file first, at full speed; the memory that it takes here
 * does not grow with the number of keys.
 */
final class MemcachedSource implements Source {
  private static final int KEYS_TOGETHER = 500;
  private static final long VALUE_BYTES_TOGETHER = 4 << 20;
  private static final int FIRST_KEYS = 16;

  /** The crawler does one thing at a time. */
  private static final String BUSY = "BUSY";

  private static final int ATTEMPTS = 100;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final MemcachedServer server;
  private final Selection selection;
  private final Path list;
  private final DataInputStream keys;
  private final long total;
  private long left;
  private int together = FIRST_KEYS;

  MemcachedSource(MemcachedServer server, Selection selection) throws IOException {
    this.server = server;
    this.selection = selection;
    list = Files.createTempFile("speicher-copy", ".keys");
    try {
      total = listKeys();
      keys = new DataInputStream(new BufferedInputStream(Files.newInputStream(list)));
    } catch (IOException | RuntimeException e) {
      Files.delete(list);
      throw e;
    }
    left = total;
  }

  private long listKeys() throws IOException {
    long count = 0;
    String first = firstOfList();
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(list)))) {
      String reply = first;
      while (reply.startsWith("key=")) {
        byte[] key = decoded(reply.substring("key=".length(), end(reply)));
        out.writeShort(key.length);
        out.write(key);
        count++;
        reply = server.readLine();
      }
      if (!reply.equals("END")) {
        throw new UnexpectedReplyException(
            ("lru_crawler metadump is answered with '%s' (expected: a list of keys, as memcached"
                    + " gives it unless it was started with no_lru_crawler; Speicher is"
                    + " speicher://)")
                .formatted(reply));
      }
    }
    return count;
  }

  /**
   * Asks for the list and gives its first line. A walk through the hash table finds every key; the
   * older one through the LRU misses those that are moved meanwhile.
   */
  private String firstOfList() throws IOException {
    String reply = firstOfList("hash");
    return reply.matches("ERROR|CLIENT_ERROR.*|BADCLASS.*") ? firstOfList("all") : reply;
  }

  private String firstOfList(String which) throws IOException {
    String reply = BUSY;
    for (int attempt = 0; attempt < ATTEMPTS && reply.startsWith(BUSY); attempt++) {
      if (attempt > 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      server.add("lru_crawler metadump " + which);
      server.flush();
      reply = server.readLine();
    }
    return reply;
  }

  private static int end(String line) {
    int space = line.indexOf(' ');
    return space < 0 ? line.length() : space;
  }

  /** Undoes the encoding of URLs. */
  private static byte[] decoded(String text) {
    byte[] encoded = text.getBytes(ISO_8859_1);
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    for (int i = 0; i < encoded.length; i++) {
      if (encoded[i] == '%' && i + 2 < encoded.length) {
        key.write((Character.digit(encoded[i + 1], 16) << 4) | Character.digit(encoded[i + 2], 16));
        i += 2;
      } else {
        key.write(encoded[i]);
      }
    }
    return key.toByteArray();
  }

  @Override
  public @Nullable Batch next() throws IOException {
    if (left == 0) {
      return null;
    }
    List<byte[]> taken = new ArrayList<>(together);
    int seen = 0;
    while (left > 0 && taken.size() < together && seen < KEYS_TOGETHER) {
      byte[] key = new byte[keys.readUnsignedShort()];
      keys.readFully(key);
      left--;
      seen++;
      if (selection.wants(key)) {
        taken.add(key);
        server.addRead(key);
      }
    }
    server.flush();
    return new Batch(0, receive(taken), seen, "");
  }

  private List<Item> receive(List<byte[]> taken) throws IOException {
    List<Item> items = new ArrayList<>(taken.size());
    long bytes = 0;
    for (byte[] key : taken) {
      MemcachedServer.Read read = server.receiveRead(key, selection.limit().bytes());
      if (read == null) {
        continue; // It has expired, or was deleted.
      }
      Item item = read.item();
      if (item == null) {
        selection.countTooLong(key);
      } else if (selection.add(item, items)) {
        bytes += item.value().length;
      }
    }
    long fitting = VALUE_BYTES_TOGETHER * taken.size() / Math.max(1, bytes);
    together = (int) Math.max(1, Math.min(Math.min(KEYS_TOGETHER, 2L * together), fitting));
    return items;
  }

  @Override
  public long total() {
    return total;
  }

  /** The list has no positions: another run begins at the beginning. */
  @Override
  public String incarnation() {
    return UUID.randomUUID().toString();
  }

  @Override
  public void resume(String position) {
    throw new IllegalStateException("there are no positions");
  }

  @Override
  public boolean hasFlags() {
    return true;
  }

  @Override
  public boolean hasKinds() {
    return false;
  }

  @Override
  public void close() throws IOException {
    server.close();
    keys.close();
    Files.delete(list);
  }
}
