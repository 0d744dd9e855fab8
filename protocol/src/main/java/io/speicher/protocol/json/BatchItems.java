package io.speicher.protocol.json;

import io.speicher.protocol.Bytes;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * The replies in the reply to a batch. Of those that are spelled as usual, only the offsets are
 * kept, and a {@link Reply} is made each time one is asked for.
 */
final class BatchItems extends AbstractList<Reply> implements RandomAccess {
  private static final byte[] HIT = ascii("{\"status_code\":200,\"value\":\"");
  private static final byte[] MISS = ascii("{\"status_code\":404,\"message\":\"no such key\"}");

  /** Stands for a miss among the starts. */
  private static final int NO_START = -1;

  /** Stands for a reply that is in {@link #unusual}, at the index that is its length. */
  private static final int KEPT = -2;

  private final byte[] json;

  /** Where the text of each value starts. */
  private int[] starts;

  /** How many bytes it has. */
  private int[] lengths;

  private int size;
  private final List<Reply> unusual = new ArrayList<>(0);

  /**
   * @param json the reply, which nobody changes any more
   */
  BatchItems(byte[] json) {
    this.json = json;
    int capacity = 16 + json.length / 128;
    starts = new int[capacity];
    lengths = new int[capacity];
  }

  /**
   * Adds the reply that starts at {@code at} if it is a miss or a value of plain ASCII, spelled as
   * a server of ours does it.
   *
   * @return where it ends, or -1 if it is anything else, and was not added
   */
  int addUsual(int at) {
    if (startsWith(HIT, at)) {
      int start = at + HIT.length;
      int end = Bytes.indexOfSpecial(json, start, json.length, true);
      if (end < json.length - 1 && json[end] == '"' && json[end + 1] == '}') {
        add(start, end - start);
        return end + 2;
      }
    } else if (startsWith(MISS, at)) {
      add(NO_START, 0);
      return at + MISS.length;
    }
    return -1;
  }

  /** Adds any other reply. */
  void addUnusual(Reply reply) {
    add(KEPT, unusual.size());
    unusual.add(reply);
  }

  private boolean startsWith(byte[] start, int at) {
    return json.length - at >= start.length
        && Arrays.equals(json, at, at + start.length, start, 0, start.length);
  }

  private void add(int start, int length) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
    }
    starts[size] = start;
    lengths[size] = length;
    size++;
  }

  @Override
  public Reply get(int index) {
    Objects.checkIndex(index, size);
    int start = starts[index];
    if (start == NO_START) {
      return Reply.Miss.MISS;
    } else if (start == KEPT) {
      return unusual.get(lengths[index]);
    }
    return new Reply.Value(ValueKind.TEXT, ByteBuffer.wrap(json, start, lengths[index]));
  }

  @Override
  public int size() {
    return size;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
