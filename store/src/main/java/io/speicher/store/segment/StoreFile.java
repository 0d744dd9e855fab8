package io.speicher.store.segment;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which a store survives its process: one file, which is its memory, and a lock.
 *
 * <pre>
 *  DIR/lock    is locked by the process that uses the directory, and holds its number
 *  DIR/store   root page, tables, segments, guard, and the {@link StoreArea}
 *  DIR/store.next  the same of another size, while items are copied to it
 * </pre>
 *
 * <p>The file has its full length from the beginning, and the file system has blocks for all of it,
 * so that no write to the memory can find the disk full. It says in which start of the machine it
 * was last used, and whether it was closed. If the machine is still running since, the kernel has
 * kept every page, and the memory is what it was when the process ended, however it ended. If not,
 * {@link Recovery} finds what {@link StoreSync} has written to the disk.
 *
 * <p>Every failure is an {@link IOException} whose message is a line for a person: what, why, and
 * what to do. A file that was there is never changed then.
 */
final class StoreFile implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String STORE = "store";
  private static final String NEXT_STORE = "store.next";
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String RESET = "or begin anew, without what is in it, with --data-reset";

  private final Path directory;
  private final FileChannel lockChannel;
  private final FileChannel channel;
  private final StoreLayout layout;
  private final NativeMemory memory;
  private final boolean isNew;
  private final boolean wasStopped;
  private final boolean isToRecover;

  private StoreFile(
      Path directory,
      FileChannel lockChannel,
      FileChannel channel,
      StoreLayout layout,
      NativeMemory memory,
      boolean isNew,
      boolean wasStopped,
      boolean isToRecover) {
    this.directory = directory;
    this.lockChannel = lockChannel;
    this.channel = channel;
    this.layout = layout;
    this.memory = memory;
    this.isNew = isNew;
    this.wasStopped = wasStopped;
    this.isToRecover = isToRecover;
  }

  /**
   * Opens the file of a directory, or makes one, or the directory too.
   *
   * @param layout of a file that is made; one that is there may have another one
   * @param resets whether a file that is there is replaced by a new one
   */
  @SuppressWarnings("MustBeClosed") // By close(), or here if this fails.
  static StoreFile open(Path directory, StoreLayout layout, boolean resets) throws IOException {
    FileChannel lockChannel = null;
    FileChannel channel = null;
    try {
      Files.createDirectories(directory);
      lockChannel = lock(directory);
      Path file = directory.resolve(STORE);
      Files.deleteIfExists(directory.resolve(NEXT_STORE));
      if (resets) {
        Files.deleteIfExists(file);
      }
      boolean isNew = !Files.exists(file) || isUnfinished(file);
      channel = isNew ? create(directory, file, layout) : FileChannel.open(file, READ, WRITE);
      StoreLayout present = isNew ? layout : check(directory, channel);
      NativeMemory memory = NativeMemory.map(channel, StoreArea.of(present).fileBytes());
      boolean wasStopped = RootLayout.use(memory.address()) == RootLayout.STOPPED;
      boolean isToRecover = !isNew && !isAsItWas(memory.address());
      return new StoreFile(
          directory, lockChannel, channel, present, memory, isNew, wasStopped, isToRecover);
    } catch (IOException e) {
      closeQuietly(channel, e);
      closeQuietly(lockChannel, e);
      throw told(directory, e);
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel, Exception why) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        why.addSuppressed(e);
      }
    }
  }

  /** Makes a file of another layout beside this one, which is to take its place. */
  @SuppressWarnings("MustBeClosed") // By close() or discard(), or here if this fails.
  StoreFile next(StoreLayout nextLayout) throws IOException {
    Path file = directory.resolve(NEXT_STORE);
    FileChannel next = null;
    try {
      next = create(directory, file, nextLayout);
      NativeMemory nextMemory = NativeMemory.map(next, StoreArea.of(nextLayout).fileBytes());
      return new StoreFile(
          directory, lockChannel, next, nextLayout, nextMemory, true, false, false);
    } catch (IOException e) {
      closeQuietly(next, e);
      throw told(directory, e);
    }
  }

  /**
   * Puts the file that {@link #next} made in the place of this one, and gives this one's memory
   * back.
   */
  void giveWayTo(StoreFile next) throws IOException {
    next.memory.force(0, next.memory.bytes());
    try {
      Files.move(
          directory.resolve(NEXT_STORE),
          directory.resolve(STORE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw told(directory, e);
    }
    discard();
  }

  /** Gives the memory back, but not the directory, which another file has. */
  void discard() throws IOException {
    memory.release();
    channel.close();
  }

  /** How the file is laid out. */
  StoreLayout layout() {
    return layout;
  }

  Path directory() {
    return directory;
  }

  NativeMemory memory() {
    return memory;
  }

  /** Whether the file was made just now, and is all zero. */
  boolean isNew() {
    return isNew;
  }

  /** Whether the last process has stopped, rather than being killed. */
  boolean wasStopped() {
    return wasStopped;
  }

  /** Whether its pages may be of different ages, since the machine has stopped meanwhile. */
  boolean isToRecover() {
    return isToRecover;
  }

  /**
   * From here on its pages are changed to be those of one age; if that is cut off, it is still to
   * be recovered.
   */
  void beginRecovery() {
    RootLayout.setUseRelease(memory.address(), RootLayout.RECOVERING);
    memory.force(0, RootLayout.ROOT_BYTES);
  }

  /**
   * From here on a process has the file, until {@link #close}. Of a file that was there, nothing
   * has been changed yet; a new one is made to its end.
   */
  void begin() {
    long root = memory.address();
    RootLayout.setBootId(root, bootId());
    RootLayout.setUseRelease(root, RootLayout.IN_USE);
    memory.force(0, RootLayout.ROOT_BYTES);
  }

  /** Writes everything to the disk, notes that nothing is half done, and gives the memory back. */
  @Override
  public void close() {
    long root = memory.address();
    memory.force(0, memory.bytes());
    RootLayout.setUseRelease(root, RootLayout.STOPPED);
    memory.force(0, RootLayout.ROOT_BYTES);
    release();
  }

  /** Gives the memory back and leaves the file as it is. */
  void release() {
    memory.release();
    try (lockChannel;
        channel) {
      assert channel.isOpen();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + directory, e);
    }
  }

  // ---- the lock ----

  @SuppressWarnings("MustBeClosed") // By who called.
  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel = FileChannel.open(directory.resolve(LOCK), READ, WRITE, CREATE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) { // By another store of this process.
      assert lock == null;
    }
    if (lock == null) {
      String holder = holder(channel);
      channel.close();
      throw failed(
          directory,
          "another server" + holder + " is using it",
          "stop that one, or name another directory");
    }
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
    return channel;
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(20);
    channel.read(content, 0);
    String pid = StandardCharsets.US_ASCII.decode(content.flip()).toString();
    return pid.matches("\\d+") ? " (process " + pid + ")" : "";
  }

  // ---- the file ----

  /** Whether the file is one that a process began to make, and was killed before it had made it. */
  private static boolean isUnfinished(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, READ)) {
      ByteBuffer bytes = root(channel);
      long root = MemorySegment.ofBuffer(bytes).address();
      boolean isRoot =
          bytes.remaining() == RootLayout.ROOT_BYTES
              && RootLayout.magic(root) == RootLayout.MAGIC
              && RootLayout.formatVersion(root) == RootLayout.FORMAT_VERSION;
      return isRoot ? RootLayout.use(root) == 0 : isZero(bytes);
    }
  }

  private static boolean isZero(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer root(FileChannel channel) throws IOException {
    ByteBuffer root = ByteBuffer.allocateDirect(RootLayout.ROOT_BYTES);
    int read;
    do {
      read = channel.read(root, root.position());
    } while (read > 0 && root.hasRemaining());
    return root.flip();
  }

  @SuppressWarnings("MustBeClosed") // By who called.
  private static FileChannel create(Path directory, Path file, StoreLayout layout)
      throws IOException {
    long bytes = StoreArea.of(layout).fileBytes();
    Files.deleteIfExists(file);
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (UnsupportedOperationException e) { // Not a file system of Unix.
      Files.createFile(file);
    }
    try {
      Allocation.allocate(file, bytes);
      return FileChannel.open(file, READ, WRITE);
    } catch (IOException e) {
      long free = Files.getFileStore(directory).getUsableSpace();
      Files.deleteIfExists(file);
      throw free >= bytes
          ? e
          : failed(
              directory,
              "no space for the store: neededBytes=%d freeBytes=%d".formatted(bytes, free),
              "lower --memory, or name a directory with more space");
    }
  }

  /** Refuses what cannot be used, or returns how it is laid out. */
  private static StoreLayout check(Path directory, FileChannel channel) throws IOException {
    ByteBuffer bytes = root(channel);
    long root = MemorySegment.ofBuffer(bytes).address();
    if (bytes.remaining() < RootLayout.ROOT_BYTES || RootLayout.magic(root) != RootLayout.MAGIC) {
      throw failed(
          directory,
          "the file " + STORE + " in it is no store of Speicher",
          "name another directory, " + RESET);
    }
    if (RootLayout.formatVersion(root) != RootLayout.FORMAT_VERSION) {
      throw failed(
          directory,
          "it was written in format %d, and this release reads format %d"
              .formatted(RootLayout.formatVersion(root), RootLayout.FORMAT_VERSION),
          "start the release that wrote it, " + RESET);
    }
    StoreLayout found;
    try {
      found = StoreLayout.read(root);
    } catch (IllegalArgumentException e) {
      throw failed(directory, e.getMessage(), "copy it back from where it was whole, " + RESET);
    }
    long expectedBytes = StoreArea.of(found).fileBytes();
    if (channel.size() != expectedBytes) {
      throw failed(
          directory,
          "the file %s has another length than it was made with: bytes=%d (expected: %d)"
              .formatted(STORE, channel.size(), expectedBytes),
          "copy it back from where it was whole, " + RESET);
    }
    if (!isAsItWas(root)) {
      SyncRecord record = found.checksumBytes() == 0 ? null : SyncRecord.read(root);
      boolean isKnown = record != null && isOfLayout(record, found);
      if (found.checksumBytes() != 0 && !isKnown) {
        throw failed(
            directory,
            "damaged root page: nothing says what was on the disk",
            "copy it back from where it was whole, " + RESET);
      }
      if (record == null || !record.syncs()) {
        throw failed(
            directory,
            "the machine has stopped since, and the server had not, which ran with --sync off: the"
                + " file may lack anything",
            "begin anew, without what is in it, with --data-reset");
      }
    }
    return found;
  }

  /** Whether the kernel has kept every page since the last process. */
  private static boolean isAsItWas(long root) {
    return RootLayout.use(root) == RootLayout.STOPPED
        || (RootLayout.use(root) == RootLayout.IN_USE
            && RootLayout.hasBootId(root, bootId())
            && !isUnknown(bootId()));
  }

  private static boolean isOfLayout(SyncRecord record, StoreLayout layout) {
    return record.firstIndexSegment() > 0
        && record.firstIndexSegment() <= layout.firstIndexSegment();
  }

  // ---- the start of the machine ----

  /** Which start of the machine this is; all zero where there is no telling. */
  private static byte[] bootId() {
    byte[] id = new byte[RootLayout.BOOT_ID_BYTES];
    try {
      UUID uuid = UUID.fromString(Files.readString(BOOT_ID).strip());
      ByteBuffer.wrap(id)
          .putLong(uuid.getMostSignificantBits())
          .putLong(uuid.getLeastSignificantBits());
    } catch (IOException | IllegalArgumentException e) {
      assert isUnknown(id); // Then only a store that was stopped can go on.
    }
    return id;
  }

  private static boolean isUnknown(byte[] bootId) {
    return isZero(ByteBuffer.wrap(bootId));
  }

  // ---- failures ----

  static IOException failed(Path directory, @Nullable String why, String whatToDo) {
    return new DataException(
        "cannot use the directory %s: %s; %s".formatted(directory, why, whatToDo));
  }

  /** An error that has been told for a person. */
  private static final class DataException extends IOException {
    private static final long serialVersionUID = 1;

    DataException(String message) {
      super(message);
    }
  }

  private static IOException told(Path directory, IOException e) {
    if (e instanceof DataException) {
      return e;
    }
    String why =
        switch (e) {
          case AccessDeniedException _ -> "permission denied: " + e.getMessage();
          case NoSuchFileException _ -> "no such file: " + e.getMessage();
          case FileAlreadyExistsException _ -> "there is a file of that name";
          case FileSystemException other when other.getReason() != null -> other.getReason();
          default -> String.valueOf(e.getMessage());
        };
    return failed(directory, why, "name one on a local file system that this user can write to");
  }
}
