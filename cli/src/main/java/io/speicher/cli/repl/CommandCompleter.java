package io.speicher.cli.repl;

import io.speicher.cli.repl.CommandDocs.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes the names of commands and subcommands, and the options of a command. */
final class CommandCompleter implements Completer {
  private static final List<String> OWN = List.of("HELP", "CLEAR", "EXIT");

  private final CommandDocs docs;

  CommandCompleter(CommandDocs docs) {
    this.docs = docs;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    for (String word : completions(line.words().subList(0, line.wordIndex()), line.word())) {
      candidates.add(new Candidate(word));
    }
  }

  /**
   * What a word can become, in the case in which it was begun.
   *
   * @param before the words before it
   */
  List<String> completions(List<String> before, String begun) {
    String prefix = begun.toUpperCase(Locale.ROOT);
    boolean isHelp = !before.isEmpty() && before.get(0).equalsIgnoreCase("help");
    List<String> path = isHelp ? before.subList(1, before.size()) : before;
    List<String> found = new ArrayList<>();
    if (isHelp && path.isEmpty() && begun.startsWith("@")) {
      docs.groups().stream()
          .map(group -> "@" + group)
          .filter(group -> group.startsWith(begun))
          .forEach(found::add);
    } else if (path.isEmpty()) {
      found.addAll(docs.namesWith(prefix));
      if (!isHelp) {
        OWN.stream().filter(own -> own.startsWith(prefix)).forEach(found::add);
      }
    } else {
      Entry entry = docs.find(path);
      if (path.size() == 1) {
        String parent = path.get(0).toUpperCase(Locale.ROOT) + " ";
        docs.namesWith(parent + prefix).forEach(name -> found.add(name.substring(parent.length())));
      }
      if (entry != null && !isHelp) {
        entry.options().stream().filter(option -> option.startsWith(prefix)).forEach(found::add);
      }
    }
    boolean isLower = !begun.isEmpty() && begun.equals(begun.toLowerCase(Locale.ROOT));
    return found.stream()
        .distinct()
        .map(word -> isLower || begun.isEmpty() ? word.toLowerCase(Locale.ROOT) : word)
        .toList();
  }
}
