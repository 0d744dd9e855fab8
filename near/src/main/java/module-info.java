/** A near cache in front of a cache of the Java client. */
module io.speicher.near {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires com.github.benmanes.caffeine;
  requires transitive io.speicher.client;

  exports io.speicher.near;
}
