package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.protocol.ValueKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a dump: what is written is read again, and of a damaged one nothing is wrong. */
final class DumpTest {
  private static final KeyRules ALL = new KeyRules(null, "", "");
  private static final ValueLimit LIMIT = new ValueLimit(1 << 20, "too long");

  @TempDir Path folder;

  private static Item item(String key, String value, ValueKind kind, int flags, long expires) {
    return new Item(key.getBytes(UTF_8), value.getBytes(UTF_8), kind, flags, expires, 77);
  }

  private static final List<Batch> BATCHES =
      List.of(
          new Batch(
              0,
              List.of(
                  item("a", "text", ValueKind.TEXT, 0, Item.NEVER),
                  item("b", "{}", ValueKind.JSON, -1, 4_000_000_000_000L)),
              3,
              "0/17"),
          new Batch(0, List.of(), 0, "5/0"),
          new Batch(5, List.of(item("c", "", ValueKind.BYTES, 7, 1)), 1, "5/9"));

  private Path write(List<Batch> batches) throws IOException {
    Path file = folder.resolve("items.dump");
    try (DumpWriter writer = DumpWriter.begin(file, Map.of("keys", "4"), new Tally())) {
      for (Batch batch : batches) {
        writer.write(batch);
      }
      writer.finish();
    }
    return file;
  }

  private static DumpSource open(Path file) throws IOException {
    return new DumpSource(file, new Selection(null, ALL, LIMIT, new Skips()));
  }

  /** All items that a file gives before its end, or before the error, in words. */
  private static List<String> read(Path file, List<String> items) throws IOException {
    try (DumpSource source = open(file)) {
      for (Batch batch = source.next(); batch != null; batch = source.next()) {
        batch.items().forEach(item -> items.add(text(item)));
      }
    }
    return items;
  }

  private static String text(Item item) {
    return String.join(
        " ",
        new String(item.key(), UTF_8),
        new String(item.value(), UTF_8),
        item.kind().toString(),
        Integer.toString(item.flags()),
        Long.toString(item.expiresAtMillis()),
        Long.toString(item.version()));
  }

  @Test
  void whatIsWritten_isRead() throws IOException {
    Path file = write(BATCHES);
    assertThat(DumpWriter.part(file)).doesNotExist();
    try (DumpSource source = open(file)) {
      assertThat(source.total()).isEqualTo(4);
      for (Batch written : BATCHES) {
        Batch read = requireNonNull(source.next());
        assertThat(read.database()).isEqualTo(written.database());
        assertThat(read.seen()).isEqualTo(written.seen());
        assertThat(read.items().stream().map(DumpTest::text))
            .isEqualTo(written.items().stream().map(DumpTest::text).toList());
      }
      assertThat(source.next()).isNull();
      assertThat(source.next()).isNull();
    }
  }

  @Test
  void aPosition_leadsBehindItsBatch() throws IOException {
    Path file = write(BATCHES);
    String position;
    try (DumpSource source = open(file)) {
      Batch first = requireNonNull(source.next());
      position = first.position();
    }
    try (DumpSource source = open(file)) {
      source.resume(position);
      source.next();
      Batch last = requireNonNull(source.next());
      assertThat(last.items()).hasSize(1);
    }
  }

  @Test
  void values_thatAreTooLong_areCounted() throws IOException {
    Path file = write(BATCHES);
    Skips skips = new Skips();
    try (DumpSource source =
        new DumpSource(file, new Selection(0, ALL, new ValueLimit(2, "too long"), skips))) {
      Batch first = requireNonNull(source.next());
      assertThat(first.items()).hasSize(1);
      source.next();
      source.next();
    }
    assertThat(skips.count("too long")).isEqualTo(1);
    assertThat(skips.count("in another database (--db 5)")).isEqualTo(1);
  }

  /** A file that ends anywhere: what comes before is right, and the end is missed. */
  @Test
  void cut_anywhere() throws IOException {
    Path file = write(BATCHES);
    List<String> whole = read(file, new ArrayList<>());
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      List<String> items = new ArrayList<>();
      assertThatExceptionOfType(CopyFailedException.class)
          .as("length=%d", length)
          .isThrownBy(() -> read(file, items));
      assertThat(items).as("length=%d", length).isEqualTo(whole.subList(0, items.size()));
    }
  }

  @Test
  void flipped_anywhere() throws IOException {
    Path file = write(BATCHES);
    List<String> whole = read(file, new ArrayList<>());
    byte[] bytes = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * bytes.length; bit += 9) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      List<String> items = new ArrayList<>();
      assertThatExceptionOfType(CopyFailedException.class)
          .as("bit=%d", bit)
          .isThrownBy(() -> read(file, items));
      assertThat(items).as("bit=%d", bit).isEqualTo(whole.subList(0, items.size()));
    }
  }

  /** Bytes whose checksum is right are not believed either. */
  @Test
  void nonsense_withTheRightChecksum() throws IOException {
    Random random = new Random(25);
    for (int round = 0; round < 300; round++) {
      byte[] body = new byte[random.nextInt(64)];
      random.nextBytes(body);
      Path file = folder.resolve("nonsense.dump");
      try (DumpWriter writer = DumpWriter.begin(file, Map.of(), new Tally())) {
        writer.write(DumpFormat.ITEMS, ByteBuffer.wrap(body));
        writer.finish();
      }
      try (DumpSource source = open(file)) {
        source.next();
      } catch (CopyFailedException e) {
        assertThat(e).hasMessageContaining("damaged: offset=");
      }
    }
  }

  /** Wherever a dump was interrupted, it goes on behind the last whole block. */
  @Test
  void resume_afterACutAnywhere() throws IOException {
    Path file = write(BATCHES);
    List<String> whole = read(file, new ArrayList<>());
    byte[] bytes = Files.readAllBytes(file);
    Path part = DumpWriter.part(file);
    int firstBlock = DumpFormat.MAGIC.length + DumpFormat.BLOCK_HEADER_BYTES + "keys=4".length();
    for (int length = firstBlock; length < bytes.length; length++) {
      Files.write(part, Arrays.copyOf(bytes, length));
      Tally tally = new Tally();
      try (DumpWriter writer = DumpWriter.resume(file, tally)) {
        String position = writer.position();
        int next = 0;
        while (next < BATCHES.size() && position != null) {
          if (BATCHES.get(next++).position().equals(position)) {
            break;
          }
        }
        for (Batch batch : BATCHES.subList(next, BATCHES.size())) {
          writer.write(batch);
        }
        writer.finish();
      }
      assertThat(read(file, new ArrayList<>())).as("length=%d", length).isEqualTo(whole);
      assertThat(tally.copied).isEqualTo(3);
      assertThat(tally.seen).isEqualTo(4);
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }
  }

  @Test
  void otherFiles() throws IOException {
    Path file = folder.resolve("other");
    Files.writeString(file, "REDIS0011 and so on, and so on");
    assertThatExceptionOfType(CopyFailedException.class)
        .isThrownBy(() -> open(file))
        .withMessageContaining("this is no dump of Speicher");
    Files.writeString(file, "SPEICHER-DUMP 2\n and so on");
    assertThatExceptionOfType(CopyFailedException.class)
        .isThrownBy(() -> open(file))
        .withMessageContaining("use the release that wrote it");
  }
}
