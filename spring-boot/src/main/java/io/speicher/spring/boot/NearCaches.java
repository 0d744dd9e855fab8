package io.speicher.spring.boot;

import io.speicher.client.NearCaching;
import io.speicher.near.Near;
import java.time.Duration;
import org.springframework.util.ClassUtils;

/** Makes near caches, of the module that an application need not have. */
final class NearCaches {
  private static final String NEAR = "io.speicher.near.Near";

  private NearCaches() {}

  /**
   * One of so many entries.
   *
   * @throws IllegalStateException if the module is not there
   */
  static NearCaching of(long entries, Duration maxAge) {
    if (!ClassUtils.isPresent(NEAR, NearCaches.class.getClassLoader())) {
      throw new IllegalStateException(
          "speicher.cache.near.entries="
              + entries
              + " (expected: io.speicher:speicher-near among the dependencies)");
    }
    return Near.entries(entries).maxAge(maxAge);
  }
}
