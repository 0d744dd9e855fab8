package io.speicher.server.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private final Outbox outbox = new Outbox();
  private final Peer first = new Peer();
  private final Peer second = new Peer();

  /** A connection, and what was written to it. */
  private static final class Peer extends ChannelOutboundHandlerAdapter {
    private final StringBuilder received = new StringBuilder();
    private final List<ByteBuf> kept = new ArrayList<>();
    private final EmbeddedChannel channel =
        new EmbeddedChannel(this, new ChannelInboundHandlerAdapter());
    private boolean keeps;
    private @Nullable Runnable whenWritten;

    ChannelHandlerContext context() {
      return channel.pipeline().lastContext();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ByteBuf bytes = (ByteBuf) message;
      if (keeps) {
        kept.add(bytes);
      } else {
        received.append(bytes.toString(US_ASCII));
        bytes.release();
      }
      Runnable next = whenWritten;
      whenWritten = null;
      if (next != null) {
        next.run();
      }
    }
  }

  @AfterEach
  void release() {
    outbox.release();
    first.channel.close();
    second.channel.close();
  }

  private void append(Peer peer, String text) {
    outbox.of(peer.context()).writeCharSequence(text, US_ASCII);
  }

  private int add(Peer peer) {
    return outbox.add(peer.context());
  }

  @Test
  void nothing_isNotSent() {
    outbox.of(first.context());
    assertThat(add(first)).isZero();
    assertThat(add(second)).isZero();
    outbox.sendAll();
    assertThat(first.received).isEmpty();
  }

  @Test
  void replies_waitForTheOthers() {
    append(first, "a");
    append(first, "b");
    assertThat(add(first)).isEqualTo(2);
    append(second, "c");
    assertThat(add(second)).isEqualTo(1);
    assertThat(first.received).isEmpty();
    outbox.sendAll();
    assertThat(first.received).hasToString("ab");
    assertThat(second.received).hasToString("c");
    append(second, "d");
    add(second);
    outbox.sendAll();
    assertThat(second.received).hasToString("cd");
  }

  @Test
  void manyReplies_doNotWait() {
    String text = "x".repeat(50_000);
    for (int i = 0; i < 3; i++) {
      append(i == 1 ? second : first, text);
      add(i == 1 ? second : first);
    }
    assertThat(first.received).hasSize(100_000);
    assertThat(second.received).hasSize(50_000);
  }

  @Test
  void manyConnections_doNotWait() {
    for (int i = 0; i < 64; i++) {
      append(first, "x");
      add(first);
    }
    assertThat(first.received).hasSize(64);
  }

  @Test
  void whatAFailedConnectionLeft_isForNobodyElse() {
    append(first, "secret");
    append(second, "a");
    assertThat(add(second)).isEqualTo(1);
    assertThat(add(first)).isZero();
    outbox.sendAll();
    assertThat(second.received).hasToString("a");
    append(second, "secret");
    outbox.sendAll(); // With nothing that waits.
    append(first, "b");
    add(first);
    outbox.sendAll();
    assertThat(first.received).hasToString("b");
  }

  @Test
  void repliesThatAreAddedMeanwhile_followThose() {
    first.whenWritten =
        () -> {
          append(first, "more");
          add(first);
          outbox.sendAll();
        };
    append(first, "a");
    add(first);
    append(second, "b");
    add(second);
    outbox.sendAll();
    assertThat(first.received).hasToString("amore");
    assertThat(second.received).hasToString("b");
  }

  @Test
  void moreThanEverThatAreAddedMeanwhile() {
    first.whenWritten =
        () -> {
          for (int i = 0; i < 1_000; i++) {
            append(second, "x".repeat(1_000));
            add(second);
          }
        };
    append(first, "a");
    add(first);
    outbox.sendAll();
    assertThat(second.received).hasSize(1_000_000);
  }

  /** What a slow peer has not taken stays as it was. */
  @Test
  void repliesThatAChannelKeeps_stay() {
    first.keeps = true;
    for (String text : List.of("a", "b", "c".repeat(300_000), "d")) {
      append(first, text);
      add(first);
      append(second, text.toUpperCase(Locale.ROOT));
      add(second);
      outbox.sendAll();
    }
    StringBuilder kept = new StringBuilder();
    for (ByteBuf bytes : first.kept) {
      kept.append(bytes.toString(US_ASCII));
      bytes.release();
    }
    assertThat(kept).hasToString("ab" + "c".repeat(300_000) + "d");
    assertThat(second.received).hasToString("AB" + "C".repeat(300_000) + "D");
    assertThat(first.kept).allSatisfy(bytes -> assertThat(bytes.refCnt()).isZero());
  }
}
