package io.speicher.embedded;

import io.speicher.client.Speicher;
import io.speicher.client.SpeicherProvider;
import io.speicher.protocol.Quantities;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Opens {@code speicher:embedded} and {@code speicher:embedded?memory=2gb}. */
public final class EmbeddedProvider implements SpeicherProvider {
  /** What an engine has whose URL does not say. */
  private static final long DEFAULT_MEMORY_BYTES = Embedded.mb(256);

  private static final Pattern URL =
      Pattern.compile("speicher:embedded(?:\\?(?:memory=(?<memory>[^&]+))?(?<rest>.*))?");

  /** For {@link java.util.ServiceLoader}. */
  public EmbeddedProvider() {}

  @Override
  public @Nullable Speicher open(String url, String namespace) {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      return null;
    }
    String rest = matcher.group("rest");
    if (rest != null && !rest.isEmpty()) {
      throw new IllegalArgumentException(
          "url=" + url + " (expected: speicher:embedded or speicher:embedded?memory=256mb)");
    }
    String memory = matcher.group("memory");
    long memoryBytes = memory == null ? DEFAULT_MEMORY_BYTES : Quantities.bytes(memory);
    return Embedded.open(memoryBytes, namespace);
  }
}
