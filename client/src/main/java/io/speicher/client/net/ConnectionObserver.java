package io.speicher.client.net;

/** Is told of connections, where callbacks may block. */
public interface ConnectionObserver {
  /** A connection serves. */
  void connected();

  /** A connection that served has ended. */
  void lost(String reason);

  /** No address of the server could be connected to. Told once until a connection serves. */
  void unreachable(String reason);
}
