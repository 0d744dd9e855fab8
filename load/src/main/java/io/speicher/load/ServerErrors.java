package io.speicher.load;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The errors that the server answered with: how many of each kind, and what the first said. */
final class ServerErrors {
  private static final int MAX_KINDS = 20;
  private static final String OTHERS = "others";
  private static final int LONGEST_MESSAGE = 300;

  private final Map<String, Kind> kinds = new ConcurrentHashMap<>();

  /** Counts one. Any thread may call this. */
  void add(String kind, String message) {
    String key = kinds.size() < MAX_KINDS || kinds.containsKey(kind) ? kind : OTHERS;
    kinds.computeIfAbsent(key, _ -> new Kind(oneLine(message))).count.increment();
  }

  /** Forgets them all. */
  void clear() {
    kinds.clear();
  }

  /** A line for each kind, the most frequent first. */
  List<String> lines() {
    return kinds.values().stream()
        .sorted((left, right) -> Long.compare(right.count.sum(), left.count.sum()))
        .map(kind -> "%,d times: %s".formatted(kind.count.sum(), kind.firstMessage))
        .toList();
  }

  /** What a server has said cannot break the line, nor tell the terminal what to do. */
  private static String oneLine(String message) {
    String line = message.replaceAll("\\p{Cc}+", " ").strip();
    return line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "…" : line;
  }

  private static final class Kind {
    final String firstMessage;
    final LongAdder count = new LongAdder();

    Kind(String firstMessage) {
      this.firstMessage = firstMessage;
    }
  }
}
