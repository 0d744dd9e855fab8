package io.speicher.cli.resp;

import java.io.IOException;

/** There is no connection to the server: the cause says why. */
public final class NoConnectionException extends IOException {
  private static final long serialVersionUID = 1;

  NoConnectionException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
