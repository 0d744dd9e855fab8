package io.speicher.load;

/** Tells whether a value is what was written under its key. */
final class ValueCheck {
  private final String keyPrefix;
  private final Values values;

  ValueCheck(String keyPrefix, Values values) {
    this.keyPrefix = keyPrefix;
    this.values = values;
  }

  /**
   * Checks a value.
   *
   * @throws WrongValueException if no write of this program can have left it
   */
  void check(long key, byte[] bytes, int length) throws WrongValueException {
    String problem = values.problem(key, bytes, length);
    if (problem != null) {
      throw new WrongValueException(message(key, problem));
    }
  }

  private String message(long key, String problem) {
    return "wrong value under the key %s%012d: %s. What was stored with other options counts as"
            .formatted(keyPrefix, key, problem)
        + " wrong, too: then begin with --preload";
  }
}
