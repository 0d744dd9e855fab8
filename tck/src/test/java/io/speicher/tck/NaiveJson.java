package io.speicher.tck;

import java.util.ArrayList;
import java.util.List;

/**
 * A strict JSON parser that is slow and easy to check. It keeps of an object only its members, each
 * with its value as it was written.
 */
final class NaiveJson {

  /** A member: its name resolved, its value as it was written, and both as they were written. */
  record Member(String name, String value, String written) {}

  /**
   * What is accepted.
   *
   * @param lenient whether much is let through that is no JSON
   * @param trailing whether anything may follow the object
   * @param maxDepth how many arrays and objects nest in a member
   */
  record Rules(boolean lenient, boolean trailing, int maxDepth) {}

  /** The text is not JSON, or not an object. */
  static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    SyntaxException(String message) {
      super(message);
    }
  }

  private final String text;
  private final boolean lenient;
  private final int maxDepth;
  private int at;

  private NaiveJson(String text, Rules rules) {
    this.text = text;
    this.lenient = rules.lenient();
    this.maxDepth = rules.maxDepth();
  }

  /** The members of the object that the text is. Nothing may stand after it but white space. */
  static List<Member> members(String text, Rules rules) throws SyntaxException {
    NaiveJson json = new NaiveJson(text, rules);
    json.space();
    if (json.peek() != '{') {
      throw json.wrong("not an object");
    }
    List<Member> members = json.object(0);
    json.space();
    if (json.at < text.length() && !rules.trailing()) {
      throw json.wrong("something after the object");
    }
    return members;
  }

  /** The elements of an array, as they were written. */
  static List<String> elements(String written) throws SyntaxException {
    NaiveJson json = new NaiveJson(written, new Rules(false, false, 512));
    List<String> elements = new ArrayList<>();
    json.take('[');
    json.space();
    while (json.peek() != ']') {
      if (!elements.isEmpty()) {
        json.take(',');
        json.space();
      }
      int start = json.at;
      json.value(1);
      elements.add(written.substring(start, json.at));
      json.space();
    }
    return elements;
  }

  /** The characters of a string as it was written. */
  static String characters(String written) throws SyntaxException {
    return new NaiveJson(written, new Rules(false, false, 0)).string();
  }

  private List<Member> object(int depth) throws SyntaxException {
    List<Member> members = new ArrayList<>();
    take('{');
    space();
    while (peek() != '}') {
      if (!members.isEmpty()) {
        take(',');
        space();
        if (lenient && peek() == '}') {
          break;
        }
      }
      int nameStart = at;
      String name = string();
      space();
      take(':');
      space();
      int valueStart = at;
      value(depth + 1);
      members.add(new Member(name, text.substring(valueStart, at), text.substring(nameStart, at)));
      space();
    }
    take('}');
    return members;
  }

  private void array(int depth) throws SyntaxException {
    take('[');
    space();
    for (boolean first = true; peek() != ']'; first = false) {
      if (!first) {
        take(',');
        space();
        if (lenient && peek() == ']') {
          break;
        }
      }
      value(depth + 1);
      space();
    }
    take(']');
  }

  private void value(int depth) throws SyntaxException {
    char c = peek();
    if ((c == '{' || c == '[') && depth > maxDepth) {
      throw wrong("too deep");
    } else if (c == '{') {
      object(depth);
    } else if (c == '[') {
      array(depth);
    } else if (c == '"' || (lenient && c == '\'')) {
      string();
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      number();
    } else {
      literal();
    }
  }

  private String string() throws SyntaxException {
    char quote = lenient && peek() == '\'' ? '\'' : '"';
    take(quote);
    StringBuilder characters = new StringBuilder();
    while (peek() != quote) {
      char c = text.charAt(at++);
      if (c < ' ' && !lenient) {
        throw wrong("a control character");
      }
      characters.append(c == '\\' ? escaped() : c);
    }
    take(quote);
    return characters.toString();
  }

  private char escaped() throws SyntaxException {
    char c = peek();
    at++;
    int simple = "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      return "\"\\/\b\f\n\r\t".charAt(simple);
    }
    if (c != 'u' || at + 4 > text.length()) {
      throw wrong("no such escape");
    }
    int code = 0;
    for (int end = at + 4; at < end; at++) {
      int digit = "0123456789abcdef".indexOf(Character.toLowerCase(text.charAt(at)));
      if (digit < 0 || text.charAt(at) > 'f') {
        throw wrong("no such escape");
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }

  private void number() throws SyntaxException {
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0' && !lenient) {
      at++;
    } else {
      digits();
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
  }

  private void digits() throws SyntaxException {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw wrong("no digit");
    }
  }

  private void literal() throws SyntaxException {
    for (String literal : List.of("true", "false", "null", "NaN")) {
      if (text.startsWith(literal, at) && (lenient || !literal.equals("NaN"))) {
        at += literal.length();
        return;
      }
    }
    throw wrong("not a value");
  }

  private void space() throws SyntaxException {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (lenient && text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at);
      at = end < 0 ? text.length() : end + 2;
      space();
    }
  }

  private char peek() throws SyntaxException {
    if (at >= text.length()) {
      throw wrong("the text is cut");
    }
    return text.charAt(at);
  }

  private void take(char expected) throws SyntaxException {
    if (peek() != expected) {
      throw wrong("expected another character");
    }
    at++;
  }

  private SyntaxException wrong(String what) {
    return new SyntaxException(what);
  }
}
