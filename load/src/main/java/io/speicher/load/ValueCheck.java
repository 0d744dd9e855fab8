package io.speicher.load;

/** Tells whether a value is what was written under its key. */
final class ValueCheck {
  ValueCheck(Settings settings) {}

  void check(long key, byte[] bytes, int length) throws WrongValueException {}
}
