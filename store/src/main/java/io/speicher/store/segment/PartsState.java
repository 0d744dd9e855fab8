package io.speicher.store.segment;

import io.speicher.store.Store;
import io.speicher.store.TtlRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of the parts of a store after its process is gone: which databases and
 * namespaces there are, and how far what was cleared. Immutable.
 *
 * @param changes how often parts were cleared or declared, see {@link Parts}
 * @param databases one for each number
 * @param namespaces those that were dropped, too, as long as they are remembered
 * @param tagCutoffs by the number of the entry of {@link TagTable}
 */
record PartsState(
    long changes,
    List<Numbered> databases,
    List<Declared> namespaces,
    Map<Integer, Cutoff> tagCutoffs) {

  /**
   * Two things about a number from 0 on.
   *
   * @param database which database clients mean by it; -1 if none yet
   * @param isUsed whether anything may have been written to the database that is that number itself
   * @param cutoff how far that one was cleared alone
   */
  record Numbered(int database, boolean isUsed, @Nullable Cutoff cutoff) {}

  /**
   * A namespace.
   *
   * @param droppedAt 0 if it was not dropped
   */
  record Declared(ByteBuffer prefix, TtlRule rule, @Nullable Cutoff cutoff, long droppedAt) {}

  /** Room for all of it but namespaces and cutoffs of tags. */
  private static final int FIXED_BYTES = 16 + Store.DATABASES * 2;

  /** Of a namespace, but for its prefix and its cutoff. */
  private static final int DECLARED_BYTES = 2 + 8 + 8 + 4 + 8;

  /** Nothing but the first database. */
  static PartsState empty() {
    List<Numbered> databases =
        IntStream.range(0, Store.DATABASES)
            .mapToObj(number -> new Numbered(number == 0 ? 0 : -1, false, null))
            .toList();
    return new PartsState(0, databases, List.of(), Map.of());
  }

  /** All of it as bytes, in the order of this record. */
  ByteBuffer encode() {
    int bytes = FIXED_BYTES;
    for (Numbered numbered : databases) {
      bytes += Cutoff.encodedBytes(numbered.cutoff);
    }
    for (Declared namespace : namespaces) {
      bytes +=
          DECLARED_BYTES + namespace.prefix.remaining() + Cutoff.encodedBytes(namespace.cutoff);
    }
    for (Cutoff cutoff : tagCutoffs.values()) {
      bytes += 4 + Cutoff.encodedBytes(cutoff);
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(changes);
    for (Numbered numbered : databases) {
      out.put((byte) numbered.database);
      out.put((byte) (numbered.isUsed ? 1 : 0));
      Cutoff.encode(numbered.cutoff, out);
    }
    out.putInt(namespaces.size());
    for (Declared namespace : namespaces) {
      out.putShort((short) namespace.prefix.remaining()).put(namespace.prefix.duplicate());
      out.putLong(namespace.rule.defaultMillis()).putLong(namespace.rule.longestMillis());
      out.putInt(namespace.rule.jitterPercent()).putLong(namespace.droppedAt);
      Cutoff.encode(namespace.cutoff, out);
    }
    out.putInt(tagCutoffs.size());
    tagCutoffs.forEach((entry, cutoff) -> {
      out.putInt(entry);
      Cutoff.encode(cutoff, out);
    });
    return out.flip();
  }

  /** Reads what {@link #encode} wrote. */
  static PartsState decode(ByteBuffer encoded) {
    ByteBuffer in = encoded.order(ByteOrder.LITTLE_ENDIAN);
    long changes = in.getLong();
    List<Numbered> databases = new ArrayList<>();
    for (int number = 0; number < Store.DATABASES; number++) {
      databases.add(new Numbered(in.get(), in.get() != 0, Cutoff.decode(in)));
    }
    List<Declared> namespaces = new ArrayList<>();
    for (int left = in.getInt(); left > 0; left--) {
      byte[] prefix = new byte[in.getShort()];
      in.get(prefix);
      TtlRule rule = new TtlRule(in.getLong(), in.getLong(), in.getInt());
      long droppedAt = in.getLong();
      namespaces.add(new Declared(ByteBuffer.wrap(prefix), rule, Cutoff.decode(in), droppedAt));
    }
    Map<Integer, Cutoff> tagCutoffs = new HashMap<>();
    for (int left = in.getInt(); left > 0; left--) {
      int entry = in.getInt();
      Cutoff cutoff = Cutoff.decode(in);
      if (cutoff != null) {
        tagCutoffs.put(entry, cutoff);
      }
    }
    return new PartsState(changes, databases, namespaces, tagCutoffs);
  }
}
