package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What {@code wrong-servers.txt} says: which cases find which flaw. The format is told there. */
final class WrongServers {
  private static final Set<String> LARGE_TOPICS = Set.of("large", "load");

  /**
   * What stands under a flaw.
   *
   * @param large whether the large topics run too
   * @param names the lines that name cases, with the word before the name
   */
  private record Entry(boolean large, List<String> names) {}

  private final Map<Flaw, Entry> entries = new EnumMap<>(Flaw.class);

  /** Cases that are proved by planted faults, and left out here to save time. */
  private final List<String> elsewhere = new ArrayList<>();

  private WrongServers() {}

  static WrongServers read() throws IOException {
    WrongServers servers = new WrongServers();
    List<String> names = servers.elsewhere;
    for (String line : lines()) {
      if (line.startsWith("flaw ")) {
        names = new ArrayList<>();
        boolean large = line.endsWith(" large");
        String name = line.replaceAll("^flaw | large$", "");
        servers.entries.put(Flaw.valueOf(name), new Entry(large, names));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        names.add(line.strip());
      }
    }
    return servers;
  }

  private static List<String> lines() throws IOException {
    try (InputStream in = WrongServers.class.getResourceAsStream("/wrong-servers.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).lines().toList();
    }
  }

  /** The cases among these that run against a server with this flaw. */
  List<Case> running(Flaw flaw, List<Case> cases) {
    Entry entry = entry(flaw);
    Set<String> maybe = matching(entry, "maybe ", cases);
    return cases.stream()
        .filter(testCase -> entry.large() || !LARGE_TOPICS.contains(testCase.topic()))
        .filter(testCase -> !elsewhere.contains(testCase.fullName()))
        .filter(testCase -> !maybe.contains(testCase.fullName()))
        .toList();
  }

  /** The names of the cases that run against no flaw. */
  List<String> elsewhere() {
    return List.copyOf(elsewhere);
  }

  /** The names of those among these cases that have to fail. */
  Set<String> failing(Flaw flaw, List<Case> cases) {
    Entry entry = entry(flaw);
    Set<String> failing = matching(entry, "", cases);
    failing.removeAll(matching(entry, "not ", cases));
    return failing;
  }

  private static Set<String> matching(Entry entry, String prefix, List<Case> cases) {
    Set<String> matching = new TreeSet<>();
    for (String name : entry.names()) {
      boolean hasPrefix = name.startsWith(prefix) && (!prefix.isEmpty() || !name.contains(" "));
      if (hasPrefix) {
        String pattern = name.substring(prefix.length());
        cases.stream()
            .map(Case::fullName)
            .filter(full -> matches(pattern, full))
            .forEach(matching::add);
      }
    }
    return matching;
  }

  private static boolean matches(String pattern, String name) {
    return pattern.contains("*") ? CaseNames.matches(pattern, name) : pattern.equals(name);
  }

  private Entry entry(Flaw flaw) {
    return Objects.requireNonNull(entries.get(flaw), () -> "wrong-servers.txt lacks " + flaw);
  }
}
