package io.speicher.dialect.memcached;

import org.jspecify.annotations.Nullable;

/** What the old binary dialect can say. */
enum BinaryOperation {
  GET(0x00, 0x09),
  SET(0x01, 0x11),
  ADD(0x02, 0x12),
  REPLACE(0x03, 0x13),
  DELETE(0x04, 0x14),
  INCREMENT(0x05, 0x15),
  DECREMENT(0x06, 0x16),
  QUIT(0x07, 0x17),
  FLUSH(0x08, 0x18),
  NOOP(0x0a, -1),
  VERSION(0x0b, -1),
  GET_WITH_KEY(0x0c, 0x0d),
  APPEND(0x0e, 0x19),
  PREPEND(0x0f, 0x1a),
  STAT(0x10, -1),
  VERBOSITY(0x1b, -1),
  TOUCH(0x1c, -1),
  GET_AND_TOUCH(0x1d, 0x1e),
  SASL_MECHANISMS(0x20, -1),
  SASL_AUTH(0x21, -1),
  SASL_STEP(0x22, -1),
  GET_AND_TOUCH_WITH_KEY(0x23, 0x24);

  private static final BinaryOperation[] ALL = values();

  private final int code;

  /** Says the same, but wants no reply where that is what is expected; or -1. */
  private final int quietCode;

  BinaryOperation(int code, int quietCode) {
    this.code = code;
    this.quietCode = quietCode;
  }

  static @Nullable BinaryOperation ofCode(int code) {
    for (BinaryOperation operation : ALL) {
      if (operation.code == code || operation.quietCode == code) {
        return operation;
      }
    }
    return null;
  }

  boolean isQuiet(int given) {
    return given == quietCode;
  }

  boolean isRead() {
    return switch (this) {
      case GET, GET_WITH_KEY, GET_AND_TOUCH, GET_AND_TOUCH_WITH_KEY -> true;
      default -> false;
    };
  }

  /** Whether it is about who the peer is, which servers that ask nobody do not know. */
  boolean isSasl() {
    return this == SASL_MECHANISMS || this == SASL_AUTH || this == SASL_STEP;
  }

  boolean repeatsKey() {
    return this == GET_WITH_KEY || this == GET_AND_TOUCH_WITH_KEY;
  }

  /** Whether these lengths can be right, as memcached checks them. */
  boolean fits(int extrasBytes, int keyBytes, int valueBytes) {
    return switch (this) {
      case GET, GET_WITH_KEY, DELETE -> extrasBytes == 0 && keyBytes > 0 && valueBytes == 0;
      case SET, ADD, REPLACE -> extrasBytes == 8 && keyBytes > 0;
      case INCREMENT, DECREMENT -> extrasBytes == 20 && keyBytes > 0 && valueBytes == 0;
      case QUIT, NOOP, VERSION, SASL_MECHANISMS ->
          extrasBytes == 0 && keyBytes == 0 && valueBytes == 0;
      case FLUSH -> keyBytes == 0 && valueBytes == 0 && (extrasBytes == 0 || extrasBytes == 4);
      case APPEND, PREPEND -> extrasBytes == 0 && keyBytes > 0;
      case STAT -> extrasBytes == 0;
      case SASL_AUTH, SASL_STEP -> extrasBytes == 0 && keyBytes > 0 && keyBytes <= 32;
      case VERBOSITY -> extrasBytes == 4 && keyBytes == 0 && valueBytes == 0;
      case TOUCH, GET_AND_TOUCH, GET_AND_TOUCH_WITH_KEY ->
          extrasBytes == 4 && keyBytes > 0 && valueBytes == 0;
    };
  }
}
