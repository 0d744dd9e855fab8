package io.speicher.client;

/** What {@link SpeicherBuilder#build} does about the connection. */
public enum ConnectMode {
  /** It waits until there is one, and throws if that fails: a wrong address is noticed at once. */
  EAGER,
  /** It begins to connect and returns: a program starts whether or not the server is there. */
  LAZY
}
