package io.speicher.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.speicher.dialect.Share;
import io.speicher.server.security.Tls;

/**
 * Encrypts and decrypts what a connection sends and receives.
 *
 * <p>Records are decrypted where the event loop has read them. What is left over, a record of which
 * a part is still to come or what waits for a handshake, is copied to memory of the connection: the
 * {@link ReceiveBuffer} is the next connection's to read to.
 */
final class TlsHandler extends SslHandler {
  private final ReceiveBuffer receiveBuffer;
  private final Share share;
  private boolean afterRead;

  TlsHandler(Tls tls, ChannelHandlerContext ctx, ReceiveBuffer receiveBuffer, Share share) {
    super(tls.newEngine(ctx.alloc()), tls.handshakes());
    this.receiveBuffer = receiveBuffer;
    this.share = share;
    setHandshakeTimeoutMillis(tls.settings().handshakeTimeout().toMillis());
    setCumulator((allocator, kept, bytes) -> joined(kept, bytes));
  }

  /**
   * Whether it is told that a read has ended. It is also told when a handshake goes on; the {@link
   * ReceiveBuffer} knows of another connection's read then.
   */
  boolean isAfterRead() {
    return afterRead;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    try {
      super.channelRead(ctx, message);
    } finally {
      if (actualReadableBytes() > 0 && receiveBuffer.owns(internalBuffer())) {
        super.channelRead(ctx, Unpooled.EMPTY_BUFFER); // This copies it.
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    afterRead = true;
    try {
      super.channelReadComplete(ctx);
    } finally {
      afterRead = false;
    }
  }

  /** Takes both over. */
  private ByteBuf joined(ByteBuf kept, ByteBuf bytes) {
    if (!kept.isReadable()) {
      kept.release();
      return bytes;
    }
    try {
      if (!receiveBuffer.owns(kept) && kept.writableBytes() >= bytes.readableBytes()) {
        return kept.writeBytes(bytes);
      }
      ByteBuf joined = share.bufferForHeld(kept.readableBytes() + bytes.readableBytes());
      joined.writeBytes(kept).writeBytes(bytes);
      kept.release();
      return joined;
    } finally {
      bytes.release();
    }
  }
}
