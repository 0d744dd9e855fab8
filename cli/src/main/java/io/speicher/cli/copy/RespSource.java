package io.speicher.cli.copy;

import io.speicher.cli.operate.ServerInfo;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import io.speicher.cli.resp.UnexpectedReplyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that SCAN finds, each with its value and its expiry.
 *
 * <p>The keys of a batch are read together, and the next SCAN is sent behind them, so a batch takes
 * one round trip. How many keys are read together follows the length of the values before: what the
 * server has to hold for a client that is slow stays small.
 */
final class RespSource implements Source {
  private static final int MOST_KEYS = 500;
  private static final int FIRST_KEYS = 16;
  private static final int KEY_BYTES_TOGETHER = 64 << 10;
  private static final long VALUE_BYTES_TOGETHER = 4 << 20;
  private static final String START = "0";

  private final RespServer server;
  private final Selection selection;

  /** Those that are still to be walked through; the first one is selected. */
  private final Deque<Integer> databases;

  private final long total;
  private final String incarnation;

  private final Deque<byte[]> keys = new ArrayDeque<>();

  /** The cursor that gave the first of these keys, and the one that gives the next ones. */
  private String position = START;

  private String cursor = START;
  private boolean isScanned;
  private int together = FIRST_KEYS;

  /** How many keys SCAN has gone past since the last batch. */
  private int seen;

  /** Reads all databases that have keys, unless the selection names one. */
  RespSource(RespServer server, Selection selection) throws IOException {
    this.server = server;
    this.selection = selection;
    Integer database = selection.database();
    server.connection().omitBeyond(selection.limit().bytes());
    if (database == null) {
      ServerInfo keyspace = server.info("keyspace");
      databases = new ArrayDeque<>(databases(keyspace));
      total = Math.round(keyspace.keys());
    } else {
      databases = new ArrayDeque<>(List.of(database));
      server.select(database);
      total =
          server.isSpeicher()
              ? server.connection().ask("SPEICHER", "DBSIZE").number()
              : server.connection().ask("DBSIZE").number();
    }
    incarnation = server.info("server").text("run_id");
  }

  private static List<Integer> databases(ServerInfo keyspace) {
    return keyspace.fields().keySet().stream()
        .filter(field -> field.matches("db\\d{1,5}"))
        .map(field -> Integer.valueOf(field.substring(2)))
        .sorted()
        .toList();
  }

  @Override
  public long total() {
    return total;
  }

  @Override
  public String incarnation() {
    return incarnation;
  }

  @Override
  public void resume(String from) {
    int slash = from.indexOf('/');
    int database = Integer.parseInt(from.substring(0, slash));
    databases.removeIf(other -> other < database);
    position = from.substring(slash + 1);
    cursor = position;
  }

  @Override
  public @Nullable Batch next() throws IOException {
    Integer database = databases.peek();
    if (database == null) {
      return null;
    }
    server.select(database);
    if (keys.isEmpty() && !isScanned) {
      addScan();
      server.connection().flush();
      receiveScan();
    }
    if (keys.isEmpty() && isScanned) {
      databases.remove();
      position = START;
      cursor = START;
      isScanned = false;
      return new Batch(database, List.of(), takeSeen(), next(databases.peek()));
    }
    return read(database);
  }

  private static String next(@Nullable Integer database) {
    return (database == null ? Integer.MAX_VALUE : database) + "/" + START;
  }

  private Batch read(int database) throws IOException {
    List<byte[]> taken = take();
    server.addReads(taken);
    boolean scansAhead = keys.isEmpty() && !isScanned;
    if (scansAhead) {
      addScan();
    }
    server.connection().flush();
    List<byte[]> others = new ArrayList<>();
    List<Item> items = receive(taken, others);
    if (scansAhead) {
      receiveScan();
    }
    server.countTypes(others, selection.skips());
    return new Batch(database, items, takeSeen(), database + "/" + position);
  }

  private List<byte[]> take() {
    List<byte[]> taken = new ArrayList<>(together);
    long bytes = 0;
    while (!keys.isEmpty() && taken.size() < together && bytes < KEY_BYTES_TOGETHER) {
      byte[] key = keys.remove();
      bytes += key.length;
      taken.add(key);
    }
    return taken;
  }

  private List<Item> receive(List<byte[]> read, List<byte[]> others) throws IOException {
    List<Item> items = new ArrayList<>(read.size());
    long bytes = 0;
    for (byte[] key : read) {
      RespServer.Read one = server.receiveRead(key);
      Item item = one.item();
      if (item != null) {
        bytes += item.value().length;
        selection.add(item, items);
      } else if (one.isOfOtherType()) {
        others.add(key);
      } else if (one.isTooLong()) {
        selection.countTooLong(key);
      }
    }
    adapt(read.size(), bytes);
    return items;
  }

  private void adapt(int count, long bytes) {
    long fitting = VALUE_BYTES_TOGETHER * count / Math.max(1, bytes);
    together = (int) Math.max(1, Math.min(Math.min(MOST_KEYS, 2L * together), fitting));
  }

  private void addScan() throws IOException {
    List<ByteBuffer> scan = new ArrayList<>();
    if (server.isSpeicher()) {
      scan.add(RespServer.word("SPEICHER")); // Of all nodes of its cluster, if there is one.
    }
    scan.add(RespServer.word("SCAN"));
    scan.add(RespServer.word(cursor));
    String pattern = selection.rules().pattern();
    if (pattern != null) {
      scan.addAll(RespConnection.bytes("MATCH", pattern));
    }
    scan.add(RespServer.word("COUNT"));
    scan.add(RespServer.word(Integer.toString(MOST_KEYS)));
    server.connection().add(scan);
  }

  private void receiveScan() throws IOException {
    RespReply found = server.connection().receive().orThrow();
    position = cursor;
    String next = found.element(0).text();
    if (next.equals(cursor) && !next.equals(START)) {
      throw new UnexpectedReplyException("SCAN leads back to where it was");
    }
    cursor = next;
    isScanned = cursor.equals(START);
    for (RespReply key : found.element(1).elements()) {
      byte[] bytes = new byte[key.bytes().remaining()];
      key.bytes().duplicate().get(bytes);
      if (selection.isWanted().test(bytes)) {
        keys.add(bytes);
      }
    }
    seen += selection.rules().pattern() == null ? found.element(1).elements().size() : MOST_KEYS;
  }

  private int takeSeen() {
    int count = seen;
    seen = 0;
    return count;
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
  public void close() {
    server.close();
  }
}
