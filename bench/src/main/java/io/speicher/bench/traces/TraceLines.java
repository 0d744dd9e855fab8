package io.speicher.bench.traces;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.bench.Progress;
import io.speicher.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.regex.Pattern;

/** Reads lines of {@code key} or {@code key size}. A key is any bytes but white space. */
final class TraceLines {
  private static final Pattern WHITE_SPACE = Pattern.compile("[ \\t]+");
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  /** How compressed files begin: gzip, xz, Zstandard. */
  private static final Pattern COMPRESSED =
      Pattern.compile("(\\x1f\\x8b|\\xfd7zXZ|\\x28\\xb5\\x2f\\xfd).*");

  private final String name;
  private final Trace.Builder trace = new Trace.Builder();
  private int lineNumber;

  private TraceLines(String name) {
    this.name = name;
  }

  /**
   * Reads all that is in {@code in}.
   *
   * @param name of the file, for errors
   */
  static Trace read(String name, InputStream in) throws IOException, BadTraceException {
    TraceLines lines = new TraceLines(name);
    Progress progress = new Progress("reading line", 0);
    // One character for a byte, so that a key is as long as it was, in whatever encoding.
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, ISO_8859_1));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.add(line);
      progress.show(lines.lineNumber);
    }
    progress.end();
    if (lines.trace.count() == 0) {
      throw new BadTraceException(
          name + ": no requests in it (expected: lines of KEY or KEY SIZE)");
    }
    return lines.trace.build();
  }

  private void add(String line) throws BadTraceException {
    lineNumber++;
    if (lineNumber == 1 && COMPRESSED.matcher(line).matches()) {
      throw bad("the file is compressed: unpack it first, as in: zcat FILE | bench/replay ...");
    }
    String request = line.strip();
    if (request.isEmpty()) {
      return;
    }
    String[] fields = WHITE_SPACE.split(request, -1);
    if (fields.length > 2) {
      throw bad(fields.length + " fields (expected: KEY, or KEY and SIZE)");
    }
    if (fields[0].length() > Store.MAX_KEY_BYTES) {
      throw bad("key too long: keyBytes=" + fields[0].length() + " (expected: 1..65535)");
    }
    if (trace.count() > 0 && trace.hasSizes() != (fields.length == 2)) {
      throw bad(
          trace.hasSizes()
              ? "no size, but the lines before have one (expected: a size in all lines or none)"
              : "a size, but the lines before have none (expected: a size in all lines or none)");
    }
    if (fields.length == 2) {
      trace.add(fields[0], size(fields[1]));
    } else {
      trace.add(fields[0]);
    }
  }

  private int size(String text) throws BadTraceException {
    if (!DIGITS.matcher(text).matches()) {
      throw bad("size is not a number of bytes (expected: digits alone)");
    }
    if (text.length() > 10 || Long.parseLong(text) > 1 << 30) {
      throw bad("size out of bounds: valueBytes=" + text + " (expected: 0..1073741824)");
    }
    return Integer.parseInt(text);
  }

  private BadTraceException bad(String what) {
    return new BadTraceException(name + ":" + lineNumber + ": " + what);
  }
}
