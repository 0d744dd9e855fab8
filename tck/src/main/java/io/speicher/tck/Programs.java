package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a case can do and a transcript cannot say: many clients at once, and random payloads. */
final class Programs {
  private static final Map<String, Body> BODIES =
      Map.of(
          "torn-writes", Programs::tornWrites,
          "monotonic-reads", Programs::monotonicReads,
          "many-connections", Programs::manyConnections,
          "random-payloads", Programs::randomPayloads);

  /**
   * Where and how a program runs.
   *
   * @param scale what counts and times are multiplied by
   */
  record Context(InetSocketAddress server, Deadline deadline, String key, double scale) {

    Wire wire() throws IOException {
      return new Wire(server, deadline, Case.Delivery.plain, 0);
    }

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

  /**
   * Writers replace one value by others, of one repeated letter each; no reader sees two letters.
   */
  private static void tornWrites(Context context, Parameters parameters) throws IOException {
    int bytes = parameters.require("bytes");
    Deadline end =
        Deadline.in(Duration.ofMillis(context.scaled(parameters.require("milliseconds"))));
    List<Callable<Void>> clients = new ArrayList<>();
    for (int i = 0; i < parameters.require("writers"); i++) {
      byte[] set = set(context.key(), String.valueOf((char) ('a' + i)).repeat(bytes));
      clients.add(
          client(
              context,
              wire -> {
                do {
                  wire.sendFrame("", set);
                  Replies.check(wire.receive("", OK), OK.getBytes(UTF_8), OK);
                } while (!end.passed());
              }));
    }
    for (int i = 0; i < parameters.require("readers"); i++) {
      clients.add(
          client(
              context,
              wire -> {
                do {
                  checkNotTorn(value(wire, context.key()), bytes);
                } while (!end.passed());
              }));
    }
    try (Wire first = context.wire()) {
      first.sendFrame("", set(context.key(), "z".repeat(bytes)));
      Replies.check(first.receive("", OK), OK.getBytes(UTF_8), OK);
    }
    runAll(clients);
  }

  private static void checkNotTorn(String value, int bytes) {
    String expected = "a value of one letter, %,d times".formatted(bytes);
    if (value.length() != bytes) {
      throw new CaseFailure("a value of %,d characters".formatted(value.length()), expected);
    }
    for (int i = 1; i < bytes; i++) {
      if (value.charAt(i) != value.charAt(0)) {
        throw new CaseFailure(
            "a mixture of two values: '%c' at 0 and '%c' at %,d"
                .formatted(value.charAt(0), value.charAt(i), i),
            expected);
      }
    }
  }

  /** One writer counts up; every reader sees numbers that never fall. */
  private static void monotonicReads(Context context, Parameters parameters) throws IOException {
    int writes = context.scaled(parameters.require("writes"));
    AtomicBoolean done = new AtomicBoolean();
    try (Wire first = context.wire()) {
      first.sendFrame("", set(context.key(), "0"));
      Replies.check(first.receive("", OK), OK.getBytes(UTF_8), OK);
    }
    List<Callable<Void>> clients = new ArrayList<>();
    clients.add(
        client(
            context,
            wire -> {
              try {
                for (int i = 1; i <= writes; i++) {
                  wire.sendFrame("", set(context.key(), Integer.toString(i)));
                  Replies.check(wire.receive("", OK), OK.getBytes(UTF_8), OK);
                }
              } finally {
                done.set(true);
              }
            }));
    for (int i = 0; i < parameters.require("readers"); i++) {
      clients.add(
          client(
              context,
              wire -> {
                int last = 0;
                while (!done.get()) {
                  int seen = Integer.parseInt(value(wire, context.key()));
                  if (seen < last) {
                    throw new CaseFailure(
                        "read %d after %d".formatted(seen, last), "numbers that never fall");
                  }
                  last = seen;
                }
              }));
    }
    runAll(clients);
  }

  /** Many connections are open at once, and each is served, the first one last. */
  private static void manyConnections(Context context, Parameters parameters) throws IOException {
    int count = context.scaled(parameters.require("count"));
    try (Wire wire = context.wire()) {
      for (int i = 0; i < count; i++) {
        String name = "c" + i;
        wire.sendFrame(name, set(context.key() + i, Integer.toString(i)));
        Replies.check(wire.receive(name, OK), OK.getBytes(UTF_8), OK);
      }
      for (int i = count - 1; i >= 0; i--) {
        wire.sendFrame("c" + i, get(context.key() + (count - 1 - i)));
      }
      for (int i = 0; i < count; i++) {
        String found = "{\"status_code\":200,\"value\":\"%d\"}".formatted(count - 1 - i);
        Replies.check(wire.receive("c" + i, found), found.getBytes(UTF_8), found);
      }
    }
  }

  /** Requests with random changes get one reply each, and leave the connection usable. */
  private static void randomPayloads(Context context, Parameters parameters) throws IOException {
    int count = context.scaled(parameters.require("count"));
    int seed = parameters.require("seed");
    Random random = new Random(seed);
    String awaited = "a reply with 200, 400, 404 or 503, seed " + seed;
    try (Wire wire = context.wire()) {
      for (int i = 0; i < count; i++) {
        wire.sendFrame("", mutated(set(context.key(), "[1,{\"a\":\"\\u00e9\"}]"), random));
        wire.sendFrame("", get(context.key() + "never"));
        String status = Replies.status(Replies.object(wire.receive("", awaited), awaited));
        if (status == null || !List.of("200", "400", "404", "503").contains(status)) {
          throw new CaseFailure("payload %d: status_code %s".formatted(i, status), awaited);
        }
        Replies.check(wire.receive("", MISS), MISS.getBytes(UTF_8), MISS);
      }
      wire.expectNothingLeft();
    }
  }

  /** Changes one to four bytes. The name of the command stays, so that nothing is wiped. */
  private static byte[] mutated(byte[] payload, Random random) {
    byte[] changed = payload.clone();
    int fixed = "{\"command\":\"SET\"".length();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int offset = fixed + random.nextInt(changed.length - fixed);
      boolean likely = random.nextBoolean();
      changed[offset] =
          likely
              ? (byte) TELLING.charAt(random.nextInt(TELLING.length()))
              : (byte) random.nextInt();
    }
    return changed;
  }

  private static final String TELLING = "{}[]\",:\\/0-+.eEu \ttrfn";
  private static final String OK = "{\"status_code\":200}";
  private static final String MISS = "{\"status_code\":404}";

  private static byte[] set(String key, String text) {
    String value = text.startsWith("[") ? text : "\"" + text + "\"";
    return "{\"command\":\"SET\",\"key\":\"%s\",\"value\":%s}"
        .formatted(key, value)
        .getBytes(UTF_8);
  }

  private static byte[] get(String key) {
    return "{\"command\":\"GET\",\"key\":\"%s\"}".formatted(key).getBytes(UTF_8);
  }

  private static String value(Wire wire, String key) throws IOException {
    String awaited = "{\"status_code\":200} with a text as value";
    wire.sendFrame("", get(key));
    Json.Members reply = Replies.object(wire.receive("", awaited), awaited);
    if ("200".equals(Replies.status(reply)) && reply.last("value") instanceof Json.Text text) {
      return text.characters();
    }
    throw new CaseFailure("status_code " + Replies.status(reply), awaited);
  }

  private interface Client {
    void run(Wire wire) throws IOException;
  }

  private static Callable<Void> client(Context context, Client client) {
    return () -> {
      try (Wire wire = context.wire()) {
        client.run(wire);
      }
      return null;
    };
  }

  /** Runs all clients at once and throws the first failure. */
  private static void runAll(List<Callable<Void>> clients) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(clients.size());
    try {
      for (Future<Void> client : threads.invokeAll(clients)) {
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
