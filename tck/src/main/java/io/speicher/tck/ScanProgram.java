package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Scans a server of RESP while other keys come and go. A scan may find those or not, and may find a
 * key twice, but it ends, and finds every key that was there from its beginning to its end.
 */
final class ScanProgram {
  private static final String DONE = "0";

  /** A scan that takes more calls is taken for endless. */
  private static final int CALLS_PER_KEY = 100;

  private final Wire wire;
  private final String key;

  ScanProgram(Wire wire, String key) {
    this.wire = wire;
    this.key = key;
  }

  /**
   * Runs the program.
   *
   * @param keys how many keys stay
   * @param count how many keys a call is asked to look at
   */
  void run(int keys, int count) throws IOException {
    for (int i = 0; i < keys; i++) {
      ask("SET " + key + i + " 1");
    }
    Set<String> found = new HashSet<>();
    String cursor = DONE;
    int calls = 0;
    do {
      String call = "SCAN %s MATCH %s* COUNT %d".formatted(cursor, key, count);
      String[] lines = ask(call).split("\r\n", -1);
      if (lines.length < 4 || !lines[0].equals("*2")) {
        throw new CaseFailure("another reply came: " + lines[0], "a cursor and keys");
      }
      cursor = lines[2];
      for (int i = 5; i < lines.length; i += 2) {
        found.add(lines[i]);
      }
      ask("SET " + key + "new" + calls % keys + " 1");
      ask("DEL " + key + "new" + (calls + keys / 2) % keys);
      if (++calls > CALLS_PER_KEY * keys) {
        throw new CaseFailure("the scan goes on after %,d calls".formatted(calls), "cursor 0");
      }
    } while (!cursor.equals(DONE));
    for (int i = 0; i < keys; i++) {
      if (!found.contains(key + i)) {
        throw new CaseFailure("the scan has not found key %d of %d".formatted(i, keys), key + i);
      }
    }
  }

  private String ask(String command) throws IOException {
    wire.send("", RespFormat.request(command).expand(new Template.Values(key, 0)));
    return new String(wire.receive("", Dialect.resp, "a reply to " + command), ISO_8859_1);
  }
}
