package io.speicher.cli.copy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.speicher.protocol.ValueKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The strings in an RDB file, as Redis and Valkey write it: versions 6 to 12, and Valkey's 80.
 *
 * <p>Items are given before the end of the file, and with it the checksum, has been read: a file
 * that is damaged behind them is an error then, and what was copied stays.
 */
final class RdbSource implements Source {
  private static final int OLDEST = 6;
  private static final int NEWEST = 12;
  private static final int VALKEY = 80;
  private static final int CHECKSUM_BYTES = 8;

  // What a byte in the place of a type means.
  private static final int SLOT = 0xF4;
  private static final int FUNCTION = 0xF5;
  private static final int MODULE = 0xF7;
  private static final int IDLE = 0xF8;
  private static final int FREQUENCY = 0xF9;
  private static final int AUX = 0xFA;
  private static final int SIZES = 0xFB;
  private static final int EXPIRES_MILLIS = 0xFC;
  private static final int EXPIRES_SECONDS = 0xFD;
  private static final int DATABASE = 0xFE;
  private static final int END = 0xFF;

  private static final int MOST_ITEMS = 500;
  private static final long MOST_BYTES = 1 << 20;
  private static final int LONGEST_KEY = 512 << 20;

  private final InputStream file;
  private final RdbInput in;
  private final Selection selection;
  private final String incarnation;
  private final boolean isValkey;

  private int database;
  private long total = -1;
  private boolean hasEnded;

  /** Where the first item is that has not been copied. */
  private long resumeOffset;

  private List<Item> items = new ArrayList<>();
  private long itemBytes;
  private int seen;

  RdbSource(Path path, Selection selection) throws IOException {
    this.selection = selection;
    long bytes = Files.size(path);
    incarnation = bytes + "@" + Files.getLastModifiedTime(path).toMillis();
    file = Files.newInputStream(path);
    in = new RdbInput(file, bytes);
    try {
      isValkey = readHeader();
      readPreamble();
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether Valkey 9 or later has written the file. */
  private boolean readHeader() throws IOException {
    String magic;
    try {
      magic = new String(in.bytes(9), ISO_8859_1);
    } catch (CopyFailedException e) {
      throw notRdb();
    }
    if (!magic.matches("REDIS\\d{4}|VALKEY\\d{3}")) {
      throw notRdb();
    }
    boolean byValkey = magic.startsWith("V");
    int version = Integer.parseInt(magic.substring(byValkey ? 6 : 5));
    boolean isKnown = byValkey ? version == VALKEY : version >= OLDEST && version <= NEWEST;
    if (!isKnown) {
      throw new CopyFailedException(
          "RDB version "
              + version
              + " is not known (expected: "
              + OLDEST
              + ".."
              + NEWEST
              + ", or "
              + VALKEY
              + " of Valkey)");
    }
    return byValkey;
  }

  private static CopyFailedException notRdb() {
    return new CopyFailedException(
        "this is no RDB file (expected: one that begins with REDIS or VALKEY)");
  }

  /** What comes before the first key, and with it how many keys there are. */
  private void readPreamble() throws IOException {
    while (total < 0 && !hasEnded) {
      readOne();
    }
  }

  @Override
  public @Nullable Batch next() throws IOException {
    if (hasEnded && items.isEmpty() && seen == 0) {
      return null;
    }
    int of = database; // A batch is of one database.
    while (!hasEnded && items.size() < MOST_ITEMS && itemBytes < MOST_BYTES && of == database) {
      readOne();
      if (items.isEmpty()) {
        of = database;
      }
    }
    Batch batch = new Batch(of, items, seen, Long.toString(in.offset()));
    items = new ArrayList<>();
    itemBytes = 0;
    seen = 0;
    return batch;
  }

  /** Reads a key with its value, or something beside them. */
  private void readOne() throws IOException {
    long expiresAtMillis = Item.NEVER;
    while (true) {
      int type = in.read();
      switch (type) {
        case EXPIRES_MILLIS -> expiresAtMillis = in.littleEndian(8);
        case EXPIRES_SECONDS -> expiresAtMillis = 1_000 * (in.littleEndian(4) & 0xFFFF_FFFFL);
        case IDLE -> in.length();
        case FREQUENCY -> in.read();
        case AUX -> {
          in.skipString();
          in.skipString();
        }
        case MODULE -> {
          in.length();
          in.length();
          in.length();
          RdbValues.skipModule(in);
        }
        case FUNCTION -> in.skipString();
        case SLOT -> {
          in.length();
          in.length();
          in.length();
        }
        case DATABASE -> {
          database = (int) in.length();
          return;
        }
        case SIZES -> {
          total = Math.max(0, total) + in.length();
          in.length();
          return;
        }
        case END -> {
          readChecksum();
          hasEnded = true;
          return;
        }
        default -> {
          total = Math.max(0, total); // Where no sizes are said, there are keys all the same.
          readItem(type, expiresAtMillis);
          return;
        }
      }
    }
  }

  private void readChecksum() throws IOException {
    long computed = in.checksum();
    long stored = in.littleEndian(CHECKSUM_BYTES);
    if (stored != 0 && stored != computed) {
      throw in.damaged(
          String.format(
              Locale.ROOT,
              "the checksum is wrong, so the file is damaged: stored=%016x computed=%016x",
              stored,
              computed));
    }
  }

  private void readItem(int type, long expiresAtMillis) throws IOException {
    byte[] key = in.string(LONGEST_KEY);
    if (key == null) {
      throw in.damaged("a key is longer than Redis allows");
    }
    seen++;
    boolean isInDatabase = selection.wantsDatabase(database);
    boolean counts = in.offset() > resumeOffset && isInDatabase && selection.wants(key);
    if (type != RdbValues.STRING) {
      String name = RdbValues.skip(type, isValkey, in);
      if (counts) {
        selection.skips().add("type " + name, key);
      }
      return;
    }
    if (!counts) {
      in.skipString();
      if (in.offset() > resumeOffset && !isInDatabase) {
        selection.countOtherDatabase(database, key);
      }
      return;
    }
    byte[] value = in.string(selection.limit().bytes());
    if (value == null) {
      selection.countTooLong(key);
      return;
    }
    Item item = new Item(key, value, ValueKind.BYTES, 0, expiresAtMillis);
    if (selection.add(item, items)) {
      itemBytes += items.get(items.size() - 1).bytes();
    }
  }

  @Override
  public long total() {
    return total;
  }

  @Override
  public String incarnation() {
    return incarnation;
  }

  @Override
  public void resume(String position) {
    resumeOffset = Long.parseLong(position);
  }

  @Override
  public boolean hasFlags() {
    return false;
  }

  @Override
  public boolean hasKinds() {
    return false;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
