package io.speicher.cli.resp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reply, or a part of one.
 *
 * @param bytes the text of what is no aggregate: of a number, its digits; must not be written to
 * @param elements of an aggregate; of a map, keys and values in turn
 */
public record RespReply(Type type, ByteBuffer bytes, List<RespReply> elements) {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** The end of the year 9999. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  /** The types of RESP3, of which RESP2 has the first five. */
  public enum Type {
    SIMPLE,
    ERROR,
    INTEGER,
    BULK,
    ARRAY,
    NULL,
    BOOLEAN,
    DOUBLE,
    BIG_NUMBER,
    VERBATIM,
    MAP,
    SET,
    PUSH
  }

  /** In the place of a string that was too long for who asked. */
  private static final RespReply OMITTED = new RespReply(Type.NULL, NOTHING, List.of());

  static RespReply omitted() {
    return OMITTED;
  }

  static RespReply nothing() {
    return new RespReply(Type.NULL, NOTHING, List.of());
  }

  static RespReply of(Type type, byte[] bytes) {
    return new RespReply(type, ByteBuffer.wrap(bytes), List.of());
  }

  static RespReply of(Type type, List<RespReply> elements) {
    return new RespReply(type, NOTHING, List.copyOf(elements));
  }

  public boolean isError() {
    return type == Type.ERROR;
  }

  /**
   * This reply.
   *
   * @throws ServerErrorException if it is an error
   */
  public RespReply orThrow() {
    if (isError()) {
      throw new ServerErrorException(text());
    }
    return this;
  }

  /** What a map has under this name, or a null. */
  public RespReply field(String name) {
    return map().getOrDefault(name, nothing());
  }

  /** Whether this was a string that has been thrown away, see {@link RespConnection#omitBeyond}. */
  @SuppressWarnings("ReferenceEquality") // There is but one, and it equals a null.
  public boolean isOmitted() {
    return this == OMITTED;
  }

  public boolean isNull() {
    return type == Type.NULL;
  }

  /** The bytes as UTF-8; what is none becomes U+FFFD. */
  public String text() {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  /**
   * An element of an aggregate.
   *
   * @throws UnexpectedReplyException if it has no so many
   */
  public RespReply element(int index) {
    if (index >= elements.size()) {
      throw new UnexpectedReplyException(
          "elements=%d (expected: at least %d)".formatted(elements.size(), index + 1));
    }
    return elements.get(index);
  }

  /**
   * The time that it is as seconds since 1970.
   *
   * @throws UnexpectedReplyException if it is none before the year 10,000
   */
  public Instant time() {
    long seconds = number();
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw new UnexpectedReplyException(
          "seconds since 1970=%d (expected: 0..%d)".formatted(seconds, MAX_SECONDS));
    }
    return Instant.ofEpochSecond(seconds);
  }

  /** The integer that it is, or that its text is; 0 for what is none. */
  public long number() {
    return Digits.number(bytes, 0);
  }

  /** A map, or what RESP2 sends in its place: keys and values in turn. */
  public Map<String, RespReply> map() {
    Map<String, RespReply> map = new LinkedHashMap<>();
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      map.put(elements.get(i).text(), elements.get(i + 1));
    }
    return map;
  }

  /** The texts of the elements. */
  public List<String> texts() {
    return elements.stream().map(RespReply::text).toList();
  }
}
