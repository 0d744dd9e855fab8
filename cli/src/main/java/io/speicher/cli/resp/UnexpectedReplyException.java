package io.speicher.cli.resp;

/** The server speaks RESP, and has answered something else than this command is answered with. */
public final class UnexpectedReplyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param what what has come, and what was expected
   */
  public UnexpectedReplyException(String what) {
    super(what);
  }
}
