package io.speicher.bench.compare;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Servers that are there at the same time; one that is not asked anything costs next to nothing.
 */
final class RunningServers implements AutoCloseable {
  private final Map<Contender, RunningServer> servers = new LinkedHashMap<>();

  /**
   * Starts a server for each contender.
   *
   * @param connectionLimit how many connections they should allow, or 0 for what they always do
   */
  static RunningServers start(
      List<Contender> contenders, Programs programs, Cores cores, Ports ports, int connectionLimit)
      throws IOException {
    RunningServers running = new RunningServers();
    try {
      for (Contender contender : contenders) {
        int port = ports.next();
        List<String> command = command(contender, programs, cores, "" + port, connectionLimit);
        Path log = programs.log(contender.title());
        running.servers.put(contender, RunningServer.start(contender.server(), command, port, log));
      }
      return running;
    } catch (IOException e) {
      running.close();
      throw e;
    }
  }

  /** The command that starts a contender. */
  static List<String> command(
      Contender contender, Programs programs, Cores cores, String port, int connectionLimit) {
    List<String> command =
        new ArrayList<>(programs.command(contender.server(), contender.threads(), port));
    if (connectionLimit > 0) {
      command.addAll(contender.server().connectionLimit(connectionLimit));
    }
    return Cores.pin(cores.ofServer(contender.threads()), command);
  }

  RunningServer get(Contender contender) {
    return requireNonNull(servers.get(contender));
  }

  @Override
  public void close() {
    servers.values().forEach(RunningServer::close);
  }
}
