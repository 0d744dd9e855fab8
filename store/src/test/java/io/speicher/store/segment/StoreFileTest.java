package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.store.Opening;
import io.speicher.store.PutOptions;
import io.speicher.store.RecoveryListener;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and that it is left as it was. */
final class StoreFileTest {
  private static final Geometry GEOMETRY = new Geometry(400_000, 8 << 10, 0);
  private static final int VERSION = 8;
  private static final int SEGMENT_BYTES = 12;
  private static final int USE = 96;
  private static final int BOOT_ID = 104;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("store");
  }

  @Test
  void open_isAllocatedInFull() throws IOException {
    open().close();
    long bytes = StoreArea.of(StoreLayout.ofFile(GEOMETRY)).fileBytes();
    assertThat(Files.size(file)).isEqualTo(bytes);
    assertThat((Integer) Files.getAttribute(file, "unix:mode") & 0777).isEqualTo(0600);
  }

  /** Every store that is opened is one for itself. */
  @Test
  void open_inUse() throws IOException {
    SegmentStore store = open();
    assertRefused(
        "another server (process %d) is using it".formatted(ProcessHandle.current().pid()),
        "stop that one, or name another directory");
    store.close();
    open().close();
  }

  @Test
  void open_foreignFile() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(file, "something else".repeat(1_000));
    assertRefused("the file store in it is no store of Speicher", "--data-reset");
    open(directory, GEOMETRY, true).close();
    open().close();
  }

  /** A process that was killed while it made the file has left one that holds nothing. */
  @Test
  void open_unfinishedFile() throws IOException {
    Files.write(file, new byte[20_000]);
    open().close();
    assertThat(Files.size(file)).isGreaterThan(20_000);
  }

  /** As it is when the tables are made, which is before the file is used. */
  @Test
  void open_neverUsedFile() throws IOException {
    SegmentStore store = open();
    store.put(ByteBuffer.wrap(new byte[] {1}), ByteBuffer.allocate(1), PutOptions.DEFAULT);
    store.close();
    write(USE, 0);
    SegmentStore anew = open();
    assertThat(anew.opening().orElseThrow().kind()).isEqualTo(Opening.Kind.CREATED);
    assertThat(anew.itemCount()).isZero();
    anew.close();
  }

  @Test
  void open_otherFormat() throws IOException {
    open().close();
    write(VERSION, 2);
    assertRefused(
        "it was written in format 2, and this release reads format 1",
        "start the release that wrote it");
  }

  @Test
  void open_damagedRoot() throws IOException {
    open().close();
    write(SEGMENT_BYTES, 12_345);
    assertRefused("damaged root page: segmentBytes=12345", "--data-reset");
  }

  /** Cut at each page: either it is refused, or nothing was left of it. */
  @Test
  void open_cut() throws IOException {
    open().close();
    byte[] whole = Files.readAllBytes(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int bytes = whole.length - (4 << 10); bytes > 0; bytes -= 4 << 10) {
        channel.truncate(bytes);
        assertThatThrownBy(this::open)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("has another length than it was made with: bytes=" + bytes);
      }
    }
    Files.write(file, whole);
    open().close();
  }

  /** The machine was started anew: what was closed is as it was, and all else is recovered. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void open_otherBoot(boolean wasStopped) throws IOException {
    SegmentStore store = open();
    store.put(ByteBuffer.wrap(new byte[] {1}), ByteBuffer.allocate(1), PutOptions.DEFAULT);
    store.close();
    write(BOOT_ID, 42);
    if (!wasStopped) {
      write(USE, RootLayout.IN_USE);
    }
    store = open();
    assertThat(store.opening().orElseThrow().kind())
        .isEqualTo(wasStopped ? Opening.Kind.STOPPED : Opening.Kind.RECOVERED);
    assertThat(store.itemCount()).isEqualTo(1);
    store.close();
  }

  /** Nobody knows what is on the disk. */
  @Test
  void open_otherBootWithoutSync() throws IOException {
    SegmentStore.open(directory, GEOMETRY, false, Duration.ZERO, RecoveryListener.NONE).abandon();
    write(BOOT_ID, 42);
    assertRefused("the machine has stopped since, and the server had not", "--data-reset");
    write(USE, RootLayout.RECOVERING);
    assertRefused("the machine has stopped since, and the server had not", "--data-reset");
  }

  /** Both records of what is on the disk are damaged. */
  @Test
  void open_otherBootWithoutRecord() throws IOException {
    open().close();
    write(BOOT_ID, 42);
    write(USE, RootLayout.IN_USE);
    write(512, 42);
    write(1024, 42);
    assertRefused("damaged root page: nothing says what was on the disk", "--data-reset");
  }

  /** A process that was killed while it recovered has changed some pages. */
  @Test
  void open_recoveringFile() throws IOException {
    open().close();
    write(USE, RootLayout.RECOVERING);
    SegmentStore store = open();
    assertThat(store.opening().orElseThrow().kind()).isEqualTo(Opening.Kind.RECOVERED);
    store.close();
  }

  @Test
  void open_noDirectory() throws IOException {
    Path occupied = Files.writeString(directory.resolve("occupied"), "a file");
    assertThatThrownBy(() -> open(occupied, GEOMETRY, false))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "cannot use the directory %s: there is a file of that name; name one on a local file"
                + " system that this user can write to",
            occupied);
  }

  @Test
  void open_mayNotWrite() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));
    try {
      if (!Files.isWritable(directory)) { // root may write anywhere.
        assertRefused("permission denied", "that this user can write to");
      }
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void open_noSpace() throws IOException {
    Geometry huge = Geometry.of(SegmentStore.MAX_BUDGET_BYTES);
    if (Files.getFileStore(directory).getUsableSpace() < huge.budgetBytes()) {
      assertThatThrownBy(() -> open(directory, huge, false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no space for the store: neededBytes=")
          .hasMessageContaining("lower --memory");
      assertThat(Files.exists(file)).isFalse();
    }
  }

  @Test
  void filler_anyLength() {
    try (Arena arena = Arena.ofConfined()) {
      long address = arena.allocate(200_000).address();
      StoredItem item = new StoredItem();
      for (int bytes = 4; bytes < 200_000; bytes += bytes < 70_000 ? 1 : 1_000) {
        ItemLayout.writeFiller(address, bytes);
        item.at(address, 0);
        assertThat(item.bytes()).isEqualTo(bytes);
        assertThat(item.keyBytes()).isZero();
        assertThat(ItemLayout.isDead(address)).isTrue();
      }
    }
  }

  private SegmentStore open() throws IOException {
    return open(directory, GEOMETRY, false);
  }

  private static SegmentStore open(Path path, Geometry geometry, boolean resets)
      throws IOException {
    return SegmentStore.open(path, geometry, resets, StoreSync.BY_HAND, RecoveryListener.NONE);
  }

  private void assertRefused(String why, String whatToDo) throws IOException {
    byte[] before = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot use the directory " + directory + ": " + why)
        .hasMessageContaining(whatToDo)
        .hasMessageNotContaining("\n");
    byte[] after = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    assertThat(Arrays.equals(before, after)).isTrue();
  }

  private void write(int offset, int number) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4).putInt(Integer.reverseBytes(number)).flip(), offset);
    }
  }
}
