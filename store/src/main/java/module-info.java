/** A bounded map from byte keys to byte values that is allowed to forget. */
module io.speicher.store {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;

  exports io.speicher.store;
  exports io.speicher.store.segment;
}
