package io.speicher.protocol;

/**
 * What the bytes of a value are, so that each dialect can show a value that another one stored.
 *
 * <p>Stores keep a kind as its {@link #code}; codes never change their meaning.
 */
public enum ValueKind {
  /** UTF-8 text. In JSON it is a string. */
  TEXT(0),

  /** The text of any JSON but a string, exactly as it was sent: well-formed, and checked once. */
  JSON(1),

  /** Bytes that nobody has looked at. In JSON they are a string if they are UTF-8, else base64. */
  BYTES(2);

  private static final ValueKind[] BY_CODE = values();

  private final int code;

  ValueKind(int code) {
    this.code = code;
  }

  /** A small number, at most 2, that stands for this kind. */
  public int code() {
    return code;
  }

  /** The kind that {@code code} stands for. */
  public static ValueKind ofCode(int code) {
    return BY_CODE[code];
  }
}
