package io.speicher.protocol.json;

/** A text is not JSON, or not the JSON that was expected. It costs the peer one frame. */
public final class MalformedJsonException extends Exception {
  private static final long serialVersionUID = 1;

  /** Without a stack trace: it says something about the peer, not about this code. */
  public MalformedJsonException(String message) {
    super(message, null, false, false);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
