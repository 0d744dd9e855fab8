package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;

/**
 * Batches of many keys that differ in all that keys and values can differ in: how they are spelled,
 * how long they are, and whether they are there. Every element of a reply has to be the right one.
 */
final class BatchProgram {
  private static final int SEED = 64;

  /** Every so many keys there is one without an item. */
  private static final int ABSENT = 7;

  private final Wire wire;
  private final String key;
  private final int count;
  private final Random random = new Random(SEED);

  BatchProgram(Wire wire, String key, int count) {
    this.wire = wire;
    this.key = key;
    this.count = count;
  }

  void run() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    List<String> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
      if (i % ABSENT != 0) {
        items.add(item(i));
      }
    }
    expect("{\"command\":\"MSET\",\"items\":[" + String.join(",", items) + "]}", "");
    Collections.shuffle(numbers, random);
    expect("{\"command\":\"MGET\",\"keys\":" + keys(numbers) + "}", found(numbers, ""));
    expect(
        "{\"command\":\"MGET\",\"version\":true,\"keys\":" + keys(numbers) + "}",
        found(numbers, ",\"version\":\"$(save version)\""));
    expect("{\"command\":\"MDEL\",\"keys\":" + keys(numbers) + "}", ",\"deleted\":" + items.size());
    expect("{\"command\":\"MDEL\",\"keys\":" + keys(numbers) + "}", ",\"deleted\":0");
  }

  private void expect(String request, String members) throws IOException {
    String reply = "{\"status_code\":200" + members + "}";
    byte[] expected = reply.getBytes(UTF_8);
    wire.sendFrame("", request.getBytes(UTF_8));
    String shown = Replies.shown(expected);
    Replies.check(wire.receive("", shown), expected, shown, new HashMap<>());
  }

  /** Some of the names and keys are escaped, and members come in another order. */
  private String item(int i) {
    return i % 3 == 0
        ? "{\"val\\u0075e\":" + value(i) + ",\"k\\u0065y\":" + spelled(i) + "}"
        : "{\"key\":" + spelled(i) + ",\"value\":" + value(i) + "}";
  }

  private String spelled(int i) {
    String end = i % 5 == 0 ? "\\u002d" : i % 5 == 1 ? "\\u00e9" : i % 5 == 2 ? "é" : "-";
    return "\"" + key + end + i + "\"";
  }

  private static String value(int i) {
    return i % 4 == 0 ? "[" + i + "]" : "\"" + "v".repeat(i % 100) + i + "\"";
  }

  private String keys(List<Integer> numbers) {
    return numbers.stream().map(this::spelled).toList().toString();
  }

  private static String found(List<Integer> numbers, String version) {
    List<String> items = new ArrayList<>();
    for (int i : numbers) {
      items.add(
          i % ABSENT == 0
              ? "{\"status_code\":404}"
              : "{\"status_code\":200,\"value\":" + value(i) + version + "}");
    }
    return ",\"items\":" + items;
  }
}
