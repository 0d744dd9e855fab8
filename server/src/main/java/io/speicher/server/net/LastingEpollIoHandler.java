package io.speicher.server.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll handler, mended: a socket stays registered as long as its channel does.
 *
 * <p>Netty since 4.2.13 (pull request 16689) takes a socket out of epoll when its channel waits for
 * nothing at the moment, and forgets that it did: when the channel waits for something again, the
 * registration is modified instead of added, fails with ENOENT, and takes the connection with it.
 * It happens to a connection whose peer has closed its half, each time the peer's replies fill the
 * socket once more, so that most of a large pipelined batch is lost. Before 4.2.13 such a socket
 * stayed registered for nothing, and could wake the loop for ever.
 *
 * <p>Here a channel that waits for nothing is registered for edge-triggered events of no kind: it
 * stays, and is told of a hang-up once. To be deleted as soon as Netty does this right by itself;
 * {@code SpeicherServerIT} tells.
 */
public final class LastingEpollIoHandler implements IoHandler {
  private final IoHandler epoll;

  private LastingEpollIoHandler(IoHandler epoll) {
    this.epoll = epoll;
  }

  public static IoHandlerFactory newFactory() {
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    return executor -> new LastingEpollIoHandler(epoll.newHandler(executor));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new LastingRegistration(epoll.register(handle));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  private static final class LastingRegistration implements IoRegistration {
    private final IoRegistration registration;

    /** Whether epoll knows the socket: it does from when the channel first waits for something. */
    private boolean added;

    LastingRegistration(IoRegistration registration) {
      this.registration = registration;
    }

    @Override
    public long submit(IoOps ops) {
      boolean nothing = ops.equals(EpollIoOps.NONE);
      added |= !nothing;
      return registration.submit(added && nothing ? EpollIoOps.EPOLLET : ops);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
    public <T> T attachment() {
      return registration.attachment();
    }

    @Override
    public boolean isValid() {
      return registration.isValid();
    }

    @Override
    public boolean cancel() {
      return registration.cancel();
    }
  }
}
