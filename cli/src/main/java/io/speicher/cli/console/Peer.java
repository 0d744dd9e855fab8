package io.speicher.cli.console;

import java.time.Duration;

/** The server that a command talks to, as errors tell of it. */
public interface Peer {
  /** Its host and port, or its socket. */
  String server();

  /** How long each answer may take. */
  Duration timeout();

  /** What says where the server is. */
  String namedBy();

  /** What says who the client is. */
  String loginBy();

  /** What to look at again if that was refused. */
  String loginToCheck();

  /** What it is thought to be. */
  String kind();

  /** What to do where nothing listens. */
  String ifNothingListens();
}
