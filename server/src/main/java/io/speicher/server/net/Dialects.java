package io.speicher.server.net;

import io.speicher.dialect.json.JsonDialect;
import io.speicher.dialect.memcached.MemcachedBinaryDialect;
import io.speicher.dialect.memcached.MemcachedDialect;
import io.speicher.dialect.resp.RespDialect;
import io.speicher.protocol.Limits;

/** All that an event loop speaks. Only its thread uses it. */
public final class Dialects {
  final DialectPool json;
  final DialectPool resp;
  final DialectPool memcached;
  final DialectPool memcachedBinary;
  final DialectPool http = new DialectPool(ForeignDialect::http);

  /** What answers HTTP where it is not spoken, so that it is taken for nothing else. */
  final DialectPool foreignHttp = new DialectPool(ForeignDialect::http);

  final DialectPool tls = new DialectPool(ForeignDialect::tls);

  public Dialects(Limits limits) {
    json = new DialectPool(() -> new JsonDialect(limits));
    resp = new DialectPool(() -> new RespDialect(limits));
    memcached = new DialectPool(() -> new MemcachedDialect(limits));
    memcachedBinary = new DialectPool(() -> new MemcachedBinaryDialect(limits));
  }
}
