package io.speicher.bench.compare;

/** What is spoken to a server. */
enum Dialect {
  RESP("RESP", "redis"),
  MEMCACHED("memcached text", "memcached"),
  JSON("framed JSON", "speicher");

  final String title;
  private final String scheme;

  Dialect(String title, String scheme) {
    this.title = title;
    this.scheme = scheme;
  }

  /** How the load generator is told where to go. */
  String target(int port) {
    return scheme + "://127.0.0.1:" + port;
  }
}
