package io.speicher.load;

/** A protocol that servers speak, as the scheme of a target names it. */
public enum Protocol {
  RESP("RESP", "redis", 6379),
  MEMCACHED("memcached text", "memcached", 11211),
  JSON("framed JSON", "speicher", 14567);

  private final String title;
  private final String scheme;
  private final int defaultPort;

  Protocol(String title, String scheme, int defaultPort) {
    this.title = title;
    this.scheme = scheme;
    this.defaultPort = defaultPort;
  }

  /** Its name in results. */
  public String title() {
    return title;
  }

  /** What a target begins with, before the colon. */
  public String scheme() {
    return scheme;
  }

  int defaultPort() {
    return defaultPort;
  }

  Requests requests(Settings settings) {
    Values values = new Values(settings.valueSizes());
    String prefix = settings.keyPrefix();
    return switch (this) {
      case JSON -> new JsonRequests(prefix, settings.ttlMillis(), values);
      case RESP -> new RespRequests(prefix, settings.ttlMillis(), values);
      case MEMCACHED -> new MemcachedRequests(prefix, settings.ttlMillis(), values);
    };
  }

  ReplyScanner scanner(ReplySink sink, Settings settings) {
    boolean verify = settings.verify();
    return switch (this) {
      case JSON -> new JsonScanner(sink, verify);
      case RESP -> new RespScanner(sink, verify);
      case MEMCACHED -> new MemcachedScanner(sink, verify, settings.keyPrefix());
    };
  }
}
