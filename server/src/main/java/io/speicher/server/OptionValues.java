package io.speicher.server;

import com.sun.management.OperatingSystemMXBean;
import io.speicher.protocol.Quantities;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.OptionalInt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What the text of an option means. The errors say what was expected. */
final class OptionValues {
  private OptionValues() {}

  /** A number that is not negative. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      try {
        int count = Integer.parseInt(text.strip());
        if (count >= 0) {
          return count;
        }
      } catch (NumberFormatException e) {
        // Told below, together with the numbers that are out of bounds.
      }
      throw new TypeConversionException("'" + text + "' is not a number from 0 to 2147483647");
    }
  }

  /** A port beside the first one, which there need not be. */
  static final class OtherPort implements ITypeConverter<OptionalInt> {
    @Override
    public OptionalInt convert(String text) {
      return text.strip().equals("none")
          ? OptionalInt.empty()
          : OptionalInt.of(new Count().convert(text));
    }
  }

  /** A size of at most 2 GiB. */
  static final class Size implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      long bytes = bytes(text);
      if (bytes > Integer.MAX_VALUE) {
        throw new TypeConversionException("'" + text + "' is more than 2gb");
      }
      return (int) bytes;
    }
  }

  /** A size, or a share of the memory that this machine, or this container, has. */
  static final class Memory implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      String trimmed = text.strip();
      if (!trimmed.endsWith("%")) {
        return bytes(trimmed);
      }
      int percent = new Count().convert(trimmed.substring(0, trimmed.length() - 1));
      if (percent < 1 || percent > 100) {
        throw new TypeConversionException("'" + text + "' is not a share from 1% to 100%");
      }
      return Math.multiplyExact(machineBytes(), percent) / 100;
    }
  }

  /** A time; only zero needs no unit. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Quantities.duration(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** The memory that this machine, or this container, has. */
  static long machineBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private static long bytes(String text) {
    try {
      return Quantities.bytes(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
