/** The command line. Services such as the server are found at run time, where they are. */
module io.speicher.cli {
  requires static transitive org.jspecify;
  requires info.picocli;
  requires io.speicher.client;
  requires io.speicher.protocol;

  uses java.util.concurrent.Callable;

  opens io.speicher.cli to
      info.picocli;
}
