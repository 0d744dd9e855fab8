package io.speicher.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.function.Consumer;

/** Passes everything on, and tells each line when it has ended. Any thread may write. */
final class LineStream extends OutputStream {
  private final OutputStream to;
  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  LineStream(OutputStream to, Consumer<String> lines) {
    this.to = to;
    this.lines = lines;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) throws IOException {
    to.write(bytes, from, length);
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\n') {
        endLine();
      } else {
        line.write(bytes[i]);
      }
    }
  }

  private void endLine() {
    String text = line.toString(Charset.defaultCharset());
    line.reset();
    lines.accept(text);
  }

  @Override
  public void flush() throws IOException {
    to.flush();
  }

  /** Ends a line that has begun. The stream behind stays open. */
  @Override
  public synchronized void close() {
    if (line.size() > 0) {
      endLine();
    }
  }
}
