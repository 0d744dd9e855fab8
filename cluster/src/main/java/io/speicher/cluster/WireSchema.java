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
 *  Image          | flags (4) | kind (1) | marks (1) | time to live in ms (8), 0 for none |
 *                 | version (8) | value | or nothing, for a tombstone
 *  Operation      | marks (1) | id (8) | command, unless it is decided |
 *                 | marks (1) | id (8) | id of the previous one (8) | reply length (4) | reply
 *                 | command length (4) | command, may be none | Image |, if it is
 *                   marks: 1 it was sent before, 2 it is too old, 4 it is decided
 *  TopologyQuery  nothing
 *  DrainRequest   nothing
 *  KeysRequest    a {@link KeysQuery}
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
      /** @TypeId(1000005) */
      message DrainRequest { bytes bytes = 1; }
      /** @TypeId(1000006) */
      message KeysRequest { bytes bytes = 1; }
      """;

  private static final byte[] NOTHING = {};
  private static final int IMAGE_HEADER_BYTES = Integer.BYTES + 2 * Byte.BYTES + 2 * Long.BYTES;

  private static final int OPERATION_HEADER_BYTES = Byte.BYTES + Long.BYTES;

  private static final int RETRY = 1;
  private static final int TOO_OLD = 2;
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
    context.registerMarshaller(
        new Marshaller<>(DrainRequest.class, request -> NOTHING, bytes -> new DrainRequest()));
    context.registerMarshaller(
        new Marshaller<>(
            KeysRequest.class,
            request -> request.query.bytes(),
            bytes -> new KeysRequest(KeysQuery.of(bytes))));
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

  static byte[] bytes(Image here) {
    Image image = here.withoutLease();
    byte[] value = image.value();
    if (value == null) {
      return NOTHING;
    }
    long ttlMillis =
        image.expiresAtMillis() == Item.NEVER ? 0 : Math.max(1, image.expiresAtMillis() - now());
    return ByteBuffer.allocate(IMAGE_HEADER_BYTES + value.length)
        .putInt(image.flags())
        .put((byte) image.kind())
        .put((byte) image.marks())
        .putLong(ttlMillis)
        .putLong(image.version())
        .put(value)
        .array();
  }

  static Image image(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return Image.TOMBSTONE;
    }
    int flags = bytes.getInt();
    int kind = bytes.get();
    int marks = bytes.get();
    long ttlMillis = bytes.getLong();
    long version = bytes.getLong();
    byte[] value = new byte[bytes.remaining()];
    bytes.get(value);
    long expiresAtMillis = ttlMillis == 0 ? Item.NEVER : now() + ttlMillis;
    return new Image(value, kind, marks, flags, expiresAtMillis, version);
  }

  private static long now() {
    return InfinispanCluster.current().nowMillis();
  }

  static byte[] bytes(Operation operation) {
    @Nullable Image decision = operation.decision();
    int marks =
        (operation.takeRetry() ? RETRY : 0)
            | (operation.isTooOld() ? TOO_OLD : 0)
            | (decision == null ? 0 : DECIDED);
    if (decision == null) {
      byte[] command = operation.command();
      return ByteBuffer.allocate(OPERATION_HEADER_BYTES + command.length)
          .put((byte) marks)
          .putLong(operation.id())
          .put(command)
          .array();
    }
    byte[] reply = decision.reply();
    byte[] command = operation.takeCommand() ? operation.command() : NOTHING;
    byte[] image = bytes(decision);
    return ByteBuffer.allocate(
            OPERATION_HEADER_BYTES
                + Long.BYTES
                + 2 * Integer.BYTES
                + reply.length
                + command.length
                + image.length)
        .put((byte) marks)
        .putLong(operation.id())
        .putLong(decision.previous())
        .putInt(reply.length)
        .put(reply)
        .putInt(command.length)
        .put(command)
        .put(image)
        .array();
  }

  static Operation operation(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int marks = in.get();
    long id = in.getLong();
    boolean isRetry = (marks & RETRY) != 0;
    boolean isTooOld = (marks & TOO_OLD) != 0;
    if ((marks & DECIDED) == 0) {
      return new Operation(id, take(in, in.remaining()), null, isRetry, isTooOld);
    }
    long previous = in.getLong();
    byte[] reply = take(in, in.getInt());
    byte[] command = take(in, in.getInt());
    Image decision = image(in).by(id, previous, reply);
    return new Operation(id, command, decision, isRetry, isTooOld);
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
