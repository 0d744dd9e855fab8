package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** What the reader and the writer of a dump agree on: {@code docs/dump-format.md}. */
final class DumpFormat {
  static final byte[] MAGIC = "SPEICHER-DUMP 1\n".getBytes(US_ASCII);

  /** What the magic of every version begins with. */
  static final byte[] ANY_MAGIC = "SPEICHER-DUMP ".getBytes(US_ASCII);

  static final byte ORIGIN = 'O';
  static final byte ITEMS = 'I';
  static final byte END = 'E';

  /** Kind, length of the body, and checksum. */
  static final int BLOCK_HEADER_BYTES = 9;

  static final int LONGEST_BODY = 1 << 30;

  /** Database, keys asked for, number of items, and length of the position. */
  static final int ITEMS_HEADER_BYTES = 14;

  /** What an item takes beside its key and its value. */
  static final int ITEM_HEADER_BYTES = 29;

  /** Kinds of values, each at its number. */
  static final List<ValueKind> KINDS = List.of(ValueKind.BYTES, ValueKind.TEXT, ValueKind.JSON);

  private DumpFormat() {}

  /** Of all of a block but the checksum itself. */
  static int checksum(byte kind, ByteBuffer body) {
    CRC32C checksum = new CRC32C();
    checksum.update(kind);
    checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, body.remaining()));
    checksum.update(body.duplicate());
    return (int) checksum.getValue();
  }
}
