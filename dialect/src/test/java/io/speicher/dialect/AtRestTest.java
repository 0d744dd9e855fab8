package io.speicher.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.json.JsonDialect;
import io.speicher.dialect.memcached.MemcachedBinaryDialect;
import io.speicher.dialect.memcached.MemcachedDialect;
import io.speicher.dialect.resp.RespDialect;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A dialect that is at rest can be used for another connection, and nobody notices: connections
 * that take turns with one are told the same as those that have one each. What they have agreed on
 * is in their sessions.
 */
final class AtRestTest {
  private static final int COUNT = Integer.getInteger("fuzz", 10_000) / 10;
  private static final Limits LIMITS = new Limits(300, 40);

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void resp() {
    compare(
        RespDialect::new,
        List.of(
            "*2\r\n$3\r\nget\r\n$1\r\nk\r\n",
            "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$5\r\nvalue\r\n",
            "ping\r\n",
            "get k\r\n",
            "\r\n",
            "*0\r\n",
            "nonsense\r\n",
            "multi\r\n",
            "exec\r\n",
            "discard\r\n",
            "reset\r\n",
            "hello 3\r\n",
            "hello 2\r\n",
            "client setname me\r\n",
            "client getname\r\n",
            "client no-touch on\r\n",
            "client no-touch off\r\n",
            "client reply skip\r\n",
            "client reply off\r\n",
            "client reply on\r\n"));
  }

  @Test
  void memcached() {
    compare(
        MemcachedDialect::new,
        List.of(
            "get k\r\n",
            "gets k l\r\n",
            "set k 1 0 5\r\nvalue\r\n",
            "set k 1 0 5 noreply\r\nvalue\r\n",
            "set k 1 0 400\r\n" + "v".repeat(400) + "\r\n",
            "set k 1 0 5\r\nvalues\r\n",
            "mg k v q\r\n",
            "ms k 5 q\r\nvalue\r\n",
            "mn\r\n",
            "nonsense\r\n",
            "delete k noreply\r\n"));
  }

  @Test
  void memcachedBinary() {
    compare(
        MemcachedBinaryDialect::new,
        List.of(
            request(0x00, 1, 0, "k"),
            request(0x09, 1, 0, "k"),
            request(0x0a, 0, 0, ""),
            request(0x01, 1, 8, "\0\0\0\0\0\0\0\0kvalue"),
            request(0x11, 1, 8, "\0\0\0\0\0\0\0\0kvalue"),
            request(0x01, 1, 8, "\0\0\0\0\0\0\0\0k" + "v".repeat(400)),
            request(0x70, 0, 0, "")));
  }

  @Test
  void json() {
    compare(
        JsonDialect::new,
        List.of(
            frame("{\"command\":\"GET\",\"key\":\"k\"}"),
            frame("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"v\"}"),
            frame("{\"command\":\"PING\"}"),
            frame("{\"command\":\"MGET\",\"keys\":[\"k\",\"l\"]}"),
            frame("{\"command\":")));
  }

  // ---- what is kept ----

  /**
   * After the largest requests a dialect and a session keep no more than after small ones of the
   * same kind.
   */
  @Test
  void transaction_isNotKept() {
    assertKept(RespDialect::new, AtRestTest::transaction, 10_000);
  }

  @Test
  void manyWords_areNotKept() {
    assertKept(
        RespDialect::new,
        count -> "*" + (count + 1) + "\r\n$3\r\nDEL\r\n" + "$1\r\nk\r\n".repeat(count),
        100_000);
    assertKept(RespDialect::new, count -> "mget" + " k".repeat(count) + "\r\n", 30_000);
    assertKept(RespDialect::new, count -> "watch" + " k".repeat(count) + "\r\nunwatch\r\n", 8_000);
  }

  @Test
  void manyKeys_areNotKept() {
    assertKept(MemcachedDialect::new, count -> "get" + " k".repeat(count) + "\r\n", 100_000);
    assertKept(MemcachedDialect::new, count -> "gat 5" + " k".repeat(count) + "\r\n", 100_000);
  }

  @Test
  void batches_areNotKept() {
    assertKept(
        JsonDialect::new,
        count -> frame("{\"command\":\"MGET\",\"keys\":[" + list("\"\\u006b\"", count) + "]}"),
        16_384);
    assertKept(
        JsonDialect::new,
        count ->
            frame(
                "{\"command\":\"MSET\",\"items\":["
                    + list("{\"key\":\"\\u006b\",\"value\":\"\\n\"}", count)
                    + "]}"),
        16_384);
    assertKept(
        JsonDialect::new,
        count ->
            frame("{\"command\":\"SET\",\"key\":\"k\",\"value\":\"" + "\\n".repeat(count) + "\"}"),
        15_000);
  }

  private static String transaction(int count) {
    return "multi\r\n" + "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$1\r\nv\r\n".repeat(count) + "exec\r\n";
  }

  private static String list(String element, int count) {
    return (element + ",").repeat(count - 1) + element;
  }

  private static void assertKept(
      Function<Limits, Dialect> maker, IntFunction<String> requests, int many) {
    Dialect dialect = maker.apply(Limits.DEFAULT);
    Peer peer = new Peer();
    answerAll(dialect, peer, requests.apply(2));
    long before = Reachable.bytes(dialect, peer.session());
    answerAll(dialect, peer, requests.apply(many));
    assertThat(Reachable.bytes(dialect, peer.session())).isLessThanOrEqualTo(before);
    assertThat(peer.account().usedBytes()).isZero();
  }

  /** Answers as a connection does, up to the moment when it waits for more and is at rest. */
  private static void answerAll(Dialect dialect, Peer peer, String requests) {
    ByteBuf in = Unpooled.copiedBuffer(requests, ISO_8859_1);
    Command command;
    while ((command = peer.decodeOrNull(dialect, in)) != null) {
      List<?> elements = elements(command);
      if (elements != null) {
        dialect.beginBatch(elements.size(), peer.out());
        for (int i = 0; i < elements.size(); i++) {
          dialect.turnTo(i);
          boolean isDone = command instanceof Command.Transaction;
          dialect.encode(isDone ? Reply.Done.DONE : Reply.Miss.MISS, peer.out());
        }
        dialect.endBatch(peer.out());
      } else if (command instanceof Command.Watch(var keys)) {
        peer.session().watch().makeRoomFor(keys);
        keys.forEach(key -> peer.session().watch().add(0, key, 1, 1));
        dialect.encode(Reply.Done.DONE, peer.out());
      } else {
        if (command instanceof Command.Unwatch) {
          peer.session().unwatch();
        }
        dialect.encode(reply(command), peer.out());
      }
      peer.take();
    }
    peer.session().endCommand();
    in.release();
    assertThat(dialect.isAtRest()).isTrue();
  }

  private static @Nullable List<?> elements(Command command) {
    return switch (command) {
      case Command.GetAll get -> get.keys();
      case Command.Batch batch -> batch.commands();
      case Command.Transaction transaction -> transaction.commands();
      default -> null;
    };
  }

  private void compare(Function<Limits, Dialect> maker, List<String> commands) {
    Dialect shared = maker.apply(LIMITS);
    int turns = 0;
    for (int i = 0; i < COUNT; i++) {
      StringBuilder stream = new StringBuilder();
      for (int j = 0; j < 10; j++) {
        stream.append(commands.get(random.nextInt(commands.size())));
      }
      Line keeping = new Line(maker.apply(LIMITS));
      Line sharing = new Line(shared);
      byte[] bytes = stream.toString().getBytes(ISO_8859_1);
      int at = 0;
      while (at < bytes.length && !keeping.said.contains("lost")) {
        // Often up to the end of a line, where a command may end: a dialect is at rest there.
        int lineEnd = stream.indexOf("\n", at) + 1;
        int length =
            lineEnd > 0 && random.nextBoolean()
                ? lineEnd - at
                : 1 + random.nextInt(Math.min(40, bytes.length - at));
        keeping.receive(bytes, at, length);
        sharing.receive(bytes, at, length);
        at += length;
        if (sharing.dialect.isAtRest() && !sharing.said.contains("lost")) {
          if (!disturb(sharing.dialect, commands)) {
            sharing.dialect = maker.apply(LIMITS);
          }
          turns++;
        }
      }
      assertThat(sharing.said).as("-Dseed=%d %s", seed, stream).isEqualTo(keeping.said);
      boolean isUsable = sharing.dialect.isAtRest() && !keeping.said.contains("lost");
      shared = isUsable ? sharing.dialect : maker.apply(LIMITS);
      keeping.close();
      sharing.close();
    }
    assertThat(turns).as("-Dseed=%d", seed).isGreaterThan(COUNT / 4);
  }

  /** Another connection says something, and returns whether the dialect is at rest again. */
  private boolean disturb(Dialect dialect, List<String> commands) {
    Line other = new Line(dialect);
    for (int i = 0; i < 3 && dialect.isAtRest() && !other.said.contains("lost"); i++) {
      byte[] bytes = commands.get(random.nextInt(commands.size())).getBytes(ISO_8859_1);
      other.receive(bytes, 0, bytes.length);
    }
    other.close();
    return dialect.isAtRest() && !other.said.contains("lost");
  }

  /** A connection, with a store that is empty. */
  private static final class Line {
    private final Peer peer = new Peer();
    private Dialect dialect;
    private final List<String> said = new ArrayList<>();
    private ByteBuf in = Unpooled.EMPTY_BUFFER;

    Line(Dialect dialect) {
      this.dialect = dialect;
    }

    void receive(byte[] bytes, int at, int length) {
      in =
          Unpooled.buffer(in.readableBytes() + length).writeBytes(in).writeBytes(bytes, at, length);
      try {
        Command command;
        while ((command = peer.decodeOrNull(dialect, in)) != null) {
          ByteBuf answer = peer.answer(dialect, reply(command));
          String id = ":" + peer.session().id() + "\r\n"; // Only RESP tells it.
          String text = answer.toString(ISO_8859_1).replace(id, ":ID\r\n");
          said.add(command.getClass().getSimpleName() + " " + text);
          if (command instanceof Command.Quit) {
            throw new ProtocolException("the end");
          }
        }
      } catch (ProtocolException e) {
        said.add("lost");
      }
    }

    void close() {
      peer.session().close();
      assertThat(peer.account().usedBytes()).isZero();
    }
  }

  private static Reply reply(Command command) {
    if (command instanceof Command.Malformed malformed) {
      return new Reply.Refused(Reply.BAD_REQUEST, malformed.why());
    }
    if (command instanceof Command.Get) {
      return Reply.Miss.MISS;
    }
    return command instanceof Command.Ping
        ? Reply.Done.DONE
        : new Reply.Failed(Reply.UNAVAILABLE, "failed");
  }

  private static String request(int code, int keyBytes, int extrasBytes, String body) {
    return new String(
            HexFormat.of()
                .parseHex(
                    "80%02x%04x%02x000000%08x000000070000000000000000"
                        .formatted(code, keyBytes, extrasBytes, body.length())),
            ISO_8859_1)
        + body;
  }

  private static String frame(String json) {
    byte[] length = ByteBuffer.allocate(4).putInt(json.length()).array();
    return new String(length, ISO_8859_1) + json;
  }
}
