package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a reply, with places for what may vary. Apart from those of a {@link Template}:
 *
 * <pre>
 *  $(int)        a decimal number, perhaps negative
 *  $(int A..B)   one within these bounds
 *  $(word)       bytes up to a space or the end of the line, at least one
 *  $(any)        bytes up to the end of the line, perhaps none
 *  $(reply)      one whole reply of RESP, such as $3\r\nabc, without the last end of a line
 *  $(save NAME)  a word, which $(saved NAME) stands for from here on
 * </pre>
 *
 * <p>A place takes as many bytes as it can. The end of the line at the end of a reply is not
 * written.
 */
final class ReplyPattern {
  private static final Pattern PLACE =
      Pattern.compile(
          "\\$\\((?:(int)(?: (-?\\d+)\\.\\.(-?\\d+))?|(word|any|reply)|save (\\w+))\\)");
  private static final int SHOWN_CHARACTERS = 200;

  /** A part of the pattern. It takes bytes from an offset on. */
  private interface Part {
    /** The offset after what it has taken, or -1 if something else is there. */
    int take(byte[] reply, int from, Template.Values values);
  }

  private final String text;
  private final List<Part> parts;

  private ReplyPattern(String text, List<Part> parts) {
    this.text = text;
    this.parts = parts;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if a place is none of these kinds
   */
  static ReplyPattern parse(String text) {
    String whole = text + "\\r\\n";
    List<Part> parts = new ArrayList<>();
    Matcher place = PLACE.matcher(whole);
    int end = 0;
    while (place.find()) {
      parts.add(literal(Template.parseEscaped(whole.substring(end, place.start()))));
      parts.add(part(place));
      end = place.end();
    }
    parts.add(literal(Template.parseEscaped(whole.substring(end))));
    return new ReplyPattern(text, parts);
  }

  /**
   * Reads a pattern in which nothing varies, as {@link #checkUnordered} needs it.
   *
   * @throws IllegalArgumentException if something does
   */
  static ReplyPattern parseExact(String text) {
    return new ReplyPattern(text, List.of(literal(Template.parseEscaped(text + "\\r\\n"))));
  }

  private static Part part(Matcher place) {
    String saved = place.group(5);
    if (saved != null) {
      return (reply, from, values) -> {
        int to = word(reply, from);
        if (to > from) {
          values.saved().put(saved, new String(reply, from, to - from, ISO_8859_1));
        }
        return to > from ? to : -1;
      };
    }
    if (place.group(1) != null) {
      long least = place.group(2) == null ? Long.MIN_VALUE : Long.parseLong(place.group(2));
      long most = place.group(3) == null ? Long.MAX_VALUE : Long.parseLong(place.group(3));
      return (reply, from, values) -> number(reply, from, least, most);
    }
    return switch (place.group(4)) {
      case "word" ->
          (reply, from, values) -> {
            int to = word(reply, from);
            return to > from ? to : -1;
          };
      case "any" -> (reply, from, values) -> run(reply, from, c -> c != '\r' && c != '\n');
      default ->
          (reply, from, values) -> {
            int bytes = RespFormat.replyBytes(reply, from, reply.length);
            return bytes == 0 ? -1 : from + bytes - "\r\n".length();
          };
    };
  }

  private static Part literal(Template template) {
    return (reply, from, values) -> {
      byte[] expected = template.expand(values);
      int to = from + expected.length;
      boolean equal =
          to <= reply.length && Arrays.equals(expected, 0, expected.length, reply, from, to);
      return equal ? to : -1;
    };
  }

  private static int word(byte[] reply, int from) {
    return run(reply, from, c -> c != ' ' && c != '\r' && c != '\n');
  }

  private static int number(byte[] reply, int from, long least, long most) {
    int to = run(reply, from, c -> c == '-' || (c >= '0' && c <= '9'));
    try {
      long number = Long.parseLong(new String(reply, from, to - from, ISO_8859_1));
      return number >= least && number <= most ? to : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static int run(byte[] reply, int from, IntPredicate belongs) {
    int to = from;
    while (to < reply.length && belongs.test(reply[to])) {
      to++;
    }
    return to;
  }

  /** Whether the pattern stands for this reply. Saves what it is to save. */
  boolean matches(byte[] reply, Template.Values values) {
    return difference(reply, values) == null;
  }

  /**
   * Checks a reply and saves what is to be saved of it.
   *
   * @throws CaseFailure if the pattern does not stand for this reply
   */
  void check(byte[] reply, Template.Values values) {
    String difference = difference(reply, values);
    if (difference != null) {
      throw new CaseFailure(difference, shown(values));
    }
  }

  /**
   * Checks a reply whose elements may come in any order, at every depth.
   *
   * @throws CaseFailure if it has other elements
   */
  void checkUnordered(byte[] reply, Template.Values values) {
    byte[] expected = Template.parseEscaped(text + "\\r\\n").expand(values);
    String sorted = RespFormat.sorted(expected, 0, expected.length);
    if (!sorted.equals(RespFormat.sorted(reply, 0, reply.length))) {
      throw new CaseFailure(
          "other elements came: " + shown(reply), shown(values) + " in any order");
    }
  }

  private @Nullable String difference(byte[] reply, Template.Values values) {
    int at = 0;
    for (Part part : parts) {
      int next = part.take(reply, at, values);
      if (next < 0) {
        return "another reply came: " + shown(reply);
      }
      at = next;
    }
    return at == reply.length ? null : "the reply is longer: " + shown(reply);
  }

  /** A reply as a case would write it, shortened. */
  private static String shown(byte[] reply) {
    StringBuilder shown = new StringBuilder();
    int end = reply.length >= 2 ? reply.length - 2 : reply.length;
    for (int i = 0; i < end && shown.length() < SHOWN_CHARACTERS; i++) {
      int c = reply[i] & 0xff;
      if (c == '\r') {
        shown.append("\\r");
      } else if (c == '\n') {
        shown.append("\\n");
      } else if (c < ' ' || c > '~') {
        shown.append("\\x%02x".formatted(c));
      } else {
        shown.append((char) c);
      }
    }
    return shown.length() < SHOWN_CHARACTERS ? shown.toString() : shown + " ...";
  }

  /** The pattern as a person reads it: what may vary in words, and long repetitions cut. */
  String shown(Template.Values values) {
    Matcher place = Template.PLACE.matcher(text);
    StringBuilder shown = new StringBuilder();
    while (place.find()) {
      place.appendReplacement(shown, Matcher.quoteReplacement(shown(place.group(1), values)));
    }
    return place.appendTail(shown).toString();
  }

  private static String shown(String place, Template.Values values) {
    String[] words = place.split(" ", 2);
    return switch (words[0]) {
      case "key" -> values.key();
      case "i" -> Integer.toString(values.round());
      case "int" -> words.length == 1 ? "<a number>" : "<" + words[1].replace("..", " to ") + ">";
      case "word", "save" -> "<a word>";
      case "any" -> "<anything>";
      case "reply" -> "<a reply>";
      case "saved" -> values.saved().getOrDefault(words[1], "<what came before>");
      default -> place.replaceFirst("^(.+)\\*(\\d+)$", "<$1, $2 times>");
    };
  }

  /** The text as it stands in the file. */
  @Override
  public String toString() {
    return text;
  }
}
