package io.speicher.client.net;

/** Is told of connections and of the servers that they lead to, where callbacks may block. */
public interface ConnectionObserver {
  /** A connection serves. */
  void connected(String server);

  /** A connection that served has ended. */
  void lost(String server, String reason);

  /**
   * No address could be connected to. Told once until a connection serves.
   *
   * @param server all of them, if there are several
   */
  void unreachable(String server, String reason);
}
