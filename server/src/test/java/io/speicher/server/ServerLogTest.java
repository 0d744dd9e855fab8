package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ServerLogTest {
  private static final LogLines TEXT = new LogLines(LogFormat.TEXT, false);

  private Instant now = Instant.parse("2026-11-29T02:54:01.100Z");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  // ---- what is not told ----

  /** A machine may have none, and the server has nothing to do with them. */
  @Test
  void networkCards() {
    ServerLog.quietenNetty();
    Logger netty = Logger.getLogger("io.netty.util.NetUtilInitializations");
    assertThat(netty.isLoggable(Level.WARNING)).isFalse();
    assertThat(netty.isLoggable(Level.SEVERE)).isTrue();
  }

  // ---- lines ----

  @Test
  void line_hasTimeAndLevel() {
    ServerLog log = new ServerLog(out, TEXT, () -> now);
    log(log, Level.SEVERE, "it failed: why=no", null);
    log(log, Level.WARNING, "it may fail", null);
    log(log, Level.INFO, "it works", null);
    log.announce(LogLevel.INFO, "speicher: as it is");
    log.close();
    assertThat(lines())
        .containsExactly(
            "2026-11-29T02:54:01.100Z ERROR it failed: why=no",
            "2026-11-29T02:54:01.100Z WARNING it may fail",
            "2026-11-29T02:54:01.100Z INFO it works",
            "speicher: as it is");
  }

  @Test
  void line_ofAFault_holdsItsFirstFrames() {
    ServerLog log = new ServerLog(out, TEXT, () -> now);
    log(log, Level.SEVERE, "it failed: a=b", new IllegalStateException("odd\nstate"));
    log.close();
    assertThat(lines())
        .singleElement()
        .asString()
        .matches(
            ".* it failed: a=b \\(java.lang.IllegalStateException: odd\\\\x0astate"
                + " at io.speicher.server.ServerLogTest.line_ofAFault_\\w+:\\d+ < .*\\)");
  }

  @Test
  void line_ofWhatAPeerOrTheMachineCauses_hasNoFrames() {
    ServerLog log = new ServerLog(out, TEXT, () -> now);
    log(log, Level.SEVERE, "one: a=b", new IOException("broken pipe"));
    log(log, Level.SEVERE, "two: a=b", new OutOfMemoryError("Java heap space"));
    log.close();
    assertThat(lines())
        .containsExactly(
            "2026-11-29T02:54:01.100Z ERROR one: a=b (java.io.IOException: broken pipe)",
            "2026-11-29T02:54:01.100Z ERROR two: a=b (java.lang.OutOfMemoryError: Java heap space)");
  }

  @Test
  void line_isBounded() {
    ServerLog log = new ServerLog(out, TEXT, () -> now);
    log.announce(LogLevel.INFO, "x".repeat(3 * LogLines.MAX_CHARS));
    log.close();
    assertThat(lines().get(0)).hasSize(LogLines.MAX_CHARS + "...".length());
  }

  // ---- repeats ----

  @Test
  void repeats_areCountedAndToldInOneLine() {
    ServerLog log = new ServerLog(out, TEXT, () -> now);
    for (int i = 0; i < 1_000; i++) {
      log(log, Level.SEVERE, "command failed: number=" + i, null);
    }
    log(log, Level.SEVERE, "something else: number=1", null);
    now = now.plus(ServerLog.REPEAT_INTERVAL);
    log(log, Level.SEVERE, "command failed: number=1000", null);
    log.close();
    assertThat(lines())
        .containsExactly(
            "2026-11-29T02:54:01.100Z ERROR command failed: number=0",
            "2026-11-29T02:54:01.100Z ERROR something else: number=1",
            "2026-11-29T02:54:11.100Z ERROR command failed: repeated=999",
            "2026-11-29T02:54:11.100Z ERROR command failed: number=1000");
  }

  @Test
  void repeats_areToldAtTheEnd() {
    ServerLog log = new ServerLog(out, TEXT, () -> now);
    log(log, Level.SEVERE, "command failed: number=0", null);
    log(log, Level.SEVERE, "command failed: number=1", null);
    now = now.plus(Duration.ofSeconds(1));
    log.close();
    assertThat(lines())
        .containsExactly(
            "2026-11-29T02:54:01.100Z ERROR command failed: number=0",
            "2026-11-29T02:54:02.100Z ERROR command failed: repeated=1");
  }

  @Test
  void repeats_ofManyKinds_areBounded() {
    ServerLog log = new ServerLog(out, TEXT, () -> now);
    for (int i = 0; i < 10_000; i++) {
      log(log, Level.SEVERE, "kind " + i, null);
    }
    log.close();
    assertThat(lines()).hasSizeLessThan(100);
    assertThat(lines().getLast()).matches(".* ERROR events: repeated=99\\d\\d");
  }

  // ---- a reader that does not read ----

  @Test
  void publish_neverWaitsForTheReader() throws InterruptedException {
    BlockedStream blocked = new BlockedStream();
    ServerLog log = new ServerLog(blocked, TEXT, () -> now);
    log.announce(LogLevel.INFO, "taken");
    blocked.entered.await();
    int lines = ServerLog.MAX_QUEUED_LINES + 7;
    for (int i = 0; i < lines; i++) {
      log.announce(LogLevel.INFO, "line " + i); // Would never return if it waited.
    }
    blocked.open.countDown();
    log.close();
    assertThat(lines()).hasSize(1 + ServerLog.MAX_QUEUED_LINES + 1);
    assertThat(lines().getLast())
        .endsWith(" WARNING log lines dropped, since nobody read them: lines=7");
  }

  /** A stop must not wait for the reader for ever. */
  @Test
  void close_ofAStreamThatNobodyReads() throws InterruptedException {
    BlockedStream blocked = new BlockedStream();
    ServerLog log = new ServerLog(blocked, TEXT, () -> now);
    log.announce(LogLevel.INFO, "taken");
    blocked.entered.await();
    log.close();
    assertThat(lines()).isEmpty();
    blocked.open.countDown();
  }

  @Test
  void write_thatFails_isNoEnd() {
    OutputStream closed =
        new OutputStream() {
          private int writes;

          @Override
          public void write(int b) {
            throw new AssertionError("lines are written whole");
          }

          @Override
          public void write(byte[] bytes) throws IOException {
            if (writes++ == 0) {
              throw new IOException("closed");
            }
            out.write(bytes);
          }
        };
    ServerLog log = new ServerLog(closed, TEXT, () -> now);
    log.announce(LogLevel.INFO, "lost");
    log.flush();
    log.announce(LogLevel.INFO, "written");
    log.close();
    assertThat(lines()).containsExactly("written");
  }

  // ---- helpers ----

  private void log(ServerLog log, Level level, String message, @Nullable Throwable cause) {
    LogRecord event = new LogRecord(level, message);
    event.setInstant(now);
    event.setThrown(cause);
    event.setLoggerName("test");
    log.publish(event);
  }

  private List<String> lines() {
    String thread = " [" + Thread.currentThread().getName() + "] ";
    return out.toString(UTF_8)
        .lines()
        .map(line -> line.replace(thread, " ").replace(" [speicher-log] ", " "))
        .toList();
  }

  /** Takes nothing until it is opened, as a pipe that nobody reads. */
  private final class BlockedStream extends OutputStream {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void write(int b) {
      throw new AssertionError("lines are written whole");
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      entered.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      out.write(bytes);
    }
  }
}
