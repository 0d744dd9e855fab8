package io.speicher.cli.resp;

import java.io.IOException;

/** The server has not answered in time. The connection cannot be used any more. */
public final class NoAnswerException extends IOException {
  private static final long serialVersionUID = 1;

  NoAnswerException() {
    super("no answer in time");
  }
}
