package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.util.Locale;

/** SPEICHER EXPORT and IMPORT: an item with all that another server has to know of it, but tags. */
final class TransferCommands {
  private static final CommandSpec.Group STRING = new CommandSpec.Group("string");
  private static final String SINCE = "0.1.0";

  /** Value, milliseconds to live or -1, kind, flags, and version; or null. */
  private static final Spelling EXPORTED =
      Spelling.value(
          (value, out) -> {
            out.array(5);
            out.bulk(value.bytes());
            out.integer(value.ttlMillis());
            out.bulk(value.kind().name().toLowerCase(Locale.ROOT));
            out.integer(Integer.toUnsignedLong(value.flags()));
            out.integer(value.version());
          },
          RespWriter::noArray);

  static final CommandSpec EXPORT =
      STRING.command(
          "speicher|export key",
          3,
          "readonly fast",
          Keys.SECOND,
          SINCE,
          "O(N), N bytes",
          "Gives all that has to be kept of an item, without counting as a use.",
          r -> r.answer(new Command.Get(r.key(2), Command.View.GLANCE), EXPORTED));

  static final CommandSpec IMPORT =
      STRING.command(
          "speicher|import key value kind flags:integer [PX milliseconds] [NX]",
          -6,
          "write denyoom",
          Keys.SECOND,
          SINCE,
          "O(N), N bytes",
          "Stores what another server has exported.",
          TransferCommands::importItem);

  private TransferCommands() {}

  private static Command importItem(Request request) {
    SetOptions options = SetOptions.DEFAULT.withFlags(flags(request, 5));
    for (int i = 6; i < request.count(); i++) {
      boolean hasNext = i + 1 < request.count();
      if (request.is(i, "px") && options.expiry().equals(Expiry.NEVER) && hasNext) {
        options = options.withExpiry(ExpiryUnit.PX.positive(request, ++i, "speicher|import"));
      } else if (request.is(i, "nx")) {
        options = options.withCondition(Condition.ABSENT);
      } else {
        throw RefusedException.syntax();
      }
    }
    ByteBuffer value = request.bytes(3);
    ValueKind kind = kind(request, 4);
    requireKind(value, kind);
    return request.answer(
        new Command.Set(request.key(2), kind, value, options), Spelling.OK_OR_NULL);
  }

  private static int flags(Request request, int word) {
    String error = "ERR flags are not a number from 0 to 4294967295";
    long flags = request.integer(word, error);
    if (flags < 0 || flags > 0xFFFF_FFFFL) {
      throw new RefusedException(error);
    }
    return (int) flags;
  }

  private static ValueKind kind(Request request, int word) {
    for (ValueKind kind : ValueKind.values()) {
      if (request.is(word, kind.name().toLowerCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw new RefusedException("ERR kind is not one of these: text, json, bytes");
  }

  /** A value of a kind is what the other dialects rely on without looking at it again. */
  private static void requireKind(ByteBuffer value, ValueKind kind) {
    boolean isOfKind =
        switch (kind) {
          case TEXT -> JsonText.isUtf8(value);
          case JSON -> isJson(value);
          case BYTES -> true;
        };
    if (!isOfKind) {
      throw new RefusedException(
          "ERR value is not " + (kind == ValueKind.TEXT ? "UTF-8" : "well-formed JSON"));
    }
  }

  private static boolean isJson(ByteBuffer value) {
    try {
      JsonText.check(value);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
