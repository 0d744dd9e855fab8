package io.speicher.server;

import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.Quantities;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Namespaces as an option says them: {@code users: ttl=1h jitter=10, session/ max-ttl=30m}, or as
 * tables of a file do.
 */
final class DeclaredNamespaces {
  static final String TTL = "ttl";
  static final String MAX_TTL = "max-ttl";
  static final String JITTER = "jitter";

  private DeclaredNamespaces() {}

  /**
   * Reads what an option says.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  static List<Namespace> parse(String text) {
    if (text.strip().equals(SettingType.NONE)) {
      return List.of();
    }
    List<Namespace> all = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      String[] words = one.strip().split("\\s+", -1);
      Namespace namespace = new Namespace(words[0]);
      for (int i = 1; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        if (equals < 0) {
          throw unknown(words[i]);
        }
        namespace = with(namespace, words[i].substring(0, equals), words[i].substring(equals + 1));
      }
      all.add(namespace);
    }
    return requireDistinct(all);
  }

  /** A namespace with what one of its words, or one entry of its table, says. */
  static Namespace with(Namespace namespace, String name, String value) {
    NamespaceRequest.Alter change =
        switch (name) {
          case TTL -> new NamespaceRequest.Alter(namespace.prefix(), millis(value), null, null);
          case MAX_TTL -> new NamespaceRequest.Alter(namespace.prefix(), null, millis(value), null);
          case JITTER -> new NamespaceRequest.Alter(namespace.prefix(), null, null, percent(value));
          default -> throw unknown(name);
        };
    return change.applyTo(namespace);
  }

  private static IllegalArgumentException unknown(String word) {
    return new IllegalArgumentException(
        "'%s' says nothing of a namespace (expected: %s=TIME, %s=TIME, %s=PERCENT)"
            .formatted(word, TTL, MAX_TTL, JITTER));
  }

  private static long millis(String value) {
    return Quantities.duration(value).toMillis();
  }

  private static int percent(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' is not a number of percent (expected: 0..%d)"
              .formatted(value, Namespace.MAX_JITTER_PERCENT),
          e);
    }
  }

  /** Refuses what is declared twice, or too much. */
  static List<Namespace> requireDistinct(List<Namespace> all) {
    if (all.size() > Namespace.MAX_NAMESPACES) {
      throw new IllegalArgumentException(
          "%d namespaces are too many (expected: at most %d)"
              .formatted(all.size(), Namespace.MAX_NAMESPACES));
    }
    Set<String> prefixes = new HashSet<>();
    for (Namespace namespace : all) {
      if (!prefixes.add(namespace.prefix())) {
        throw new IllegalArgumentException(
            "the namespace '%s' is declared twice".formatted(namespace.prefix()));
      }
    }
    return List.copyOf(all);
  }

  /** What {@link #parse} reads. */
  static String text(List<Namespace> all) {
    return all.stream().map(DeclaredNamespaces::text).collect(Collectors.joining(", "));
  }

  private static String text(Namespace namespace) {
    return namespace.prefix()
        + time(TTL, namespace.ttlMillis())
        + time(MAX_TTL, namespace.maxTtlMillis())
        + (namespace.jitterPercent() == 0
            ? ""
            : String.format(Locale.ROOT, " %s=%d", JITTER, namespace.jitterPercent()));
  }

  private static String time(String name, long millis) {
    return millis == 0 ? "" : " " + name + "=" + millis + "ms";
  }
}
