package io.speicher.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.speicher.dialect.User;
import io.speicher.server.http.Route.Right;
import io.speicher.server.security.Authenticator;
import io.speicher.server.security.UserDirectory;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer that listens to events and does not read them. */
final class HttpConnectionTest {
  private final User user = UserDirectory.open().first();
  private final Events events = new Events(user::equals);
  private final Authenticator authenticator = new Authenticator(UserDirectory.open(), 1);
  private final HttpService service =
      new HttpService(
          List.of(),
          authenticator,
          () -> user,
          new PageToken(),
          List.of(Route.get("/events", Right.USER, request -> Page.stream(events, user))));
  private final SlowSocket socket = new SlowSocket();
  private final EmbeddedChannel channel = new EmbeddedChannel(socket);

  /** What is written to it is not sent before it is said to be. */
  private static final class SlowSocket extends ChannelOutboundHandlerAdapter {
    private final Queue<ChannelPromise> unsent = new ArrayDeque<>();
    private final StringBuilder written = new StringBuilder();

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ByteBuf bytes = (ByteBuf) message;
      written.append(bytes.toString(UTF_8));
      bytes.release();
      unsent.add(promise);
    }

    private void sendAll() {
      while (!unsent.isEmpty()) {
        unsent.remove().setSuccess();
      }
    }
  }

  @BeforeEach
  void listen() throws InterruptedException {
    channel.freezeTime();
    service.serve(channel.pipeline());
    channel.writeInbound(
        Unpooled.copiedBuffer("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n", ISO_8859_1));
    while (events.listeners() == 0) {
      channel.runPendingTasks(); // The page is made by another thread.
      Thread.onSpinWait();
    }
    channel.runPendingTasks();
    assertThat(socket.written).contains("text/event-stream", "retry: 1000");
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    service.close();
    authenticator.close();
    assertThat(events.listeners()).isZero();
  }

  private void send(String event) {
    events.send("sample", event.getBytes(UTF_8));
    channel.runPendingTasks();
  }

  @Test
  void rehearsal() {
    assertThat(service.rehearse()).startsWith("HTTP/1.1 404 ").endsWith("there is nothing here\n");
  }

  @Test
  void slowPeer_missesEvents() {
    send("1"); // The greeting is still on its way.
    socket.sendAll();
    send("2");
    send("3");
    socket.sendAll();
    send("4");
    assertThat(socket.written)
        .contains("event: sample\ndata: 2\n\n", "event: sample\ndata: 4\n\n")
        .doesNotContain("data: 1", "data: 3");
  }

  @Test
  void deafPeer_isCutOff() {
    channel.advanceTimeBy(9, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    send("1");
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }

  /** It waits for events as long as it likes. */
  @Test
  void idlePeer_stays() {
    socket.sendAll();
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void requestBehindEvents_isNotAnswered() {
    socket.sendAll();
    channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", ISO_8859_1));
    channel.runPendingTasks();
    assertThat(socket.written).doesNotContain("404", "400");
    assertThat(channel.isOpen()).isTrue();
  }
}
