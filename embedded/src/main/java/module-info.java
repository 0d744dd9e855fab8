/** The engine inside a program. */
module io.speicher.embedded {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires transitive io.speicher.client;
  requires io.speicher.protocol;
  requires io.speicher.store;

  exports io.speicher.embedded;

  provides io.speicher.client.SpeicherProvider with
      io.speicher.embedded.EmbeddedProvider;
}
