package io.speicher.client.exception;

/**
 * Others changed the item each time between the read and the write of an update, as often as it was
 * tried. None of the attempts has changed anything.
 */
public final class ContendedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public ContendedException(String message) {
    super(message, false, null);
  }
}
