package io.speicher.cli;

import io.speicher.cli.console.ConnectionOptions;
import io.speicher.cli.console.Peer;
import io.speicher.cli.console.Shell;
import io.speicher.cli.copy.CopyFailedException;
import io.speicher.cli.copy.EndpointException;
import io.speicher.cli.resp.MalformedReplyException;
import io.speicher.cli.resp.NoAnswerException;
import io.speicher.cli.resp.NoConnectionException;
import io.speicher.cli.resp.ServerErrorException;
import io.speicher.cli.resp.UnexpectedReplyException;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.exception.SpeicherException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is said about an error, and the status that the program exits with: the one place for all
 * commands. One line on standard error tells what is wrong and what to do; there is a stack trace
 * only where {@code SPEICHER_DEBUG} is set.
 */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private static final int FAILED = 1;
  private static final int NO_CONNECTION = 3;
  private static final int TIMED_OUT = 4;

  /** The status of framed JSON. */
  private static final int NOT_AUTHENTICATED = 401;

  private static final String DEBUG_VARIABLE = "SPEICHER_DEBUG";

  private final Shell shell;

  ErrorReport(Shell shell) {
    this.shell = shell;
  }

  // A wrong command line.

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    String message = lowerFirst(String.valueOf(e.getMessage()));
    if (e instanceof UnmatchedArgumentException unmatched) {
      message = unmatched(unmatched) + seeHelp(e);
    } else if (e instanceof MissingParameterException) {
      message += seeHelp(e);
    }
    return report(message, e, ExitCode.USAGE);
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String argument = e.getUnmatched().get(0);
    boolean isCommand = e.getCommandLine().getParent() == null;
    String what = e.isUnknownOption() ? "option" : isCommand ? "command" : "argument";
    String message = "unknown " + what + " '" + argument + "'";
    List<String> suggestions = isCommand || e.isUnknownOption() ? e.getSuggestions() : List.of();
    if (!suggestions.isEmpty()) {
      message += " (did you mean " + suggestions.get(0) + "?)";
    }
    return message;
  }

  private static String seeHelp(ParameterException e) {
    return "; see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
  }

  // What went wrong later.

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof EndpointException side) {
      return handle(side.failure(), side.peer());
    }
    return command.getMixins().get(ConnectionOptions.MIXIN) instanceof ConnectionOptions options
        ? handle(e, options)
        : handleOther(e);
  }

  private int handle(Exception e, Peer peer) {
    if (e instanceof SpeicherException failure) {
      return handleFailure(failure, peer);
    } else if (e instanceof NoConnectionException) {
      return report(oneLine(cannotConnect(e, peer)), e, NO_CONNECTION);
    } else if (e instanceof NoAnswerException) {
      return report(noAnswer(peer, "", peer.kind()), e, TIMED_OUT);
    } else if (e instanceof ServerErrorException error) {
      return report(oneLine(serverError(error, peer)), e, FAILED);
    } else if (e instanceof MalformedReplyException) {
      return report(oneLine(e.getMessage() + "; server=" + peer.server()), e, FAILED);
    } else if (e instanceof UnexpectedReplyException) {
      String what = " answered something unexpected: " + e.getMessage();
      return report(oneLine(peer.server() + what), e, FAILED);
    } else if (e instanceof CopyFailedException) {
      return report(oneLine(peer.server() + ": " + e.getMessage()), e, FAILED);
    } else if (e instanceof EOFException) {
      return report(peer.server() + ": " + e.getMessage(), e, NO_CONNECTION);
    }
    return handleOther(e);
  }

  private int handleOther(Exception e) {
    if (e instanceof IOException) {
      return report(oneLine("cannot read or write: " + e.getMessage()), e, FAILED);
    }
    String bug = "this is a bug in Speicher, please report it with the trace that ";
    return report(oneLine(bug + DEBUG_VARIABLE + "=1 adds: " + e), e, FAILED);
  }

  /** Why the server did not let the client in, if that is behind a failure of something else. */
  private static @Nullable RefusedException refusedLogin(SpeicherException failure) {
    Throwable cause = failure.getCause();
    while (cause != null && !(cause instanceof RefusedException)) {
      cause = cause.getCause();
    }
    return (RefusedException) cause;
  }

  private int handleFailure(SpeicherException e, Peer peer) {
    RefusedException login = refusedLogin(e);
    if (login != null) {
      String why = " refused the login: " + login.getMessage();
      return report(oneLine(peer.server() + why + checkLogin(peer)), e, FAILED);
    }
    if (e instanceof ConnectFailedException) {
      return report(oneLine(cannotConnect(e, peer)), e, NO_CONNECTION);
    }
    if (e instanceof CommandTimeoutException) {
      String doubt = e.maybeExecuted() ? ", it may be done or not" : "";
      return report(noAnswer(peer, doubt, "Speicher server"), e, TIMED_OUT);
    }
    boolean isUnknown = e instanceof RefusedException r && r.statusCode() == NOT_AUTHENTICATED;
    return report(oneLine(e.getMessage() + (isUnknown ? sayWho(peer) : "")), e, FAILED);
  }

  private static String checkLogin(Peer peer) {
    return "; check " + peer.loginToCheck();
  }

  private static String sayWho(Peer peer) {
    return "; say who you are with " + peer.loginBy();
  }

  private static String noAnswer(Peer peer, String doubt, String expected) {
    return "no answer from %s within %s%s: is it a %s? if it is slow, raise --timeout"
        .formatted(peer.server(), millis(peer), doubt, expected);
  }

  /** What a server of RESP has said, and what to do about it where that can be known. */
  private static String serverError(ServerErrorException e, Peer peer) {
    String said = peer.server() + " refused: " + e.message();
    return switch (e.code()) {
      case "NOAUTH" -> said + sayWho(peer);
      case "WRONGPASS" -> said + checkLogin(peer);
      case "NOPERM" -> said + "; it takes a user who has the right, see speicher user --help";
      default -> said;
    };
  }

  private static String cannotConnect(Exception e, Peer peer) {
    Throwable cause = e;
    boolean isAboutTls = false;
    while (cause.getCause() != null) {
      cause = cause.getCause();
      isAboutTls |= cause instanceof SSLException;
    }
    String server = peer.server();
    if (cause instanceof UnknownHostException) {
      return "cannot find the host of " + server + ": check " + peer.namedBy();
    }
    if (isAboutTls) {
      return "cannot agree on TLS with "
          + server
          + ": "
          + cause.getMessage()
          + "; check that it speaks TLS, its certificate, and --cacert";
    }
    if (cause instanceof ConnectException) {
      return "nothing listens on " + server + ": " + peer.ifNothingListens();
    }
    boolean isTimeout =
        cause instanceof SocketTimeoutException || cause instanceof TimeoutException;
    return "cannot connect to "
        + server
        + ": "
        + (isTimeout ? "no answer within " + millis(peer) : cause.getMessage())
        + "; check the address, or what stands in the way";
  }

  private static String millis(Peer peer) {
    return peer.timeout().toMillis() + " ms";
  }

  // How it is said.

  private int report(String message, Exception e, int status) {
    shell.err().println("speicher: " + message);
    if ("1".equals(shell.environment().get(DEBUG_VARIABLE))) {
      e.printStackTrace(shell.err());
    }
    shell.err().flush();
    return status;
  }

  /** What a server has said cannot break the line, nor tell the terminal what to do. */
  static String oneLine(String message) {
    return message.replaceAll("\\p{Cc}+", " ").strip();
  }

  /** picocli begins its sentences with a capital. Names, which go on with one, are left alone. */
  private static String lowerFirst(String message) {
    boolean isWord =
        message.length() > 1
            && Character.isUpperCase(message.charAt(0))
            && Character.isLowerCase(message.charAt(1));
    return isWord ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message;
  }
}
