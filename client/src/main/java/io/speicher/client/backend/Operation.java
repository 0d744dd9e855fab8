package io.speicher.client.backend;

import io.speicher.protocol.Reply;
import org.jspecify.annotations.Nullable;

/** What a caller asked for, under the name that the method has. */
public enum Operation {
  GET("get", Reply.Value.class, Outcome.MISS),
  /** A get that may be given the lease; not a read, since the second one finds it taken. */
  GET_OR_LEASE("get", Reply.Value.class, Outcome.MISS),
  GET_ALL("getAll", Reply.Items.class, Outcome.NONE),
  SET("set", null, Outcome.NONE),
  SET_WITH_LEASE("set", null, Outcome.CONFLICT),
  SET_ALL("setAll", null, Outcome.NONE),
  SET_IF_ABSENT("setIfAbsent", null, Outcome.CONFLICT),
  REPLACE("replace", null, Outcome.MISS_OR_CONFLICT),
  DELETE("delete", null, Outcome.MISS),
  DELETE_VERSION("delete", null, Outcome.MISS_OR_CONFLICT),
  DELETE_ALL("deleteAll", Reply.Count.class, Outcome.NONE),
  INVALIDATE("invalidate", null, Outcome.MISS),
  TOUCH("touch", null, Outcome.MISS),
  TTL("ttl", null, Outcome.MISS),
  ADD("add", Reply.Value.class, Outcome.CONFLICT),
  KEYS("keys", Reply.Keys.class, Outcome.NONE),
  CLEAR("clear", null, Outcome.NONE),
  CLEAR_NAMESPACE("clear", null, Outcome.MISS),
  DECLARE_NAMESPACE("clear", null, Outcome.CONFLICT),
  INVALIDATE_TAG("invalidateTag", null, Outcome.NONE),
  NODES("nodes", Reply.Cluster.class, Outcome.NONE),
  PING("ping", null, Outcome.NONE);

  /** How it can end beside being done. */
  private enum Outcome {
    NONE,
    MISS,
    CONFLICT,
    MISS_OR_CONFLICT
  }

  private final String label;

  /** What it is answered with, or null if there is nothing to say but that it is done. */
  private final @Nullable Class<? extends Reply> answer;

  private final Outcome outcome;

  Operation(String label, @Nullable Class<? extends Reply> answer, Outcome outcome) {
    this.label = label;
    this.answer = answer;
    this.outcome = outcome;
  }

  /** The name of the method, for messages. */
  public String label() {
    return label;
  }

  /** Whether it only reads, so that it can be repeated. */
  public boolean isRead() {
    return this == GET || this == GET_ALL || this == TTL || this == KEYS || this == PING;
  }

  /** Whether the state of the item can keep it from being done. */
  public boolean mayConflict() {
    return outcome == Outcome.CONFLICT || outcome == Outcome.MISS_OR_CONFLICT;
  }

  /**
   * Whether a server in its right mind can answer so. A value where none was asked for is a member
   * that this client does not know, and is ignored.
   */
  public boolean allows(Reply reply) {
    if (reply instanceof Reply.Miss) {
      return outcome == Outcome.MISS || outcome == Outcome.MISS_OR_CONFLICT;
    } else if (reply instanceof Reply.Refused
        || reply instanceof Reply.Failed
        || reply instanceof Reply.Exists) {
      return true; // Where there is no conflict, the server has refused.
    } else if (reply instanceof Reply.Leasable) {
      return this == GET_OR_LEASE;
    } else if (answer != null) {
      return answer.isInstance(reply);
    }
    return reply instanceof Reply.Done || reply instanceof Reply.Value;
  }
}
