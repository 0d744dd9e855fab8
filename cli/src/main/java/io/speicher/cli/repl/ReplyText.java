package io.speicher.cli.repl;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.resp.RespReply;
import io.speicher.protocol.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Replies as text: for people with their types, raw for programs, or as JSON. */
final class ReplyText {
  private ReplyText() {}

  // For people.

  /**
   * As {@code redis-cli} shows it on a terminal, ending with a newline: {@code "text"}, {@code
   * (integer) 1}, {@code (nil)}, and numbered elements.
   */
  static String typed(RespReply reply) {
    return typed(reply, "");
  }

  private static String typed(RespReply reply, String indent) {
    return switch (reply.type()) {
      case SIMPLE -> Printable.text(reply.bytes()) + "\n";
      case ERROR -> "(error) " + Printable.text(reply.bytes()) + "\n";
      case INTEGER, BIG_NUMBER -> "(integer) " + Printable.text(reply.bytes()) + "\n";
      case DOUBLE -> "(double) " + Printable.text(reply.bytes()) + "\n";
      case BULK -> Printable.quoted(reply.bytes()) + "\n";
      case VERBATIM -> lines(reply);
      case NULL -> "(nil)\n";
      case BOOLEAN -> (reply.text().equals("t") ? "(true)" : "(false)") + "\n";
      case ARRAY -> elements(reply, indent, "(empty array)", ')');
      case SET -> elements(reply, indent, "(empty set)", '~');
      case PUSH -> elements(reply, indent, "(empty push)", '>');
      case MAP -> elements(reply, indent, "(empty hash)", '#');
    };
  }

  private static String elements(RespReply reply, String indent, String empty, char mark) {
    boolean isMap = reply.type() == RespReply.Type.MAP;
    List<RespReply> elements = reply.elements();
    if (elements.isEmpty()) {
      return empty + "\n";
    }
    int step = isMap ? 2 : 1;
    int digits = Integer.toString(elements.size() / step).length();
    String deeper = indent + " ".repeat(digits + 2);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < elements.size(); i += step) {
      String number = Integer.toString(i / step + 1);
      text.append(i == 0 ? "" : indent)
          .append(" ".repeat(digits - number.length()))
          .append(number)
          .append(mark)
          .append(' ')
          .append(typed(elements.get(i), deeper));
      if (isMap) {
        text.setLength(text.length() - 1); // The newline: the value stands on the same line.
        text.append(" => ").append(typed(elements.get(i + 1), deeper));
      }
    }
    return text.toString();
  }

  /**
   * A report of the server as it is, line by line, each of which is made harmless to the terminal.
   */
  static String lines(RespReply reply) {
    StringBuilder text = new StringBuilder();
    reply
        .text()
        .lines()
        .forEach(line ->
            text.append(Printable.text(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8))))
                .append('\n'));
    return text.toString();
  }

  // For programs.

  /** The bytes alone, ending with a newline; elements a line each, nothing for a null. */
  static byte[] raw(RespReply reply) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    appendRaw(reply, bytes);
    return bytes.toByteArray();
  }

  private static void appendRaw(RespReply reply, ByteArrayOutputStream bytes) {
    switch (reply.type()) {
      case ARRAY, SET, PUSH, MAP -> reply.elements().forEach(element -> appendRaw(element, bytes));
      case SIMPLE, ERROR, INTEGER, BULK, NULL, BOOLEAN, DOUBLE, BIG_NUMBER, VERBATIM -> {
        byte[] text = new byte[reply.bytes().remaining()];
        reply.bytes().duplicate().get(text);
        bytes.writeBytes(text);
        bytes.write('\n');
      }
    }
  }

  /** As JSON in a line: what is no UTF-8 has escapes as on a terminal. */
  static String json(RespReply reply) {
    return switch (reply.type()) {
      case NULL -> "null";
      case INTEGER, BIG_NUMBER -> reply.text();
      case BOOLEAN -> Boolean.toString(reply.text().equals("t"));
      case DOUBLE ->
          reply.text().matches("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?") ? reply.text() : string(reply);
      case SIMPLE, BULK, VERBATIM -> string(reply);
      case ERROR -> new JsonObject().addJson("error", string(reply)).toString();
      case ARRAY, SET, PUSH ->
          JsonObject.array(reply.elements().stream().map(ReplyText::json).toList());
      case MAP -> {
        JsonObject object = new JsonObject();
        List<RespReply> elements = new ArrayList<>(reply.elements());
        for (int i = 0; i + 1 < elements.size(); i += 2) {
          object.addJson(text(elements.get(i)), json(elements.get(i + 1)));
        }
        yield object.toString();
      }
    };
  }

  private static String string(RespReply reply) {
    return JsonText.quote(text(reply));
  }

  private static String text(RespReply reply) {
    return JsonText.isUtf8(reply.bytes()) ? reply.text() : Printable.text(reply.bytes());
  }
}
