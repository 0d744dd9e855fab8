package io.speicher.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients with caches of their own, and writers in all dialects that change what is cached. Each
 * cache checks all that it holds, after each reply, against what was acknowledged before it sent
 * the request: nothing may be older.
 *
 * <h2>How it is checked</h2>
 *
 * Each key has one writer at a time, so its values are numbers that grow. A writer notes the number
 * once the write was acknowledged. A cache takes a copy of these notes, sends a request, and reads
 * until the reply, while it drops what pushes name. Then no value in it may be smaller than the
 * note of its key. Deletions and clears are noted as the odd number behind the value that they have
 * removed.
 */
public final class NearCacheTorture {
  private static final Pattern NUMBER = Pattern.compile("\"value\":\"?(\\d+)");
  private static final Pattern KEY = Pattern.compile("\"(n:\\d+)\"");
  private static final long ABSENT = Long.MAX_VALUE;

  /**
   * What was done.
   *
   * @param hits how many values were found in caches and checked
   */
  public record Report(
      long writes, long clears, long reads, long hits, long pushedKeys, long pushedAll) {}

  private final int port;
  private final int keyCount;
  private final int writers;
  private final int caches;
  private final Duration time;
  private final long seed;

  private final AtomicLongArray noted;
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong clears = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong pushedKeys = new AtomicLong();
  private final AtomicLong pushedAll = new AtomicLong();
  private volatile boolean isOver;

  /**
   * @param port of a server on this machine, all of whose items are removed
   * @param writers how many connections write; they share the keys among themselves
   * @param caches how many connections read and keep what they have read
   */
  public NearCacheTorture(
      int port, int keyCount, int writers, int caches, Duration time, long seed) {
    this.port = port;
    this.keyCount = keyCount;
    this.writers = writers;
    this.caches = caches;
    this.time = time;
    this.seed = seed;
    noted = new AtomicLongArray(keyCount);
  }

  /** Runs against a server on this machine: {@code PORT SECONDS [KEYS [WRITERS [CACHES]]]}. */
  public static void main(String[] arguments) throws InterruptedException {
    int[] numbers = {0, 60, 60, 3, 6};
    for (int i = 0; i < arguments.length; i++) {
      numbers[i] = Integer.parseInt(arguments[i]);
    }
    Duration time = Duration.ofSeconds(numbers[1]);
    System.out.println(
        new NearCacheTorture(
                numbers[0], numbers[2], numbers[3], numbers[4], time, System.nanoTime())
            .run());
  }

  /**
   * Runs until the time is over.
   *
   * @throws AssertionError if a cache has held what was replaced before
   */
  public Report run() throws InterruptedException {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> running = new ArrayList<>();
    try {
      for (int i = 0; i < writers; i++) {
        int number = i;
        running.add(threads.submit(() -> guarded(() -> write(number))));
      }
      for (int i = 0; i < caches; i++) {
        int number = i;
        running.add(threads.submit(() -> guarded(() -> cache(number))));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("seed=" + seed + ": " + e.getCause(), e.getCause());
    } finally {
      isOver = true;
      threads.shutdownNow();
    }
    return new Report(
        writes.get(), clears.get(), reads.get(), hits.get(), pushedKeys.get(), pushedAll.get());
  }

  private interface Task {
    void run() throws IOException;
  }

  private Void guarded(Task task) throws IOException {
    try {
      task.run();
    } finally {
      isOver = true;
    }
    return null;
  }

  private static String key(int number) {
    return "n:" + number;
  }

  // ---- writing ----

  private void write(int number) throws IOException {
    Random random = new Random(seed + number);
    long endNanos = System.nanoTime() + time.toNanos();
    try (Peer resp = new Peer();
        Peer json = new Peer();
        Peer memcached = new Peer()) {
      long[] values = new long[keyCount];
      while (!isOver && System.nanoTime() - endNanos < 0) {
        int key = number + writers * random.nextInt(keyCount / writers);
        long value = values[key] += 2;
        long note = value;
        switch (random.nextInt(number == 0 ? 1_000 : 999)) {
          case 999 -> {
            note = 0;
            clear(resp);
          }
          default -> {
            switch (random.nextInt(10)) {
              case 0 -> json.json(set(key, value, ""));
              case 1 ->
                  memcached.line(
                      "set " + key(key) + " 0 0 " + digits(value) + "\r\n" + value, "STORED");
              case 2 ->
                  memcached.line("ms " + key(key) + " " + digits(value) + "\r\n" + value, "HD");
              case 3 -> {
                resp.line("DEL " + key(key), ":");
                note = value - 1; // What it had is gone: a value of the same number was not stored.
              }
              case 4 -> resp.line("MSET " + key(key) + " " + value + " other 1", "+OK");
              case 5 -> {
                String from = "from:" + number;
                together(resp, "SET " + from + " " + value, "RENAME " + from + " " + key(key));
              }
              case 6 -> {
                String from = "from:" + number;
                together(
                    resp,
                    "SET " + from + " " + value,
                    "COPY " + from + " " + key(key) + " REPLACE");
              }
              case 7 -> together(resp, "SET " + key(key) + " " + (value - 1), "INCR " + key(key));
              case 8 -> json.json(set(key, value, ",\"ttl\":600000"));
              default -> resp.line("SET " + key(key) + " " + value, "+OK");
            }
            writes.incrementAndGet();
          }
        }
        if (note > 0) {
          noted.accumulateAndGet(key, note, Math::max);
        }
      }
    }
  }

  /** Two commands as one, so that no clear comes in between. */
  private static void together(Peer resp, String first, String second) throws IOException {
    resp.line("MULTI", "+OK");
    resp.line(first, "+QUEUED");
    resp.line(second, "+QUEUED");
    resp.line("EXEC", "*2");
    resp.expect("+OK");
    resp.expect("");
  }

  private static int digits(long value) {
    return Long.toString(value).length();
  }

  private static String set(int key, long value, String more) {
    return "{\"command\":\"SET\",\"key\":\""
        + key(key)
        + "\",\"value\":\""
        + value
        + "\""
        + more
        + "}";
  }

  /** What was acknowledged before it began is gone. */
  private void clear(Peer resp) throws IOException {
    long[] before = new long[keyCount];
    for (int i = 0; i < keyCount; i++) {
      before[i] = noted.get(i);
    }
    resp.line("FLUSHALL", "+OK");
    for (int i = 0; i < keyCount; i++) {
      noted.accumulateAndGet(i, before[i] | 1, Math::max);
    }
    clears.incrementAndGet();
  }

  // ---- caching ----

  private void cache(int number) throws IOException {
    Random random = new Random(seed - number - 1);
    long endNanos = System.nanoTime() + time.toNanos();
    try (Peer peer = new Peer()) {
      boolean isJson = number % 2 == 0;
      boolean broadcasts = number % 3 == 2;
      Cache cache = new Cache(peer, isJson);
      cache.begin(broadcasts);
      long[] floor = new long[keyCount];
      while (!isOver && System.nanoTime() - endNanos < 0) {
        for (int i = 0; i < keyCount; i++) {
          floor[i] = noted.get(i);
        }
        int key = random.nextInt(keyCount);
        cache.read(key);
        reads.incrementAndGet();
        cache.check(floor);
      }
      hits.addAndGet(cache.checked);
    }
  }

  /** The values that one client keeps. */
  private final class Cache {
    private final Map<Integer, Long> values = new HashMap<>();
    private final Peer peer;
    private final boolean isJson;
    private long checked;

    Cache(Peer peer, boolean isJson) {
      this.peer = peer;
      this.isJson = isJson;
    }

    void begin(boolean broadcasts) throws IOException {
      if (isJson) {
        peer.json(
            broadcasts
                ? "{\"command\":\"TRK\",\"mode\":\"prefixes\",\"prefixes\":[\"n:\"]}"
                : "{\"command\":\"TRK\",\"mode\":\"keys\"}");
        return;
      }
      peer.send("HELLO 3\r\n");
      String line;
      do {
        line = peer.readLine();
      } while (!line.equals("modules"));
      peer.expect("*0");
      peer.line("CLIENT TRACKING ON" + (broadcasts ? " BCAST PREFIX n:" : ""), "+OK");
    }

    /** Reads a key that it does not hold, or asks for nothing; and drops what pushes name. */
    void read(int key) throws IOException {
      boolean isHeld = values.containsKey(key);
      long value = isJson ? readJson(key, isHeld) : readResp(key, isHeld);
      if (!isHeld) {
        values.put(key, value);
      }
    }

    private long readJson(int key, boolean isHeld) throws IOException {
      peer.frame(
          isHeld ? "{\"command\":\"PING\"}" : "{\"command\":\"GET\",\"key\":\"" + key(key) + "\"}");
      while (true) {
        String reply = peer.readFrame();
        if (!reply.startsWith("{\"push\":")) {
          Matcher found = NUMBER.matcher(reply);
          return found.find() ? Long.parseLong(found.group(1)) : ABSENT;
        }
        if (reply.contains("\"all\"")) {
          dropAll();
        }
        Matcher keys = KEY.matcher(reply);
        while (keys.find()) {
          drop(keys.group(1));
        }
      }
    }

    private long readResp(int key, boolean isHeld) throws IOException {
      peer.send(isHeld ? "PING\r\n" : "GET " + key(key) + "\r\n");
      while (true) {
        String line = peer.readLine();
        if (line.startsWith(">")) {
          peer.expect("$10");
          peer.expect("invalidate");
          String keys = peer.readLine();
          if (keys.equals("_")) {
            dropAll();
          } else {
            for (int i = Integer.parseInt(keys.substring(1)); i > 0; i--) {
              peer.readLine();
              drop(peer.readLine());
            }
          }
        } else if (line.startsWith("$")) {
          return Long.parseLong(peer.readLine());
        } else {
          return ABSENT;
        }
      }
    }

    private void drop(String name) {
      if (name.startsWith("n:")) {
        values.remove(Integer.parseInt(name.substring(2)));
      }
      pushedKeys.incrementAndGet();
    }

    private void dropAll() {
      values.clear();
      pushedAll.incrementAndGet();
    }

    void check(long[] floor) {
      for (Map.Entry<Integer, Long> entry : values.entrySet()) {
        checked++;
        if (entry.getValue() < floor[entry.getKey()]) {
          throw new AssertionError(
              "a cache holds what was replaced: key="
                  + entry.getKey()
                  + " cached="
                  + entry.getValue()
                  + " acknowledged="
                  + floor[entry.getKey()]
                  + " dialect="
                  + (isJson ? "json" : "resp"));
        }
      }
    }
  }

  /** A connection of any dialect. */
  private final class Peer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    Peer() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }

    String readLine() throws IOException {
      StringBuilder line = new StringBuilder();
      char next = (char) in.readUnsignedByte();
      while (next != '\n') {
        line.append(next);
        next = (char) in.readUnsignedByte();
      }
      line.setLength(line.length() - 1);
      return line.toString();
    }

    void expect(String beginning) throws IOException {
      String line = readLine();
      if (!line.startsWith(beginning)) {
        throw new AssertionError("expected " + beginning + " but was " + line);
      }
    }

    void line(String request, String reply) throws IOException {
      send(request + "\r\n");
      expect(reply);
    }

    void frame(String json) throws IOException {
      out.writeInt(json.length());
      send(json);
    }

    String readFrame() throws IOException {
      return new String(in.readNBytes(in.readInt()), ISO_8859_1);
    }

    void json(String request) throws IOException {
      frame(request);
      String reply = readFrame();
      if (!reply.startsWith("{\"status_code\":200")) {
        throw new AssertionError("expected 200 but was " + reply);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
