package io.speicher.client.exception;

import org.jspecify.annotations.Nullable;

/**
 * A codec could not make bytes of a value, or a value of the bytes that the server has: they are
 * damaged, or another program has stored something else there. What the codec has thrown is the
 * cause. Nothing was changed.
 */
public final class CodecException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public CodecException(String message, @Nullable Throwable cause) {
    super(message, false, cause);
  }
}
