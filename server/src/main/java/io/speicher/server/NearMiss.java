package io.speicher.server;

import java.util.Collection;
import java.util.Comparator;

/** Finds what was probably meant by a name that does not exist. */
final class NearMiss {
  /** Two letters that changed places count twice. */
  private static final int MAX_EDITS = 2;

  private NearMiss() {}

  /** {@code " (did you mean port?)"}, or nothing if no name is close. */
  static String suggestion(String written, Collection<String> names) {
    return names.stream()
        .filter(name -> edits(written, name) <= MAX_EDITS)
        .min(Comparator.comparingInt(name -> edits(written, name)))
        .map(name -> " (did you mean " + name + "?)")
        .orElse("");
  }

  /** Levenshtein's distance: letters to insert, delete or replace to make one of the other. */
  static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
