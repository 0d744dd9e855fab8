package io.speicher.tck;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with places to fill in, which becomes bytes: the text itself in UTF-8, and for
 *
 * <pre>
 *  $(key)         the beginning of the keys of this run of the case, 16 bytes of ASCII
 *  $(i)           the round of the repetition around, from 0
 *  $(TEXT*COUNT)  the text so many times; it holds no closing parenthesis
 *  $(hex 00 FF)   those bytes
 *  $(length N)    a signed 32-bit number, big-endian
 *  $(save NAME)   itself, which in an expected reply stands for what comes there, see {@link Replies}
 *  $(absent), $(any), $(int A..B)   themselves, likewise
 *  $(saved NAME)  what a reply had where the case saves it
 *  $(now+N)       the time N seconds from now, in seconds since 1970
 * </pre>
 *
 * <p>JSON has escapes of its own. For other dialects these are escapes of the text: {@code \r \n \t
 * \" \\} and {@code \xHH}.
 */
final class Template {
  static final Pattern PLACE = Pattern.compile("\\$\\(([^)]*)\\)");
  private static final Pattern REPETITION = Pattern.compile("(.+)\\*(\\d{1,9})");
  private static final Pattern IN_REPLIES = Pattern.compile("absent|any|int -?\\d+\\.\\.-?\\d+");
  private static final Pattern NOW = Pattern.compile("now\\+(\\d{1,9})");

  /**
   * What is filled in.
   *
   * @param key the beginning of all keys
   * @param round the round of the repetition
   * @param saved what the case has saved so far, by name; it grows
   */
  record Values(String key, int round, Map<String, String> saved) {
    Values(String key, int round) {
      this(key, round, new HashMap<>());
    }

    Values withRound(int newRound) {
      return new Values(key, newRound, saved);
    }
  }

  /** A part that becomes bytes. */
  private interface Part {
    void appendTo(ByteArrayOutputStream out, Values values);
  }

  private final String text;
  private final List<Part> parts;

  private Template(String text, List<Part> parts) {
    this.text = text;
    this.parts = parts;
  }

  /**
   * Reads a template in which a backslash is a backslash.
   *
   * @throws IllegalArgumentException if a place is none of the kinds
   */
  static Template parse(String text) {
    return parse(text, plain -> plain.getBytes(UTF_8));
  }

  /**
   * Reads a template with escapes.
   *
   * @throws IllegalArgumentException if a place is none of the kinds, or an escape is none
   */
  static Template parseEscaped(String text) {
    return parse(text, Template::unescape);
  }

  private static Template parse(String text, Function<String, byte[]> encoding) {
    List<Part> parts = new ArrayList<>();
    Matcher place = PLACE.matcher(text);
    int end = 0;
    while (place.find()) {
      parts.add(bytes(encoding.apply(text.substring(end, place.start()))));
      parts.add(part(place.group(1), encoding));
      end = place.end();
    }
    parts.add(bytes(encoding.apply(text.substring(end))));
    return new Template(text, parts);
  }

  /** Makes an array of bulk strings, as RESP writes a command, of its words. */
  static Template multibulk(String text, List<Template> words) {
    List<Part> parts = new ArrayList<>();
    parts.add(bytes(("*" + words.size() + "\r\n").getBytes(US_ASCII)));
    for (Template word : words) {
      parts.add((out, values) -> {
        byte[] bytes = word.expand(values);
        out.writeBytes(("$" + bytes.length + "\r\n").getBytes(US_ASCII));
        out.writeBytes(bytes);
        out.writeBytes("\r\n".getBytes(US_ASCII));
      });
    }
    return new Template(text, parts);
  }

  private static Part part(String place, Function<String, byte[]> encoding) {
    if (place.equals("key")) {
      return (out, values) -> out.writeBytes(values.key().getBytes(UTF_8));
    }
    if (place.equals("i")) {
      return (out, values) -> out.writeBytes(Integer.toString(values.round()).getBytes(UTF_8));
    }
    if (place.startsWith("hex ")) {
      return bytes(HexFormat.of().parseHex(place.substring("hex ".length()).replace(" ", "")));
    }
    if (place.startsWith("length ")) {
      int length = Integer.parseInt(place.substring("length ".length()).strip());
      return bytes(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
    }
    if (place.startsWith("save ") || IN_REPLIES.matcher(place).matches()) {
      return bytes(("$(" + place + ")").getBytes(UTF_8));
    }
    if (place.startsWith("saved ")) {
      String name = place.substring("saved ".length());
      return (out, values) -> out.writeBytes(saved(values, name).getBytes(UTF_8));
    }
    Matcher now = NOW.matcher(place);
    if (now.matches()) {
      long seconds = Long.parseLong(now.group(1));
      return (out, values) -> {
        long time = Instant.now().getEpochSecond() + seconds;
        out.writeBytes(Long.toString(time).getBytes(UTF_8));
      };
    }
    Matcher repetition = REPETITION.matcher(place);
    if (repetition.matches()) {
      byte[] unit = encoding.apply(repetition.group(1));
      int count = Integer.parseInt(repetition.group(2));
      return (out, values) -> {
        for (int i = 0; i < count; i++) {
          out.writeBytes(unit);
        }
      };
    }
    throw new IllegalArgumentException("no such place: $(" + place + ")");
  }

  private static String saved(Values values, String name) {
    String saved = values.saved().get(name);
    if (saved == null) {
      throw new IllegalStateException("the case has not saved: " + name);
    }
    return saved;
  }

  private static byte[] unescape(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    int at = 0;
    while (at < text.length()) {
      int backslash = text.indexOf('\\', at);
      int end = backslash < 0 ? text.length() : backslash;
      out.writeBytes(text.substring(at, end).getBytes(UTF_8));
      at = backslash < 0 ? end : unescapeOne(text, backslash + 1, out);
    }
    return out.toByteArray();
  }

  /** Writes the byte of an escape and returns the offset after it. */
  private static int unescapeOne(String text, int at, ByteArrayOutputStream out) {
    char kind = at < text.length() ? text.charAt(at) : ' ';
    if (kind == 'x' && at + 3 <= text.length()) {
      out.write(HexFormat.fromHexDigits(text, at + 1, at + 3));
      return at + 3;
    }
    int known = "rnt\"\\".indexOf(kind);
    if (known < 0) {
      throw new IllegalArgumentException("no such escape: \\" + kind);
    }
    out.write("\r\n\t\"\\".charAt(known));
    return at + 1;
  }

  private static Part bytes(byte[] bytes) {
    return (out, values) -> out.writeBytes(bytes);
  }

  /** The bytes with all places filled in. */
  byte[] expand(Values values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    for (Part part : parts) {
      part.appendTo(out, values);
    }
    return out.toByteArray();
  }

  /** The text as it stands in the file. */
  @Override
  public String toString() {
    return text;
  }
}
