package io.speicher.compat.differential;

/**
 * One command as it is sent. Bytes are characters below 256; one character above stands for a
 * number that only the server knows.
 *
 * @param name what {@link KnownDifference} knows the command by
 * @param bytes all that is sent, a value included
 */
record Command(String name, String bytes) {
  /** Takes the place of the last cas unique that the server told. */
  static final char LAST_CAS = '\ue000';

  /** The name of what {@link Mutation} made, and of all that is answered together with it. */
  static final String DAMAGED = "damaged";

  boolean needsCas() {
    return bytes.indexOf(LAST_CAS) >= 0;
  }
}
