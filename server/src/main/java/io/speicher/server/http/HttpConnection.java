package io.speicher.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.speicher.server.net.HttpHandover;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a peer that speaks HTTP: one request, one reply, and so on, until a reply is
 * {@link Events}, which end with the connection. All methods run on its event loop.
 */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger logger = System.getLogger(HttpConnection.class.getName());

  /** For a request to arrive, from the connection's first byte. */
  private static final int REQUEST_SECONDS = 10;

  /** For the next one to arrive, from the last reply. */
  private static final int NEXT_REQUEST_SECONDS = 60;

  /** For the peer to take a reply. */
  private static final int REPLY_SECONDS = 30;

  /** For the peer to take an event, of which others follow meanwhile. */
  private static final int EVENT_SECONDS = 10;

  /** For the peer to read what was said last, and to close its half. */
  private static final int CLOSE_SECONDS = 1;

  /** A peer that sends more requests at a time is none that reads replies. */
  private static final int MAX_WAITING = 4;

  private static final DateTimeFormatter DATE = DateTimeFormatter.RFC_1123_DATE_TIME;

  /** Nothing but our own files, and in no frame of another page. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final HttpService service;
  private final boolean isSurplus;

  /** Requests that came before the one before them was answered. */
  private final Queue<FullHttpRequest> waiting = new ArrayDeque<>(MAX_WAITING);

  /** Closes the connection if what is to be done next is not done in time. */
  private @Nullable Future<?> deadline;

  private boolean isAnswering;

  /** Whether it ends with the next reply. */
  private boolean isEnding;

  /** Whether nothing more is said. */
  private boolean hasEnded;

  /** Makes a peer that listens to events listen no more; null if it does not. */
  private @Nullable Runnable whenGone;

  /** Whether an event is on its way. */
  private boolean isSending;

  HttpConnection(HttpService service, boolean isSurplus) {
    this.service = service;
    this.isSurplus = isSurplus;
  }

  // ---- what the channel tells ----

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    closeAfter(REQUEST_SECONDS, ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    hasEnded = true;
    forgetDeadline();
    if (whenGone != null) {
      whenGone.run();
    }
    waiting.forEach(FullHttpRequest::release);
    waiting.clear();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == HttpHandover.Event.END) {
      isEnding = true;
      if (!isAnswering || whenGone != null) {
        ctx.close();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean isOfPeer = cause instanceof IOException || cause instanceof DecoderException;
    if (!isOfPeer) {
      logger.log(Level.ERROR, "connection failed: dialect=http", cause);
    }
    ctx.close();
  }

  private void closeAfter(int seconds, ChannelHandlerContext ctx) {
    forgetDeadline();
    deadline = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
  }

  private void forgetDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  // ---- requests ----

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
    if (hasEnded || whenGone != null) {
      return; // Nothing is answered behind events.
    }
    if (!isAnswering) {
      begin(ctx, message);
    } else if (!isEnding && waiting.size() < MAX_WAITING) {
      waiting.add(message.retain());
    } else {
      isEnding = true; // What is too much is not answered.
    }
  }

  private void begin(ChannelHandlerContext ctx, FullHttpRequest message) {
    isAnswering = true;
    forgetDeadline();
    ctx.channel().config().setAutoRead(false); // The next one waits until this one is answered.
    boolean keepsAlive = HttpUtil.isKeepAlive(message);
    HttpVersion version = message.protocolVersion();
    if (message.decoderResult().isFailure()) {
      isEnding = true;
      reply(malformed(message.decoderResult().cause()), false, version, ctx);
    } else if (isSurplus) {
      isEnding = true;
      reply(
          Page.text(
              503,
              "too many HTTP connections (expected: at most "
                  + HttpService.MAX_CONNECTIONS
                  + "); try again later"),
          false,
          version,
          ctx);
    } else {
      answer(message, keepsAlive, version, ctx);
    }
  }

  private static Page malformed(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ ->
          Page.text(
              414,
              "request line too long (expected: up to %d bytes)"
                  .formatted(HttpService.MAX_LINE_BYTES));
      case TooLongHttpHeaderException _ ->
          Page.text(
              431,
              "header too long (expected: up to %d bytes)".formatted(HttpService.MAX_HEADER_BYTES));
      case TooLongHttpContentException _ ->
          Page.text(
              413,
              "body too long (expected: up to %d bytes)".formatted(HttpService.MAX_BODY_BYTES));
      default -> Page.text(400, "malformed request");
    };
  }

  private void answer(
      FullHttpRequest message, boolean keepsAlive, HttpVersion version, ChannelHandlerContext ctx) {
    HttpRequest request;
    try {
      request =
          HttpRequest.of(
              message.method().name(),
              message.uri(),
              message.headers(),
              isEncrypted(ctx.channel()),
              peer(ctx.channel()));
    } catch (IllegalArgumentException e) {
      reply(Page.text(400, "malformed target"), keepsAlive, version, ctx);
      return;
    }
    service
        .answer(request, version.equals(HttpVersion.HTTP_1_1))
        .thenAccept(page -> ctx.executor().execute(() -> reply(page, keepsAlive, version, ctx)));
  }

  private static boolean isEncrypted(Channel channel) {
    return channel.pipeline().get(SslHandler.class) != null;
  }

  private static @Nullable InetAddress peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
  }

  // ---- replies ----

  private void reply(
      Page page, boolean keepsAlive, HttpVersion version, ChannelHandlerContext ctx) {
    if (!ctx.channel().isActive()) {
      return;
    }
    if (page.stream() != null) {
      listen(page, page.stream(), version, ctx);
      return;
    }
    isEnding |= !keepsAlive;
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(page.status()),
            Unpooled.wrappedBuffer(page.body().duplicate()));
    HttpHeaders headers = response.headers();
    if (page.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
      headers.set("Content-Type", page.type());
      HttpUtil.setContentLength(response, page.body().remaining());
    }
    addHeaders(page, headers);
    HttpUtil.setKeepAlive(headers, version, !isEnding || !waiting.isEmpty());
    closeAfter(REPLY_SECONDS, ctx);
    ctx.writeAndFlush(response).addListener((ChannelFuture sent) -> replied(sent, ctx));
  }

  private static void addHeaders(Page page, HttpHeaders headers) {
    headers.set("Date", DATE.format(ZonedDateTime.now(ZoneOffset.UTC)));
    headers.set("Cache-Control", page.constant() ? "no-cache" : "no-store");
    headers.set("Content-Security-Policy", CONTENT_POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    page.headers().forEach(headers::set);
  }

  private void replied(ChannelFuture sent, ChannelHandlerContext ctx) {
    isAnswering = false;
    if (!sent.isSuccess()) {
      ctx.close();
    } else if (isEnding && waiting.isEmpty()) {
      end(ctx);
    } else if (!waiting.isEmpty()) {
      FullHttpRequest next = waiting.remove();
      try {
        begin(ctx, next);
      } finally {
        next.release();
      }
    } else {
      closeAfter(NEXT_REQUEST_SECONDS, ctx);
      ctx.channel().config().setAutoRead(true);
    }
  }

  // ---- events ----

  /**
   * Begins to send events. They end with the connection, which every version of HTTP understands.
   */
  private void listen(
      Page page, Page.Stream stream, HttpVersion version, ChannelHandlerContext ctx) {
    if (isEnding) {
      ctx.close(); // The peer has gone meanwhile, or the server stops.
      return;
    }
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers().set("Content-Type", page.type());
    addHeaders(page, response.headers());
    HttpUtil.setKeepAlive(response.headers(), version, false);
    Events.Listener added =
        new Events.Listener() {
          @Override
          public void send(ByteBuffer event) {
            ctx.executor().execute(() -> sendEvent(event, ctx));
          }

          @Override
          public void end() {
            ctx.close();
          }
        };
    if (!stream.events().add(added, stream.user())) {
      String why = "too many listeners (expected: at most " + Events.MAX_LISTENERS + ")";
      reply(Page.text(503, why + "; close some dashboards"), false, version, ctx);
      return;
    }
    whenGone = () -> stream.events().remove(added);
    waiting.forEach(FullHttpRequest::release);
    waiting.clear();
    ctx.write(response);
    ctx.channel().config().setAutoRead(true); // Else nobody would see the peer go.
  }

  /** Sends an event if the peer has taken the one before. */
  private void sendEvent(ByteBuffer event, ChannelHandlerContext ctx) {
    if (hasEnded || isSending) {
      return;
    }
    isSending = true;
    closeAfter(EVENT_SECONDS, ctx);
    ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(event)))
        .addListener((ChannelFuture sent) -> {
          isSending = false;
          forgetDeadline();
          if (!sent.isSuccess()) {
            ctx.close();
          }
        });
  }

  // ---- the end ----

  /**
   * Closes our half, and all of it soon: what the peer still sends must not make the kernel take
   * the reply back.
   */
  private void end(ChannelHandlerContext ctx) {
    hasEnded = true;
    if (isEncrypted(ctx.channel())) {
      ctx.close();
      return;
    }
    closeAfter(CLOSE_SECONDS, ctx);
    ((DuplexChannel) ctx.channel()).shutdownOutput();
    ctx.channel().config().setAutoRead(true);
  }
}
