package io.speicher.cli.repl;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.cli.console.Shell;
import io.speicher.cli.repl.Session.TransactionLostException;
import io.speicher.cli.resp.ServerErrorException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReader.SuggestionType;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/** Asks a person for commands at the terminal, and executes them. */
final class InteractiveShell {
  private static final String HISTORY_VARIABLE = "SPEICHER_HISTORY";
  private static final String HISTORY_FILE = ".speicher_history";
  private static final String GONE = ", and the transaction is gone";
  private static final int MAX_HISTORY_LINES = 1_000;

  private final Session session;
  private final Executor executor;
  private final Shell shell;
  private final String server;

  InteractiveShell(Session session, Executor executor, Shell shell, String server) {
    this.session = session;
    this.executor = executor;
    this.shell = shell;
    this.server = server;
  }

  /** Goes on until somebody wants to leave. */
  int run() throws IOException {
    CommandDocs docs = session.docs();
    try (Terminal terminal =
        TerminalBuilder.builder().system(true).graphemeCluster(false).encoding(UTF_8).build()) {
      LineReader reader = reader(terminal, docs);
      HelpText help = new HelpText(docs);
      String line = readLine(reader);
      while (line != null) {
        if (!executeLine(line, terminal, help)) {
          return 0;
        }
        line = readLine(reader);
      }
    }
    return 0;
  }

  private LineReader reader(Terminal terminal, CommandDocs docs) {
    DefaultParser parser = new DefaultParser();
    parser.setEscapeChars(null); // What quotes and escapes mean is for WordSplitter to say.
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("speicher")
            .parser(parser)
            .completer(new CommandCompleter(docs))
            .highlighter(new SyntaxHint(docs))
            .history(new SecretFreeHistory())
            .option(Option.DISABLE_EVENT_EXPANSION, true)
            .option(Option.HISTORY_TIMESTAMPED, false)
            .option(Option.BRACKETED_PASTE, false)
            .option(Option.INSERT_TAB, false)
            .variable(LineReader.HISTORY_SIZE, MAX_HISTORY_LINES)
            .variable(LineReader.HISTORY_FILE_SIZE, MAX_HISTORY_LINES);
    Path history = historyFile();
    if (history != null) {
      builder.variable(LineReader.HISTORY_FILE, history);
    }
    LineReader reader = builder.build();
    reader.setAutosuggestion(SuggestionType.TAIL_TIP);
    return reader;
  }

  private @Nullable Path historyFile() {
    String file = shell.environment().get(HISTORY_VARIABLE);
    String home = shell.environment().get("HOME");
    if (file != null) {
      return file.isEmpty() ? null : Path.of(file);
    }
    return home == null || home.isEmpty() ? null : Path.of(home, HISTORY_FILE);
  }

  private @Nullable String readLine(LineReader reader) {
    while (true) {
      try {
        String state = session.isLost() ? "(not connected)" : session.state();
        return reader.readLine(server + state + "> ");
      } catch (UserInterruptException e) {
        // Ctrl-C drops the line.
      } catch (EndOfFileException e) {
        return null;
      }
    }
  }

  /** Returns whether to go on. */
  private boolean executeLine(String line, Terminal terminal, HelpText help) {
    List<ByteBuffer> words = WordSplitter.split(line.getBytes(UTF_8));
    if (words == null) {
      shell.out().println("(error) a quote is not closed, or no white space follows it");
      return true;
    }
    if (words.isEmpty()) {
      return true;
    }
    switch (Session.word(words, 0)) {
      case "QUIT", "EXIT" -> {
        return false;
      }
      case "CLEAR" -> {
        terminal.puts(Capability.clear_screen);
        terminal.flush();
      }
      case "HELP", "?" -> {
        List<String> subject = Arrays.asList(line.strip().split("\\s+", -1));
        help.of(subject.subList(1, subject.size())).forEach(shell.out()::println);
      }
      default -> execute(words, terminal);
    }
    return true;
  }

  private void execute(List<ByteBuffer> words, Terminal terminal) {
    boolean isInTransaction = session.isInTransaction();
    Thread self = Thread.currentThread();
    Terminal.SignalHandler before = terminal.handle(Signal.INT, signal -> self.interrupt());
    try {
      executor.execute(words);
    } catch (InterruptedIOException e) {
      session.abandon();
      shell
          .out()
          .println(
              "(interrupted: the next command makes a new connection"
                  + (isInTransaction ? GONE : "")
                  + ")");
    } catch (TransactionLostException e) {
      shell.out().println("(error) " + e.getMessage());
    } catch (EOFException e) {
      session.abandon();
      shell.out().println("(error) " + e.getMessage() + (isInTransaction ? GONE : ""));
    } catch (IOException | ServerErrorException e) {
      session.abandon();
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      shell
          .out()
          .println(
              "(error) "
                  + server
                  + ": "
                  + why.toLowerCase(Locale.ROOT)
                  + (isInTransaction ? GONE : ""));
    } finally {
      terminal.handle(Signal.INT, before);
      Thread.interrupted(); // It may have come too late.
    }
  }
}
