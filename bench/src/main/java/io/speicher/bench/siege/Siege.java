package io.speicher.bench.siege;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.Progress;
import io.speicher.bench.process.ProcessStatistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * A campaign: attackers, each with one attack after another, drawn by the seed, beside well-behaved
 * clients. What the attackers do follows from the seed; how their bytes interleave does not.
 *
 * <p>An attacker is a virtual thread, and a well-behaved client a thread of its own, so that its
 * latency is the server's and not that of its neighbours here. Attackers leave the processors to
 * the server and these clients, as if they were on machines of their own.
 */
final class Siege {
  private static final int LEAST_ATTACK_MILLIS = 1_000;
  private static final int MOST_ATTACK_MILLIS = 10_000;

  /** For how long the well-behaved clients are alone at first, which does not count. */
  private static final int WARM_UP_SECONDS = 5;

  /** For how long the well-behaved clients go on when the attacks are over. */
  private static final int PEACE_SECONDS = 3;

  /**
   * What is done.
   *
   * @param attackers how many attacks go on at a time
   * @param clients how many well-behaved clients there are, in all dialects by turns
   */
  record Plan(long seed, int seconds, List<Attack> attacks, int attackers, int clients) {}

  private final Plan plan;
  private final int port;
  private final Findings findings = new Findings();
  private final Recorder latencies = new Recorder(3);
  private final Watch watch;
  private final AtomicInteger attackerIds = new AtomicInteger();
  private final Set<Attacker> attacking = ConcurrentHashMap.newKeySet();
  private @Nullable Hiccups hiccups;
  private volatile boolean isOver;

  /** Prepares a siege of the server on {@code port}; its process may be unknown. */
  Siege(Plan plan, int port, @Nullable ProcessStatistics server) throws IOException {
    this.plan = plan;
    this.port = port;
    watch = new Watch(port, server, findings, latencies);
  }

  Findings findings() {
    return findings;
  }

  Watch watch() {
    return watch;
  }

  /** What latencies hold that is not the server's; after {@link #run}. */
  Hiccups hiccups() {
    return requireNonNull(hiccups);
  }

  /** Runs the campaign, once. */
  void run() throws IOException, InterruptedException {
    try (watch) {
      besiege();
    }
  }

  private void besiege() throws IOException, InterruptedException {
    List<WellBehavedClient> clients = new ArrayList<>();
    List<Thread> clientThreads = new ArrayList<>();
    for (int i = 0; i < plan.clients; i++) {
      Wire wire = Wires.ALL.get(i % Wires.ALL.size());
      WellBehavedClient client =
          new WellBehavedClient(i, port, wire, plan.seed - 1 - i, findings, latencies);
      clients.add(client);
      clientThreads.add(Thread.ofPlatform().name("client-" + i).start(client));
    }
    watchFor(WARM_UP_SECONDS);
    watch.restart();
    hiccups = Hiccups.start();
    try (var slots = Executors.newVirtualThreadPerTaskExecutor();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      for (int i = 0; i < plan.attackers; i++) {
        int slot = i;
        slots.submit(() -> attackByTurns(slot, timer));
      }
      watchFor(plan.seconds);
      isOver = true;
      attacking.forEach(Attacker::close);
    }
    watchFor(PEACE_SECONDS);
    hiccups.stop();
    clients.forEach(WellBehavedClient::close);
    for (Thread thread : clientThreads) {
      thread.join();
    }
  }

  private void watchFor(int seconds) throws IOException, InterruptedException {
    Progress progress = new Progress("siege, seconds", plan.seconds);
    long begin = System.nanoTime();
    for (long next = 0; next < seconds * 1_000L; next += Watch.SAMPLE_MILLIS) {
      long early = next - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      if (early > 0) {
        Thread.sleep(early);
      }
      watch.sample();
      progress.show(watch.seconds().size());
    }
    progress.end();
  }

  private void attackByTurns(int slot, ScheduledExecutorService timer) {
    SplittableRandom random = new SplittableRandom(plan.seed + slot);
    while (!isOver) {
      Niceness.giveWay(); // Of the thread that carries this one, of which there are few.
      Attack attack = plan.attacks.get(random.nextInt(plan.attacks.size()));
      Wire wire = attack.wires().get(random.nextInt(attack.wires().size()));
      int millis = random.nextInt(LEAST_ATTACK_MILLIS, MOST_ATTACK_MILLIS);
      try (Attacker attacker =
          new Attacker(attackerIds.getAndIncrement(), port, wire, random.split(), findings)) {
        attacking.add(attacker);
        Future<?> end = timer.schedule(attacker::close, millis, TimeUnit.MILLISECONDS);
        attack(attack, attacker);
        end.cancel(false);
        attacking.remove(attacker);
      }
    }
  }

  private void attack(Attack attack, Attacker attacker) {
    try {
      attack.behaviour().attack(attacker);
    } catch (WrongReplyException e) {
      findings
          .wrongReplies()
          .add("%s in %s: %s".formatted(attack.title(), attacker.wire.title(), e.getMessage()));
    } catch (IOException e) {
      if (!attacker.isOver()) {
        findings.countRefusal();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
