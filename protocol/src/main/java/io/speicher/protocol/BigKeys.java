package io.speicher.protocol;

import java.util.List;

/**
 * The keys whose items take most memory, as the server's last walk through its memory found them.
 * What has changed since is not told.
 *
 * @param keys the largest item first; never more than a hundred
 * @param endedMillis when the walk ended, since 1970; 0 if none has ended yet
 * @param walkMillis how long it took
 */
public record BigKeys(List<BigKey> keys, long endedMillis, long walkMillis) {

  /**
   * A key and its item.
   *
   * @param key the beginning of it, each char a byte
   * @param keyBytes how long it is
   * @param bytes what the item takes: header, key and value
   */
  public record BigKey(String key, int keyBytes, long bytes) {}
}
