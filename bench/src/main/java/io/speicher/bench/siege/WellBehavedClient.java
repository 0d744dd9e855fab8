package io.speicher.bench.siege;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * A client as a server deserves it: a few hundred requests a second, one at a time, on keys of its
 * own. It knows what each of them was set to last, so whatever it reads is that, or a miss after an
 * eviction; every byte is compared. One thread runs it.
 *
 * <p>Latency counts from the moment at which a request was due, so that a server that stands still
 * is charged for every request it kept from being sent.
 */
final class WellBehavedClient implements Runnable, AutoCloseable {
  private static final int KEYS = 200;
  private static final int BATCH_KEYS = 8;
  private static final int MOST_VALUE_BYTES = 2_000;
  private static final int LARGE_VALUE_BYTES = 50_000;
  private static final long GAP_NANOS = 5_000_000;
  private static final int REPLY_MILLIS = 30_000;
  private static final long RECONNECT_MILLIS = 100;

  private final String name;
  private final int port;
  private final Wire wire;
  private final RandomGenerator random;
  private final Findings findings;
  private final Recorder latencies;

  /** What each key was set to last; a key that is not here has no item. */
  private final Map<String, Value> written = new HashMap<>();

  private long version;
  private int generation;
  private volatile boolean isStopping;
  private @Nullable Peer peer;

  WellBehavedClient(
      int index, int port, Wire wire, long seed, Findings findings, Recorder latencies) {
    name = "good:" + index + ":" + wire.title();
    this.port = port;
    this.wire = wire;
    random = new SplittableRandom(seed);
    this.findings = findings;
    this.latencies = latencies;
  }

  @Override
  public void run() {
    long dueNanos = System.nanoTime();
    while (!isStopping) {
      try {
        dueNanos += GAP_NANOS;
        awaitDue(dueNanos);
        request(connected());
        latencies.recordValue(Math.max(1, System.nanoTime() - dueNanos));
      } catch (IOException e) {
        failed(e);
        dueNanos = System.nanoTime();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void awaitDue(long dueNanos) throws InterruptedException {
    long early = dueNanos - System.nanoTime();
    if (early > 0) {
      Thread.sleep(Duration.ofNanos(early));
    }
  }

  private Peer connected() throws IOException {
    if (peer == null) {
      peer = new Peer(port, wire, 0, findings);
      peer.setReadTimeout(REPLY_MILLIS);
      peer.greet();
    }
    return peer;
  }

  private void request(Peer to) throws IOException {
    int choice = random.nextInt(100);
    if (choice < 45) {
      check(to, List.of(key()));
    } else if (choice < 55) {
      check(to, Stream.generate(this::key).limit(BATCH_KEYS).distinct().toList());
    } else if (choice < 94) {
      set(to, random.nextInt(1, MOST_VALUE_BYTES));
    } else if (choice < 95) {
      set(to, LARGE_VALUE_BYTES);
    } else {
      delete(to);
    }
  }

  private String key() {
    return name + ":" + generation + ":" + random.nextInt(KEYS);
  }

  private void set(Peer to, int length) throws IOException {
    Value value = new Value(key(), ++version, length);
    to.set(value);
    written.put(value.key(), value);
  }

  private void check(Peer to, List<String> keys) throws IOException {
    findings.countCommands(1);
    to.send(wire.get(keys));
    for (Map.Entry<String, byte[]> item : wire.readValues(to.in, keys).entrySet()) {
      Value value = written.get(item.getKey());
      if (value == null) {
        throw new WrongReplyException(
            "there is a value where none was written: key=%s, it begins %s"
                .formatted(item.getKey(), WrongReplyException.excerpt(item.getValue(), 0)));
      }
      value.check(item.getValue());
    }
  }

  private void delete(Peer to) throws IOException {
    String key = key();
    findings.countCommands(1);
    to.send(wire.delete(key));
    if (wire.readDeleted(to.in) && !written.containsKey(key)) {
      throw new WrongReplyException("an item was deleted where none was: key=" + key);
    }
    written.remove(key);
  }

  private void failed(IOException e) {
    if (isStopping) {
      return;
    }
    (e instanceof WrongReplyException ? findings.wrongReplies() : findings.clientErrors())
        .add(name + ": " + e);
    if (peer != null) {
      peer.close();
      peer = null;
    }
    // Whether the last request was executed is not known, so this client goes on with other keys.
    generation++;
    written.clear();
    pauseBeforeReconnect();
  }

  private static void pauseBeforeReconnect() {
    try {
      Thread.sleep(RECONNECT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends {@link #run} after the request that is on its way. */
  @Override
  public void close() {
    isStopping = true;
  }
}
