package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a case can do and a transcript cannot say: many clients at once, and random payloads. */
final class Programs {
  private static final String OK = "{\"status_code\":200}";
  private static final String MISS = "{\"status_code\":404}";
  private static final Set<String> STATUSES = Set.of("200", "400", "404", "503");

  /** Characters that mean something in JSON. */
  private static final String TELLING = "{}[]\",:\\/0-+.eEu \ttrfn";

  private static final int MEBIBYTE = 1 << 20;

  private static final Map<String, Body> BODIES =
      Map.ofEntries(
          Map.entry("torn-writes", Programs::tornWrites),
          Map.entry("monotonic-reads", Programs::monotonicReads),
          Map.entry("many-connections", Programs::manyConnections),
          Map.entry("announced-lengths", Programs::announcedLengths),
          Map.entry("random-payloads", Programs::randomPayloads),
          Map.entry("scan", Programs::scan),
          Map.entry("walk", Programs::walk),
          Map.entry("walk-deleting", Programs::walkDeleting),
          Map.entry("match", Programs::match),
          Map.entry("batch", Programs::batch),
          Map.entry("lifetime", Programs::lifetime),
          Map.entry("namespaces", Programs::namespaces),
          Map.entry("race-counters", (context, p) -> race(context, p).counters()),
          Map.entry("race-appends", (context, p) -> race(context, p).appends()),
          Map.entry("race-compare-and-set", (context, p) -> race(context, p).compareAndSets()),
          Map.entry("race-creations", (context, p) -> race(context, p).creations()),
          Map.entry("race-deletions", (context, p) -> race(context, p).deletions()),
          Map.entry("race-leases", (context, p) -> race(context, p).leases()),
          Map.entry("race-batches", (context, p) -> race(context, p).batches()));

  /**
   * Where and how a program runs.
   *
   * @param scale what counts and times are multiplied by
   */
  record Context(InetSocketAddress server, Deadline deadline, String key, double scale) {

    int scaled(int number) {
      return (int) Math.max(1, Math.round(number * scale));
    }
  }

  private interface Body {
    void run(Context context, Parameters parameters) throws IOException;
  }

  private record Parameters(Map<String, Integer> values) {
    int require(String name) {
      Integer value = values.get(name);
      if (value == null) {
        throw new IllegalArgumentException("the program needs a parameter: name=" + name);
      }
      return value;
    }
  }

  /** What one of many clients does. */
  interface Client {
    void run(Wire wire) throws IOException;
  }

  private Programs() {}

  /** The names of all programs. */
  static Set<String> names() {
    return BODIES.keySet();
  }

  /**
   * Runs a program.
   *
   * @throws CaseFailure if the server does something else than it should
   */
  static void run(Step.Program program, Context context) throws IOException {
    Body body = BODIES.get(program.name());
    if (body == null) {
      throw new IllegalArgumentException("no such program: name=" + program.name());
    }
    body.run(context, new Parameters(program.parameters()));
  }

  /** Writers replace one value by others, each of one letter; no reader sees two letters. */
  private static void tornWrites(Context context, Parameters parameters) throws IOException {
    int bytes = parameters.require("bytes");
    run(context, wire -> store(wire, set(context.key(), "z".repeat(bytes))));
    // Each client counts from when it is connected: on a busy machine that takes a while.
    Duration duration = Duration.ofMillis(context.scaled(parameters.require("milliseconds")));
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < parameters.require("writers"); i++) {
      byte[] set = set(context.key(), String.valueOf((char) ('a' + i)).repeat(bytes));
      clients.add(wire -> {
        Deadline end = Deadline.in(duration);
        do {
          store(wire, set);
        } while (!end.passed() && !Thread.currentThread().isInterrupted());
      });
    }
    for (int i = 0; i < parameters.require("readers"); i++) {
      clients.add(wire -> {
        Deadline end = Deadline.in(duration);
        do {
          checkNotTorn(text(wire, context.key()), bytes);
        } while (!end.passed() && !Thread.currentThread().isInterrupted());
      });
    }
    runAll(context, clients);
  }

  private static void checkNotTorn(String value, int bytes) {
    String expected = String.format(Locale.ROOT, "a value of one letter, %,d times", bytes);
    if (value.length() != bytes) {
      throw new CaseFailure(
          String.format(Locale.ROOT, "a value of %,d characters", value.length()), expected);
    }
    for (int i = 1; i < bytes; i++) {
      if (value.charAt(i) != value.charAt(0)) {
        throw new CaseFailure(
            String.format(
                Locale.ROOT,
                "a mixture of two values: '%c' at 0 and '%c' at %,d",
                value.charAt(0),
                value.charAt(i),
                i),
            expected);
      }
    }
  }

  /** One writer counts up; every reader sees numbers that never fall. */
  private static void monotonicReads(Context context, Parameters parameters) throws IOException {
    int writes = context.scaled(parameters.require("writes"));
    run(context, wire -> store(wire, set(context.key(), "0")));
    AtomicBoolean done = new AtomicBoolean();
    List<Client> clients = new ArrayList<>();
    clients.add(wire -> {
      try {
        for (int i = 1; i <= writes && !Thread.currentThread().isInterrupted(); i++) {
          store(wire, set(context.key(), Integer.toString(i)));
        }
      } finally {
        done.set(true);
      }
    });
    for (int i = 0; i < parameters.require("readers"); i++) {
      clients.add(wire -> {
        int last = 0;
        while (!done.get()) {
          last = numberNotBelow(last, text(wire, context.key()));
        }
      });
    }
    runAll(context, clients);
  }

  private static int numberNotBelow(int last, String text) {
    if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < last) {
      throw new CaseFailure("read %s after %d".formatted(text, last), "numbers that never fall");
    }
    return Integer.parseInt(text);
  }

  /** Many connections are open at once, and each is served. */
  private static void manyConnections(Context context, Parameters parameters) throws IOException {
    int count = context.scaled(parameters.require("count"));
    run(context, wire -> serveAll(wire, context.key(), count));
  }

  /** All connections store a value, and then each reads that of another. */
  private static void serveAll(Wire wire, String key, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      wire.sendFrame("c" + i, set(key + i, Integer.toString(i)));
      expect(wire, "c" + i, OK);
    }
    for (int i = 0; i < count; i++) {
      wire.sendFrame("c" + i, get(key + (count - 1 - i)));
    }
    for (int i = 0; i < count; i++) {
      expect(wire, "c" + i, "{\"status_code\":200,\"value\":\"" + (count - 1 - i) + "\"}");
    }
  }

  /** Many connections announce much and send nothing of it, and others are served. */
  private static void announcedLengths(Context context, Parameters parameters) throws IOException {
    int count = context.scaled(parameters.require("count"));
    int bytes = parameters.require("mebibytes") * MEBIBYTE;
    byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(bytes).array();
    run(
        context,
        wire -> {
          for (int i = 0; i < count; i++) {
            wire.sendFrame("c" + i, get(context.key())); // So that the connection is served.
            expect(wire, "c" + i, MISS);
            wire.send("c" + i, length);
            wire.send("c" + i, "{\"command\":\"SET\",".getBytes(UTF_8));
          }
          store(wire, set(context.key(), "x"));
          expectText(wire, context.key(), "x");
        });
  }

  private static void expectText(Wire wire, String key, String expected) throws IOException {
    String seen = text(wire, key);
    if (!seen.equals(expected)) {
      throw new CaseFailure("the value is " + Json.brief(new Json.Text(seen)), expected);
    }
  }

  /** Requests with random changes get one reply each, and leave the connection usable. */
  private static void randomPayloads(Context context, Parameters parameters) throws IOException {
    int count = context.scaled(parameters.require("count"));
    Random random = new Random(parameters.require("seed"));
    run(context, wire -> sendMutations(wire, context.key(), random, count));
  }

  private static void sendMutations(Wire wire, String key, Random random, int count)
      throws IOException {
    String awaited = "a reply with 200, 400, 404 or 503";
    byte[] good = set(key, "[1,{\"a\":\"\\u00e9\"}]");
    for (int i = 0; i < count; i++) {
      wire.sendFrame("", mutated(good, random));
      wire.sendFrame("", get(key + "never"));
      String status = Replies.status(Replies.object(wire.receive("", awaited), awaited));
      if (status == null || !STATUSES.contains(status)) {
        throw new CaseFailure("payload %d: status_code %s".formatted(i, status), awaited);
      }
      expect(wire, "", MISS);
    }
    wire.expectNothingLeft();
  }

  /** Changes one to four bytes. The name of the command stays, so that nothing is wiped. */
  private static byte[] mutated(byte[] payload, Random random) {
    byte[] changed = payload.clone();
    int fixed = "{\"command\":\"SET\"".length();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int offset = fixed + random.nextInt(changed.length - fixed);
      changed[offset] =
          random.nextBoolean()
              ? (byte) TELLING.charAt(random.nextInt(TELLING.length()))
              : (byte) random.nextInt();
    }
    return changed;
  }

  /** A scan finds all keys that stay, while others come and go. */
  private static void scan(Context context, Parameters parameters) throws IOException {
    int keys = parameters.require("keys");
    int count = parameters.require("count");
    run(context, wire -> new ScanProgram(wire, context.key()).run(keys, count));
  }

  /** A walk with SCN finds all keys that stay, while others come and go. */
  private static void walk(Context context, Parameters parameters) throws IOException {
    int keys = parameters.require("keys");
    int count = parameters.require("count");
    run(context, wire -> new WalkProgram(wire, context.key()).run(keys, count));
  }

  /** Patterns of SCN match what they should. */
  private static void match(Context context, Parameters parameters) throws IOException {
    run(context, wire -> new MatchProgram(wire, context.key()).run());
  }

  /** A walk that deletes what it finds leaves nothing out. */
  private static void walkDeleting(Context context, Parameters parameters) throws IOException {
    int keys = parameters.require("keys");
    int count = parameters.require("count");
    run(context, wire -> new WalkProgram(wire, context.key()).runDeleting(keys, count));
  }

  /** Batches of many keys are answered key by key. */
  private static void batch(Context context, Parameters parameters) throws IOException {
    int count = parameters.require("count");
    run(context, wire -> new BatchProgram(wire, context.key(), count).run());
  }

  /** An item lives as long as it is told. */
  private static void lifetime(Context context, Parameters parameters) throws IOException {
    int ttl = parameters.require("ttl");
    run(context, wire -> new ExpiryProgram(wire, context.key(), ttl).run());
  }

  /** Namespaces are listed as they were declared. */
  private static void namespaces(Context context, Parameters parameters) throws IOException {
    run(context, wire -> new NamespacesProgram(wire, context.key()).run());
  }

  private static RacePrograms race(Context context, Parameters parameters) {
    return new RacePrograms(context, parameters.require("clients"), parameters.require("times"));
  }

  /** A SET of an array, if it looks like one, or of a text. */
  private static byte[] set(String key, String text) {
    String value = text.startsWith("[") ? text : "\"" + text + "\"";
    return "{\"command\":\"SET\",\"key\":\"%s\",\"value\":%s}"
        .formatted(key, value)
        .getBytes(UTF_8);
  }

  private static byte[] get(String key) {
    return "{\"command\":\"GET\",\"key\":\"%s\"}".formatted(key).getBytes(UTF_8);
  }

  private static String text(Wire wire, String key) throws IOException {
    String awaited = "{\"status_code\":200} with a text as value";
    wire.sendFrame("", get(key));
    Json.Members reply = Replies.object(wire.receive("", awaited), awaited);
    if ("200".equals(Replies.status(reply)) && reply.last("value") instanceof Json.Text text) {
      return text.characters();
    }
    throw new CaseFailure("status_code " + Replies.status(reply), awaited);
  }

  private static void store(Wire wire, byte[] set) throws IOException {
    wire.sendFrame("", set);
    expect(wire, "", OK);
  }

  private static void expect(Wire wire, String connection, String reply) throws IOException {
    Replies.check(wire.receive(connection, reply), reply.getBytes(UTF_8), reply, new HashMap<>());
  }

  /** Runs one client on a wire of its own. A failure tells what went over that wire. */
  static void run(Context context, Client client) throws IOException {
    try (Wire wire = new Wire(context.server(), context.deadline(), Case.Delivery.plain, 0)) {
      try {
        client.run(wire);
      } catch (CaseFailure e) {
        throw e.withExchanges(wire);
      }
    }
  }

  /** Runs all clients at once and throws the first failure; those that go on for long end then. */
  static void runAll(Context context, List<Client> clients) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    try {
      CompletionService<Void> running = new ExecutorCompletionService<>(threads);
      for (Client client : clients) {
        running.submit(() -> {
          run(context, client);
          return null;
        });
      }
      for (int ended = 0; ended < clients.size(); ended++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CaseFailure failure) {
        throw failure;
      }
      throw new IOException("a client of the kit failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
