package io.speicher.tck;

/** Chooses cases by name. */
final class CaseNames {
  private CaseNames() {}

  /**
   * Whether a name matches: as a whole when the pattern holds a {@code *}, which stands for any
   * characters, and otherwise when it contains the pattern.
   */
  static boolean matches(String pattern, String name) {
    if (!pattern.contains("*")) {
      return name.contains(pattern);
    }
    return name.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E");
  }
}
