package io.speicher.store.segment;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside the Java heap, reserved in one piece and read and written by address.
 *
 * <p>The static methods check no bounds: who calls them knows that the address lies within a piece
 * that has not been released. Numbers of several bytes are little-endian. Any thread may call
 * anything; a method whose name has no memory order in it is plain.
 */
final class NativeMemory {

  /*
   * Why one segment that spans all memory, instead of one for each piece: the bounds and liveness
   * checks of real segments cost a get 8 to 20 percent and a put 28 to 38 percent, and everything
   * that could go wrong here (an address computed from bytes that another thread is overwriting)
   * would lie within the piece anyway, where bounds cannot help.
   *
   * On Linux the piece is mapped without being touched: pages become resident when they are first
   * written, so an empty store takes nothing. Transparent huge pages are asked for, since random
   * accesses then miss the TLB less: 16 to 25 percent of a get. Elsewhere the JDK allocates, and
   * all of it is resident from the beginning.
   */
  @SuppressWarnings("restricted") // Needs --enable-native-access; see the class comment.
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[8 << 10]);

  /** No address of a process has more bits. */
  private static final long ADDRESS_MASK = (1L << 56) - 1;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final VarHandle ORDERED_LONG = JAVA_LONG.varHandle();
  private static final VarHandle ORDERED_INT = JAVA_INT.varHandle();
  private static final VarHandle BUFFER_LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, LITTLE_ENDIAN);

  /** What the processor fetches from memory at a time. */
  static final int LINE_BYTES = 64;

  /** Up to so many are copied faster one after the other than by the JDK all at once. */
  private static final int FEW_BYTES = 32;

  /** Up to so many are copied from address to address faster by a loop than by the JDK. */
  private static final int MEDIUM_BYTES = 256;

  /** What huge pages are aligned to. */
  private static final long HUGE_PAGE_BYTES = 2 << 20;

  private static final long PAGE_BYTES = 4 << 10;

  private static final boolean LINUX = System.getProperty("os.name", "").equals("Linux");

  private final long address;
  private final long bytes;
  private final @Nullable Mapping mapping;
  private final @Nullable Arena arena;

  /** The same memory, if it is that of a file. */
  private final @Nullable MemorySegment file;

  private NativeMemory(
      long address,
      long bytes,
      @Nullable Mapping mapping,
      @Nullable Arena arena,
      @Nullable MemorySegment file) {
    this.address = address;
    this.bytes = bytes;
    this.mapping = mapping;
    this.arena = arena;
    this.file = file;
  }

  /** Memory of that many bytes, all zero, at an address that huge pages can have. */
  static NativeMemory reserve(long bytes) {
    return reserve(0, bytes);
  }

  /**
   * Memory of {@code headBytes} and {@code bytes} behind them, all zero. The latter begin at an
   * address that huge pages can have.
   *
   * @param headBytes a multiple of 4 KiB
   */
  @SuppressWarnings("MustBeClosed") // By release().
  static NativeMemory reserve(long headBytes, long bytes) {
    long allBytes = headBytes + bytes;
    if (LINUX) {
      Mapping mapping = Mapping.of(allBytes + HUGE_PAGE_BYTES);
      long address = hugePageFrom(mapping.address + headBytes) - headBytes;
      Mapping.advise(address, allBytes, Mapping.MADV_HUGEPAGE);
      return new NativeMemory(address, allBytes, mapping, null, null);
    }
    Arena arena = Arena.ofShared();
    long start = arena.allocate(allBytes + HUGE_PAGE_BYTES, PAGE_BYTES).address();
    return new NativeMemory(
        hugePageFrom(start + headBytes) - headBytes, allBytes, null, arena, null);
  }

  /**
   * The first bytes of a file, which has as many. What is written to them is written to the file,
   * as others see it, and stays there when the process is killed at any instruction.
   *
   * @throws IOException if the file cannot be mapped
   */
  @SuppressWarnings("MustBeClosed") // By release().
  static NativeMemory map(FileChannel channel, long bytes) throws IOException {
    Arena arena = Arena.ofShared();
    MemorySegment file;
    try {
      file = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
    if (LINUX) {
      Mapping.advise(file.address(), bytes, Mapping.MADV_HUGEPAGE); // For tmpfs, where it is on.
    }
    return new NativeMemory(file.address(), bytes, null, arena, file);
  }

  private static long hugePageFrom(long address) {
    return (address + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES;
  }

  long address() {
    return address;
  }

  long bytes() {
    return bytes;
  }

  /** The first {@code sliceBytes} of it, valid until it is released. */
  MemorySegment slice(long sliceBytes) {
    return ALL.asSlice(address, sliceBytes);
  }

  /** Views for one thread. */
  View newView() {
    return new View(address, bytes);
  }

  /**
   * Waits until a part of a file is on its disk; nothing happens if this is no file.
   *
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  void force(long offset, long partBytes) {
    if (file != null) {
      file.asSlice(offset, partBytes).force();
    }
  }

  /** Gives it back. Nobody may use an address in it any more. */
  void release() {
    if (mapping != null) {
      mapping.unmap();
    }
    if (arena != null) {
      arena.close();
    }
  }

  /**
   * Has the processor fetch a byte at each address into its cache, many at a time, and so whatever
   * lies in the same line.
   *
   * @return what has to be stored somewhere: else compilers leave out to read what nobody uses
   */
  static long touch(long[] addresses, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += getByte(bounded(addresses[i]));
    }
    return sum;
  }

  /** As the other one, for all lines of some bytes in a row. */
  static long touch(long address, int bytes) {
    long sum = 0;
    for (int i = 0; i < bytes; i += LINE_BYTES) {
      sum += getByte(bounded(address + i));
    }
    return sum;
  }

  /**
   * The same address, in a form that a compiler knows to be far below {@link Long#MAX_VALUE}: it
   * leaves out the check of the bounds, four instructions, wherever this and some bytes more is
   * accessed.
   */
  static long bounded(long address) {
    return address & ADDRESS_MASK;
  }

  static int getByte(long address) {
    return ALL.get(BYTE, address) & 0xFF;
  }

  static void putByte(long address, int value) {
    ALL.set(BYTE, address, (byte) value);
  }

  static int getShort(long address) {
    return ALL.get(SHORT, address) & 0xFFFF;
  }

  static void putShort(long address, int value) {
    ALL.set(SHORT, address, (short) value);
  }

  static int getInt(long address) {
    return ALL.get(INT, address);
  }

  static void putInt(long address, int value) {
    ALL.set(INT, address, value);
  }

  static long getLong(long address) {
    return ALL.get(LONG, address);
  }

  static void putLong(long address, long value) {
    ALL.set(LONG, address, value);
  }

  static int getIntAcquire(long address) {
    return (int) ORDERED_INT.getAcquire(ALL, address);
  }

  static void putIntRelease(long address, int value) {
    ORDERED_INT.setRelease(ALL, address, value);
  }

  static long getLongAcquire(long address) {
    return (long) ORDERED_LONG.getAcquire(ALL, address);
  }

  static void putLongRelease(long address, long value) {
    ORDERED_LONG.setRelease(ALL, address, value);
  }

  static long getAndSetLong(long address, long value) {
    return (long) ORDERED_LONG.getAndSet(ALL, address, value);
  }

  static long getAndAddLong(long address, long value) {
    return (long) ORDERED_LONG.getAndAdd(ALL, address, value);
  }

  static long getAndBitwiseOrLong(long address, long value) {
    return (long) ORDERED_LONG.getAndBitwiseOr(ALL, address, value);
  }

  static boolean compareAndSetLong(long address, long expected, long value) {
    return ORDERED_LONG.compareAndSet(ALL, address, expected, value);
  }

  /** A view, valid as long as the memory is. */
  static ByteBuffer view(long address, int bytes) {
    return ALL.asSlice(address, bytes).asByteBuffer();
  }

  /** Copies bytes to where they do not overlap. */
  static void copy(long from, long to, int bytes) {
    if (bytes > MEDIUM_BYTES || bytes < Long.BYTES) {
      MemorySegment.copy(ALL, from, ALL, to, bytes);
      return;
    }
    int last = bytes - Long.BYTES; // Eight bytes that overlap those before them.
    for (int i = 0; i < last; i += Long.BYTES) {
      putLong(to + i, getLong(from + i));
    }
    putLong(to + last, getLong(from + last));
  }

  /** Copies the few remaining bytes of {@code from}, whose position stays. */
  static void copy(ByteBuffer from, long to) {
    int position = from.position();
    int bytes = from.remaining();
    int last = bytes - Long.BYTES; // Eight bytes that overlap those before them.
    if (last >= 0) {
      for (int i = 0; i < last; i += Long.BYTES) {
        putLong(to + i, (long) BUFFER_LONG.get(from, position + i));
      }
      putLong(to + last, (long) BUFFER_LONG.get(from, position + last));
      return;
    }
    for (int i = 0; i < bytes; i++) {
      putByte(to + i, from.get(position + i));
    }
  }

  /**
   * Makes memory resident without changing it, whatever others do to it meanwhile. The thread waits
   * in a native call: if it touched the memory itself, the collector, and with it every other
   * thread, would wait for each page that the kernel clears.
   */
  static void populate(long address, long bytes) {
    if (LINUX) {
      long start = address & -PAGE_BYTES;
      Mapping.advise(start, address + bytes - start, Mapping.MADV_POPULATE_WRITE);
    }
  }

  /**
   * Makes a part of a file resident, if it is not, and returns false if it cannot be read: to touch
   * it would end in an error of the virtual machine. Its first page has been read before.
   */
  boolean isReadable(long offset, long partBytes) {
    return !LINUX
        || Mapping.isPopulated(address + offset, partBytes)
        || !Mapping.isPopulated(address, PAGE_BYTES); // The kernel, one before 5.14, cannot tell.
  }

  /**
   * Gives memory back to the system. It can be used again at any time, and is zero then; where the
   * system cannot do so, nothing happens.
   *
   * @param address a multiple of 4 KiB, as is {@code bytes}
   */
  static void giveBack(long address, long bytes) {
    assert ((address | bytes) & (PAGE_BYTES - 1)) == 0 : "address=" + address + " bytes=" + bytes;
    if (LINUX) {
      Mapping.advise(address, bytes, Mapping.MADV_DONTNEED);
    }
  }

  /** Allocates nothing, so that it cannot fail where something is half done. */
  static void zero(long address, long bytes) {
    for (long done = 0; done < bytes; done += ZEROS.byteSize()) {
      MemorySegment.copy(ZEROS, 0, ALL, address + done, Math.min(ZEROS.byteSize(), bytes - done));
    }
  }

  /** Whether the remaining bytes of {@code buffer} are those at {@code address}. */
  static boolean equal(ByteBuffer buffer, long address) {
    int position = buffer.position();
    int bytes = buffer.remaining();
    int last = bytes - Long.BYTES;
    if (last < 0) {
      for (int i = 0; i < bytes; i++) {
        if (buffer.get(position + i) != (byte) getByte(address + i)) {
          return false;
        }
      }
      return true;
    }
    // The first eight bytes, the last eight, which may overlap them, and what is in between.
    return (long) BUFFER_LONG.get(buffer, position) == getLong(address)
        && (long) BUFFER_LONG.get(buffer, position + last) == getLong(address + last)
        && (last <= Long.BYTES || wordsEqual(buffer, position, address, last));
  }

  private static boolean wordsEqual(ByteBuffer buffer, int position, long address, int end) {
    for (int i = Long.BYTES; i < end; i += Long.BYTES) {
      if ((long) BUFFER_LONG.get(buffer, position + i) != getLong(address + i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether so many bytes, at least one, are the same at two addresses. */
  static boolean equal(long one, long other, int bytes) {
    int at = 0;
    for (; at <= bytes - Long.BYTES; at += Long.BYTES) {
      if (getLong(one + at) != getLong(other + at)) {
        return false;
      }
    }
    for (; at < bytes; at++) {
      if (getByte(one + at) != getByte(other + at)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Shows pieces of the memory as buffers, one at a time: the buffer is valid until the next call.
   * They are always the same few objects, since to make one (two, with its segment) costs more than
   * to copy a short value.
   */
  static final class View {
    /** A buffer cannot be as long as the memory: one begins with each gigabyte, and has two. */
    private static final int WINDOW_BITS = 30;

    private static final int WINDOW_BYTES = Integer.MAX_VALUE - 63;
    private static final int MAX_PIECE_BYTES = WINDOW_BYTES - (1 << WINDOW_BITS);

    private final long address;
    private final long bytes;
    private final @Nullable ByteBuffer[] windows;

    private View(long address, long bytes) {
      this.address = address;
      this.bytes = bytes;
      windows = new ByteBuffer[(int) (bytes >>> WINDOW_BITS) + 1];
    }

    ByteBuffer of(long pieceAddress, int pieceBytes) {
      if (pieceBytes > MAX_PIECE_BYTES) {
        return view(pieceAddress, pieceBytes);
      }
      int start = (int) (pieceAddress - address) & ((1 << WINDOW_BITS) - 1);
      return window((int) ((pieceAddress - address) >>> WINDOW_BITS))
          .limit(start + pieceBytes)
          .position(start);
    }

    /** Copies the remaining bytes of {@code from}, whose position stays. */
    void copy(ByteBuffer from, long to) {
      if (from.remaining() > FEW_BYTES) {
        ByteBuffer piece = of(to, from.remaining());
        piece.put(piece.position(), from, from.position(), from.remaining());
      } else {
        NativeMemory.copy(from, to);
      }
    }

    private ByteBuffer window(int index) {
      ByteBuffer window = windows[index];
      if (window == null) {
        long start = (long) index << WINDOW_BITS;
        window = view(address + start, (int) Math.min(bytes - start, WINDOW_BYTES));
        windows[index] = window;
      }
      return window;
    }
  }

  /** A piece of address space that Linux has mapped. */
  @SuppressWarnings("restricted") // Needs --enable-native-access; the calls are as in mmap(2).
  private static final class Mapping {
    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final long MAP_FAILED = -1;

    private static final MethodHandle MMAP =
        handle(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MADVISE =
        handle("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP =
        handle("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private final long address;
    private final long bytes;

    private Mapping(long address, long bytes) {
      this.address = address;
      this.bytes = bytes;
    }

    static Mapping of(long bytes) {
      long address;
      try {
        address =
            (long)
                MMAP.invokeExact(
                    MemorySegment.NULL,
                    bytes,
                    PROT_READ_WRITE,
                    MAP_PRIVATE_ANONYMOUS_NORESERVE,
                    -1,
                    0L);
      } catch (Throwable e) {
        throw new AssertionError(e); // A native call throws nothing.
      }
      if (address == MAP_FAILED) {
        throw new OutOfMemoryError("the system has no address space left: bytes=" + bytes);
      }
      return new Mapping(address, bytes);
    }

    /** A kernel that does not know the advice refuses, and all works as well, but slower. */
    static void advise(long address, long bytes, int advice) {
      try {
        int _ = (int) MADVISE.invokeExact(address, bytes, advice);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    /** Reads pages, and returns whether they are there now. */
    static boolean isPopulated(long address, long bytes) {
      try {
        return 0 == (int) MADVISE.invokeExact(address, bytes, MADV_POPULATE_READ);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    void unmap() {
      try {
        int _ = (int) MUNMAP.invokeExact(address, bytes);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    private static MethodHandle handle(String name, FunctionDescriptor type) {
      SymbolLookup symbols = Linker.nativeLinker().defaultLookup();
      return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
    }
  }
}
