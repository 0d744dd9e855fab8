package io.speicher.client;

/**
 * What is changed under the keys of a cache that has been read through it: protocol, section 5.15.
 *
 * <p>Whoever has read a value is told of its next change. When a reply arrives, all changes have
 * been told that were answered before its command was sent, if both went over one connection. Where
 * the server does not tell of changes, or there is none, nothing is told.
 */
public interface Changes {
  /** Tells {@code listener} from now on, as long as the cache is in use whose keys these are. */
  void listen(ChangeListener listener);
}
