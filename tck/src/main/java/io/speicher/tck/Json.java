package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON text as a tree that keeps what the protocol promises to keep: the text of numbers, the
 * characters of strings (halves of surrogate pairs included) and duplicate members.
 */
sealed interface Json {

  /** A string, its escapes resolved. */
  record Text(String characters) implements Json {}

  /** A number as it was written, or one of {@code true}, {@code false} and {@code null}. */
  record Literal(String text) implements Json {}

  /** An array. */
  record Array(List<Json> elements) implements Json {}

  /** An object, its members in the order in which they were written. */
  record Members(List<Member> members) implements Json {

    /** The value of the last member of that name, or null when there is none. */
    @Nullable Json last(String name) {
      Json found = null;
      for (Member member : members) {
        if (member.name().equals(name)) {
          found = member.value();
        }
      }
      return found;
    }
  }

  /** A member of an object. */
  record Member(String name, Json value) {}

  /** A text that is not JSON in UTF-8. The message says why. */
  final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /**
   * Reads a JSON text, strictly.
   *
   * @throws MalformedException if the bytes are not UTF-8, or not one JSON text
   */
  static Json parse(byte[] utf8) throws MalformedException {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("not UTF-8");
    }
    try (JsonParser parser = Reader.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return Reader.read(parser);
    } catch (JacksonException e) {
      throw new MalformedException("not JSON: " + e.getOriginalMessage());
    }
  }

  /** What differs first between two texts, with its place, or null when they are equal. */
  static @Nullable String difference(String place, Json expected, Json seen) {
    if (expected instanceof Array e && seen instanceof Array s) {
      return arrayDifference(place, e.elements(), s.elements());
    }
    if (expected instanceof Members e && seen instanceof Members s) {
      return objectDifference(place, e, s);
    }
    if (expected.equals(seen)) {
      return null;
    }
    return "%s: expected %s, seen %s".formatted(place, brief(expected), brief(seen));
  }

  private static @Nullable String arrayDifference(
      String place, List<Json> expected, List<Json> seen) {
    for (int i = 0; i < Math.min(expected.size(), seen.size()); i++) {
      String difference = difference(place + "[" + i + "]", expected.get(i), seen.get(i));
      if (difference != null) {
        return difference;
      }
    }
    return expected.size() == seen.size()
        ? null
        : "%s: expected %d elements, seen %d".formatted(place, expected.size(), seen.size());
  }

  /** Members of one name are compared in their order, those of different names in any. */
  private static @Nullable String objectDifference(String place, Members expected, Members seen) {
    Map<String, Deque<Json>> left = new HashMap<>();
    for (Member member : seen.members()) {
      left.computeIfAbsent(member.name(), name -> new ArrayDeque<>()).add(member.value());
    }
    for (Member member : expected.members()) {
      Json value = left.getOrDefault(member.name(), new ArrayDeque<>()).poll();
      String memberPlace = place + "." + brief(new Text(member.name()));
      String difference =
          value == null
              ? memberPlace + ": expected, and is not there"
              : difference(memberPlace, member.value(), value);
      if (difference != null) {
        return difference;
      }
    }
    return expected.members().size() == seen.members().size()
        ? null
        : "%s: expected %d members, seen %d"
            .formatted(place, expected.members().size(), seen.members().size());
  }

  /** The text for a message: long ones are cut, and what cannot be printed is escaped. */
  static String brief(Json json) {
    if (json instanceof Array array) {
      return "an array of " + array.elements().size();
    }
    if (json instanceof Members object) {
      return "an object of " + object.members().size();
    }
    boolean quoted = json instanceof Text;
    String text = json instanceof Text t ? t.characters() : ((Literal) json).text();
    StringBuilder brief = new StringBuilder(quoted ? "\"" : "");
    for (int i = 0; i < Math.min(text.length(), 60); i++) {
      char c = text.charAt(i);
      brief.append(c >= ' ' && c <= '~' ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    brief.append(quoted ? "\"" : "");
    if (text.length() > 60) {
      brief.append(String.format(Locale.ROOT, " and so on, %,d characters", text.length()));
    }
    return brief.toString();
  }

  /** Makes the tree of the parser's tokens, without recursion. */
  final class Reader {
    private static final JsonFactory FACTORY =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(2_000)
                    .maxNumberLength(Wire.MAX_REPLY_BYTES)
                    .maxStringLength(Wire.MAX_REPLY_BYTES)
                    .maxNameLength(Wire.MAX_REPLY_BYTES)
                    .build())
            .build();

    private final Deque<Json> open = new ArrayDeque<>();
    private final Deque<String> names = new ArrayDeque<>();
    private @Nullable Json root;

    private Reader() {}

    private static Json read(JsonParser parser) throws MalformedException {
      Reader reader = new Reader();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        reader.take(token, parser);
      }
      if (reader.root == null) {
        throw new MalformedException("not JSON: there is no text");
      }
      return reader.root;
    }

    private void take(JsonToken token, JsonParser parser) throws MalformedException {
      switch (token) {
        case START_ARRAY -> open(new Array(new ArrayList<>()));
        case START_OBJECT -> open(new Members(new ArrayList<>()));
        case END_ARRAY, END_OBJECT -> open.pop();
        case PROPERTY_NAME -> names.push(parser.currentName());
        case VALUE_STRING -> add(new Text(parser.getString()));
        default -> add(new Literal(parser.getString()));
      }
    }

    private void open(Json container) throws MalformedException {
      add(container);
      open.push(container);
    }

    private void add(Json value) throws MalformedException {
      Json parent = open.peek();
      if (parent instanceof Array array) {
        array.elements().add(value);
      } else if (parent instanceof Members object) {
        object.members().add(new Member(Objects.requireNonNull(names.pop()), value));
      } else if (root == null) {
        root = value;
      } else {
        throw new MalformedException("not JSON: something stands after the text");
      }
    }
  }
}
