package io.speicher.embedded;

import io.speicher.client.CacheContract;
import io.speicher.client.Speicher;

/** The engine in this process does what a server does. */
final class EmbeddedCacheTest extends CacheContract {
  @Override
  protected Speicher open() {
    return Embedded.open(Embedded.mb(64));
  }
}
