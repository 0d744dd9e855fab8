package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a case can do and a transcript cannot say: many clients at once, and random payloads. */
final class Programs {
  private static final String OK = "{\"status_code\":200}";
  private static final String MISS = "{\"status_code\":404}";
  private static final Set<String> STATUSES = Set.of("200", "400", "404", "503");

  /** Characters that mean something in JSON. */
  private static final String TELLING = "{}[]\",:\\/0-+.eEu \ttrfn";

  private static final Map<String, Body> BODIES =
      Map.of(
          "torn-writes", Programs::tornWrites,
          "monotonic-reads", Programs::monotonicReads,
          "many-connections", Programs::manyConnections,
          "random-payloads", Programs::randomPayloads,
          "scan", Programs::scan,
          "walk", Programs::walk,
          "match", Programs::match);

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
  private interface Client {
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
        } while (!end.passed());
      });
    }
    for (int i = 0; i < parameters.require("readers"); i++) {
      clients.add(wire -> {
        Deadline end = Deadline.in(duration);
        do {
          checkNotTorn(text(wire, context.key()), bytes);
        } while (!end.passed());
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
        for (int i = 1; i <= writes; i++) {
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
  private static void run(Context context, Client client) throws IOException {
    try (Wire wire = new Wire(context.server(), context.deadline(), Case.Delivery.plain, 0)) {
      try {
        client.run(wire);
      } catch (CaseFailure e) {
        throw e.withExchanges(wire);
      }
    }
  }

  /** Runs all clients at once and throws the first failure. */
  private static void runAll(Context context, List<Client> clients) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Client client : clients) {
        running.add(
            threads.submit(() -> {
              run(context, client);
              return null;
            }));
      }
      for (Future<?> client : running) {
        client.get();
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
