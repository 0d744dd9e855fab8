package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes to keys that are its own, and knows for each what the server has answered for. When the
 * server is killed, each key of a request without a reply may be what it was before or after.
 *
 * <p>One thread works with it; between two rounds another one checks.
 */
final class KillClient implements Runnable {
  private static final int BATCH = 100;
  private static final int CHECK_BATCH = 50;
  private static final int LARGE_BYTES = 1_500_000;

  /** So near to its end, an item may be there or not: two clocks, and a reply on its way. */
  private static final long SLACK_MILLIS = 2_000;

  /** What a key has: no value if it is absent. */
  private static final class State {
    static final State ABSENT = new State(null, 0);

    private final byte @Nullable [] value;
    private final long expiresAtMillis;

    State(byte @Nullable [] value, long expiresAtMillis) {
      this.value = value;
      this.expiresAtMillis = expiresAtMillis;
    }

    boolean mayBeAbsent(long nowMillis) {
      return value == null || (expiresAtMillis > 0 && nowMillis >= expiresAtMillis - SLACK_MILLIS);
    }

    boolean allows(byte @Nullable [] found, long nowMillis) {
      if (found == null) {
        return mayBeAbsent(nowMillis);
      }
      boolean isOver = expiresAtMillis > 0 && nowMillis >= expiresAtMillis + SLACK_MILLIS;
      return !isOver && Arrays.equals(value, found);
    }
  }

  private final Wire wire;
  private final String prefix;
  private final int keys;
  private final boolean evicts;
  private final Random random;
  private final Findings findings = new Findings();
  private final Map<String, State> states = new HashMap<>();

  /** What keys become whose request has no reply yet. */
  private final Map<String, State> pending = new HashMap<>();

  private final List<String> faults = new ArrayList<>();
  private int port;
  private long acknowledged;

  /**
   * @param evicts whether the server has less memory than the keys need, so that any may be missing
   */
  KillClient(Wire wire, int number, int keys, boolean evicts, long seed) {
    this.wire = wire;
    this.keys = keys;
    this.evicts = evicts;
    prefix = "c" + number + ":";
    random = new Random(seed);
  }

  /** The port of the next round. */
  void turnTo(int newPort) {
    port = newPort;
  }

  /** How many writes were answered. */
  long acknowledged() {
    return acknowledged;
  }

  /** Works until the server is gone. */
  @Override
  public void run() {
    try (Peer peer = new Peer(port, wire, 0, findings)) {
      peer.greet();
      while (true) {
        step(peer);
      }
    } catch (RefusedException | WrongReplyException e) {
      faults.add(wire.title() + ": " + e.getMessage());
    } catch (IOException e) {
      // It was killed: what is pending stays so.
    }
  }

  private void step(Peer peer) throws IOException {
    String key = key();
    byte[] value = value(random.nextInt(400) == 0 ? LARGE_BYTES : random.nextInt(600));
    switch (random.nextInt(12)) {
      case 0, 1 -> {
        begin(key, State.ABSENT);
        peer.send(wire.delete(key));
        wire.readDeleted(peer.in);
        done(key);
      }
      case 2, 3 -> append(peer, key);
      case 4, 5, 6 -> only(peer, key);
      case 7 -> batch(peer);
      default -> {
        begin(key, new State(value, 0));
        peer.send(wire.set(key, value));
        wire.readStored(peer.in);
        done(key);
      }
    }
  }

  private void append(Peer peer, String key) throws IOException {
    State state = states.getOrDefault(key, State.ABSENT);
    byte[] before = state.value;
    if (before == null || before.length > LARGE_BYTES || state.expiresAtMillis > 0 || evicts) {
      return; // What may be missing has no end that could be foretold.
    }
    byte[] tail = value(random.nextInt(50));
    begin(key, new State(Wire.concat(before, tail), 0));
    peer.send(wire.append(key, tail));
    wire.readAppended(peer.in);
    done(key);
  }

  /** What only RESP has words for here: times to live, conditions, numbers, clears. */
  private void only(Peer peer, String key) throws IOException {
    if (!(wire instanceof RespWire)) {
      return;
    }
    byte[] value = value(random.nextInt(300));
    String text = new String(value, US_ASCII);
    State before = states.getOrDefault(key, State.ABSENT);
    switch (random.nextInt(6)) {
      case 0 -> {
        long ttlMillis = random.nextBoolean() ? 1L + random.nextInt(5_000) : 3_600_000;
        begin(key, new State(value, System.currentTimeMillis() + ttlMillis));
        command(peer, key, "SET", key, text, "PX", Long.toString(ttlMillis));
      }
      case 1 -> {
        begin(key, before.value == null ? before : new State(before.value, 0));
        command(peer, key, "PERSIST", key);
      }
      case 2 -> {
        String number = prefix + "number";
        byte[] present = states.getOrDefault(number, State.ABSENT).value;
        long next = 1 + (present == null ? 0 : Long.parseLong(new String(present, US_ASCII)));
        begin(number, new State(Long.toString(next).getBytes(US_ASCII), 0));
        if (evicts) {
          command(peer, number, "SET", number, Long.toString(next));
        } else {
          command(peer, number, "INCR", number);
        }
      }
      case 3 -> {
        if (before.value != null && before.expiresAtMillis == 0 && !evicts) {
          begin(key, new State(value, 0));
          command(peer, key, "SET", key, text, "IFEQ", new String(before.value, US_ASCII));
        }
      }
      case 4 -> {
        if (random.nextInt(200) == 0) {
          states.keySet().forEach(cleared -> begin(cleared, State.ABSENT));
          peer.send(RespWire.command("SPEICHER", "CLEAR", "NAMESPACE", prefix));
          RespWire.skipReply(peer.in);
          new ArrayList<>(pending.keySet()).forEach(this::done);
        }
      }
      default -> {
        begin(key, new State(value, 0));
        command(peer, key, "SET", key, text);
      }
    }
  }

  private void command(Peer peer, String key, String... words) throws IOException {
    peer.send(RespWire.command(words));
    RespWire.skipReply(peer.in);
    done(key);
  }

  /** Many requests at once, each of which is answered for as soon as its reply is there. */
  private void batch(Peer peer) throws IOException {
    List<String> batch = new ArrayList<>();
    byte[][] requests = new byte[BATCH][];
    Set<String> distinct = new HashSet<>();
    for (int i = 0; i < BATCH; i++) {
      String key = key();
      byte[] value = value(random.nextInt(80));
      requests[i] = new byte[0];
      if (distinct.add(key)) {
        requests[i] = wire.set(key, value);
        begin(key, new State(value, 0));
        batch.add(key);
      }
    }
    peer.send(Wire.concat(requests));
    for (String key : batch) {
      wire.readStored(peer.in);
      done(key);
    }
  }

  private void begin(String key, State after) {
    pending.put(key, after);
  }

  private void done(String key) {
    State after = pending.remove(key);
    if (after != null) {
      states.put(key, after);
      acknowledged++;
    }
  }

  private String key() {
    return prefix + random.nextInt(keys);
  }

  private byte[] value(int bytes) {
    return new Value(prefix, random.nextLong(1L << 40), bytes).bytes();
  }

  /** Declares the namespace that is cleared. */
  void declare() throws IOException {
    try (Peer peer = new Peer(port, new RespWire(2), 0, findings)) {
      peer.send(RespWire.command("SPEICHER", "NAMESPACE", "CREATE", prefix));
      RespWire.skipReply(peer.in);
    }
  }

  /** Compares every key with what the server has now, and goes on from there. */
  List<String> check() throws IOException {
    try (Peer peer = new Peer(port, wire, 0, findings)) {
      peer.greet();
      List<String> all = new ArrayList<>(new HashSet<>(states.keySet()));
      pending.keySet().stream().filter(key -> !states.containsKey(key)).forEach(all::add);
      for (int from = 0; from < all.size(); from += CHECK_BATCH) {
        List<String> batch = all.subList(from, Math.min(all.size(), from + CHECK_BATCH));
        peer.send(wire.get(batch));
        Map<String, byte[]> found = wire.readValues(peer.in, batch);
        batch.forEach(key -> check(key, found.get(key)));
      }
    }
    pending.clear();
    List<String> found = List.copyOf(faults);
    faults.clear();
    return found;
  }

  private void check(String key, byte @Nullable [] found) {
    State before = states.getOrDefault(key, State.ABSENT);
    State after = pending.getOrDefault(key, before);
    long nowMillis = System.currentTimeMillis();
    boolean isEvicted = found == null && evicts;
    if (!isEvicted && !before.allows(found, nowMillis) && !after.allows(found, nowMillis)) {
      faults.add(
          "%s: key=%s found=%s before=%s after=%s"
              .formatted(wire.title(), key, bytes(found), bytes(before.value), bytes(after.value)));
    }
    boolean isAfter = found != null && Arrays.equals(found, after.value);
    long expiresAtMillis = isAfter ? after.expiresAtMillis : before.expiresAtMillis;
    states.put(key, found == null ? State.ABSENT : new State(found, expiresAtMillis));
  }

  private static String bytes(byte @Nullable [] value) {
    return value == null ? "absent" : value.length + " bytes";
  }
}
