package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.BigKeys;
import io.speicher.protocol.BigKeys.BigKey;
import io.speicher.protocol.Command;
import io.speicher.protocol.HotKey;
import io.speicher.protocol.HotKey.Rank;
import io.speicher.protocol.Reply;
import java.time.Duration;
import java.util.List;

/**
 * HOTKEYS and BIGKEYS: which keys are used most, and which take most memory. HOTKEYS GET is that of
 * Redis 8.6, for a server that always counts; BIGKEYS is ours.
 */
final class KeyRankings {
  private static final CommandSpec.Group SERVER = new CommandSpec.Group("server");
  private static final String ADMIN = "admin noscript loading stale";

  /** As many as Redis shows unless it is told. */
  private static final int DEFAULT_COUNT = 10;

  /** The server remembers no more. */
  private static final int MAX_COUNT = 100;

  static final List<CommandSpec> ALL =
      List.of(
          SERVER.container(
              "hotkeys",
              "8.6.0",
              "Tells which keys are used most.",
              SERVER.command(
                  "hotkeys|get [WINDOW <60 | 3600>] [COUNT count]",
                  -2,
                  ADMIN,
                  Keys.NONE,
                  "8.6.0",
                  "O(K), K keys that are remembered",
                  "Tells the hottest keys of the last minute or hour.",
                  KeyRankings::hotKeys)),
          SERVER.command(
              "bigkeys [COUNT count]",
              -1,
              ADMIN,
              Keys.NONE,
              "0.1.0", // Of Speicher: Redis has no such command.
              "O(N), N keys returned",
              "Tells the keys whose items take most memory.",
              KeyRankings::bigKeys));

  private KeyRankings() {}

  private static Command hotKeys(Request request) {
    Duration window = HotKey.WINDOWS.getFirst();
    int count = DEFAULT_COUNT;
    for (int i = 2; i < request.count(); i += 2) {
      if (i + 1 == request.count()) {
        throw RefusedException.syntax();
      }
      if (request.is(i, "window")) {
        window = window(request, i + 1);
      } else if (request.is(i, "count")) {
        count = count(request, i + 1);
      } else {
        throw RefusedException.syntax();
      }
    }
    Duration shownWindow = window;
    int shownCount = count;
    return request.answer(
        new Command.Inspect(),
        Spelling.inspected((found, out) -> write(found, shownWindow, shownCount, out)));
  }

  private static Duration window(Request request, int index) {
    String error = "ERR WINDOW is a number of seconds: 60 or 3600";
    Duration wanted = Duration.ofSeconds(request.integer(index, error));
    if (!HotKey.WINDOWS.contains(wanted)) {
      throw new RefusedException(error);
    }
    return wanted;
  }

  private static int count(Request request, int index) {
    String error = "ERR COUNT is a number of keys: 1 to " + MAX_COUNT;
    long count = request.integer(index, error);
    if (count < 1 || count > MAX_COUNT) {
      throw new RefusedException(error);
    }
    return (int) count;
  }

  private static void write(Reply.Inspected found, Duration window, int count, RespWriter out) {
    out.map(6);
    out.bulk("tracking-active");
    out.integer(1);
    out.bulk("sample-ratio");
    out.integer(HotKey.SAMPLE_RATIO);
    out.bulk("selected-slots");
    out.array(0);
    out.bulk("window-seconds");
    out.integer(window.toSeconds());
    out.bulk("by-uses");
    write(found.hotKeys().hottest(Rank.USES, window, count), Rank.USES, out);
    out.bulk("by-net-bytes");
    write(found.hotKeys().hottest(Rank.BYTES, window, count), Rank.BYTES, out);
  }

  /** A key, then its number, and so on, as Redis has it. */
  private static void write(List<HotKey> keys, Rank rank, RespWriter out) {
    out.array(2 * keys.size());
    for (HotKey key : keys) {
      out.bulk(key.key());
      out.integer(rank.of(key));
    }
  }

  private static Command bigKeys(Request request) {
    boolean isCounted = request.count() == 3 && request.is(1, "count");
    if (request.count() > 1 && !isCounted) {
      throw RefusedException.syntax();
    }
    int count = isCounted ? count(request, 2) : DEFAULT_COUNT;
    return request.answer(
        new Command.Inspect(),
        Spelling.inspected((found, out) -> write(found.bigKeys().get(), count, out)));
  }

  private static void write(BigKeys found, int count, RespWriter out) {
    List<BigKey> keys = found.keys().stream().limit(count).toList();
    out.map(3);
    out.bulk("walk-ended-unix-ms");
    out.integer(found.endedMillis());
    out.bulk("walk-duration-ms");
    out.integer(found.walkMillis());
    out.bulk("by-item-bytes");
    out.array(2 * keys.size());
    for (BigKey key : keys) {
      out.bulk(key.key());
      out.integer(key.bytes());
    }
  }
}
