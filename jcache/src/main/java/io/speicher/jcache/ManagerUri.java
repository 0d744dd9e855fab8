package io.speicher.jcache;

import io.speicher.client.Ttl;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the URI of a cache manager says.
 *
 * @param clientUrl for {@link io.speicher.client.SpeicherBuilder#url}
 * @param namespace what all keys begin with; may be empty
 * @param ttl of caches whose configuration has no expiry; null for none
 * @param timeout of each call; null for the client's
 */
record ManagerUri(
    String clientUrl, String namespace, @Nullable Ttl ttl, @Nullable Duration timeout) {
  private static final String EXPECTED =
      " (expected: speicher://host:port/namespace?ttl=10m&timeout=500ms, or"
          + " speicher:embedded?memory=256mb&ttl=10m)";

  /** The client's own part; perhaps a path, which is the namespace; and perhaps parameters. */
  private static final Pattern URL =
      Pattern.compile(
          "(?<client>speichers?:(?://[^/?]+|(?!/)[^/?]+))(?:/(?<namespace>[^?]*))?(?:\\?(?<query>.*))?");

  private static final Pattern TIME = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  static ManagerUri of(URI uri) {
    Matcher matcher = URL.matcher(uri.toString());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("uri=" + withoutLogin(uri) + EXPECTED);
    }
    Ttl ttl = null;
    Duration timeout = null;
    StringJoiner ofTheClient = new StringJoiner("&", "?", "");
    ofTheClient.setEmptyValue("");
    String query = matcher.group("query");
    for (String parameter : query == null ? new String[0] : query.split("&", -1)) {
      if (parameter.startsWith("ttl=")) {
        ttl = Ttl.of(time(parameter, uri));
      } else if (parameter.startsWith("timeout=")) {
        timeout = time(parameter, uri);
      } else {
        ofTheClient.add(parameter);
      }
    }
    String client = matcher.group("client");
    if (ofTheClient.length() > 0 && client.contains("//")) {
      throw new IllegalArgumentException("uri=" + withoutLogin(uri) + EXPECTED);
    }
    String namespace = matcher.group("namespace");
    return new ManagerUri(
        client + ofTheClient,
        namespace == null || namespace.isEmpty() ? "" : namespace + ":",
        ttl,
        timeout);
  }

  private static Duration time(String parameter, URI uri) {
    Matcher matcher =
        TIME.matcher(parameter.substring(parameter.indexOf('=') + 1).toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("uri=" + withoutLogin(uri) + EXPECTED);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static String withoutLogin(URI uri) {
    return uri.toString().replaceFirst("//.*@", "//");
  }
}
