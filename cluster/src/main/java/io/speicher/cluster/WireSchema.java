package io.speicher.cluster;

import io.speicher.store.Item;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.infinispan.protostream.FileDescriptorSource;
import org.infinispan.protostream.ProtobufTagMarshaller;
import org.infinispan.protostream.SerializationContext;
import org.infinispan.protostream.SerializationContextInitializer;
import org.infinispan.protostream.TagReader;
import org.infinispan.protostream.descriptors.WireType;
import org.jspecify.annotations.Nullable;

/**
 * How what travels between nodes is marshalled: as messages of ProtoStream with one field of bytes,
 * since all nodes run the same release.
 *
 * <pre>
 *  Key            | key |
 *  Image          | flags (4) | kind (1) | time to live in ms (8), 0 for none | value |
 *                 or nothing, for a tombstone
 *  Operation      | marks (1) | command, or with mark 4 an Image |
 *                   marks: 1 it was sent before, 2 it may be repeated, 4 it is decided
 *  TopologyQuery  nothing
 * </pre>
 */
final class WireSchema implements SerializationContextInitializer {
  private static final String SCHEMA =
      """
      syntax = "proto3";
      package speicher;
      /** @TypeId(1000001) */
      message Key { bytes bytes = 1; }
      /** @TypeId(1000002) */
      message Image { bytes bytes = 1; }
      /** @TypeId(1000003) */
      message Operation { bytes bytes = 1; }
      /** @TypeId(1000004) */
      message TopologyQuery { bytes bytes = 1; }
      """;

  private static final byte[] NOTHING = {};
  private static final int IMAGE_HEADER_BYTES = Integer.BYTES + Byte.BYTES + Long.BYTES;

  private static final int RETRY = 1;
  private static final int REPEATABLE = 2;
  private static final int DECIDED = 4;

  @Override
  public void registerSchema(SerializationContext context) {
    context.registerProtoFiles(FileDescriptorSource.fromString("speicher.proto", SCHEMA));
  }

  @Override
  public void registerMarshallers(SerializationContext context) {
    context.registerMarshaller(new Marshaller<>(Key.class, key -> key.bytes, Key::new));
    context.registerMarshaller(
        new Marshaller<>(Image.class, WireSchema::bytes, bytes -> image(ByteBuffer.wrap(bytes))));
    context.registerMarshaller(
        new Marshaller<>(Operation.class, WireSchema::bytes, WireSchema::operation));
    context.registerMarshaller(
        new Marshaller<>(TopologyQuery.class, query -> NOTHING, bytes -> new TopologyQuery()));
  }

  private record Marshaller<T>(
      Class<T> type, Function<T, byte[]> toBytes, Function<byte[], T> fromBytes)
      implements ProtobufTagMarshaller<T> {
    @Override
    public T read(ReadContext context) throws IOException {
      TagReader in = context.getReader();
      byte[] bytes = NOTHING;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireType.getTagFieldNumber(tag) == 1) {
          bytes = in.readByteArray();
        } else {
          in.skipField(tag);
        }
      }
      return fromBytes.apply(bytes);
    }

    @Override
    public void write(WriteContext context, T value) throws IOException {
      context.getWriter().writeBytes(1, toBytes.apply(value));
    }

    @Override
    public Class<? extends T> getJavaClass() {
      return type;
    }

    @Override
    public String getTypeName() {
      return "speicher." + type.getSimpleName();
    }
  }

  static byte[] bytes(Image image) {
    byte[] value = image.value();
    if (value == null) {
      return NOTHING;
    }
    long ttlMillis =
        image.expiresAtMillis() == Item.NEVER ? 0 : Math.max(1, image.expiresAtMillis() - now());
    return ByteBuffer.allocate(IMAGE_HEADER_BYTES + value.length)
        .putInt(image.flags())
        .put((byte) image.kind())
        .putLong(ttlMillis)
        .put(value)
        .array();
  }

  static Image image(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return Image.TOMBSTONE;
    }
    int flags = bytes.getInt();
    int kind = bytes.get();
    long ttlMillis = bytes.getLong();
    byte[] value = new byte[bytes.remaining()];
    bytes.get(value);
    return new Image(value, kind, flags, ttlMillis == 0 ? Item.NEVER : now() + ttlMillis);
  }

  private static long now() {
    return InfinispanCluster.current().nowMillis();
  }

  private static byte[] bytes(Operation operation) {
    @Nullable Image decision = operation.decision();
    byte[] body = decision == null ? operation.command() : bytes(decision);
    int marks =
        (operation.takeRetry() ? RETRY : 0)
            | (operation.mayRepeat() ? REPEATABLE : 0)
            | (decision == null ? 0 : DECIDED);
    return ByteBuffer.allocate(1 + body.length).put((byte) marks).put(body).array();
  }

  private static Operation operation(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int marks = in.get();
    boolean isDecided = (marks & DECIDED) != 0;
    @Nullable Image decision = isDecided ? image(in) : null;
    byte[] command = new byte[in.remaining()];
    in.get(command);
    return new Operation(command, decision, (marks & RETRY) != 0, (marks & REPEATABLE) != 0);
  }
}
