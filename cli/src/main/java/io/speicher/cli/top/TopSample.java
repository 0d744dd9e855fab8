package io.speicher.cli.top;

import io.speicher.cli.operate.KeyRanking;
import io.speicher.cli.operate.ServerInfo;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server says at a time.
 *
 * @param latencies by the name of the command; empty where the server does not measure them
 * @param knowsHotKeys whether the server counts the use of keys
 */
record TopSample(
    ServerInfo info,
    Map<String, LatencyBuckets> latencies,
    boolean knowsHotKeys,
    List<KeyRanking.Entry> hotKeys) {
  /** The window of the hot keys. */
  static final int HOT_KEY_SECONDS = 60;

  private static final String HOT_KEYS = "10";

  /**
   * Asks a server. What it does not have is left out, and not asked for again.
   *
   * @param before what it has said before, or null
   */
  static TopSample read(RespConnection server, @Nullable TopSample before) throws IOException {
    ServerInfo info = ServerInfo.read(server, "everything");
    Map<String, LatencyBuckets> latencies = new HashMap<>();
    RespReply histograms = server.call("LATENCY", "HISTOGRAM");
    if (!histograms.isError()) {
      histograms.map().forEach((name, command) -> latencies.put(name, LatencyBuckets.of(command)));
    }
    if (before != null && !before.knowsHotKeys()) {
      return new TopSample(info, latencies, false, List.of());
    }
    RespReply hot =
        server.call(
            "HOTKEYS", "GET", "WINDOW", Integer.toString(HOT_KEY_SECONDS), "COUNT", HOT_KEYS);
    return new TopSample(
        info, latencies, !hot.isError(), KeyRanking.of(hot.field("by-uses")).entries());
  }

  LatencyBuckets latency(String command) {
    return latencies.getOrDefault(command, LatencyBuckets.NONE);
  }
}
