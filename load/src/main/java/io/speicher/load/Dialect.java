package io.speicher.load;

/** A protocol that servers speak. */
enum Dialect {
  SPEICHER("speicher", 14567),
  REDIS("redis", 6379),
  MEMCACHED("memcached", 11211);

  private final String scheme;
  private final int defaultPort;

  Dialect(String scheme, int defaultPort) {
    this.scheme = scheme;
    this.defaultPort = defaultPort;
  }

  String scheme() {
    return scheme;
  }

  int defaultPort() {
    return defaultPort;
  }

  Requests requests(Settings settings) {
    Values values = new Values(settings.valueSizes());
    String prefix = settings.keyPrefix();
    return switch (this) {
      case SPEICHER -> new JsonRequests(prefix, settings.ttlMillis(), values);
      case REDIS -> new RespRequests(prefix, settings.ttlMillis(), values);
      case MEMCACHED -> new MemcachedRequests(prefix, settings.ttlMillis(), values);
    };
  }

  ReplyScanner scanner(ReplySink sink, Settings settings) {
    boolean verify = settings.verify();
    return switch (this) {
      case SPEICHER -> new JsonScanner(sink, verify);
      case REDIS -> new RespScanner(sink, verify);
      case MEMCACHED -> new MemcachedScanner(sink, verify, settings.keyPrefix());
    };
  }
}
