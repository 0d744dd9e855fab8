package io.speicher.server.security;

import java.io.IOException;

/** TLS cannot be spoken with what the settings say; the message names the setting and the file. */
public final class TlsException extends IOException {
  private static final long serialVersionUID = 1;

  TlsException(String message) {
    super(message);
  }

  TlsException(String message, Throwable cause) {
    super(message, cause);
  }
}
