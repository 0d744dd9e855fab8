package io.speicher.cli.repl;

import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespReply;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Executes commands one after the other, and prints their replies. */
final class Executor {
  /** How replies are printed. */
  enum Style {
    TYPED,
    RAW,
    JSON
  }

  private static final int NOT_DONE = 1;

  /** Words that end a shell and are not sent. */
  private static final Set<String> ENDS = Set.of("QUIT", "EXIT");

  /** After these, the server sends by itself, for as long as the connection lasts. */
  private static final Set<String> STREAMS =
      Set.of("MONITOR", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE");

  /** What answers with a report for people, in lines. */
  private static final Set<String> REPORTS =
      Set.of(
          "INFO",
          "CLIENT LIST",
          "CLIENT INFO",
          "MEMORY DOCTOR",
          "LATENCY DOCTOR",
          "MEMORY MALLOC-STATS",
          "LATENCY GRAPH",
          "CLUSTER NODES",
          "CLUSTER INFO");

  private final Session session;
  private final Style style;
  private final Shell shell;

  Executor(Session session, Style style, Shell shell) {
    this.session = session;
    this.style = style;
    this.shell = shell;
  }

  /**
   * Executes one command a line, until one says {@code quit} or there are no more.
   *
   * @return the status to exit with: of a failure, if any command failed
   */
  int executeLines(InputStream in) throws IOException {
    BufferedInputStream lines = new BufferedInputStream(in);
    int status = 0;
    long number = 0;
    for (byte[] line = readLine(lines); line != null; line = readLine(lines)) {
      number++;
      List<ByteBuffer> words = WordSplitter.split(line);
      if (words == null) {
        shell
            .err()
            .println(
                "speicher: line "
                    + number
                    + ": a quote is not closed, or no white space follows it");
        status = NOT_DONE;
      } else if (!words.isEmpty()) {
        if (isEnd(words)) {
          return status;
        }
        RespReply reply = session.call(words);
        if (reply.isError() && style != Style.TYPED) {
          shell.err().println("speicher: line " + number + ": " + Printable.text(reply.bytes()));
        } else {
          print(words, reply);
        }
        status = reply.isError() ? NOT_DONE : status;
      }
    }
    return status;
  }

  /** The bytes up to a newline, or null at the end. */
  private static byte @Nullable [] readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    while (b >= 0 && b != '\n') {
      line.write(b);
      b = in.read();
    }
    return line.toByteArray();
  }

  static boolean isEnd(List<ByteBuffer> words) {
    return ENDS.contains(Session.word(words, 0));
  }

  /**
   * Executes a command.
   *
   * @return whether the server has done it
   */
  boolean execute(List<ByteBuffer> words) throws IOException {
    RespReply reply = session.call(words);
    if (reply.isError() && style == Style.RAW) {
      shell.err().println("speicher: " + Printable.text(reply.bytes()));
    } else {
      print(words, reply);
    }
    if (!reply.isError() && STREAMS.contains(Session.word(words, 0))) {
      follow(words);
    }
    return !reply.isError();
  }

  /** Prints what the server sends, until the thread is interrupted or nobody reads it. */
  private void follow(List<ByteBuffer> words) throws IOException {
    session.connection().timeout(Duration.ZERO);
    while (!shell.out().checkError()) {
      print(words, session.connection().receive());
    }
  }

  private void print(List<ByteBuffer> words, RespReply reply) throws IOException {
    switch (style) {
      case TYPED -> {
        shell.out().print(isReport(words, reply) ? ReplyText.lines(reply) : ReplyText.typed(reply));
        shell.out().flush();
      }
      case JSON -> shell.out().println(ReplyText.json(reply));
      case RAW -> {
        shell.out().flush();
        shell.bytes().write(ReplyText.raw(reply));
      }
    }
  }

  private static boolean isReport(List<ByteBuffer> words, RespReply reply) {
    String first = Session.word(words, 0);
    return reply.type() == RespReply.Type.BULK
        && (REPORTS.contains(first) || REPORTS.contains(first + " " + Session.word(words, 1)));
  }
}
