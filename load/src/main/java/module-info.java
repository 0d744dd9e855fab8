/** The load generator: measures a server from outside, and knows none of its classes. */
module io.speicher.load {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires HdrHistogram;
  requires info.picocli;
  requires java.management;
  requires jdk.management;

  exports io.speicher.load;

  opens io.speicher.load to
      info.picocli;
}
