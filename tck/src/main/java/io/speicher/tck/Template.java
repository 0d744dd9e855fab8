package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
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
 * </pre>
 */
final class Template {
  private static final Pattern PLACE = Pattern.compile("\\$\\(([^)]*)\\)");
  private static final Pattern REPETITION = Pattern.compile("(.+)\\*(\\d{1,9})");

  /**
   * What is filled in.
   *
   * @param key the beginning of all keys
   * @param round the round of the repetition
   */
  record Values(String key, int round) {}

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
   * Reads a template.
   *
   * @throws IllegalArgumentException if a place is none of the five kinds
   */
  static Template parse(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher place = PLACE.matcher(text);
    int end = 0;
    while (place.find()) {
      parts.add(bytes(text.substring(end, place.start()).getBytes(UTF_8)));
      parts.add(part(place.group(1)));
      end = place.end();
    }
    parts.add(bytes(text.substring(end).getBytes(UTF_8)));
    return new Template(text, parts);
  }

  private static Part part(String place) {
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
    Matcher repetition = REPETITION.matcher(place);
    if (repetition.matches()) {
      String unit = repetition.group(1);
      int count = Integer.parseInt(repetition.group(2));
      return (out, values) -> out.writeBytes(unit.repeat(count).getBytes(UTF_8));
    }
    throw new IllegalArgumentException("no such place: $(" + place + ")");
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
