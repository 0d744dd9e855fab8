package io.speicher.compat;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A process whose threads all ask for one value that is missing, for {@link FleetIT}. */
final class FleetCaller {
  static final String KEY = "missing";
  static final String VALUE = "loaded";
  private static final Duration LEASE = Duration.ofSeconds(5);

  private final Cache<String> values;
  private final Cache<Long> counters;

  private FleetCaller(Speicher speicher) {
    values = values(speicher);
    counters = counters(speicher);
  }

  static Cache<String> values(Speicher speicher) {
    return speicher.cache("values", Codec.string(), o -> o.lease(LEASE));
  }

  static Cache<Long> counters(Speicher speicher) {
    return speicher.cache("counters", Codec.longs());
  }

  static Speicher connect(int port) {
    Duration patience = Duration.ofSeconds(60);
    return Speicher.builder()
        .host("127.0.0.1")
        .port(port)
        .timeout(patience)
        .connectTimeout(patience)
        .build();
  }

  /**
   * Runs the process.
   *
   * @param arguments the port; how many threads ask here; how many ask in all processes before the
   *     loader returns, which never happens if that is 0
   */
  public static void main(String[] arguments) throws Exception {
    try (Speicher speicher = connect(Integer.parseInt(arguments[0]))) {
      new FleetCaller(speicher).ask(Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
    }
  }

  private void ask(int callers, long allCallers) throws Exception {
    List<Future<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        answers.add(
            threads.submit(() -> {
              count("arrived");
              return values.get(KEY, key -> load(allCallers));
            }));
      }
    }
    for (Future<String> answer : answers) {
      if (!VALUE.equals(answer.get())) {
        throw new AssertionError("answer=" + answer.get());
      }
    }
  }

  private void count(String counter) {
    counters.add(counter, 1, 1, Ttl.forever());
  }

  /** Takes as long as it takes all to ask. */
  private String load(long allCallers) {
    count("loads");
    while (!Objects.equals(counters.get("arrived"), allCallers)) {
      Thread.onSpinWait();
    }
    return VALUE;
  }
}
