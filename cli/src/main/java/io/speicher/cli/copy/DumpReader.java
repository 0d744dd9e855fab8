package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the blocks of a dump, each of them whole and with the right checksum. One thread. */
final class DumpReader implements AutoCloseable {
  /** So much of the heap a block may take. */
  private static final int SHARE_OF_HEAP = 4;

  private final FileChannel file;
  private final long fileBytes;
  private final Map<String, String> origin = new LinkedHashMap<>();

  /** Where the next block begins. */
  private long offset;

  /** A block, and where the one behind it begins. */
  record Block(byte kind, ByteBuffer body, long end) {}

  /**
   * Opens a dump.
   *
   * @throws CopyFailedException if it is none, or of another version
   */
  DumpReader(Path path) throws IOException {
    file = FileChannel.open(path);
    try {
      fileBytes = file.size();
      readMagic();
      readOrigin();
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether the file begins as a dump of any version. */
  static boolean isDump(Path path) throws IOException {
    try (InputStream file = Files.newInputStream(path)) {
      return isOfAnyVersion(file.readNBytes(DumpFormat.MAGIC.length));
    }
  }

  private static boolean isOfAnyVersion(byte[] start) {
    int known = DumpFormat.ANY_MAGIC.length;
    return start.length == DumpFormat.MAGIC.length
        && Arrays.equals(start, 0, known, DumpFormat.ANY_MAGIC, 0, known);
  }

  private void readMagic() throws IOException {
    int length = (int) Math.min(fileBytes, DumpFormat.MAGIC.length);
    byte[] magic = read(0, length).array();
    if (Arrays.equals(magic, DumpFormat.MAGIC)) {
      offset = length;
      return;
    }
    if (isOfAnyVersion(magic)) {
      throw new CopyFailedException(
          "the dump was written in a version of the format that this release does not know"
              + " (expected: 1): use the release that wrote it");
    }
    throw new CopyFailedException(
        "this is no dump of Speicher (expected: a file that begins with SPEICHER-DUMP)");
  }

  private void readOrigin() throws IOException {
    Block block = next();
    if (block == null || block.kind() != DumpFormat.ORIGIN) {
      throw damaged("the dump does not say where it comes from");
    }
    for (String line : UTF_8.decode(block.body()).toString().lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        origin.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
  }

  /** What the dump says of where it comes from. */
  Map<String, String> origin() {
    return origin;
  }

  /** Where the next block begins. */
  long offset() {
    return offset;
  }

  /** Goes to where a block ended. */
  void seek(long end) {
    offset = end;
  }

  /**
   * The next block; null at the end of the file.
   *
   * @throws CopyFailedException if it is cut, damaged, or too long for the memory of this process
   */
  @Nullable Block next() throws IOException {
    if (offset == fileBytes) {
      return null;
    }
    requireThere(DumpFormat.BLOCK_HEADER_BYTES);
    ByteBuffer header = read(offset, DumpFormat.BLOCK_HEADER_BYTES);
    byte kind = header.get();
    int length = header.getInt();
    int checksum = header.getInt();
    if (length < 0 || length > DumpFormat.LONGEST_BODY) {
      throw damaged("a length is wrong");
    }
    requireThere(DumpFormat.BLOCK_HEADER_BYTES + length);
    requireMemory(length);
    ByteBuffer body = read(offset + DumpFormat.BLOCK_HEADER_BYTES, length);
    if (DumpFormat.checksum(kind, body) != checksum) {
      throw damaged("a checksum is wrong");
    }
    offset += DumpFormat.BLOCK_HEADER_BYTES + length;
    return new Block(kind, body, offset);
  }

  private void requireThere(long count) throws CopyFailedException {
    if (count > fileBytes - offset) {
      throw damaged("the file ends in the middle of a block");
    }
  }

  /** A block that is too long must be said in words, and not by running out of memory. */
  private static void requireMemory(int length) throws CopyFailedException {
    if (length > Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP) {
      throw new CopyFailedException(
          "the dump has a value of about "
              + (length >> 20)
              + " MiB, which there is no memory for: SPEICHER_JAVA_OPTS=-Xmx4g gives more");
    }
  }

  CopyFailedException damaged(String what) {
    return new CopyFailedException(
        "%s, so the dump is damaged: offset=%d fileBytes=%d".formatted(what, offset, fileBytes));
  }

  private ByteBuffer read(long from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw new CopyFailedException("the file was cut while it was read");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
