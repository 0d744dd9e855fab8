package io.speicher.bench.traces;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tukaani.xz.XZInputStream;

/** The traces that the jar of Caffeine's simulator holds and that are used here. */
enum BundledTrace {
  LOOP("a loop over 1,011 blocks", "lirs/loop.trace.gz", Format.LINES),
  GLI("glimpse, searching text", "lirs/gli.trace.gz", Format.LINES),
  MULTI1("compiler, search of code", "lirs/multi1.trace.gz", Format.LINES),
  MULTI2("compiler, search, database", "lirs/multi2.trace.gz", Format.LINES),
  MULTI3("compiler, plot, glimpse, database", "lirs/multi3.trace.gz", Format.LINES),
  SPRITE("a file server for many clients", "lirs/sprite.trace.gz", Format.LINES),
  WEB07("product pages of a shop, July", "cache2k/web07.trace.xz", Format.INTS),
  WEB12("product pages of a shop, December", "cache2k/web12.trace.xz", Format.INTS),
  ORM_BUSY("database of a shop, by day", "cache2k/orm-busy.trace.xz", Format.INTS),
  ORM_NIGHT("database of a shop, by night", "cache2k/orm-night.trace.xz", Format.INTS),
  SCARAB_RECS("product recommendations", "scarab/scarab-recs.trace.xz", Format.LONGS),
  ADAPT_SIZE("objects of many sizes", "adapt_size/request.trace.xz", Format.SIZES);

  private static final String FOLDER = "com/github/benmanes/caffeine/cache/simulator/parser/";

  final String description;
  private final String path;
  private final Format format;

  BundledTrace(String description, String path, Format format) {
    this.description = description;
    this.path = path;
    this.format = format;
  }

  /** Whether it is what a cache in a network sees, rather than the disk blocks of a program. */
  boolean isOfServer() {
    return switch (this) {
      case SPRITE, WEB07, WEB12, ORM_BUSY, ORM_NIGHT, SCARAB_RECS, ADAPT_SIZE -> true;
      case LOOP, GLI, MULTI1, MULTI2, MULTI3 -> false;
    };
  }

  /** As users name it. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads it from {@code jar}. */
  Trace read(Path jar) throws IOException, BadTraceException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(FOLDER + path);
      if (entry == null) {
        throw new BadTraceException(
            jar + ": no trace " + title() + " in it: is it another version?");
      }
      try (InputStream in = unpack(new BufferedInputStream(zip.getInputStream(entry)))) {
        return format.read(in);
      }
    }
  }

  private InputStream unpack(InputStream in) throws IOException {
    return path.endsWith(".xz") ? new XZInputStream(in) : new GZIPInputStream(in);
  }

  /** How requests are written down. */
  enum Format {
    /** A number in a line. A star alone means nothing here. */
    LINES {
      @Override
      void read(InputStream in, Trace.Builder to) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, US_ASCII));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          String key = line.strip();
          if (!key.isEmpty() && !key.equals("*")) {
            to.add(Long.parseLong(key));
          }
        }
      }
    },

    /** Four bytes each, the highest first. */
    INTS {
      @Override
      void read(InputStream in, Trace.Builder to) throws IOException {
        ByteBuffer keys = ByteBuffer.wrap(in.readAllBytes());
        while (keys.hasRemaining()) {
          to.add(keys.getInt());
        }
      }
    },

    /** Eight bytes each, the highest first. */
    LONGS {
      @Override
      void read(InputStream in, Trace.Builder to) throws IOException {
        ByteBuffer keys = ByteBuffer.wrap(in.readAllBytes());
        while (keys.hasRemaining()) {
          to.add(keys.getLong());
        }
      }
    },

    /** Time, object and its size in a line. An object of another size is another object. */
    SIZES {
      @Override
      void read(InputStream in, Trace.Builder to) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, US_ASCII));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          String[] fields = line.split(" ", -1);
          to.add(fields[1] + "-" + fields[2], Integer.parseInt(fields[2]));
        }
      }
    };

    abstract void read(InputStream in, Trace.Builder to) throws IOException;

    Trace read(InputStream in) throws IOException {
      Trace.Builder trace = new Trace.Builder();
      read(in, trace);
      return trace.build();
    }
  }
}
