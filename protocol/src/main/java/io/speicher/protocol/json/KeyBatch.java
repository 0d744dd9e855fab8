package io.speicher.protocol.json;

import io.speicher.protocol.Bytes;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one batch, all with the same prefix, in one array and not in a buffer each.
 *
 * <p>They stand in it as they do in framed JSON, so that {@link JsonCommandEncoder} copies all of
 * them at once, unless one of them has a character that JSON escapes:
 *
 * <pre>
 *  | "users:ada","users:bob","users:eve" |
 * </pre>
 *
 * <p>Not safe for more than one thread at a time while keys are added.
 */
public final class KeyBatch extends AbstractList<ByteBuffer> implements RandomAccess {
  /** A guess; longer keys make the array grow. */
  private static final int USUAL_KEY_BYTES = 24;

  /** Two quotes and a comma. */
  private static final int AROUND_BYTES = 3;

  private final byte[] prefix;

  /** Whether the keys can stand in JSON as they are. */
  private boolean plain;

  /** The keys in quotes, with commas between them, up to {@link #length}. */
  private byte[] json;

  private int length;

  /** Where the closing quote of each key is. */
  private final int[] ends;

  private int size;

  /**
   * @param prefix what all keys begin with, in UTF-8
   * @param capacity how many keys can be added
   */
  public KeyBatch(byte[] prefix, int capacity) {
    this.prefix = prefix;
    plain = Bytes.indexOfSpecial(prefix, 0, prefix.length, false) == prefix.length;
    json = new byte[capacity * (prefix.length + USUAL_KEY_BYTES)];
    ends = new int[capacity];
  }

  /**
   * Adds a key, without its prefix.
   *
   * @return how many bytes it has with its prefix, or -1 if it holds half of a surrogate pair,
   *     which has no UTF-8, and was not added
   */
  public int addKey(String key) {
    int start = begin(key.length());
    int at = start + prefix.length;
    boolean isPlain = plain;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (c >= 0x80) {
        return addUtf8(JsonText.utf8(key), start);
      }
      isPlain &= c >= ' ' && c != '"' && c != '\\';
      json[at++] = (byte) c;
    }
    plain = isPlain;
    return end(start, at);
  }

  private int addUtf8(@Nullable ByteBuffer utf8, int start) {
    if (utf8 == null) {
      return -1;
    }
    int keyBytes = utf8.remaining();
    ensureRoom(start + prefix.length + keyBytes + 1);
    int at = start + prefix.length;
    utf8.get(utf8.position(), json, at, keyBytes);
    plain &= Bytes.indexOfSpecial(json, at, at + keyBytes, false) == at + keyBytes;
    return end(start, at + keyBytes);
  }

  /** Writes what stands before the key, and returns where that ends. */
  private int begin(int keyLength) {
    ensureRoom(length + AROUND_BYTES + prefix.length + keyLength);
    int at = length;
    if (size > 0) {
      json[at++] = ',';
    }
    json[at++] = '"';
    System.arraycopy(prefix, 0, json, at, prefix.length);
    return at;
  }

  private int end(int start, int end) {
    json[end] = '"';
    length = end + 1;
    ends[size++] = end;
    return end - start;
  }

  private void ensureRoom(int neededBytes) {
    if (neededBytes > json.length) {
      json = Arrays.copyOf(json, Math.max(neededBytes, 2 * json.length));
    }
  }

  /** The key in UTF-8, with its prefix: a view. */
  @Override
  public ByteBuffer get(int index) {
    Objects.checkIndex(index, size);
    int start = index == 0 ? 1 : ends[index - 1] + AROUND_BYTES;
    return ByteBuffer.wrap(json, start, ends[index] - start).slice();
  }

  @Override
  public int size() {
    return size;
  }

  /** About how many bytes it takes in a command. */
  int jsonBytes() {
    return length;
  }

  /** Writes the elements of an array of JSON. */
  void write(FrameWriter frame) {
    if (plain) {
      frame.write(ByteBuffer.wrap(json, 0, length));
      return;
    }
    for (int i = 0; i < size; i++) {
      (i == 0 ? frame : frame.writeByte(',')).writeString(get(i));
    }
  }
}
