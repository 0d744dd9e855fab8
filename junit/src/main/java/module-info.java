/** A server for the tests of a program. */
module io.speicher.junit {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires transitive io.speicher.client;
  requires io.speicher.server;
  requires io.speicher.store;
  requires transitive org.junit.jupiter.api;

  exports io.speicher.junit;

  opens io.speicher.junit to
      org.junit.platform.commons;
}
