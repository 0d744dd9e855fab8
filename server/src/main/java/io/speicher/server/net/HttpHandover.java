package io.speicher.server.net;

import io.netty.channel.ChannelPipeline;

/** Serves the connections whose peers speak HTTP, once their first bytes have told. */
public interface HttpHandover {

  /** What a connection that was handed over is told later, as user events of its pipeline. */
  enum Event {
    /** Nothing more comes, or nothing more is wanted: it ends once it has answered. */
    END
  }

  /**
   * Adds the handlers that serve a connection to the end of its pipeline. What it receives is
   * theirs, each time a buffer that they own and release; so is reading, and they close it. The
   * limit for connections, {@code --idle-timeout} and TLS hold as for all others.
   *
   * <p>Called on the loop of the connection, as are the handlers; they have to return soon.
   */
  void serve(ChannelPipeline pipeline);
}
