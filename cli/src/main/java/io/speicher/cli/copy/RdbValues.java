package io.speicher.cli.copy;

import java.io.IOException;

/**
 * What values of other types than string are called, and where they end.
 *
 * <p>Source: {@code rdb.h} and {@code rdb.c} of Redis, to version 12 of the format.
 */
final class RdbValues {
  static final int STRING = 0;

  private static final int MODULE_END = 0;
  private static final int MODULE_SIGNED = 1;
  private static final int MODULE_UNSIGNED = 2;
  private static final int MODULE_FLOAT = 3;
  private static final int MODULE_DOUBLE = 4;
  private static final int MODULE_STRING = 5;

  /** What stands for a number that has no digits: it is not followed by any. */
  private static final int FIRST_OF_NO_DIGITS = 253;

  /** An entry that was delivered: its ID and the time, then the number of deliveries. */
  private static final int STREAM_ID_BYTES = 16;

  private static final int TIME_BYTES = 8;

  private RdbValues() {}

  /** What Valkey 9 has in the place of a type of Redis: a hash whose fields expire. */
  private static final int HASH_OF_VALKEY = 22;

  /**
   * Skips a value, and says its type as Redis calls it.
   *
   * @param isValkey whether Valkey 9 has written it, whose types are others from 22 on
   */
  static String skip(int type, boolean isValkey, RdbInput in) throws IOException {
    if (isValkey && type >= HASH_OF_VALKEY) {
      if (type > HASH_OF_VALKEY) {
        throw in.damaged("a value of a type of Valkey that is not known: " + type);
      }
      for (long left = in.count(); left > 0; left--) {
        skipStrings(in, 2);
        in.skip(TIME_BYTES);
      }
      return "hash";
    }
    switch (type) {
      case 1 -> {
        skipStrings(in, in.count());
        return "list";
      }
      case 2 -> {
        skipStrings(in, in.count());
        return "set";
      }
      case 3 -> {
        for (long left = in.count(); left > 0; left--) {
          in.skipString();
          int digits = in.read();
          in.skip(digits < FIRST_OF_NO_DIGITS ? digits : 0);
        }
        return "zset";
      }
      case 4 -> {
        skipStrings(in, 2 * in.count());
        return "hash";
      }
      case 5 -> {
        for (long left = in.count(); left > 0; left--) {
          in.skipString();
          in.skip(8);
        }
        return "zset";
      }
      case 7 -> {
        in.length();
        skipModule(in);
        return "module";
      }
      case 9, 13, 16 -> {
        in.skipString();
        return "hash";
      }
      case 10 -> {
        in.skipString();
        return "list";
      }
      case 11, 20 -> {
        in.skipString();
        return "set";
      }
      case 12, 17 -> {
        in.skipString();
        return "zset";
      }
      case 14 -> {
        skipStrings(in, in.count());
        return "list";
      }
      case 18 -> {
        for (long left = in.count(); left > 0; left--) {
          in.length();
          in.skipString();
        }
        return "list";
      }
      case 15, 19, 21 -> {
        skipStream(in, type);
        return "stream";
      }
      case 22, 24 -> {
        in.skip(type == 24 ? TIME_BYTES : 0);
        for (long left = in.count(); left > 0; left--) {
          in.length();
          skipStrings(in, 2);
        }
        return "hash";
      }
      case 23, 25 -> {
        in.skip(type == 25 ? TIME_BYTES : 0);
        in.skipString();
        return "hash";
      }
      default -> throw in.damaged("a value of an unknown type: " + type);
    }
  }

  private static void skipStrings(RdbInput in, long count) throws IOException {
    for (long left = count; left > 0; left--) {
      in.skipString();
    }
  }

  /** What a module has written, up to its end. */
  static void skipModule(RdbInput in) throws IOException {
    while (true) {
      int what = (int) in.length();
      switch (what) {
        case MODULE_END -> {
          return;
        }
        case MODULE_SIGNED, MODULE_UNSIGNED -> in.length();
        case MODULE_FLOAT -> in.skip(4);
        case MODULE_DOUBLE -> in.skip(8);
        case MODULE_STRING -> in.skipString();
        default -> throw in.damaged("a module's value of an unknown form: " + what);
      }
    }
  }

  private static void skipStream(RdbInput in, int type) throws IOException {
    skipStrings(in, 2 * in.count());
    skipLengths(in, 3); // How many entries, and the last ID.
    if (type >= 19) {
      skipLengths(in, 5); // The first ID, the largest deleted one, and how many were added.
    }
    for (long groups = in.count(); groups > 0; groups--) {
      in.skipString();
      skipLengths(in, type >= 19 ? 3 : 2);
      for (long pending = in.count(); pending > 0; pending--) {
        in.skip(STREAM_ID_BYTES + TIME_BYTES);
        in.length();
      }
      for (long consumers = in.count(); consumers > 0; consumers--) {
        in.skipString();
        in.skip(type >= 21 ? 2 * TIME_BYTES : TIME_BYTES);
        in.skip(in.count() * STREAM_ID_BYTES);
      }
    }
  }

  private static void skipLengths(RdbInput in, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      in.length();
    }
  }
}
