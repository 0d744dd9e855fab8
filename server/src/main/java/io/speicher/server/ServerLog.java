package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The server's log: one line for each event, with its time, its level and its thread.
 *
 * <p>Any thread may log, and none ever waits for the reader of the log: lines are queued, and a
 * thread of the log's own writes them. Both the queue and a line are bounded. What does not fit is
 * dropped and counted; events of one kind that follow within ten seconds are counted, too, and told
 * in one line afterwards.
 */
final class ServerLog extends Handler {

  /*
   * A log is a way to harm a server: a standard error that nobody reads stops whoever writes to it,
   * and a request that is logged each time it fails fills a disk. So a line never costs more than
   * this queue, and a kind of event costs two lines in ten seconds. The kind is the logger and the
   * message up to the first colon; behind it are the facts.
   *
   * There are no stack traces in lines of their own. Where an exception is a fault of the server,
   * its first frames are part of the line: enough to find the place.
   */

  static final int MAX_QUEUED_LINES = 512;
  static final Duration REPEAT_INTERVAL = Duration.ofSeconds(10);

  /** More kinds at a time are taken for one. */
  private static final int MAX_KINDS = 64;

  private static final String OWN_THREAD = "speicher-log";
  private static final String OTHER_KINDS = "other events";
  private static final int MAX_FRAMES = 8;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  /**
   * What looks for network cards when Netty starts. A logger that nobody holds forgets its level.
   */
  private static final Logger NETWORK_CARDS =
      Logger.getLogger("io.netty.util.NetUtilInitializations");

  /** The events of a kind that were not told each. */
  private static final class Repeats {
    final LogLevel level;
    final Instant since;
    long count;

    Repeats(LogLevel level, Instant since) {
      this.level = level;
      this.since = since;
    }

    boolean isOver(Instant now) {
      return Duration.between(since, now).abs().compareTo(REPEAT_INTERVAL) >= 0;
    }
  }

  private final SimpleFormatter messages = new SimpleFormatter();
  private final OutputStream out;
  private final LogLines lines;
  private final InstantSource clock;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Queue<String> queue = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Map<String, Repeats> kinds = new LinkedHashMap<>();

  @GuardedBy("lock")
  private long dropped;

  @GuardedBy("lock")
  private boolean isWriting;

  @GuardedBy("lock")
  private boolean isClosed;

  /** Starts the thread that writes to {@code out}. */
  ServerLog(OutputStream out, LogLines lines, InstantSource clock) {
    this.out = out;
    this.lines = lines;
    this.clock = clock;
    Thread.ofPlatform().daemon().name(OWN_THREAD).start(this::writeAll);
  }

  /**
   * Keeps Netty from warning of a machine without a network card, which is nothing to a server that
   * listens on a loopback address. Call it before anything of Netty is loaded.
   */
  static void quietenNetty() {
    // Netty would name connections after a card; nobody sees these names.
    System.setProperty("io.netty.machineId", "00:00:00:00:00:00:00:01");
    NETWORK_CARDS.setLevel(java.util.logging.Level.SEVERE);
  }

  /** Takes over all logging of this process, and what its threads die of, to standard error. */
  static ServerLog toStandardError(LogLines lines) {
    // System.err has a lock, and a thread that writes to it may wait with the lock for ever.
    ServerLog log =
        new ServerLog(new FileOutputStream(FileDescriptor.err), lines, InstantSource.system());
    LogManager.getLogManager().reset();
    Logger.getLogger("").addHandler(log);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) ->
        System.getLogger(ServerLog.class.getName())
            .log(Level.ERROR, "thread ended: thread=" + thread.getName(), e));
    return log;
  }

  @Override
  public void publish(LogRecord event) {
    if (!isLoggable(event)) {
      return;
    }
    LogLevel level = LogLevel.of(event.getLevel());
    String message = messages.formatMessage(event);
    String thread = Thread.currentThread().getName();
    Instant now = event.getInstant();
    synchronized (lock) {
      String kind = kind(event, message);
      Repeats repeats = kinds.get(kind);
      if (repeats != null && !repeats.isOver(now)) {
        repeats.count++;
        return;
      }
      summarize(now);
      kinds.put(kind, new Repeats(level, now));
      enqueue(lines.event(now, level, thread, message, cause(event.getThrown())));
    }
  }

  /** Queues what the process says of itself. */
  void announce(LogLevel level, String text) {
    String thread = Thread.currentThread().getName();
    synchronized (lock) {
      enqueue(lines.announcement(clock.instant(), level, thread, text));
    }
  }

  /** Waits until all lines are written, but no longer than a second. */
  @Override
  public void flush() {
    long endNanos = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    synchronized (lock) {
      try {
        while (!queue.isEmpty() || isWriting) {
          long leftNanos = endNanos - System.nanoTime();
          if (leftNanos <= 0) {
            return;
          }
          lock.wait(TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Tells what is still to be summarized, and waits as {@link #flush} does. */
  @Override
  public void close() {
    synchronized (lock) {
      summarize(Instant.MAX);
      isClosed = true;
      lock.notifyAll();
    }
    flush();
  }

  // ---- what is told ----

  @GuardedBy("lock")
  private String kind(LogRecord event, String message) {
    int facts = message.indexOf(':');
    String kind = event.getLoggerName() + " " + (facts < 0 ? message : message.substring(0, facts));
    return kinds.size() < MAX_KINDS || kinds.containsKey(kind) ? kind : OTHER_KINDS;
  }

  /** Forgets the kinds whose interval is over, and tells how many events were not told. */
  @GuardedBy("lock")
  private void summarize(Instant now) {
    for (Iterator<Map.Entry<String, Repeats>> all = kinds.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Repeats> one = all.next();
      Repeats repeats = one.getValue();
      if (!repeats.isOver(now)) {
        continue;
      }
      all.remove();
      if (repeats.count > 0) {
        String kind = one.getKey().substring(one.getKey().indexOf(' ') + 1);
        String message = kind + ": repeated=" + repeats.count;
        enqueue(lines.event(clock.instant(), repeats.level, OWN_THREAD, message, ""));
      }
    }
  }

  private static String cause(@Nullable Throwable e) {
    if (e == null) {
      return "";
    }
    String cause = " (" + e;
    if (!(e instanceof IOException || e instanceof OutOfMemoryError)) {
      cause +=
          Arrays.stream(e.getStackTrace())
              .limit(MAX_FRAMES)
              .map(frame ->
                  frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
              .collect(Collectors.joining(" < ", " at ", ""));
    }
    return cause + ")";
  }

  // ---- the queue and its thread ----

  @GuardedBy("lock")
  private void enqueue(String text) {
    if (queue.size() >= MAX_QUEUED_LINES) {
      dropped++;
      return;
    }
    queue.add(text);
    lock.notifyAll();
  }

  private void writeAll() {
    try {
      for (String all = next(); all != null; all = next()) {
        write(all);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but who wants it to end.
    }
  }

  /** Waits for lines and takes all there are, or returns null when the log is closed. */
  private @Nullable String next() throws InterruptedException {
    synchronized (lock) {
      isWriting = false;
      lock.notifyAll();
      while (queue.isEmpty()) {
        if (isClosed) {
          return null;
        }
        lock.wait(kinds.isEmpty() ? 0 : REPEAT_INTERVAL.toMillis());
        summarize(clock.instant());
      }
      isWriting = true;
      if (dropped > 0) {
        queue.add(
            lines.event(
                clock.instant(),
                LogLevel.WARNING,
                OWN_THREAD,
                "log lines dropped, since nobody read them: lines=" + dropped,
                ""));
        dropped = 0;
      }
      String all = String.join("\n", queue) + "\n";
      queue.clear();
      return all;
    }
  }

  private void write(String all) {
    try {
      out.write(all.getBytes(UTF_8));
      out.flush();
    } catch (IOException e) {
      // There is no other place to tell it.
    }
  }
}
