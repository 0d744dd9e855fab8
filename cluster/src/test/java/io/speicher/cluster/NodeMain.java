package io.speicher.cluster;

import io.speicher.server.ServerCommand;
import picocli.CommandLine;

/** {@code speicher server} without the command line around it, in a process of its own. */
public final class NodeMain {
  private NodeMain() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new ServerCommand()).execute(args));
  }
}
