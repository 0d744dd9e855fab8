package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.dialect.CommandName;
import io.speicher.protocol.Command;
import io.speicher.protocol.SlowCommand;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import jdk.jfr.FlightRecorder;

/**
 * The last commands that took long, in memory. Any thread may call any method; the lock is held for
 * the time of a few stores.
 */
public final class SlowLog {
  /** Redis cuts as much: so many words, and so many bytes of each. */
  private static final int MAX_WORDS = 32;

  private static final int MAX_WORD_BYTES = 128;

  private final InstantSource clock;
  private final Object lock = new Object();

  /** Negative if nothing is noted. */
  private volatile long thresholdNanos;

  @GuardedBy("lock")
  private final Deque<SlowCommand> last = new ArrayDeque<>();

  @GuardedBy("lock")
  private int maxLength;

  @GuardedBy("lock")
  private long nextId;

  /**
   * @param slowerThan a negative one notes nothing, and zero everything
   */
  public SlowLog(Duration slowerThan, int maxLength, InstantSource clock) {
    thresholdNanos = slowerThan.toNanos();
    this.maxLength = maxLength;
    this.clock = clock;
  }

  /** Whether a command that took so long is to be noted. */
  public boolean isSlow(long nanos) {
    long threshold = thresholdNanos;
    return threshold >= 0 && nanos >= threshold;
  }

  /** From now on notes what takes so long, and no more than so many. */
  public void limit(Duration slowerThan, int newMaxLength) {
    thresholdNanos = slowerThan.toNanos();
    synchronized (lock) {
      maxLength = newMaxLength;
      trim();
    }
  }

  @GuardedBy("lock")
  private void trim() {
    while (last.size() > maxLength) {
      last.removeLast();
    }
  }

  /**
   * What is noted of a command, as long as its bytes are there.
   *
   * @param batch of how many plain commands, executed one behind the other, it is the last one: the
   *     time is that of all of them
   */
  public static List<String> words(CommandName name, Command command, int batch) {
    List<String> words = new ArrayList<>(Arrays.asList(name.name().split("\\|", -1)));
    List<ByteBuffer> keys = CommandKeys.of(command);
    int shown = keys.size() + words.size() > MAX_WORDS ? MAX_WORDS - 1 - words.size() : keys.size();
    keys.stream().limit(shown).map(SlowLog::word).forEach(words::add);
    if (shown < keys.size()) {
      words.add("... (" + (keys.size() - shown) + " more arguments)");
    }
    if (command instanceof Command.Set set) {
      words.add("(" + set.value().remaining() + " bytes)");
    }
    if (batch > 1) {
      words.add("(the last of " + batch + " commands)");
    }
    return words;
  }

  private static String word(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (length <= MAX_WORD_BYTES) {
      return ISO_8859_1.decode(bytes.duplicate()).toString();
    }
    String start = ISO_8859_1.decode(bytes.slice(bytes.position(), MAX_WORD_BYTES)).toString();
    return start + "... (" + (length - MAX_WORD_BYTES) + " more bytes)";
  }

  /**
   * Notes a command.
   *
   * @param words see {@link #words}: each char of them is a byte
   */
  public void add(long nanos, List<String> words, String peer, String client) {
    synchronized (lock) {
      last.addFirst(
          new SlowCommand(
              nextId++, clock.millis(), nanos / 1_000, List.copyOf(words), peer, client));
      trim();
    }
    record(nanos, words, peer, client);
  }

  /**
   * Tells the flight recorder, if anybody has begun to use it: an event loads what is behind it,
   * which would hold an event loop up for 150 ms, at the first command of a server as a rule.
   */
  private static void record(long nanos, List<String> words, String peer, String client) {
    if (!FlightRecorder.isInitialized()) {
      return;
    }
    SlowCommandEvent event = new SlowCommandEvent();
    if (event.shouldCommit()) {
      event.command = words.getFirst();
      event.executionNanos = nanos;
      event.peer = peer;
      event.client = client;
      event.commit();
    }
  }

  /** All that are noted, the last one first. */
  public List<SlowCommand> all() {
    synchronized (lock) {
      return List.copyOf(last);
    }
  }

  public void clear() {
    synchronized (lock) {
      last.clear();
    }
  }
}
