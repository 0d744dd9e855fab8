package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The bytes, lengths and strings that an RDB file is made of. It remembers where it is, so that
 * errors can say it, and the checksum of all that was read.
 *
 * <p>Source: {@code rdb.c} of Redis. A length has its form in the two highest bits of its first
 * byte; one of the forms says that a string is a number, or compressed.
 */
final class RdbInput {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int IS_ENCODED = 3;
  private static final int LENGTH_OF_32_BITS = 0x80;
  private static final int LENGTH_OF_64_BITS = 0x81;

  private final InputStream in;
  private final long fileBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Crc64 checksum = new Crc64();
  private int from;
  private int end;

  /** How many bytes of the buffer are in the checksum. */
  private int summed;

  /** Where the buffer begins in the file. */
  private long bufferOffset;

  /** What the last length meant, if it was none. */
  private int encoding = -1;

  RdbInput(InputStream in, long fileBytes) {
    this.in = in;
    this.fileBytes = fileBytes;
  }

  long offset() {
    return bufferOffset + from;
  }

  /** Of all bytes that have been read. */
  long checksum() {
    checksum.update(buffer, summed, from);
    summed = from;
    return checksum.value();
  }

  CopyFailedException damaged(String what) {
    return new CopyFailedException("%s: offset=%d".formatted(what, offset()));
  }

  int read() throws IOException {
    if (from == end) {
      fill();
    }
    return buffer[from++] & 0xFF;
  }

  private void fill() throws IOException {
    checksum();
    bufferOffset += end;
    from = 0;
    summed = 0;
    end = Math.max(0, in.read(buffer));
    if (end == 0) {
      throw damaged("the file ends in the middle");
    }
  }

  byte[] bytes(int count) throws IOException {
    requireThere(count);
    byte[] bytes = new byte[count];
    int done = 0;
    while (done < count) {
      if (from == end) {
        fill();
      }
      int part = Math.min(count - done, end - from);
      System.arraycopy(buffer, from, bytes, done, part);
      from += part;
      done += part;
    }
    return bytes;
  }

  void skip(long count) throws IOException {
    requireThere(count);
    long left = count;
    while (left > 0) {
      if (from == end) {
        fill();
      }
      int part = (int) Math.min(left, end - from);
      from += part;
      left -= part;
    }
  }

  /** A length that is more than the file has must not become memory. */
  private void requireThere(long count) throws CopyFailedException {
    if (count < 0 || count > fileBytes - offset()) {
      throw damaged(
          "the file ends in the middle, or a length is wrong: length="
              + Long.toUnsignedString(count));
    }
  }

  /** A number of so many bytes, the lowest one first. */
  long littleEndian(int bytes) throws IOException {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number |= (long) read() << (8 * i);
    }
    return number;
  }

  private long bigEndian(int bytes) throws IOException {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number = (number << 8) | read();
    }
    return number;
  }

  /** A length, or a number that is stored like one: 64 bits. */
  long length() throws IOException {
    long length = lengthOrEncoding();
    if (encoding >= 0) {
      throw damaged("a length was expected");
    }
    return length;
  }

  /** How many things follow, each of which takes at least a byte. */
  long count() throws IOException {
    long count = length();
    requireThere(count);
    return count;
  }

  private long lengthOrEncoding() throws IOException {
    int first = read();
    encoding = -1;
    return switch (first >> 6) {
      case 0 -> first & 0x3F;
      case 1 -> ((first & 0x3FL) << 8) | read();
      case IS_ENCODED -> {
        encoding = first & 0x3F;
        yield 0;
      }
      default ->
          switch (first) {
            case LENGTH_OF_32_BITS -> bigEndian(4);
            case LENGTH_OF_64_BITS -> bigEndian(8);
            default ->
                throw damaged(
                    String.format(Locale.ROOT, "a length of an unknown form: 0x%02x", first));
          };
    };
  }

  /** A string; null in the place of one that is longer than {@code longest}, which is skipped. */
  byte @Nullable [] string(int longest) throws IOException {
    long length = lengthOrEncoding();
    return switch (encoding) {
      case -1 -> plain(length, longest);
      case 0 -> decimal((byte) littleEndian(1));
      case 1 -> decimal((short) littleEndian(2));
      case 2 -> decimal((int) littleEndian(4));
      case 3 -> compressed(longest);
      default -> throw damaged("a string of an unknown encoding: " + encoding);
    };
  }

  private byte @Nullable [] plain(long length, int longest) throws IOException {
    if (Long.compareUnsigned(length, longest) > 0) {
      skip(length);
      return null;
    }
    return bytes((int) length);
  }

  private byte @Nullable [] compressed(int longest) throws IOException {
    long compressed = length();
    long expanded = length();
    if (Long.compareUnsigned(expanded, longest) > 0 || compressed > Integer.MAX_VALUE) {
      skip(compressed);
      return null;
    }
    byte[] in = bytes((int) compressed);
    // A repetition of three bytes is 264 at most.
    if (expanded > 100L * Math.max(1, in.length)) {
      throw damaged("a compressed string is shorter than its length: length=" + expanded);
    }
    byte[] out = new byte[(int) expanded];
    if (!Lzf.expand(in, out)) {
      throw damaged("a compressed string is damaged: length=" + expanded);
    }
    return out;
  }

  private static byte[] decimal(int number) {
    return Integer.toString(number).getBytes(US_ASCII);
  }

  void skipString() throws IOException {
    long length = lengthOrEncoding();
    switch (encoding) {
      case -1 -> skip(length);
      case 0 -> skip(1);
      case 1 -> skip(2);
      case 2 -> skip(4);
      case 3 -> {
        long compressed = length();
        length();
        skip(compressed);
      }
      default -> throw damaged("a string of an unknown encoding: " + encoding);
    }
  }
}
