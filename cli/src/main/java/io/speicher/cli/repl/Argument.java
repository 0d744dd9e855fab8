package io.speicher.cli.repl;

import static java.util.stream.Collectors.joining;

import io.speicher.cli.resp.RespReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An argument of a command, as COMMAND DOCS describes it.
 *
 * @param token the word before its value, or all of it: {@code EX}; empty if there is none
 * @param shown what stands for its value: {@code seconds}
 * @param isRepeated whether it may be there several times, with its token each time or once
 * @param parts of a choice or of a block
 */
record Argument(
    Type type,
    String token,
    String shown,
    boolean isOptional,
    boolean isRepeated,
    boolean repeatsToken,
    List<Argument> parts) {

  /** Those that differ in what they match. */
  enum Type {
    WORD,
    INTEGER,
    DOUBLE,
    TOKEN,
    CHOICE,
    BLOCK
  }

  /**
   * What of a command line belongs to an argument.
   *
   * @param words how many; 0 if none does
   * @param rest the syntax of what can follow within the argument
   */
  record Match(int words, String rest) {
    private static final Match NONE = new Match(0, "");
  }

  private static final String INTEGER_PATTERN = "[+-]?\\d{1,19}";
  private static final String DOUBLE_PATTERN = "[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?|[+-]?inf";

  /** Reads one of the reply. */
  static Argument of(RespReply reply) {
    Map<String, RespReply> fields = reply.map();
    List<String> flags = fields.containsKey("flags") ? reply.field("flags").texts() : List.of();
    String display = fields.containsKey("display_text") ? "display_text" : "name";
    return new Argument(
        switch (reply.field("type").text()) {
          case "integer", "unix-time" -> Type.INTEGER;
          case "double" -> Type.DOUBLE;
          case "pure-token" -> Type.TOKEN;
          case "oneof" -> Type.CHOICE;
          case "block" -> Type.BLOCK;
          default -> Type.WORD;
        },
        reply.field("token").text(),
        reply.field(display).text(),
        flags.contains("optional"),
        flags.contains("multiple"),
        flags.contains("multiple_token"),
        reply.field("arguments").elements().stream().map(Argument::of).toList());
  }

  // Its syntax, as the pages of Redis write it.

  String syntax() {
    String value = value();
    String whole = words(token, value);
    if (isRepeated) {
      whole = words(whole, repetition());
    }
    return isOptional ? "[" + whole + "]" : whole;
  }

  static String syntax(List<Argument> arguments) {
    return arguments.stream().map(Argument::syntax).collect(joining(" "));
  }

  private String value() {
    return switch (type) {
      case TOKEN -> "";
      case BLOCK -> syntax(parts);
      case CHOICE -> {
        String choice = parts.stream().map(Argument::syntax).collect(joining(" | "));
        yield !isOptional || !token.isEmpty() ? "<" + choice + ">" : choice;
      }
      default -> shown;
    };
  }

  private String repetition() {
    return "[" + (repeatsToken ? words(token, value()) : value()) + " ...]";
  }

  private static String words(String first, String second) {
    return first + (first.isEmpty() || second.isEmpty() ? "" : " ") + second;
  }

  /** The words in it that are typed as they are. */
  Stream<String> tokens() {
    return Stream.concat(
        token.isEmpty() ? Stream.empty() : Stream.of(token),
        parts.stream().flatMap(Argument::tokens));
  }

  // What is typed already.

  /** The syntax of what can follow these words, or the empty text if they do not fit. */
  static String rest(List<Argument> arguments, List<String> words) {
    Match match = match(arguments, words);
    return match.words() == words.size() ? match.rest() : "";
  }

  /**
   * Arguments one after the other. Of optional ones between two others, any may be left out, and
   * their order does not matter.
   */
  private static Match match(List<Argument> arguments, List<String> words) {
    List<Argument> open = new ArrayList<>(arguments);
    String begun = "";
    int at = 0;
    while (at < words.size() && !open.isEmpty()) {
      Match next = Match.NONE;
      int index = -1;
      do {
        index++;
        next = open.get(index).match(words.subList(at, words.size()));
      } while (next.words() == 0 && index + 1 < open.size() && open.get(index).isOptional());
      if (next.words() == 0) {
        break;
      }
      if (!open.get(index).isOptional()) {
        open.subList(0, index).clear(); // It is too late for them.
        index = 0;
      }
      open.remove(index);
      begun = next.rest();
      at += next.words();
    }
    return new Match(at, words(begun, syntax(open)));
  }

  private Match match(List<String> words) {
    Match match = matchOnce(words, true);
    if (!isRepeated || match.words() == 0) {
      return match;
    }
    Match next = match;
    while (next.words() > 0 && match.words() < words.size()) {
      next = matchOnce(words.subList(match.words(), words.size()), repeatsToken);
      if (next.words() > 0) {
        match = new Match(match.words() + next.words(), next.rest());
      }
    }
    return new Match(match.words(), words(match.rest(), repetition()));
  }

  private Match matchOnce(List<String> words, boolean hasToken) {
    int at = 0;
    if (hasToken && !token.isEmpty()) {
      if (!words.get(0).equalsIgnoreCase(token)) {
        return Match.NONE;
      }
      at = 1;
      if (type == Type.TOKEN || words.size() == 1) {
        return new Match(1, value());
      }
    }
    Match value = matchValue(words.subList(at, words.size()));
    return value.words() == 0 ? Match.NONE : new Match(at + value.words(), value.rest());
  }

  private Match matchValue(List<String> words) {
    return switch (type) {
      case WORD -> new Match(1, "");
      case INTEGER -> matchWord(words.get(0), INTEGER_PATTERN);
      case DOUBLE -> matchWord(words.get(0), DOUBLE_PATTERN);
      case TOKEN -> Match.NONE;
      case CHOICE -> matchChoice(words);
      case BLOCK -> {
        Match block = match(parts, words);
        boolean isWhole = block.words() == words.size() || block.rest().matches("(\\[.*])?");
        yield isWhole ? block : Match.NONE;
      }
    };
  }

  private static Match matchWord(String word, String pattern) {
    return word.toLowerCase(Locale.ROOT).matches(pattern) ? new Match(1, "") : Match.NONE;
  }

  /**
   * The part that fits best: the longest and, of equally long ones, one that begins with a token.
   */
  private Match matchChoice(List<String> words) {
    Match best = Match.NONE;
    boolean isBestByToken = false;
    for (Argument part : parts) {
      Match match = part.match(words);
      boolean isByToken = part.tokens().anyMatch(words.get(0)::equalsIgnoreCase);
      if (match.words() > best.words()
          || (match.words() == best.words() && isByToken && !isBestByToken)) {
        best = match;
        isBestByToken = isByToken;
      }
    }
    return best;
  }
}
