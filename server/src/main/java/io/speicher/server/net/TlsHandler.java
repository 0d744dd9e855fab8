package io.speicher.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.speicher.dialect.Share;
import io.speicher.server.security.CertificateNames;
import io.speicher.server.security.Tls;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts what a connection sends and receives.
 *
 * <p>Records are decrypted where the event loop has read them. What is left over, a record of which
 * a part is still to come or what waits for a handshake, is copied to memory of the connection: the
 * {@link ReceiveBuffer} is the next connection's to read to.
 */
final class TlsHandler extends SslHandler {
  private final Tls tls;
  private final Computations computations;
  private final ReceiveBuffer receiveBuffer;
  private final Share share;
  private boolean afterRead;

  /**
   * @param tls which has been entered; the handler leaves it
   */
  TlsHandler(Tls tls, ChannelHandlerContext ctx, ReceiveBuffer receiveBuffer, Share share) {
    this(tls, new Computations(tls.handshakes(), ctx.executor()), ctx, receiveBuffer, share);
  }

  private TlsHandler(
      Tls tls,
      Computations computations,
      ChannelHandlerContext ctx,
      ReceiveBuffer receiveBuffer,
      Share share) {
    super(tls.newEngine(ctx.alloc()), computations);
    this.tls = tls;
    this.computations = computations;
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

  /**
   * Runs something when all that was received is decrypted: at once, or when the engine has
   * computed what it is computing elsewhere. Of several, only the last one counts.
   */
  void onceDecrypted(Runnable action) {
    computations.onceDone(action);
  }

  @Override
  public void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    super.handlerRemoved0(ctx);
    tls.leave();
  }

  /** The names in the peer's certificate; none if it has shown none. After the handshake. */
  List<String> peerNames() {
    try {
      Certificate[] shown = engine().getSession().getPeerCertificates();
      return shown[0] instanceof X509Certificate certificate
          ? CertificateNames.of(certificate)
          : List.of();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
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

  /**
   * Runs what the engine computes on another thread, and knows whether it is at it. The event loop
   * calls it, and is where it is done: behind the task with which Netty goes on.
   */
  private static final class Computations implements Executor {
    private final Executor executor;
    private final EventExecutor loop;
    private int runningCount;
    private @Nullable Runnable then;

    Computations(Executor executor, EventExecutor loop) {
      this.executor = executor;
      this.loop = loop;
    }

    @Override
    public void execute(Runnable task) {
      executor.execute(() -> run(task));
      runningCount++;
    }

    private void run(Runnable task) {
      try {
        task.run();
        loop.execute(this::done);
      } catch (RejectedExecutionException e) {
        // The loop has ended, and the connection with it.
      }
    }

    private void done() {
      runningCount--;
      Runnable next = then;
      if (runningCount == 0 && next != null) {
        then = null;
        next.run();
      }
    }

    void onceDone(Runnable action) {
      if (runningCount == 0) {
        action.run();
      } else {
        then = action;
      }
    }
  }
}
