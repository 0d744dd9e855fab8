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
  private final Map<Flaw, List<String>> patterns = new EnumMap<>(Flaw.class);

  private WrongServers() {}

  static WrongServers read() throws IOException {
    WrongServers servers = new WrongServers();
    List<String> current = new ArrayList<>();
    for (String line : lines()) {
      if (line.startsWith("flaw ")) {
        current = new ArrayList<>();
        servers.patterns.put(Flaw.valueOf(line.substring("flaw ".length())), current);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        current.add(line.strip());
      }
    }
    return servers;
  }

  private static List<String> lines() throws IOException {
    try (InputStream in = WrongServers.class.getResourceAsStream("/wrong-servers.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).lines().toList();
    }
  }

  /** The names among these that have to fail. */
  Set<String> failing(Flaw flaw, List<Case> cases) {
    Set<String> names = new TreeSet<>();
    for (String pattern : patterns.getOrDefault(flaw, List.of())) {
      boolean not = pattern.startsWith("not ");
      String glob = not ? pattern.substring("not ".length()) : pattern;
      for (Case testCase : cases) {
        if (CaseNames.matches(glob, testCase.fullName())) {
          if (not) {
            names.remove(testCase.fullName());
          } else {
            names.add(testCase.fullName());
          }
        }
      }
    }
    return names;
  }
}
