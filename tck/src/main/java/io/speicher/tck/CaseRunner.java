package io.speicher.tck;

import io.speicher.tck.CaseResult.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs cases against one server, each on connections of its own and with keys of its own.
 *
 * <p>A server that does not answer fails a case when the deadline has passed; nothing here waits
 * longer. A case whose delivery is cut has the deadline for each of its cuts.
 */
final class CaseRunner {
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final InetSocketAddress server;
  private final Duration timeout;
  private final double scale;
  private final Map<String, String> login;
  private final int runId = new SecureRandom().nextInt();
  private int runs;

  /**
   * Makes a runner.
   *
   * @param scale what the counts and times of programs are multiplied by, 1.0 for the full load
   * @param login what cases find as saved from the start: {@code user} and {@code password} of a
   *     server that asks for them, {@code reader} and {@code readerPassword} of a user who may only
   *     read, as they stand in a JSON string
   */
  CaseRunner(InetSocketAddress server, Duration timeout, double scale, Map<String, String> login) {
    this.server = server;
    this.timeout = timeout;
    this.scale = scale;
    this.login = Map.copyOf(login);
  }

  /** Runs a case. It never throws for what the server does. */
  CaseResult run(Case testCase) {
    long start = System.nanoTime();
    Failure failure =
        testCase.delivery() == Case.Delivery.cut ? runCuts(testCase) : runOnce(testCase, 0);
    return new CaseResult(testCase, Duration.ofNanos(System.nanoTime() - start), failure);
  }

  private @Nullable Failure runCuts(Case testCase) {
    int bytes = sentBytes(testCase.steps());
    for (int offset = 1; offset < bytes; offset++) {
      Failure failure = runOnce(testCase, offset);
      if (failure != null) {
        return new Failure(
            failure.message() + " (cut after %d bytes)".formatted(offset),
            failure.expected(),
            failure.exchanges(),
            failure.exchangesForgotten());
      }
    }
    return null;
  }

  private int sentBytes(List<Step> steps) {
    Template.Values values = values(newKey());
    int bytes = 0;
    for (Step step : steps) {
      if (step instanceof Step.Send send) {
        bytes += send.bytes().expand(values).length + (send.framed() ? Integer.BYTES : 0);
      }
    }
    return bytes;
  }

  private @Nullable Failure runOnce(Case testCase, int cutOffset) {
    String key = newKey();
    Deadline deadline = Deadline.in(timeout);
    try (Wire wire = new Wire(server, deadline, testCase.delivery(), cutOffset)) {
      try {
        Context context = new Context(testCase.dialect(), wire, values(key), deadline);
        runSteps(testCase.steps(), context);
        wire.expectNothingLeft();
        return null;
      } catch (CaseFailure e) {
        return e.withExchanges(wire).toFailure();
      }
    } catch (IOException e) {
      return new Failure("the network failed: " + e, "no such failure", List.of(), 0);
    }
  }

  private Template.Values values(String key) {
    return new Template.Values(key, 0, new HashMap<>(login));
  }

  /** Sixteen bytes of ASCII that no other run of a case has. */
  private String newKey() {
    return "tck%08x%05x".formatted(runId, runs++ & 0xfffff);
  }

  /** What the steps of one run of a case have in common. */
  private record Context(Dialect dialect, Wire wire, Template.Values values, Deadline deadline) {

    Context withRound(int round) {
      return new Context(dialect, wire, values.withRound(round), deadline);
    }
  }

  private void runSteps(List<Step> steps, Context context) throws IOException {
    for (Step step : steps) {
      runStep(step, context);
    }
  }

  private void runStep(Step step, Context context) throws IOException {
    Wire wire = context.wire();
    Template.Values values = context.values();
    if (step instanceof Step.Send send) {
      byte[] bytes = send.bytes().expand(values);
      if (send.framed()) {
        wire.sendFrame(send.connection(), bytes);
      } else {
        wire.send(send.connection(), bytes);
      }
    } else if (step instanceof Step.Expect expect) {
      byte[] reply = expect.reply().expand(values);
      String shown = Replies.shown(reply);
      byte[] payload = wire.receive(expect.connection(), shown);
      Replies.check(payload, reply, shown, values.saved());
    } else if (step instanceof Step.ExpectBytes expect) {
      expectBytes(expect, context);
    } else if (step instanceof Step.SendEnd end) {
      wire.sendEnd(end.connection());
    } else if (step instanceof Step.SendReset reset) {
      wire.reset(reset.connection());
    } else if (step instanceof Step.ExpectEnd end) {
      if (end.orderly()) {
        wire.receiveOrderlyEnd(end.connection());
      } else {
        wire.receiveEnd(end.connection());
      }
    } else if (step instanceof Step.Repeat repeat) {
      runRepeat(repeat, context);
    } else if (step instanceof Step.Eventually eventually) {
      runEventually(eventually, context);
    } else if (step instanceof Step.Program program) {
      Programs.run(program, new Programs.Context(server, context.deadline(), values.key(), scale));
    }
  }

  private void runRepeat(Step.Repeat repeat, Context context) throws IOException {
    boolean onlyReplies =
        repeat.steps().size() == 1
            && (repeat.steps().get(0) instanceof Step.Expect
                || repeat.steps().get(0) instanceof Step.ExpectBytes);
    for (int round = 0; round < repeat.times(); round++) {
      try {
        runSteps(repeat.steps(), context.withRound(round));
      } catch (CaseFailure e) {
        throw e.at(
            "%s %d of %d".formatted(onlyReplies ? "reply" : "round", round + 1, repeat.times()));
      }
    }
  }

  private static void expectBytes(Step.ExpectBytes expect, Context context) throws IOException {
    byte[] reply = receive(expect, context);
    switch (expect.comparison()) {
      case exact -> expect.reply().check(reply, context.values());
      case unordered -> expect.reply().checkUnordered(reply, context.values());
      case until -> {
        while (!expect.reply().matches(reply, context.values())) {
          reply = receive(expect, context);
        }
      }
    }
  }

  private static byte[] receive(Step.ExpectBytes expect, Context context) throws IOException {
    String shown = expect.reply().shown(context.values());
    return context.wire().receive(expect.connection(), context.dialect(), shown);
  }

  private void runEventually(Step.Eventually eventually, Context context) throws IOException {
    Deadline end = Deadline.in(Duration.ofMillis(eventually.millis()));
    while (true) {
      try {
        runSteps(eventually.steps(), context);
        return;
      } catch (CaseFailure e) {
        if (end.passed() || context.deadline().passed()) {
          throw new CaseFailure(
              String.format(
                  Locale.ROOT, "still so after %,d ms: %s", eventually.millis(), e.getMessage()),
              e.expected());
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }
}
