package io.speicher.server;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a line of the log looks like. Immutable.
 *
 * <p>Whatever an event repeats of what a peer has sent, it stays one line, and no terminal that
 * shows it obeys it: control characters, and those that change the direction of text, are escaped.
 *
 * <p>Where systemd reads the log, each line begins with its priority in angle brackets, as
 * sd-daemon(3) has it. systemd says so by {@code JOURNAL_STREAM}, which names the device and the
 * inode of the stream, so that a program whose output was redirected can tell (systemd.exec(5)).
 */
final class LogLines {
  static final int MAX_CHARS = 2_000;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneOffset.UTC);

  private static final Pattern UNSAFE =
      Pattern.compile("[\\p{Cc}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

  /** The facts of a message: {@code command failed: command=Get}. */
  private static final Pattern FACT = Pattern.compile("(?<=[ :])([a-z][A-Za-z-]*)=(\\S+)");

  private final LogFormat format;
  private final boolean hasPriorities;
  private final JsonFactory json = new JsonFactory();

  LogLines(LogFormat format, boolean hasPriorities) {
    this.format = format;
    this.hasPriorities = hasPriorities;
  }

  /** Whether the standard error of this process is the one that systemd has made. */
  static boolean isJournal(Map<String, String> environment) {
    String stream = environment.get("JOURNAL_STREAM");
    if (stream == null) {
      return false;
    }
    try {
      Path error = Path.of("/proc/self/fd/2");
      return stream.equals(
          Files.getAttribute(error, "unix:dev") + ":" + Files.getAttribute(error, "unix:ino"));
    } catch (IOException | UnsupportedOperationException e) {
      return false; // There is no such file, so this is no Linux.
    }
  }

  /**
   * The line of an event.
   *
   * @param cause empty if there is none
   */
  String event(Instant time, LogLevel level, String thread, String message, String cause) {
    return switch (format) {
      case TEXT ->
          line(level, TIME.format(time) + " " + level + " [" + thread + "] " + message + cause);
      case JSON -> line(level, object(time, level, thread, message, cause));
    };
  }

  /** The line of what the process says of itself: as text without time and level. */
  String announcement(Instant time, LogLevel level, String thread, String text) {
    return switch (format) {
      case TEXT -> line(level, text);
      case JSON -> event(time, level, thread, text, "");
    };
  }

  private String line(LogLevel level, String text) {
    return hasPriorities ? "<" + level.priority() + ">" + bounded(text) : bounded(text);
  }

  /** JSON is bounded by the bounds of its members. */
  private String bounded(String text) {
    return format == LogFormat.JSON ? text : cut(escaped(text));
  }

  private static String cut(String text) {
    return text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "..." : text;
  }

  private static String escaped(String text) {
    Matcher unsafe = UNSAFE.matcher(text);
    return unsafe.replaceAll(found -> {
      int one = found.group().charAt(0);
      return Matcher.quoteReplacement(one < 0x100 ? hex("\\x%02x", one) : hex("\\u%04x", one));
    });
  }

  private static String hex(String format, int character) {
    return format.formatted(character);
  }

  private String object(
      Instant time, LogLevel level, String thread, String message, @Nullable String cause) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeStringProperty("time", TIME.format(time));
      out.writeStringProperty("level", level.name());
      out.writeStringProperty("thread", thread);
      out.writeStringProperty("message", cut(escaped(message)));
      if (cause != null && !cause.isEmpty()) {
        out.writeStringProperty("cause", cut(escaped(cause.strip())));
      }
      Matcher fact = FACT.matcher(message);
      if (fact.find()) {
        out.writeObjectPropertyStart("facts");
        do {
          out.writeStringProperty(fact.group(1), cut(escaped(fact.group(2))));
        } while (fact.find());
        out.writeEndObject();
      }
      out.writeEndObject();
    }
    return text.toString();
  }
}
