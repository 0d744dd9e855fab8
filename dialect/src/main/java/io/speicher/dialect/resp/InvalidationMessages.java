package io.speicher.dialect.resp;

import io.speicher.dialect.Session;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;

/**
 * How a client is told of keys that have changed: as a push in RESP3, and as a message on a channel
 * in RESP2, for who has subscribed to it.
 *
 * <p>Source: the page "Client-side caching" in the documentation of Redis 7.2.
 */
final class InvalidationMessages {
  /** The only channel that there is. */
  static final String CHANNEL = "__redis__:invalidate";

  private InvalidationMessages() {}

  static void write(Reply.Invalidated invalidated, Session receiver, RespWriter out) {
    boolean isPush = receiver.speaksResp3();
    out.speakTo(receiver);
    if (isPush && invalidated.brokenRedirect() > 0) {
      out.push(2);
      out.bulk("tracking-redir-broken");
      out.integer(invalidated.brokenRedirect());
    }
    if (!isPush && !receiver.isSubscribed()) {
      return; // It has no words for it.
    }
    if (invalidated.everything()) {
      begin(isPush, out);
      out.nothing();
    } else if (!invalidated.keys().isEmpty()) {
      begin(isPush, out);
      out.array(invalidated.keys().size());
      for (ByteBuffer key : invalidated.keys()) {
        out.bulk(key);
      }
    }
  }

  private static void begin(boolean isPush, RespWriter out) {
    if (isPush) {
      out.push(2);
      out.bulk("invalidate");
    } else {
      out.array(3);
      out.bulk("message");
      out.bulk(CHANNEL);
    }
  }
}
