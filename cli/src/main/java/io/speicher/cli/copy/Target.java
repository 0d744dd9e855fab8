package io.speicher.cli.copy;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where items go to. One thread at a time. */
interface Target extends AutoCloseable {
  /**
   * Sends items without waiting for what becomes of them.
   *
   * @param replaces whether items of the target are replaced
   */
  void send(int database, List<Item> items, boolean replaces) throws IOException;

  /**
   * Waits for what became of the items that were sent first of those not asked for yet.
   *
   * @throws CopyFailedException if there is no use in sending more
   */
  List<Outcome> receive() throws IOException;

  /** The items under these keys, in their order; null for those that are not there. */
  List<@Nullable Item> read(int database, List<byte[]> keys) throws IOException;

  /** The longest key that it takes, in bytes. */
  int longestKey();

  /** The longest value that it takes, in bytes, as far as it says. */
  int longestValue();

  boolean hasFlags();

  boolean hasKinds();

  /** How many items it has evicted since it was started; -1 if it does not say. */
  long evictions() throws IOException;

  /** What became of an item. */
  sealed interface Outcome {
    /** It is stored. */
    record Stored() implements Outcome {}

    /** It is not. */
    record NotStored(String reason) implements Outcome {}
  }

  Outcome STORED = new Outcome.Stored();

  String EXISTS = "exists at the target (--replace would replace it)";
  String ENDED = "expired on the way";
  String VALUE_TOO_LONG = "value too long for the target";
  String KEY_TOO_LONG = "key too long for the target";

  @Override
  void close() throws IOException;
}
