package io.speicher.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What callers make of {@link Store#update}. */
public final class Updates {
  /** What must be so of the present item for a value to be stored. */
  @FunctionalInterface
  public interface Condition extends Predicate<@Nullable Item> {
    Condition ALWAYS = old -> true;
    Condition IF_ABSENT = old -> old == null;
    Condition IF_PRESENT = old -> old != null;

    static Condition ifVersion(long version) {
      return old -> old != null && old.version() == version;
    }
  }

  private Updates() {}

  /** As a put, if the condition holds; else the item is kept. */
  public static UpdateResult putIf(
      Store store, ByteBuffer key, ByteBuffer value, PutOptions options, Condition condition) {
    return store.update(
        key, old -> condition.test(old) ? Update.Replace.put(value, options) : Update.KEEP);
  }

  public static UpdateResult append(Store store, ByteBuffer key, ByteBuffer tail) {
    return store.update(
        key, old -> old == null ? Update.KEEP : Update.Replace.value(old, old.value(), tail));
  }

  public static UpdateResult prepend(Store store, ByteBuffer key, ByteBuffer head) {
    return store.update(
        key, old -> old == null ? Update.KEEP : Update.Replace.value(old, head, old.value()));
  }

  public static UpdateResult delete(Store store, ByteBuffer key, long version) {
    return store.update(
        key, old -> old != null && old.version() == version ? Update.REMOVE : Update.KEEP);
  }

  /** The sum, or nothing if the key has no item. */
  public static OptionalLong add(Store store, ByteBuffer key, long delta) {
    OptionalLong[] sum = new OptionalLong[1];
    store.update(
        key,
        old -> {
          sum[0] = OptionalLong.empty();
          if (old == null) {
            return Update.KEEP;
          }
          sum[0] = sum(old.value(), delta);
          return sum[0].isEmpty()
              ? Update.KEEP
              : Update.Replace.value(old, text(sum[0].getAsLong()));
        });
    return sum[0];
  }

  /** Of bytes that may be a mixture of two numbers, or of anything. */
  private static OptionalLong sum(ByteBuffer number, long delta) {
    try {
      String text = StandardCharsets.ISO_8859_1.decode(number.duplicate()).toString();
      return OptionalLong.of(Long.parseLong(text) + delta);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static ByteBuffer text(long number) {
    return ByteBuffer.wrap(Long.toString(number).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Returns whether there was an item. */
  public static boolean touch(Store store, ByteBuffer key, long expiresAtMillis) {
    return getAndTouch(store, key, expiresAtMillis, item -> {});
  }

  public static boolean getAndTouch(
      Store store, ByteBuffer key, long expiresAtMillis, ItemReader reader) {
    UpdateResult result =
        store.update(
            key,
            old -> {
              if (old == null) {
                return Update.KEEP;
              }
              reader.read(old);
              return Update.Replace.expiry(old, expiresAtMillis);
            });
    return result != UpdateResult.KEPT;
  }
}
