package io.speicher.tck;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the cases of one file; the format is described in the README of this module. */
final class TranscriptParser {
  private static final Pattern CONNECTION_STEP =
      Pattern.compile("([a-z]*)([<>])(?:(raw|end|fin|reset|unordered|until)(?: (.*))?| (.+))");

  private static final Map<String, Step.Comparison> COMPARISONS =
      Map.of(
          "", Step.Comparison.exact,
          "unordered", Step.Comparison.unordered,
          "until", Step.Comparison.until);

  private final Dialect dialect;
  private final String topic;
  private final List<String> lines;
  private int next;

  TranscriptParser(Dialect dialect, String topic, List<String> lines) {
    this.dialect = dialect;
    this.topic = topic;
    this.lines = List.copyOf(lines);
  }

  /**
   * Reads all cases.
   *
   * @throws IllegalArgumentException if the file is not in the format; the message names the line
   */
  List<Case> parse() {
    List<Case> cases = new ArrayList<>();
    while (skipToLine()) {
      cases.add(parseCase());
    }
    return cases;
  }

  private Case parseCase() {
    String name = require("case");
    String section = require("section");
    int sectionLine = next;
    Case.Level level = dialect.defaultLevel();
    if (lineIs("level")) {
      level = constant(Case.Level.class, require("level"));
    }
    if (!dialect.hasSection(section, level)) {
      next = sectionLine - 1;
      throw wrong("the section has to begin with " + dialect.sectionPrefix().strip());
    }
    String purpose = require("purpose");
    Case.Delivery delivery = Case.Delivery.plain;
    if (lineIs("delivery")) {
      delivery = constant(Case.Delivery.class, require("delivery"));
    }
    List<Step> steps = parseSteps();
    if (steps.isEmpty()) {
      throw wrong("the case " + name + " has no steps");
    }
    return new Case(dialect, topic, name, section, level, purpose, delivery, steps);
  }

  private List<Step> parseSteps() {
    List<Step> steps = new ArrayList<>();
    while (skipToLine() && !lineIs("case") && !line().equals("end")) {
      steps.add(parseStep(line()));
    }
    return steps;
  }

  private Step parseStep(String line) {
    Matcher step = CONNECTION_STEP.matcher(line);
    if (step.matches()) {
      next++;
      return connectionStep(step, line);
    }
    String[] words = line.split(" ");
    if (words[0].equals("repeat") && words.length == 2) {
      return new Step.Repeat(number(words[1]), parseBlock());
    }
    if (words[0].equals("eventually") && words.length == 2) {
      return new Step.Eventually(number(words[1]), parseBlock());
    }
    if (words[0].equals("program") && words.length >= 2) {
      next++;
      return new Step.Program(words[1], parameters(words));
    }
    throw wrong("no such step");
  }

  private Step connectionStep(Matcher step, String line) {
    String connection = step.group(1);
    boolean sends = step.group(2).equals(">");
    String verb = step.group(3) == null ? "" : step.group(3);
    String argument = step.group(4) == null ? step.group(5) : step.group(4);
    if (sends && argument != null && verb.isEmpty()) {
      boolean framed = dialect == Dialect.json;
      return new Step.Send(connection, read(dialect::request, argument), framed);
    }
    if (sends && argument != null && verb.equals("raw")) {
      return new Step.Send(connection, read(dialect::raw, argument), false);
    }
    if (sends && argument == null && verb.equals("end")) {
      return new Step.SendEnd(connection);
    }
    if (sends && argument == null && verb.equals("reset")) {
      return new Step.SendReset(connection);
    }
    if (!sends && argument != null && verb.isEmpty() && dialect == Dialect.json) {
      return new Step.Expect(connection, read(Template::parse, argument));
    }
    if (!sends && argument == null && (verb.equals("end") || verb.equals("fin"))) {
      return new Step.ExpectEnd(connection, verb.equals("fin"));
    }
    Step.Comparison comparison = COMPARISONS.get(verb);
    if (!sends && argument != null && comparison != null && dialect != Dialect.json) {
      boolean exact = comparison == Step.Comparison.unordered;
      ReplyPattern reply = read(exact ? ReplyPattern::parseExact : ReplyPattern::parse, argument);
      return new Step.ExpectBytes(connection, comparison, reply);
    }
    next--;
    throw wrong("no such step: " + line);
  }

  private List<Step> parseBlock() {
    next++;
    List<Step> steps = parseSteps();
    if (next == lines.size() || !line().equals("end")) {
      throw wrong("the block has no end");
    }
    next++;
    return steps;
  }

  private Map<String, Integer> parameters(String[] words) {
    Map<String, Integer> parameters = new HashMap<>();
    for (int i = 2; i < words.length; i++) {
      String[] pair = words[i].split("=", 2);
      parameters.put(pair[0], number(pair.length == 2 ? pair[1] : ""));
    }
    return parameters;
  }

  /** Moves to the next line that says something; false at the end of the file. */
  private boolean skipToLine() {
    while (next < lines.size() && (line().isEmpty() || line().startsWith("#"))) {
      next++;
    }
    return next < lines.size();
  }

  /** The line without what indents it. Its end is kept: white space there belongs to a payload. */
  private String line() {
    return lines.get(next).stripLeading();
  }

  private boolean lineIs(String keyword) {
    return next < lines.size() && line().startsWith(keyword + " ");
  }

  private String require(String keyword) {
    if (!lineIs(keyword)) {
      throw wrong("expected: " + keyword);
    }
    return lines.get(next++).substring(keyword.length()).strip();
  }

  private <T> T read(Function<String, T> reader, String text) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      next--;
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw wrong("not a number: " + text);
    }
  }

  private <E extends Enum<E>> E constant(Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    next--;
    throw wrong("not one of " + List.of(type.getEnumConstants()));
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "%s.txt: %s: line=%d".formatted(topic, what, Math.min(next, lines.size() - 1) + 1));
  }
}
