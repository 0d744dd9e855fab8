package io.speicher.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the server is. A bean of this type, such as one that a test declares, takes the place of
 * {@code speicher.url} and the login.
 */
@FunctionalInterface
public interface SpeicherConnectionDetails extends ConnectionDetails {
  /** For {@link io.speicher.client.SpeicherBuilder#url}. */
  String url();

  /** Who the client says it is; null for nobody, or for what the URL says. */
  default @Nullable String username() {
    return null;
  }

  /** What it proves that with. */
  default @Nullable String password() {
    return null;
  }
}
