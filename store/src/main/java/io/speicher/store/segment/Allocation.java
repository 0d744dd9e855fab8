package io.speicher.store.segment;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Gives a file its length and the blocks for all of it. A file that only had the length would have
 * holes, and a write to a hole ends the process when the disk is full.
 */
final class Allocation {
  private static final int O_RDWR = 2;
  private static final int ENOSPC = 28;
  private static final int CHUNK_BYTES = 1 << 20;

  private Allocation() {}

  /**
   * Allocates a file that is there and empty; all of it is zero. A file system that cannot allocate
   * without writing takes as long as it takes to write the file.
   */
  static void allocate(Path file, long bytes) throws IOException {
    Optional<MethodHandle> allocate =
        System.getProperty("os.name", "").equals("Linux")
            ? find(
                "posix_fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG))
            : Optional.empty();
    boolean isAllocated = allocate.isPresent() && isAllocated(allocate.get(), file, bytes);
    if (!isAllocated) {
      writeZeros(file, bytes);
    }
  }

  /** Returns false if the file has to be written instead. See posix_fallocate(3). */
  private static boolean isAllocated(MethodHandle allocate, Path file, long bytes)
      throws IOException {
    MethodHandle open =
        find("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT)).orElseThrow();
    MethodHandle close = find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT)).orElseThrow();
    int error;
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) open.invokeExact(arena.allocateFrom(file.toString()), O_RDWR);
      if (descriptor < 0) {
        return false;
      }
      error = (int) allocate.invokeExact(descriptor, 0L, bytes);
      int _ = (int) close.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new AssertionError(e); // A native call throws nothing.
    }
    if (error == ENOSPC) {
      throw new IOException("no space is left on the device: neededBytes=" + bytes);
    }
    return error == 0 && Files.size(file) == bytes;
  }

  private static void writeZeros(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
      for (long at = 0; at < bytes; ) {
        zeros.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
        at += channel.write(zeros, at);
      }
    }
  }

  @SuppressWarnings("restricted") // Needs --enable-native-access, as NativeMemory does.
  private static Optional<MethodHandle> find(String name, FunctionDescriptor type) {
    SymbolLookup symbols = Linker.nativeLinker().defaultLookup();
    return symbols.find(name).map(symbol -> Linker.nativeLinker().downcallHandle(symbol, type));
  }
}
