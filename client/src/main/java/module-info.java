/** The Java client of Speicher. */
module io.speicher.client {
  requires static transitive org.jspecify;
  requires static com.google.errorprone.annotations;
  requires static jdk.jfr;
  requires io.speicher.protocol;

  exports io.speicher.client;
  exports io.speicher.client.exception;
  exports io.speicher.client.backend to
      io.speicher.embedded;
  exports io.speicher.client.wire to
      io.speicher.cli;

  uses io.speicher.client.SpeicherProvider;
}
