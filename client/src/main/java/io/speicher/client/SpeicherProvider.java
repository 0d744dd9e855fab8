package io.speicher.client;

import org.jspecify.annotations.Nullable;

/**
 * Opens clients for URLs that name no server, such as {@code speicher:embedded}. {@link
 * SpeicherBuilder#url} finds providers by {@link java.util.ServiceLoader}.
 */
public interface SpeicherProvider {
  /**
   * A new client, or null if the URL is another provider's.
   *
   * @param namespace what all its keys begin with
   * @throws IllegalArgumentException if the URL is this provider's, and something in it is wrong
   */
  @Nullable Speicher open(String url, String namespace);
}
