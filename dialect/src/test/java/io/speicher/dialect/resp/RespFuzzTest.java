package io.speicher.dialect.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Peer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.ProtocolException;
import io.speicher.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random commands, mutated and cut: nothing but a {@link ProtocolException} may come of them. */
final class RespFuzzTest {
  private static final int COUNT = Integer.getInteger("fuzz", 30_000);
  private static final int MAX_BYTES = 1_000;

  private static final List<String> WORDS =
      List.of(
          "",
          "k",
          "key",
          "0",
          "1",
          "-1",
          "10",
          "9223372036854775807",
          "1.5",
          "1e400",
          "nx",
          "xx",
          "get",
          "ex",
          "px",
          "exat",
          "keepttl",
          "persist",
          "gt",
          "lt",
          "match",
          "count",
          "type",
          "*",
          "on",
          "off",
          "skip",
          "setname",
          "auth",
          "default",
          "all",
          "server",
          "filterby",
          "pattern",
          "id",
          "addr",
          "skipme",
          "yes",
          "samples",
          "replace",
          "db",
          "help",
          "a\r\nb",
          "\0",
          "é");

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void anything() {
    RespDialect dialect = new RespDialect(new Limits(MAX_BYTES, 100));
    ByteBuf in = Unpooled.buffer();
    Peer peer = new Peer();
    for (int i = 0; i < COUNT; i++) {
      byte[] bytes = mutate(command());
      try {
        for (int at = 0; at < bytes.length; ) {
          int length = 1 + random.nextInt(bytes.length - at);
          in = joined(in, bytes, at, length);
          at += length;
          decodeAll(dialect, in, peer);
        }
        assertThat(in.readableBytes()).as("-Dseed=%d", seed).isLessThan(1_200_000);
      } catch (ProtocolException e) {
        assertThat(e.reason()).startsWith("ERR Protocol error: ");
        peer.session().close();
        peer = new Peer();
        dialect = new RespDialect(new Limits(MAX_BYTES, 100));
        in = Unpooled.buffer();
      } catch (RuntimeException e) {
        fail("-Dseed=" + seed + " " + new String(bytes, StandardCharsets.ISO_8859_1), e);
      }
    }
    peer.session().close();
    assertThat(peer.account().usedBytes()).isZero();
  }

  /** What the handler does: another buffer each time, so that no offset outlives one. */
  private static ByteBuf joined(ByteBuf in, byte[] bytes, int at, int length) {
    return Unpooled.buffer(in.readableBytes() + length)
        .writeBytes(in)
        .writeBytes(bytes, at, length);
  }

  private static void decodeAll(RespDialect dialect, ByteBuf in, Peer peer) {
    Command command;
    while ((command = peer.decodeOrNull(dialect, in)) != null) {
      if (command instanceof Command.Malformed malformed) {
        ByteBuf out = peer.answer(dialect, new Reply.Refused(400, malformed.why()));
        assertThat(out.toString(StandardCharsets.ISO_8859_1).indexOf('\r'))
            .isIn(-1, out.readableBytes() - 2);
      } else if (command instanceof Command.Ping) {
        peer.answer(dialect, Reply.Done.DONE);
      } else {
        peer.answer(dialect, new Reply.Failed(503, "failed"));
      }
    }
  }

  private byte[] command() {
    List<CommandSpec> specs = CommandTable.commands();
    CommandSpec spec = specs.get(random.nextInt(specs.size()));
    int more = random.nextInt(6);
    StringBuilder text = new StringBuilder();
    if (random.nextInt(4) == 0) {
      text.append(spec.name());
      for (int i = 0; i < more; i++) {
        text.append(' ').append(word(spec));
      }
      return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
    text.append('*').append(more + 1).append("\r\n");
    bulk(text, spec.name());
    for (int i = 0; i < more; i++) {
      bulk(text, i == 0 ? word(spec) : WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private String word(CommandSpec spec) {
    List<CommandSpec> subcommands = spec.subcommands();
    return subcommands.isEmpty() || random.nextInt(8) == 0
        ? WORDS.get(random.nextInt(WORDS.size()))
        : subcommands.get(random.nextInt(subcommands.size())).ownName();
  }

  private static void bulk(StringBuilder text, String word) {
    text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
  }

  private byte[] mutate(byte[] bytes) {
    if (random.nextInt(3) == 0) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
    }
    return bytes;
  }
}
