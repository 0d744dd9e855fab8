package io.speicher.client;

import io.speicher.protocol.Reply;

/** What a caller asked for, under the name that the method has. */
enum Operation {
  SET("set"),
  GET("get"),
  DELETE("delete"),
  RESET("reset"),
  PING("ping");

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  /** The name of the method, for messages. */
  String label() {
    return label;
  }

  /**
   * Whether a server in its right mind can answer so. A value where none was asked for is a member
   * that this client does not know, and is ignored.
   */
  boolean allows(Reply reply) {
    if (reply instanceof Reply.Miss) {
      return this == GET || this == DELETE;
    }
    return !(reply instanceof Reply.Done) || this != GET;
  }
}
