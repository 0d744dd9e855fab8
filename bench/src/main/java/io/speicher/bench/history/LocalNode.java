package io.speicher.bench.history;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node as a process of its own, on this machine. */
final class LocalNode implements Node, AutoCloseable {
  private final InetSocketAddress address;
  private final List<String> command;
  private final Path log;
  private @Nullable Process process;

  /**
   * @param command which becomes the node, and is no parent of it
   * @param log where it writes, all its lives
   */
  LocalNode(InetSocketAddress address, List<String> command, Path log) {
    this.address = address;
    this.command = List.copyOf(command);
    this.log = log;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  @Override
  public void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
    }
  }

  @Override
  public void suspend() throws IOException, InterruptedException {
    signal("-STOP");
  }

  @Override
  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process running = process;
    if (running != null) {
      Commands.run("kill", name, Long.toString(running.pid()));
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }
}
