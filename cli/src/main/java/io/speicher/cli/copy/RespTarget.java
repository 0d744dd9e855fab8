package io.speicher.cli.copy;

import io.speicher.cli.resp.RespReply;
import io.speicher.protocol.ValueKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes items by {@code SET}, or to Speicher by {@code SPEICHER IMPORT} where SET cannot say it.
 */
final class RespTarget implements Target {
  private static final ByteBuffer SET = RespServer.word("SET");
  private static final ByteBuffer SPEICHER = RespServer.word("SPEICHER");
  private static final ByteBuffer IMPORT = RespServer.word("IMPORT");
  private static final ByteBuffer PX = RespServer.word("PX");
  private static final ByteBuffer NX = RespServer.word("NX");

  /** What keeps a server from taking anything at all. */
  private static final Set<String> HOPELESS =
      Set.of(
          "OOM", "NOAUTH", "READONLY", "MISCONF", "LOADING", "MASTERDOWN", "MOVED", "CLUSTERDOWN");

  private static final int LONGEST_KEY = 512 << 20;
  private static final int LONGEST_KEY_OF_SPEICHER = 65_535;

  private final RespServer server;
  private final int longestValue;

  /** For each batch what is known of its items already; null for one whose reply is to come. */
  private final Deque<List<@Nullable Outcome>> sent = new ArrayDeque<>();

  RespTarget(RespServer server) throws IOException {
    this.server = server;
    longestValue = server.longestValue();
  }

  @Override
  public void send(int database, List<Item> items, boolean replaces) throws IOException {
    server.select(database);
    List<@Nullable Outcome> outcomes = new ArrayList<>(items.size());
    for (Item item : items) {
      if (item.hasEnded()) {
        outcomes.add(new Outcome.NotStored(ENDED));
      } else {
        server.connection().add(command(item, replaces));
        outcomes.add(null);
      }
    }
    server.connection().flush();
    sent.add(outcomes);
  }

  private List<ByteBuffer> command(Item item, boolean replaces) {
    ByteBuffer key = ByteBuffer.wrap(item.key());
    ByteBuffer value = ByteBuffer.wrap(item.value());
    List<ByteBuffer> words = new ArrayList<>(9);
    if (server.isSpeicher() && (item.flags() != 0 || item.kind() != ValueKind.BYTES)) {
      words.addAll(List.of(SPEICHER, IMPORT, key, value));
      words.add(RespServer.word(item.kind().name().toLowerCase(Locale.ROOT)));
      words.add(RespServer.word(Integer.toUnsignedString(item.flags())));
    } else {
      words.addAll(List.of(SET, key, value));
    }
    if (item.ends()) {
      words.add(PX);
      words.add(RespServer.word(Long.toString(Math.max(1, item.ttlMillis()))));
    }
    if (!replaces) {
      words.add(NX);
    }
    return words;
  }

  @Override
  public List<Outcome> receive() throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (Outcome known : sent.remove()) {
      outcomes.add(known == null ? outcome(server.connection().receive()) : known);
    }
    return outcomes;
  }

  private static Outcome outcome(RespReply reply) throws CopyFailedException {
    if (reply.isNull()) {
      return new Outcome.NotStored(EXISTS);
    }
    if (!reply.isError()) {
      return STORED;
    }
    String error = reply.text();
    String code = error.replaceFirst(" .*", "");
    if (code.equals("OOM")) {
      throw new CopyFailedException(
          "the server is full: " + error + "; give it more memory (maxmemory), or let it evict");
    }
    if (HOPELESS.contains(code) || error.matches("NOPERM .*\\bcommand\\b.*")) {
      throw new CopyFailedException("the server takes nothing: " + error);
    }
    return new Outcome.NotStored("refused by the target: " + error);
  }

  @Override
  public List<@Nullable Item> read(int database, List<byte[]> keys) throws IOException {
    server.select(database);
    server.addReads(keys);
    server.connection().flush();
    List<@Nullable Item> items = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      items.add(server.receiveRead(key).item());
    }
    return items;
  }

  @Override
  public int longestKey() {
    return server.isSpeicher() ? LONGEST_KEY_OF_SPEICHER : LONGEST_KEY;
  }

  @Override
  public int longestValue() {
    return longestValue;
  }

  @Override
  public boolean hasFlags() {
    return server.isSpeicher();
  }

  @Override
  public boolean hasKinds() {
    return server.isSpeicher();
  }

  @Override
  public long evictions() throws IOException {
    double evicted = server.info("stats").number("evicted_keys");
    return Double.isNaN(evicted) ? -1 : (long) evicted;
  }

  @Override
  public void close() {
    server.close();
  }
}
