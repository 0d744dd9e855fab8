package io.speicher.bench.siege;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * How a dialect spells a few requests, and how their replies are read. Without state, so any number
 * of connections share one. A reply that is an error of the dialect is a {@link RefusedException},
 * and one that is nothing that was asked for a {@link WrongReplyException}.
 */
interface Wire {
  String title();

  /** What a connection says before anything else. */
  default byte[] greeting() {
    return new byte[0];
  }

  /** Reads the reply to the greeting. */
  default void readGreeting(ReplyInput in) throws IOException {}

  /** Asks for the values of these keys. */
  byte[] get(List<String> keys);

  /** Reads the reply to {@link #get}: values by their keys, in any order, without the misses. */
  Map<String, byte[]> readValues(ReplyInput in, List<String> keys) throws IOException;

  byte[] set(String key, byte[] value);

  void readStored(ReplyInput in) throws IOException;

  /** Adds to the end of a value. */
  byte[] append(String key, byte[] value);

  void readAppended(ReplyInput in) throws IOException;

  byte[] delete(String key);

  /** Reads the reply to {@link #delete}, and returns whether there was an item. */
  boolean readDeleted(ReplyInput in) throws IOException;

  /** Puts parts of requests together. */
  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
