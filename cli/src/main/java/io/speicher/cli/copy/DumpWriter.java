package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Writes a dump to a file whose name ends in {@code .part} until it is whole. Such a file can be
 * gone on with: what was cut in its last block is written again. One thread.
 */
final class DumpWriter implements AutoCloseable {
  private final Path part;
  private final Path target;
  private final FileChannel file;
  private final Tally tally;

  /** From where the server is to go on; null to begin at the beginning. */
  private @Nullable String position;

  private DumpWriter(Path target, Tally tally, FileChannel file) {
    this.target = target;
    this.part = part(target);
    this.tally = tally;
    this.file = file;
  }

  static Path part(Path target) {
    return Path.of(target + ".part");
  }

  /** Begins a dump, in the place of one that was not finished. */
  static DumpWriter begin(Path target, Map<String, String> origin, Tally tally) throws IOException {
    FileChannel file =
        FileChannel.open(
            part(target),
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING),
            readableByOwner());
    DumpWriter writer = new DumpWriter(target, tally, file);
    try {
      writer.write(ByteBuffer.wrap(DumpFormat.MAGIC));
      StringJoiner lines = new StringJoiner("\n");
      origin.forEach((name, value) -> lines.add(name + "=" + value));
      writer.write(DumpFormat.ORIGIN, UTF_8.encode(lines.toString()));
      return writer;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** It holds every value there is. */
  private static FileAttribute<?>[] readableByOwner() {
    boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return isPosix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Goes on with a dump that was not finished, behind its last whole block.
   *
   * @param tally takes what is in it
   */
  static DumpWriter resume(Path target, Tally tally) throws IOException {
    String position = null;
    long end;
    try (DumpReader reader = new DumpReader(part(target))) {
      for (ByteBuffer body = nextWhole(reader); body != null; body = nextWhole(reader)) {
        position = count(body, tally);
      }
      end = reader.offset();
    }
    FileChannel file = FileChannel.open(part(target), StandardOpenOption.WRITE);
    try {
      file.truncate(end);
      file.position(end);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    DumpWriter writer = new DumpWriter(target, tally, file);
    writer.position = position;
    return writer;
  }

  /** The next block of items, or null where there is no whole one. */
  private static @Nullable ByteBuffer nextWhole(DumpReader reader) throws IOException {
    long before = reader.offset();
    try {
      DumpReader.Block block = reader.next();
      if (block != null && block.kind() == DumpFormat.ITEMS) {
        return block.body();
      }
    } catch (CopyFailedException e) {
      // A block that was being written when the dump was ended: it is written again.
    }
    reader.seek(before);
    return null;
  }

  /** Counts the items of a block whose checksum is right, and gives its position. */
  private static String count(ByteBuffer body, Tally tally) {
    body.getInt();
    tally.seen += body.getInt();
    int count = body.getInt();
    byte[] position = new byte[body.getShort()];
    body.get(position);
    for (int i = 0; i < count; i++) {
      body.get();
      body.getInt();
      long expiresAtMillis = body.getLong();
      body.getLong();
      int bytes = body.getInt() + body.getInt();
      body.position(body.position() + bytes);
      tally.add(bytes, expiresAtMillis != Item.NEVER);
    }
    return new String(position, US_ASCII);
  }

  @Nullable String position() {
    return position;
  }

  /** Writes what was read together, and counts it. */
  void write(Batch batch) throws IOException {
    write(DumpFormat.ITEMS, body(batch));
    tally.seen += batch.seen();
    batch.items().forEach(item -> tally.add(item.bytes(), item.ends()));
  }

  private static ByteBuffer body(Batch batch) throws CopyFailedException {
    List<Item> items = batch.items();
    byte[] position = batch.position().getBytes(US_ASCII);
    long bytes =
        DumpFormat.ITEMS_HEADER_BYTES
            + position.length
            + (long) DumpFormat.ITEM_HEADER_BYTES * items.size()
            + batch.bytes();
    if (bytes > DumpFormat.LONGEST_BODY) {
      throw new CopyFailedException(
          "a value is too long for a dump: bytes=" + bytes + " (at most: 1 GiB)");
    }
    ByteBuffer body = ByteBuffer.allocate((int) bytes);
    body.putInt(batch.database()).putInt(batch.seen()).putInt(items.size());
    body.putShort((short) position.length).put(position);
    for (Item item : items) {
      body.put((byte) DumpFormat.KINDS.indexOf(item.kind()));
      body.putInt(item.flags()).putLong(item.expiresAtMillis()).putLong(item.version());
      body.putInt(item.key().length).putInt(item.value().length);
      body.put(item.key()).put(item.value());
    }
    return body.flip();
  }

  /** Ends the dump, and gives the file its name when all of it is on the disk. */
  void finish() throws IOException {
    ByteBuffer end = ByteBuffer.allocate(2 * Long.BYTES);
    write(DumpFormat.END, end.putLong(tally.copied).putLong(tally.copiedBytes).flip());
    file.force(true);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes a block. */
  void write(byte kind, ByteBuffer body) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(DumpFormat.BLOCK_HEADER_BYTES);
    header.put(kind).putInt(body.remaining()).putInt(DumpFormat.checksum(kind, body));
    write(header.flip());
    write(body);
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
