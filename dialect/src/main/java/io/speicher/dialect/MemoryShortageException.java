package io.speicher.dialect;

/**
 * A connection may not hold as much memory as it needs at the moment. What it was to do has not
 * begun, or has been taken back; it may be tried again. Has no stack trace: peers can cause it.
 */
public final class MemoryShortageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long neededBytes;

  public MemoryShortageException(long neededBytes, long heldBytes) {
    super(
        "memory for connections is short: neededBytes=" + neededBytes + " heldBytes=" + heldBytes,
        null,
        false,
        false);
    this.neededBytes = neededBytes;
  }

  /** How much was asked for in vain. */
  public long neededBytes() {
    return neededBytes;
  }
}
