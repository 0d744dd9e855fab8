package io.speicher.server;

import io.speicher.protocol.Limits;
import io.speicher.protocol.json.JsonDialect;
import io.speicher.protocol.memcached.MemcachedBinaryDialect;
import io.speicher.protocol.memcached.MemcachedDialect;
import io.speicher.protocol.resp.RespDialect;

/** All that an event loop speaks. Only its thread uses it. */
final class Dialects {
  final DialectPool json;
  final DialectPool resp;
  final DialectPool memcached;
  final DialectPool memcachedBinary;
  final DialectPool http = new DialectPool(ForeignDialect::http);
  final DialectPool tls = new DialectPool(ForeignDialect::tls);

  Dialects(Limits limits) {
    json = new DialectPool(() -> new JsonDialect(limits));
    resp = new DialectPool(() -> new RespDialect(limits));
    memcached = new DialectPool(() -> new MemcachedDialect(limits));
    memcachedBinary = new DialectPool(() -> new MemcachedBinaryDialect(limits));
  }
}
