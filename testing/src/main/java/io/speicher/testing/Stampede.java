package io.speicher.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many clients of all dialects that ask for the same missing key at once, again and again. One of
 * them is to get the lease to compute the value, and no other one before that lease is over; and
 * nobody waits longer than it said.
 *
 * <p>A third of the clients speak framed JSON, a third RESP; both wait for the value. The others
 * speak memcached's meta commands, which tell at once that somebody else has won.
 */
public final class Stampede implements AutoCloseable {
  /** What happens to the first winner of a round. */
  public enum Fate {
    /** It stores the value. */
    STORES,
    /** Its connection is closed. */
    IS_KILLED,
    /** It does nothing more. */
    STOPS,
    /** Before it stores, the key is deleted. */
    KEY_IS_DELETED,
    /** Before it stores, the database is cleared. */
    DATABASE_IS_CLEARED
  }

  /**
   * What all rounds so far came to.
   *
   * @param leases how many leases were given
   * @param slowestMillis how long the slowest reply took
   */
  public record Report(long rounds, long replies, long leases, long slowestMillis) {}

  /** Of who will store the value, or be told that it must not. */
  private static final int LEASE_SECONDS = 60;

  /** Of who is lost: the others wait as long. */
  private static final int SHORT_LEASE_SECONDS = 1;

  private static final int WAIT_MILLIS = 20_000;

  /** How much longer than said a reply may take: the machine may be busy. */
  private static final int GRACE_MILLIS = 10_000;

  private static final Pattern JSON_LEASE = Pattern.compile("\"lease\":\"(\\d+)\"");
  private static final Pattern META_VERSION = Pattern.compile(" c(\\d+) W");

  private final int port;
  private final Random random;
  private final Selector selector = Selector.open();
  private final List<Client> clients = new ArrayList<>();
  private final Client control;
  private int leaseSeconds;
  private long rounds;
  private long replies;
  private long leases;
  private long slowestNanos;

  /**
   * @param port of a server on this machine, all of whose items are removed
   */
  public Stampede(int port, int clientCount, long seed) throws IOException {
    this.port = port;
    random = new Random(seed);
    for (int i = 0; i < clientCount; i++) {
      clients.add(new Client(i % 3));
    }
    control = new Client(1);
  }

  /**
   * Runs rounds against a server on this machine: {@code PORT CLIENTS ROUNDS}. One round in 50 has
   * a winner that is lost, which takes as long as its lease.
   */
  public static void main(String[] arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[2]);
    try (Stampede stampede =
        new Stampede(
            Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), System.nanoTime())) {
      for (int i = 0; i < rounds; i++) {
        stampede.round(
            i % 100 == 50
                ? Fate.IS_KILLED
                : i % 100 == 99
                    ? Fate.STOPS
                    : i % 3 == 0
                        ? Fate.KEY_IS_DELETED
                        : i % 3 == 1 ? Fate.DATABASE_IS_CLEARED : Fate.STORES);
      }
      System.out.println(stampede.report());
    }
  }

  public Report report() {
    return new Report(rounds, replies, leases, TimeUnit.NANOSECONDS.toMillis(slowestNanos));
  }

  /**
   * Has all clients ask for a key that has no item.
   *
   * @throws AssertionError if two have the lease at the same time, or none gets it
   */
  public void round(Fate fate) throws IOException {
    rounds++;
    String key = "s:" + rounds;
    List<Client> asking = new ArrayList<>(clients);
    Collections.shuffle(asking, random);
    boolean isLost = fate == Fate.IS_KILLED || fate == Fate.STOPS;
    leaseSeconds = isLost ? SHORT_LEASE_SECONDS : LEASE_SECONDS;
    for (Client client : asking) {
      client.ask(key);
    }
    boolean isHeld = false;
    boolean isFirst = true;
    boolean isStored = false;
    long leaseEndNanos = 0;
    int waiting = asking.size();
    long deadlineNanos =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS + GRACE_MILLIS);
    while (waiting > 0) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError("somebody waits longer than it said: fate=" + fate);
      }
      List<Client> answered = answered();
      for (Client client : answered) {
        waiting--;
        replies++;
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - client.askedNanos);
        if (!client.hasWon()) {
          continue;
        }
        leases++;
        if (isStored || (isHeld && System.nanoTime() - leaseEndNanos < 0)) {
          throw new AssertionError("two have the lease: fate=" + fate + " round=" + rounds);
        }
        isHeld = true;
        leaseEndNanos = client.askedNanos + TimeUnit.SECONDS.toNanos(leaseSeconds);
        if (isFirst && fate != Fate.STORES) {
          isFirst = false;
          isHeld = suffer(fate, client, key);
        } else if (client.stores(key)) {
          isStored = true;
        } else if (System.nanoTime() - leaseEndNanos < 0) {
          throw new AssertionError("who has the lease cannot store: fate=" + fate);
        } else {
          isHeld = false; // It was too slow.
        }
      }
      selector.select(5);
    }
    if (leases < rounds) {
      throw new AssertionError("nobody has the lease: fate=" + fate);
    }
  }

  /** Lets something happen to the winner; returns whether it still has its lease. */
  private boolean suffer(Fate fate, Client winner, String key) throws IOException {
    switch (fate) {
      case IS_KILLED -> {
        clients.remove(winner);
        winner.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        winner.channel.close();
        clients.add(new Client(winner.dialect));
        return true;
      }
      case STOPS -> {
        return true;
      }
      case KEY_IS_DELETED, DATABASE_IS_CLEARED -> {
        control.expect(fate == Fate.KEY_IS_DELETED ? "DEL " + key : "FLUSHDB");
        if (winner.stores(key)) {
          throw new AssertionError("a value was stored though its lease was over: fate=" + fate);
        }
        return false;
      }
      default -> throw new IllegalStateException("not a fate to suffer: " + fate);
    }
  }

  /** Those whose replies are complete. */
  private List<Client> answered() throws IOException {
    List<Client> answered = new ArrayList<>();
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.isValid() && key.attachment() instanceof Client client && client.readSome()) {
        answered.add(client);
      }
    }
    selector.selectedKeys().clear();
    return answered;
  }

  @Override
  public void close() throws IOException {
    for (Client client : clients) {
      client.channel.close();
    }
    control.channel.close();
    selector.close();
  }

  /** A connection; 0 speaks framed JSON, 1 RESP, 2 memcached's meta commands. */
  private final class Client {
    private final SocketChannel channel;
    private final int dialect;
    private final StringBuilder received = new StringBuilder();
    private String reply = "";
    private long askedNanos;
    private boolean isAsking;

    Client(int dialect) throws IOException {
      this.dialect = dialect;
      channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    void ask(String key) throws IOException {
      askedNanos = System.nanoTime();
      isAsking = true;
      send(
          switch (dialect) {
            case 0 ->
                "{\"command\":\"GET\",\"key\":\"%s\",\"lease\":%d,\"wait\":%d}"
                    .formatted(key, 1_000 * leaseSeconds, WAIT_MILLIS);
            case 1 ->
                "SPEICHER GET %s LEASE %d WAIT %d\r\n"
                    .formatted(key, 1_000 * leaseSeconds, WAIT_MILLIS);
            default -> "mg " + key + " N" + leaseSeconds + " c v\r\n";
          });
    }

    private void send(String text) throws IOException {
      byte[] bytes = text.getBytes(ISO_8859_1);
      ByteBuffer out = ByteBuffer.allocate(4 + bytes.length);
      if (dialect == 0) {
        out.putInt(bytes.length);
      }
      out.put(bytes).flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    /** Reads what there is; returns whether that completes the reply that is waited for. */
    boolean readSome() throws IOException {
      ByteBuffer in = ByteBuffer.allocate(4_096);
      if (channel.read(in) < 0) {
        throw new AssertionError("the server has closed a connection");
      }
      received.append(new String(in.array(), 0, in.position(), ISO_8859_1));
      int end = end();
      if (end < 0 || !isAsking) {
        return false;
      }
      reply = received.substring(0, end);
      received.delete(0, end);
      isAsking = false;
      return true;
    }

    /** Where the first reply ends, or -1. */
    private int end() {
      if (dialect == 0) {
        int length =
            received.length() < 4
                ? Integer.MAX_VALUE - 4
                : received.charAt(2) << 8 | received.charAt(3);
        return received.length() < 4 + length ? -1 : 4 + length;
      }
      if (dialect == 2) {
        int line = received.indexOf("\r\n");
        boolean hasValue = received.indexOf("VA ") == 0;
        int end = hasValue && line >= 0 ? received.indexOf("\r\n", line + 2) : line;
        return end < 0 ? -1 : end + 2;
      }
      if (received.indexOf("*3") != 0) {
        int line = received.indexOf("\r\n");
        return line < 0 ? -1 : line + 2;
      }
      int last = received.indexOf("\r\n:");
      int end = last < 0 ? -1 : received.indexOf("\r\n", last + 3);
      return end < 0 ? -1 : end + 2;
    }

    boolean hasWon() {
      return !lease().isEmpty();
    }

    /** What it has to show to store the value; empty if it has no lease. */
    private String lease() {
      return switch (dialect) {
        case 0 -> group(JSON_LEASE);
        case 1 -> {
          String[] lines = reply.split("\r\n", -1);
          yield lines[1].equals("$-1") && !lines[2].equals("$-1") ? lines[3] : "";
        }
        default -> group(META_VERSION);
      };
    }

    private String group(Pattern pattern) {
      Matcher found = pattern.matcher(reply);
      return found.find() ? found.group(1) : "";
    }

    /** Stores the value with its lease; returns false if that is over. */
    boolean stores(String key) throws IOException {
      String lease = lease();
      return switch (dialect) {
        case 0 -> expect(set(key, lease)).contains("200");
        case 1 -> expect("SPEICHER SET " + key + " v LEASE " + lease).startsWith("+OK");
        default -> expect("ms " + key + " 1 C" + lease + "\r\nv").startsWith("HD");
      };
    }

    private static String set(String key, String lease) {
      return "{\"command\":\"SET\",\"key\":\"%s\",\"value\":\"v\",\"lease\":\"%s\"}"
          .formatted(key, lease);
    }

    /** Asks for something else, and waits for the reply to that. */
    String expect(String request) throws IOException {
      isAsking = true;
      send(dialect == 0 ? request : request + "\r\n");
      long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
      while (!readSome()) {
        if (System.nanoTime() - deadlineNanos > 0) {
          throw new AssertionError("no reply to " + request.substring(0, 10));
        }
        Thread.onSpinWait();
      }
      return reply;
    }
  }
}
