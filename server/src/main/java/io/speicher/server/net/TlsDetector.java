package io.speicher.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.speicher.protocol.Counter;
import io.speicher.server.security.Tls;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells by the first byte of a connection whether it is encrypted, and is gone then. Only where TLS
 * is spoken there is one.
 */
final class TlsDetector extends ChannelInboundHandlerAdapter {
  /** The type of the first record: a handshake (RFC 8446, section 5.1). */
  static final int HANDSHAKE = 0x16;

  private final Tls tls;
  private final Connection connection;

  /** Where nothing but TLS is spoken, ends a peer that never begins. */
  private @Nullable Future<?> timeout;

  TlsDetector(Tls tls, Connection connection) {
    this.tls = tls;
    this.connection = connection;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (tls.settings().only()) {
      timeout =
          ctx.executor()
              .schedule(
                  () -> timedOut(ctx),
                  tls.settings().handshakeTimeout().toMillis(),
                  TimeUnit.MILLISECONDS);
    }
    ctx.fireChannelActive();
  }

  private void timedOut(ChannelHandlerContext ctx) {
    connection.turn().executor().count(Counter.TLS_ERRORS, 1);
    ctx.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (bytes.getUnsignedByte(bytes.readerIndex()) == HANDSHAKE) {
      if (!tls.tryEnter()) {
        bytes.release();
        connection.turn().executor().count(Counter.REJECTED_CONNECTIONS, 1);
        ctx.close();
        return;
      }
      TlsHandler handler =
          new TlsHandler(tls, ctx, connection.turn().receiveBuffer(), connection.share());
      connection.encryptedBy(handler);
      ctx.pipeline().addAfter(ctx.name(), null, handler);
    } else if (tls.settings().only()) {
      connection.turn().executor().count(Counter.TLS_ERRORS, 1);
      connection.refusePlainText();
    }
    ctx.pipeline().remove(this);
    ctx.fireChannelRead(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }
}
