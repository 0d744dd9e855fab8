package io.speicher.cluster;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Commands and replies as bytes: any record or enum of {@code io.speicher.protocol}, made of the
 * same, of numbers, texts, buffers and lists. It needs no schema, since all nodes of a cluster run
 * the same release ({@link Stack} sees to that).
 *
 * <pre>
 *  record   R | name | component ...        long     L | 8 bytes
 *  enum     E | name | constant             boolean  T or F
 *  list     S | size (4) | element ...      decimal  D | text
 *  buffer   B | length (4) | bytes          text     X | length (4) | UTF-8
 *  int      I | 4 bytes                     null     N
 * </pre>
 *
 * A name, that of a constant too, is one byte of length, and ISO 8859-1.
 */
final class RecordCodec {
  private static final String PACKAGE = "io.speicher.protocol.";
  private static final Map<String, Class<?>> CLASSES = new ConcurrentHashMap<>();
  private static final Map<Class<?>, RecordComponent[]> COMPONENTS = new ConcurrentHashMap<>();

  private RecordCodec() {}

  static byte[] encode(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(value, new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // It is memory.
    }
    return bytes.toByteArray();
  }

  /** What {@link #encode} was given; buffers are views of {@code bytes}. */
  static <T> T decode(byte[] bytes, Class<T> type) {
    return requireNonNull(type.cast(read(ByteBuffer.wrap(bytes))));
  }

  private static void write(@Nullable Object value, DataOutputStream out) throws IOException {
    switch (value) {
      case null -> out.writeByte('N');
      case Integer number -> {
        out.writeByte('I');
        out.writeInt(number);
      }
      case Long number -> {
        out.writeByte('L');
        out.writeLong(number);
      }
      case Boolean flag -> out.writeByte(flag ? 'T' : 'F');
      case ByteBuffer buffer -> {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        writeBytes('B', copy, out);
      }
      case String text -> writeBytes('X', text.getBytes(StandardCharsets.UTF_8), out);
      case BigDecimal number ->
          writeBytes('D', number.toString().getBytes(StandardCharsets.UTF_8), out);
      case Enum<?> constant -> {
        out.writeByte('E');
        writeClass(constant.getDeclaringClass(), out);
        writeName(constant.name(), out);
      }
      case List<?> list -> {
        out.writeByte('S');
        out.writeInt(list.size());
        for (Object element : list) {
          write(element, out);
        }
      }
      case Record record -> {
        out.writeByte('R');
        writeClass(record.getClass(), out);
        for (RecordComponent component : components(record.getClass())) {
          write(component(record, component), out);
        }
      }
      default -> throw new IllegalArgumentException("it does not travel: " + value.getClass());
    }
  }

  private static void writeBytes(char tag, byte[] bytes, DataOutputStream out) throws IOException {
    out.writeByte(tag);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeClass(Class<?> type, DataOutputStream out) throws IOException {
    writeName(type.getName().substring(PACKAGE.length()), out);
  }

  private static void writeName(String name, DataOutputStream out) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    out.writeByte(bytes.length);
    out.write(bytes);
  }

  private static @Nullable Object component(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a record that cannot be read: " + component, e);
    }
  }

  private static @Nullable Object read(ByteBuffer in) {
    char tag = (char) in.get();
    return switch (tag) {
      case 'N' -> null;
      case 'I' -> in.getInt();
      case 'L' -> in.getLong();
      case 'T' -> true;
      case 'F' -> false;
      case 'B' -> readBytes(in);
      case 'X' -> StandardCharsets.UTF_8.decode(readBytes(in)).toString();
      case 'D' -> new BigDecimal(StandardCharsets.UTF_8.decode(readBytes(in)).toString());
      case 'E' -> readConstant(in);
      case 'S' -> readList(in);
      case 'R' -> readRecord(in);
      default -> throw new IllegalArgumentException("no such tag: " + (int) tag);
    };
  }

  private static ByteBuffer readBytes(ByteBuffer in) {
    int length = in.getInt();
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    return bytes;
  }

  private static List<@Nullable Object> readList(ByteBuffer in) {
    int size = in.getInt();
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(read(in));
    }
    return list;
  }

  private static Object readRecord(ByteBuffer in) {
    Class<?> type = readClass(in);
    RecordComponent[] components = components(type);
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(in);
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record that cannot be made: " + type, e);
    }
  }

  private static Object readConstant(ByteBuffer in) {
    Class<?> type = readClass(in);
    String name = readName(in);
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("no such constant: " + type + "." + name);
  }

  private static Class<?> readClass(ByteBuffer in) {
    return CLASSES.computeIfAbsent(readName(in), RecordCodec::classNamed);
  }

  private static String readName(ByteBuffer in) {
    byte[] name = new byte[in.get() & 0xff];
    in.get(name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private static Class<?> classNamed(String name) {
    try {
      Class<?> type = Class.forName(PACKAGE + name);
      if (type.isRecord() || type.isEnum()) {
        return type;
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("no such class: " + name, e);
    }
    throw new IllegalArgumentException("neither a record nor an enum: " + name);
  }

  private static RecordComponent[] components(Class<?> type) {
    return COMPONENTS.computeIfAbsent(type, Class::getRecordComponents);
  }
}
