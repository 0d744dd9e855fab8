package io.speicher.client;

/** What a cache does when a read or a write of a value fails for no fault of its caller. */
public enum OnFailure {
  /** It throws a {@link io.speicher.client.exception.SpeicherException}. */
  THROW,
  /**
   * It goes on without the server: a read that fails is a miss, a write that fails is left out. The
   * old value may still be there after such a write, unless it is too long for the server or the
   * codec has failed: then the client tries to delete it.
   */
  MISS
}
