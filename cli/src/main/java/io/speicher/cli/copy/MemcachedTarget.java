package io.speicher.cli.copy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes items by {@code ms}; their expiry is rounded up to seconds, which is all there is. */
final class MemcachedTarget implements Target {
  private static final int USUAL_LONGEST_VALUE = 1 << 20;

  private final MemcachedServer server;
  private final int longestValue;

  /** For each batch what is known of its items already; null for one whose reply is to come. */
  private final Deque<List<@Nullable Outcome>> sent = new ArrayDeque<>();

  MemcachedTarget(MemcachedServer server) throws IOException {
    this.server = server;
    longestValue = number(server.stats("stats settings"), "item_size_max", USUAL_LONGEST_VALUE);
  }

  private static int number(Map<String, String> stats, String name, int other) {
    String text = stats.getOrDefault(name, "");
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : other;
  }

  @Override
  public void send(int database, List<Item> items, boolean replaces) throws IOException {
    List<@Nullable Outcome> outcomes = new ArrayList<>(items.size());
    for (Item item : items) {
      if (item.hasEnded()) {
        outcomes.add(new Outcome.NotStored(ENDED));
      } else if (!MemcachedServer.canSpell(item.key())) {
        outcomes.add(new Outcome.NotStored(KEY_TOO_LONG));
      } else {
        server.addWrite(item, replaces);
        outcomes.add(null);
      }
    }
    server.flush();
    sent.add(outcomes);
  }

  @Override
  public List<Outcome> receive() throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (Outcome known : sent.remove()) {
      outcomes.add(known == null ? outcome(server.readLine()) : known);
    }
    return outcomes;
  }

  private static Outcome outcome(String reply) throws IOException {
    if (reply.startsWith("HD")) {
      return STORED;
    }
    if (reply.startsWith("NS")) {
      return new Outcome.NotStored(EXISTS);
    }
    if (reply.startsWith("SERVER_ERROR object too large")) {
      return new Outcome.NotStored(VALUE_TOO_LONG);
    }
    if (reply.startsWith("SERVER_ERROR out of memory")) {
      throw new CopyFailedException("the server is full: " + reply + "; give it more memory (-m)");
    }
    if (reply.matches("(SERVER|CLIENT)_ERROR .*|ERROR")) {
      if (reply.contains("unauthenticated")) {
        throw new CopyFailedException("the server takes nothing: " + reply);
      }
      return new Outcome.NotStored("refused by the target: " + reply);
    }
    throw MemcachedServer.unexpected(reply);
  }

  @Override
  public List<@Nullable Item> read(int database, List<byte[]> keys) throws IOException {
    List<byte[]> spelled = keys.stream().filter(MemcachedServer::canSpell).toList();
    spelled.forEach(server::addRead);
    server.flush();
    List<@Nullable Item> items = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      MemcachedServer.Read read =
          MemcachedServer.canSpell(key) ? server.receiveRead(key, Integer.MAX_VALUE) : null;
      items.add(read == null ? null : read.item());
    }
    return items;
  }

  @Override
  public int longestKey() {
    return MemcachedServer.LONGEST_KEY;
  }

  @Override
  public int longestValue() {
    return longestValue;
  }

  @Override
  public boolean hasFlags() {
    return true;
  }

  @Override
  public boolean hasKinds() {
    return false;
  }

  @Override
  public long evictions() throws IOException {
    return number(server.stats("stats"), "evictions", -1);
  }

  @Override
  public void close() {
    server.close();
  }
}
