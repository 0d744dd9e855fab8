package io.speicher.dialect;

/**
 * A connection may not hold as much memory as it needs at the moment. What it was to do has not
 * begun, or has been taken back; it may be tried again. Has no stack trace: peers can cause it.
 */
public final class MemoryShortageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long totalBytes;

  public MemoryShortageException(long neededBytes, long heldBytes) {
    super(
        "memory for connections is short: neededBytes=" + neededBytes + " heldBytes=" + heldBytes,
        null,
        false,
        false);
    totalBytes = neededBytes + heldBytes;
  }

  /** What is wrong, for the peer. */
  public String reason() {
    return String.valueOf(getMessage());
  }

  /** How much the connection would hold, with what was asked for in vain. */
  public long totalBytes() {
    return totalBytes;
  }
}
