package io.speicher.bench.traces;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** The real traces are checked by bench/hit-ratios, since they are not there in a build. */
final class BundledTraceTest {
  private static final String FOLDER = "com/github/benmanes/caffeine/cache/simulator/parser/";

  @TempDir Path folder;

  private static List<String> read(BundledTrace.Format format, byte[] bytes) throws Exception {
    return lines(format.read(new ByteArrayInputStream(bytes)));
  }

  private static List<String> lines(Trace trace) {
    return IntStream.range(0, trace.requestCount()).mapToObj(trace::line).toList();
  }

  // Formats.

  @Test
  void lines() throws Exception {
    assertThat(read(BundledTrace.Format.LINES, "0\n 12 \n\n*\n0\n".getBytes(US_ASCII)))
        .containsExactly("0", "12", "0");
  }

  @Test
  void ints() throws Exception {
    byte[] bytes = ByteBuffer.allocate(8).putInt(258).putInt(-1).array();
    assertThat(read(BundledTrace.Format.INTS, bytes)).containsExactly("258", "-1");
  }

  @Test
  void longs() throws Exception {
    byte[] bytes = ByteBuffer.allocate(16).putLong(1L << 40).putLong(-1).array();
    assertThat(read(BundledTrace.Format.LONGS, bytes)).containsExactly("1099511627776", "-1");
  }

  @Test
  void sizes() throws Exception {
    assertThat(read(BundledTrace.Format.SIZES, "1 0 68\n2 1 7454\n3 0 70\n".getBytes(US_ASCII)))
        .containsExactly("0-68 68", "1-7454 7454", "0-70 70");
  }

  // The jar.

  @Test
  void read_fromJar() throws Exception {
    Path jar = folder.resolve("traces.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry(FOLDER + "lirs/loop.trace.gz"));
      GZIPOutputStream gzip = new GZIPOutputStream(zip);
      gzip.write("1\n2\n1\n".getBytes(US_ASCII));
      gzip.finish();
      zip.putNextEntry(new ZipEntry(FOLDER + "cache2k/web07.trace.xz"));
      zip.write(xz(ByteBuffer.allocate(8).putInt(3).putInt(4).array()));
    }

    assertThat(lines(BundledTrace.LOOP.read(jar))).containsExactly("1", "2", "1");
    assertThat(lines(BundledTrace.WEB07.read(jar))).containsExactly("3", "4");
    assertThatThrownBy(() -> BundledTrace.GLI.read(jar))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("no trace gli in it");
  }

  private byte[] xz(byte[] bytes) throws Exception {
    Path file = folder.resolve("xz");
    try (OutputStream out =
        new XZOutputStream(
            Files.newOutputStream(file), new LZMA2Options(LZMA2Options.PRESET_MIN))) {
      out.write(bytes);
    }
    return Files.readAllBytes(file);
  }

  @Test
  void title() {
    assertThat(BundledTrace.SCARAB_RECS.title()).isEqualTo("scarab-recs");
  }
}
