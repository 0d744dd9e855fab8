package io.speicher.cli.resp;

/** The server has answered with an error. */
public final class ServerErrorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ServerErrorException(String message) {
    super(message);
  }

  /** The first word, which says what kind of error it is: {@code NOAUTH}, {@code ERR}. */
  public String code() {
    return message().replaceFirst(" .*", "");
  }

  /** What the server has said. */
  public String message() {
    return String.valueOf(getMessage());
  }
}
