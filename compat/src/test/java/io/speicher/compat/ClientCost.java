package io.speicher.compat;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.sun.management.OperatingSystemMXBean;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.near.Near;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import redis.clients.jedis.ConnectionPoolConfig;

/**
 * What an operation costs a client: processor time of this process, and how many there are in a
 * second. Speicher's client and the usual ones of Redis take turns on one server, with 10,000
 * values of 100 bytes; each figure is the median of five rounds.
 *
 * <p>{@code main} is given the server's port, and prints a table. With a second argument it
 * compares only what has that in its name.
 */
final class ClientCost {
  private static final int KEYS = 10_000;
  private static final int BATCH = 500;
  private static final int IN_FLIGHT = 1_000;
  private static final int ROUNDS = 5;
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  private static final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** What the names of the comparisons have to contain. */
  private final String chosen;

  private ClientCost(String chosen) {
    this.chosen = chosen;
  }

  /** Does one operation, or one batch, on a thread of its own; is given a key's number. */
  @FunctionalInterface
  private interface Work {
    void run(int key) throws Exception;
  }

  /**
   * What one round has cost.
   *
   * @param cpuNanos an operation
   * @param perSecond operations
   */
  private record Cost(double cpuNanos, double perSecond) {}

  private static Cost run(int threads, long nanos, Work work) throws Exception {
    LongAdder operations = new LongAdder();
    long cpuNanos = process.getProcessCpuTime();
    long startNanos = System.nanoTime();
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      SplittableRandom random = new SplittableRandom(i);
      Thread worker =
          new Thread(() -> {
            long done = 0;
            try {
              while (System.nanoTime() - startNanos < nanos) {
                work.run(random.nextInt(KEYS));
                done++;
              }
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            operations.add(done);
          });
      worker.start();
      workers.add(worker);
    }
    for (Thread worker : workers) {
      worker.join();
    }
    double count = operations.sum();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return new Cost((process.getProcessCpuTime() - cpuNanos) / count, count / seconds);
  }

  private void compare(String what, int threads, Work ours, Work theirs) throws Exception {
    if (!what.contains(chosen)) {
      return;
    }
    run(threads, WARM_UP_NANOS, ours);
    run(threads, WARM_UP_NANOS, theirs);
    Cost[] our = new Cost[ROUNDS];
    Cost[] their = new Cost[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      our[round] = run(threads, ROUND_NANOS, ours);
      their[round] = run(threads, ROUND_NANOS, theirs);
    }
    double cpu = median(our, Cost::cpuNanos);
    double theirCpu = median(their, Cost::cpuNanos);
    double rate = median(our, Cost::perSecond);
    double theirRate = median(their, Cost::perSecond);
    System.out.printf(
        "| %s | %.2f µs | %.2f µs | %.2f | %,.0f | %,.0f | %.2f |%n",
        what, cpu / 1e3, theirCpu / 1e3, cpu / theirCpu, rate, theirRate, rate / theirRate);
  }

  private static double median(Cost[] rounds, Function<Cost, Double> figure) {
    double[] sorted = Arrays.stream(rounds).mapToDouble(figure::apply).sorted().toArray();
    return sorted[ROUNDS / 2];
  }

  /** Keeps so many in flight, and does not wait for the one that it begins. */
  private static Work pipelined(Semaphore room, Function<Integer, CompletionStage<?>> begin) {
    return key -> {
      room.acquire();
      begin
          .apply(key)
          .whenComplete((value, failure) -> {
            if (value != null) { // One that is missing is not begun again, and the rest waits.
              room.release();
            }
          });
    };
  }

  public static void main(String[] arguments) throws Exception {
    ClientCost cost = new ClientCost(arguments.length > 1 ? arguments[1] : "");
    cost.compareAll(Integer.parseInt(arguments[0]));
  }

  private void compareAll(int port) throws Exception {
    String value = "v".repeat(100);
    RedisClient lettuce = RedisClient.create("redis://127.0.0.1:" + port);
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(64);
    pool.setMaxIdle(64);
    try (Speicher speicher = Speicher.connect("127.0.0.1", port);
        redis.clients.jedis.RedisClient jedis =
            redis.clients.jedis.RedisClient.builder()
                .hostAndPort("127.0.0.1", port)
                .poolConfig(pool)
                .build();
        StatefulRedisConnection<String, String> connection = lettuce.connect()) {
      Cache<String> cache = speicher.cache("", Codec.string());
      String[] keys = new String[KEYS];
      for (int i = 0; i < KEYS; i++) {
        keys[i] = "key:" + i;
        cache.set(keys[i], value);
      }
      System.out.println("| what | CPU | of the other | ratio | a second | of the other | ratio |");
      System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
      for (int threads : new int[] {1, 16, 64}) {
        compare(
            "get, threads: " + threads + ", Jedis",
            threads,
            key -> cache.get(keys[key]),
            key -> jedis.get(keys[key]));
      }
      Semaphore room = new Semaphore(IN_FLIGHT);
      RedisAsyncCommands<String, String> async = connection.async();
      compare(
          "async get, 1,000 in flight, Lettuce",
          1,
          pipelined(room, key -> cache.async().get(keys[key])),
          pipelined(room, key -> async.get(keys[key])));
      room.acquire(IN_FLIGHT);
      compare(
          "getAll of 500, Jedis mget",
          1,
          key -> cache.getAll(batch(keys, key)),
          key -> jedis.mget(batch(keys, key).toArray(String[]::new)));
      compareNear(speicher, keys);
    } finally {
      lettuce.shutdown(0, 0, TimeUnit.SECONDS);
    }
  }

  private static List<String> batch(String[] keys, int first) {
    int from = Math.min(first, KEYS - BATCH);
    return Arrays.asList(keys).subList(from, from + BATCH);
  }

  private void compareNear(Speicher speicher, String[] keys) throws Exception {
    Cache<String> near =
        speicher.cache(
            "", Codec.string(), o -> o.near(Near.entries(2L * KEYS).maxAge(Duration.ofHours(1))));
    com.github.benmanes.caffeine.cache.Cache<String, String> alone =
        Caffeine.newBuilder().maximumSize(2L * KEYS).expireAfterWrite(Duration.ofHours(1)).build();
    for (String key : keys) {
      near.get(key);
      alone.put(key, "v".repeat(100));
    }
    compare(
        "near get, Caffeine alone",
        1,
        key -> requireNonNull(near.get(keys[key])),
        key -> requireNonNull(alone.getIfPresent(keys[key])));
  }
}
