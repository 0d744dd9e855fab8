package io.speicher.dialect;

/**
 * A connection may not hold as much memory as it needs at the moment. What it was to do has not
 * begun, or has been taken back; it may be tried again. Has no stack trace: peers can cause it.
 */
public final class MemoryShortageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long neededBytes;
  private final long heldBytes;

  public MemoryShortageException(long neededBytes, long heldBytes) {
    super(
        "memory for connections is short: neededBytes=" + neededBytes + " heldBytes=" + heldBytes,
        null,
        false,
        false);
    this.neededBytes = neededBytes;
    this.heldBytes = heldBytes;
  }

  /** The same where so many bytes, which were held when it happened, have been given back. */
  public MemoryShortageException afterGivingBack(long bytes) {
    return new MemoryShortageException(neededBytes + bytes, heldBytes - bytes);
  }

  /** What is wrong, for the peer. */
  public String reason() {
    return String.valueOf(getMessage());
  }

  /** How much is needed beside what is held. */
  public long neededBytes() {
    return neededBytes;
  }
}
