package io.speicher.tck;

import java.util.List;

/**
 * A mistake that a proxy can make of a right server: it writes one text in place of another.
 *
 * @param inRequests whether it changes what the client sends; otherwise what the server answers
 * @param finders the cases that have to fail
 */
record ProxyFlaw(
    Dialect dialect,
    String name,
    boolean inRequests,
    String right,
    String wrong,
    List<String> finders) {

  static List<ProxyFlaw> all() {
    return List.of(
        resp("hasNoNulls").replies("$-1\r\n", "$0\r\n\r\n", "strings/get_missing"),
        resp("changesErrors").replies("ERR syntax", "ERR bad", "strings/set_nxXx", "errors/syntax"),
        resp("losesErrorCodes").replies("-EXECABORT", "-ERR", "transactions/queue_unknownCommand"),
        resp("staysWithVersion2").requests("$1\r\n3\r\n", "$1\r\n2\r\n", "connection/hello_3"),
        resp("ignoresNx").requests("$2\r\nNX", "$2\r\nXX", "strings/set_nx", "expiry/expire_nx"),
        resp("ignoresKeepTtl").requests("$7\r\nKEEPTTL", "$3\r\nGET", "strings/set_keepTtl"),
        resp("countsSeconds").requests("$2\r\nPX", "$2\r\nEX", "expiry/expires_px"),
        resp("saysNotQueued")
            .replies("+QUEUED", "+OK", "transactions/exec", "transactions/discard"),
        resp("needsText").replies("\u00ff", "?", "binary/value_notUtf8"),
        resp("answersTwice").replies("+PONG\r\n", "+PONG\r\n+PONG\r\n", "connection/ping"),
        memcached("losesFlags").requests(" 5 0 3", " 0 0 3", "text/set_get"),
        memcached("winsAlways").replies(" Z\r\n", " W\r\n", "meta/mg_vivify"),
        memcached("hidesStaleness").replies(" X", "", "meta/mg_stale", "meta/ms_invalidate"),
        memcached("answersNoreply")
            .requests(" noreply", "", "text/set_noreply", "text/incr_noreply"),
        memcached("answersQuiet").requests(" q", "", "meta/mg_quiet", "meta/ms_quiet"),
        memcached("losesOpaque").requests(" Oabc", "", "meta/mg_miss", "meta/ms_return"),
        memcached("reversesFlags").replies("s3 t-1", "t-1 s3", "meta/mg_flags"),
        memcached("changesErrors").replies("bad data", "wrong data", "errors/badChunk_long"),
        memcached("ignoresCas").replies("EXISTS", "STORED", "text/cas"));
  }

  private static Draft resp(String name) {
    return new Draft(Dialect.resp, name);
  }

  private static Draft memcached(String name) {
    return new Draft(Dialect.memcached, name);
  }

  private record Draft(Dialect dialect, String name) {
    ProxyFlaw requests(String right, String wrong, String... finders) {
      return new ProxyFlaw(dialect, name, true, right, wrong, List.of(finders));
    }

    ProxyFlaw replies(String right, String wrong, String... finders) {
      return new ProxyFlaw(dialect, name, false, right, wrong, List.of(finders));
    }
  }

  String request(String text) {
    return inRequests ? text.replace(right, wrong) : text;
  }

  String reply(String text) {
    return inRequests ? text : text.replace(right, wrong);
  }

  @Override
  public String toString() {
    return dialect + " " + name;
  }
}
