package io.speicher.cli.repl;

import io.speicher.cli.repl.CommandDocs.Entry;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.utils.AttributedString;

/** Shows behind what is typed which arguments can follow. */
final class SyntaxHint implements Highlighter {

  /*
   * JLine shows a "tail tip" behind the line and takes it away with Enter. It asks the highlighter
   * for the line just before, which is the one place where the tip can be brought up to date.
   */

  private static final Set<String> HELP = Set.of("help", "?");

  private final CommandDocs docs;

  SyntaxHint(CommandDocs docs) {
    this.docs = docs;
  }

  @Override
  public AttributedString highlight(LineReader reader, String buffer) {
    String hint = hint(buffer);
    reader.setTailTip(hint.isEmpty() ? "" : tailTip(buffer, hint));
    return new AttributedString(buffer);
  }

  /** The arguments that can follow, or the empty text. */
  String hint(String buffer) {
    List<String> words = Arrays.asList(buffer.strip().split("\\s+", -1));
    Entry entry = docs.find(words);
    if (entry == null) {
      return words.size() == 1 && HELP.contains(words.get(0).toLowerCase(Locale.ROOT))
          ? "[COMMAND | @GROUP]"
          : "";
    }
    List<String> typed = words.subList(entry.name().indexOf(' ') < 0 ? 1 : 2, words.size());
    String rest = Argument.rest(entry.arguments(), typed);
    boolean isWordBegun = rest.isEmpty() && !typed.isEmpty() && !buffer.endsWith(" ");
    return isWordBegun
        ? Argument.rest(entry.arguments(), typed.subList(0, typed.size() - 1))
        : rest;
  }

  /**
   * JLine shows a tip as it is only after a space. Otherwise it drops the first word of what does
   * not begin with a bracket (there, tips begin with the argument that is being typed), or puts a
   * space before it, depending on where the last space and the last dash are.
   */
  private static String tailTip(String buffer, String hint) {
    if (buffer.endsWith(" ") || hint.startsWith("[")) {
      return hint;
    }
    int space = buffer.lastIndexOf(' ');
    int dash = buffer.lastIndexOf('-');
    if (space == dash || space > dash) {
      return "_ " + hint;
    }
    return space >= 0 ? hint : " " + hint;
  }
}
