package io.speicher.bench.history;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A node of a cluster, as clients reach it and as faults happen to it. */
public interface Node {
  /** Where clients reach it. */
  InetSocketAddress address();

  /** Ends the process at once, and waits for its end. */
  void kill() throws IOException, InterruptedException;

  /** Starts it again, and does not wait until it listens. */
  void start() throws IOException;

  /** Stops the process from running. */
  void suspend() throws IOException, InterruptedException;

  /** Lets it go on. */
  void resume() throws IOException, InterruptedException;
}
