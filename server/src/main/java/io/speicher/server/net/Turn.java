package io.speicher.server.net;

import io.netty.channel.ChannelHandlerContext;

/**
 * A turn of an event loop: all connections that are ready are read, then all of them are answered,
 * then all replies are sent. Only the thread of the loop uses it.
 */
public final class Turn {
  private final Inbox inbox;
  private final Outbox outbox;
  private final Runnable end = this::end;
  private boolean ending;

  public Turn(Inbox inbox, Outbox outbox) {
    this.inbox = inbox;
    this.outbox = outbox;
  }

  /** Has what waits in the inbox answered, and what is in the outbox sent, when all are read. */
  void endSoon(ChannelHandlerContext ctx) {
    if (!ending) {
      ending = true;
      ctx.executor().execute(end); // Tasks come after all channels that are ready.
    }
  }

  private void end() {
    try {
      inbox.answerAll();
    } finally {
      ending = false;
    }
    outbox.sendAll();
  }
}
