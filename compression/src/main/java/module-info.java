/** Values of the Java client compressed. */
module io.speicher.compression {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires transitive io.speicher.client;
  requires static com.github.luben.zstd_jni;
  requires static org.lz4.java;

  exports io.speicher.compression;
}
