package io.speicher.cli.resp;

import java.io.IOException;

/** What has answered does not speak RESP. The connection cannot be used any more. */
public final class MalformedReplyException extends IOException {
  private static final long serialVersionUID = 1;

  MalformedReplyException(String why) {
    super("the reply is not RESP: " + why);
  }
}
