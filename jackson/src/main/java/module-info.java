/** Values of the Java client as JSON. */
module io.speicher.jackson {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires transitive io.speicher.client;
  requires static transitive com.fasterxml.jackson.databind;
  requires static transitive tools.jackson.databind;

  exports io.speicher.jackson;
}
