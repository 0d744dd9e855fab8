/** The command line. Services such as the server are found at run time, where they are. */
module io.speicher.cli {
  requires static transitive org.jspecify;
  requires info.picocli;
  requires io.speicher.client;
  requires io.speicher.protocol;
  requires org.jline.reader;
  requires org.jline.terminal;

  uses java.util.concurrent.Callable;

  opens io.speicher.cli to
      info.picocli;
  opens io.speicher.cli.console to
      info.picocli;
  opens io.speicher.cli.copy to
      info.picocli;
  opens io.speicher.cli.operate to
      info.picocli;
  opens io.speicher.cli.repl to
      info.picocli;
  opens io.speicher.cli.top to
      info.picocli;
}
