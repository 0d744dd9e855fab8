package io.speicher.load;

/** A value is not what was written under its key. The message says where it differs. */
final class WrongValueException extends Exception {
  private static final long serialVersionUID = 1L;

  WrongValueException(String message) {
    super(message);
  }
}
