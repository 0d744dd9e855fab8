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
      case REDIS -> new RespRequests(prefix, settings.ttlMillis(), values);
      case SPEICHER, MEMCACHED -> throw new UnsupportedOperationException(scheme);
    };
  }

  ReplyScanner scanner(ReplySink sink, boolean verify) {
    return switch (this) {
      case REDIS -> new RespScanner(sink, verify);
      case SPEICHER, MEMCACHED -> throw new UnsupportedOperationException(scheme);
    };
  }
}
