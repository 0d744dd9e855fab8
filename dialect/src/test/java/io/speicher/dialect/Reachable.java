package io.speicher.dialect;

import io.netty.buffer.ByteBuf;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.Buffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much memory can be reached from objects, roughly: the sizes of fields and elements without
 * headers. Buffers count with their capacity; of the classes of the JDK only strings, buffers and
 * collections are looked into. What classes hold statically is not looked at.
 */
final class Reachable {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> left = new ArrayDeque<>();
  private long bytes;

  private Reachable() {}

  static long bytes(Object... roots) {
    Reachable reachable = new Reachable();
    Arrays.stream(roots).forEach(reachable::add);
    while (!reachable.left.isEmpty()) {
      reachable.measure(reachable.left.remove());
    }
    return reachable.bytes;
  }

  private void add(@Nullable Object object) {
    if (object != null && seen.add(object)) {
      left.add(object);
    }
  }

  private void measure(Object object) {
    switch (object) {
      case String text -> bytes += text.length();
      case ByteBuf buffer -> bytes += buffer.capacity();
      case Buffer buffer -> bytes += buffer.capacity();
      case Map<?, ?> map -> {
        map.forEach((key, value) -> {
          add(key);
          add(value);
        });
        bytes += 2L * Long.BYTES * map.size();
      }
      case Class<?> _, Enum<?> _ -> {}
      default -> {
        if (object.getClass().isArray()) {
          measureArray(object);
        } else if (!object.getClass().getName().startsWith("java.")) {
          measureFields(object);
        } else if (object instanceof Collection<?> elements) {
          elements.forEach(this::add);
          bytes += (long) Long.BYTES * elements.size();
        }
      }
    }
  }

  private void measureArray(Object array) {
    int length = Array.getLength(array);
    bytes += (long) Long.BYTES * length;
    if (array instanceof Object[] elements) {
      Arrays.stream(elements).forEach(this::add);
    }
  }

  private void measureFields(Object object) {
    for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
      if (type.getName().startsWith("java.")) {
        return;
      }
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          bytes += Long.BYTES;
          follow(field, object);
        }
      }
    }
  }

  private void follow(Field field, Object object) {
    try {
      field.setAccessible(true);
      if (!field.getType().isPrimitive()) {
        add(field.get(object));
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a field that cannot be read: " + field, e);
    }
  }
}
