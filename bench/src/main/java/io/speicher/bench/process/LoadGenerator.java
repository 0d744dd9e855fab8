package io.speicher.bench.process;

import io.speicher.load.Protocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ./speicher bench} on this machine, in a process of its own.
 *
 * @param command how it is started: the launcher, and what stands before it to pin it to a core
 * @param connections each sends a pipeline of requests and waits for all their replies
 * @param keys how many keys there are, each 16 bytes long
 */
public record LoadGenerator(
    List<String> command,
    Protocol protocol,
    int port,
    int connections,
    int pipeline,
    long keys,
    int valueBytes) {

  /** Stores every key once. */
  public void preload() throws IOException {
    run(List.of("--preload-only"));
  }

  /**
   * Loads the server, and returns what was measured.
   *
   * @param mix weights of the operations, such as {@code get=1,set=1}
   * @param more further options, such as a rate
   */
  public Measurement measure(
      long serverPid, String mix, int warmUpSeconds, int seconds, List<String> more)
      throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--mix", mix, "--warm-up", warmUpSeconds + "s"));
    options.addAll(List.of("--duration", seconds + "s", "--server-pid", "" + serverPid));
    options.add("--json");
    options.addAll(more);
    return Measurement.parse(run(options));
  }

  private String run(List<String> options) throws IOException {
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of("bench", "--target", protocol.scheme() + "://127.0.0.1:" + port));
    words.addAll(List.of("--connections", "" + connections, "--pipeline", "" + pipeline));
    words.addAll(List.of("--threads", "1", "--keys", "" + keys, "--value-size", "" + valueBytes));
    words.addAll(options);
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = Output.finish(process);
    if (process.exitValue() != 0) {
      throw new IOException(
          "the load ended with status %d; the command was: %s"
              .formatted(process.exitValue(), String.join(" ", words)));
    }
    return said;
  }
}
