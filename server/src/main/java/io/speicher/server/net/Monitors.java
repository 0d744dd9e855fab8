package io.speicher.server.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.dialect.CommandName;
import io.speicher.protocol.Command;
import io.speicher.server.command.SlowLog;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * The connections that are told of each command that the server executes. Any thread may call
 * anything.
 *
 * <h2>What they are told</h2>
 *
 * Name and keys, and the length of a value, as the slow log has them and in Redis's form: no value,
 * no password, whatever the command. It is told when the command has been executed. Nothing that a
 * peer sends ends its line, since what is not printable is escaped.
 *
 * <h2>What it costs</h2>
 *
 * Where there is none, a read of {@link #areNone} for each batch of commands that a connection
 * sends. Where there is one, a microsecond or so for each command.
 */
final class Monitors {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final InstantSource clock = InstantSource.system();
  private volatile List<Monitor> all = List.of();

  boolean areNone() {
    return all.isEmpty();
  }

  synchronized void add(Monitor monitor) {
    all = Stream.concat(all.stream(), Stream.of(monitor)).toList();
  }

  synchronized void remove(Monitor monitor) {
    all = all.stream().filter(one -> one != monitor).toList();
  }

  /**
   * Tells of a command.
   *
   * @param database the one that its peer has chosen
   * @param peer address and port of who has sent it
   */
  void tell(CommandName name, Command command, int database, String peer) {
    byte[] line = line(SlowLog.words(name, command, 1), database, peer);
    all.forEach(monitor -> monitor.add(line));
  }

  /** The line that says that so many are missing. */
  byte[] lost(long count) {
    return line(
        List.of("(" + count + " commands are not shown: this client reads too slowly)"), 0, "");
  }

  private byte[] line(List<String> words, int database, String peer) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    StringBuilder line = new StringBuilder(128);
    line.append('+').append(micros / MICROS_PER_SECOND).append('.');
    line.append("%06d".formatted(micros % MICROS_PER_SECOND));
    line.append(" [").append(database).append(' ').append(peer).append(']');
    for (String word : words) {
      line.append(" \"");
      word.chars().forEach(one -> escape((char) one, line));
      line.append('"');
    }
    return line.append("\r\n").toString().getBytes(ISO_8859_1);
  }

  /** As Redis has it. */
  private static void escape(char one, StringBuilder line) {
    switch (one) {
      case '\\', '"' -> line.append('\\').append(one);
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      case '\t' -> line.append("\\t");
      case 7 -> line.append("\\a");
      case '\b' -> line.append("\\b");
      default -> {
        if (one >= ' ' && one < 0x7F) {
          line.append(one);
        } else {
          line.append("\\x%02x".formatted((int) one));
        }
      }
    }
  }
}
