package io.speicher.compat.differential;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where memcached's replies tell a cas unique. */
final class Cas {
  private static final Pattern CAS =
      Pattern.compile("(VALUE \\S+ \\d+ \\d+ |(?:VA \\d+|HD)[^\r]* c)(\\d+)");

  private Cas() {}

  static String without(String reply) {
    return CAS.matcher(reply).replaceAll("$1");
  }

  /** The last one in an answer, or {@code otherwise}. */
  static String last(String answer, String otherwise) {
    String last = otherwise;
    for (Matcher matcher = CAS.matcher(answer); matcher.find(); ) {
      last = matcher.group(2);
    }
    return last;
  }
}
