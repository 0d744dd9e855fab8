package io.speicher.tck;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What several connections do to one key at once, and what has to be true of it afterwards. All are
 * about full servers of framed JSON.
 */
final class RacePrograms {
  private static final String OK = "200";
  private static final String CONFLICT = "409";

  /** Keys of one MSET; those of a server with shards are spread over all of them. */
  private static final int KEYS_OF_BATCH = 100;

  /** How many rounds a reader of the batches takes at least. */
  private static final int MIN_ROUNDS = 3;

  private final Programs.Context context;
  private final int clients;
  private final int times;

  RacePrograms(Programs.Context context, int clients, int times) {
    this.context = context;
    this.clients = clients;
    this.times = context.scaled(times);
  }

  /** Counters from several connections add up, and no two replies are the same. */
  void counters() throws IOException {
    Set<String> sums = ConcurrentHashMap.newKeySet();
    Programs.run(context, wire -> expect(wire, OK, set(context.key(), "0")));
    Programs.runAll(
        context,
        copies(wire -> {
          for (int i = 0; i < times; i++) {
            String sum = text(ask(wire, keyed("INC", context.key(), "")), "value");
            if (!sums.add(sum)) {
              throw new CaseFailure("two INCs were answered with " + sum, "each sum once");
            }
          }
        }));
    expectValue(Integer.toString(clients * times));
  }

  /** Appending from several connections loses nothing. */
  void appends() throws IOException {
    Programs.run(context, wire -> expect(wire, OK, set(context.key(), "\"\"")));
    Programs.runAll(
        context,
        copies(wire -> {
          for (int i = 0; i < times; i++) {
            expect(wire, OK, keyed("APP", context.key(), ",\"value\":\"ab\""));
          }
        }));
    expectValue("ab".repeat(clients * times));
  }

  /** Numbers that are read with their version, increased, and set if nobody else was faster. */
  void compareAndSets() throws IOException {
    AtomicInteger stored = new AtomicInteger();
    Programs.run(context, wire -> expect(wire, OK, set(context.key(), "0")));
    Programs.runAll(
        context,
        copies(wire -> {
          for (int i = 0; i < times; i++) {
            Json.Members read = ask(wire, keyed("GET", context.key(), ",\"version\":true"));
            long next = Long.parseLong(text(read, "value")) + 1;
            String more = ",\"value\":%d,\"if\":\"%s\"".formatted(next, text(read, "version"));
            String status = status(wire, keyed("SET", context.key(), more));
            if (status.equals(OK)) {
              stored.incrementAndGet();
            } else if (!status.equals(CONFLICT)) {
              throw new CaseFailure("status_code " + status, "200 or 409");
            }
          }
        }));
    expectValue(Integer.toString(stored.get()));
  }

  /** Of several that create an item at once, one does. */
  void creations() throws IOException {
    oneWins("SET if absent", keyed("SET", "%s", ",\"value\":1,\"if\":\"absent\""), "");
  }

  /** Of several that delete an item at once, one does. */
  void deletions() throws IOException {
    oneWins("DEL", keyed("DEL", "%s", ""), keyed("SET", "%s", ",\"value\":1"));
  }

  /** Of several that ask for a lease at once, one gets it. */
  void leases() throws IOException {
    oneWins("GET with lease", keyed("GET", "%s", ",\"lease\":60000"), "");
  }

  private void oneWins(String name, String request, String before) throws IOException {
    AtomicInteger wins = new AtomicInteger();
    CyclicBarrier together = new CyclicBarrier(clients);
    AtomicInteger first = new AtomicInteger(-1);
    Programs.runAll(
        context,
        copies(wire -> {
          for (int i = 0; i < times; i++) {
            String key = context.key() + i;
            if (!before.isEmpty() && first.compareAndSet(i - 1, i)) {
              expect(wire, OK, before.formatted(key));
            }
            await(together);
            Json.Members reply = ask(wire, request.formatted(key));
            boolean won =
                request.contains("lease")
                    ? reply.last("lease") != null
                    : OK.equals(Replies.status(reply));
            wins.addAndGet(won ? 1 : 0);
            await(together);
            if (wins.get() != i + 1) {
              throw new CaseFailure(
                  "of %d clients that sent a %s at once, %d were first in round %d"
                      .formatted(clients, name, wins.get() - i, i + 1),
                  "one is first");
            }
            await(together);
          }
        }));
  }

  /**
   * Who reads two keys of a batch one after the other never finds the second one older than the
   * first, whichever of them is read first.
   */
  void batches() throws IOException {
    Programs.run(context, wire -> expect(wire, OK, batch(0)));
    AtomicBoolean done = new AtomicBoolean();
    List<Programs.Client> all = new ArrayList<>();
    all.add(wire -> {
      try {
        for (int i = 1; i <= times; i++) {
          expect(wire, OK, batch(i));
        }
      } finally {
        done.set(true);
      }
    });
    int last = KEYS_OF_BATCH - 1;
    for (int i = 1; i < clients; i++) {
      all.add(wire -> {
        for (int round = 0; round < MIN_ROUNDS || !done.get(); round++) {
          checkOrder(wire, round % 2 == 0 ? 0 : last, round % 2 == 0 ? last : 0);
        }
      });
    }
    Programs.runAll(context, all);
  }

  private void checkOrder(Wire wire, int first, int second) throws IOException {
    int earlier = number(wire, first);
    int later = number(wire, second);
    if (later < earlier) {
      throw new CaseFailure(
          "key %d of a batch had number %d, and key %d read behind it number %d"
              .formatted(first, earlier, second, later),
          "all items of a batch at one moment");
    }
  }

  private int number(Wire wire, int index) throws IOException {
    return Integer.parseInt(text(ask(wire, keyed("GET", context.key() + index, "")), "value"));
  }

  private String batch(int number) {
    List<String> items = new ArrayList<>();
    for (int i = 0; i < KEYS_OF_BATCH; i++) {
      items.add("{\"key\":\"%s%d\",\"value\":%d}".formatted(context.key(), i, number));
    }
    return "{\"command\":\"MSET\",\"items\":[" + String.join(",", items) + "]}";
  }

  private List<Programs.Client> copies(Programs.Client client) {
    List<Programs.Client> copies = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      copies.add(client);
    }
    return copies;
  }

  private void await(CyclicBarrier barrier) throws IOException {
    try {
      barrier.await(Math.max(1, context.deadline().remainingMillis()), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new CaseFailure("another client failed first", "all clients are answered");
    }
  }

  private void expectValue(String expected) throws IOException {
    Programs.run(
        context,
        wire -> {
          String seen = text(ask(wire, keyed("GET", context.key(), "")), "value");
          if (!seen.equals(expected)) {
            throw new CaseFailure(
                "the value is " + Json.brief(new Json.Text(seen)),
                Json.brief(new Json.Text(expected)));
          }
        });
  }

  private static String set(String key, String value) {
    return keyed("SET", key, ",\"value\":" + value);
  }

  private static String keyed(String command, String key, String more) {
    return "{\"command\":\"" + command + "\",\"key\":\"" + key + "\"" + more + "}";
  }

  private static Json.Members ask(Wire wire, String request) throws IOException {
    return Replies.ask(wire, request);
  }

  private static String status(Wire wire, String request) throws IOException {
    return String.valueOf(Replies.status(ask(wire, request)));
  }

  private static void expect(Wire wire, String status, String request) throws IOException {
    String seen = status(wire, request);
    if (!seen.equals(status)) {
      throw new CaseFailure("status_code " + seen, "status_code " + status);
    }
  }

  /** The text of a string or a number. */
  private static String text(Json.Members reply, String name) {
    Json value = reply.last(name);
    if (value instanceof Json.Text text) {
      return text.characters();
    }
    if (value instanceof Json.Literal literal) {
      return literal.text();
    }
    throw new CaseFailure("the reply has no " + name, "a reply with " + name);
  }
}
