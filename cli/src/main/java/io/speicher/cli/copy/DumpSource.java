package io.speicher.cli.copy;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The items of a dump.
 *
 * <p>They are given block by block, before the end of the file has been seen: one that is damaged
 * behind them, or unfinished, is an error then, and what was restored stays.
 */
final class DumpSource implements Source {
  private final DumpReader file;
  private final Selection selection;
  private final String incarnation;
  private boolean hasEnded;

  DumpSource(Path path, Selection selection) throws IOException {
    this.selection = selection;
    incarnation = Files.size(path) + "@" + Files.getLastModifiedTime(path).toMillis();
    file = new DumpReader(path);
  }

  @Override
  public @Nullable Batch next() throws IOException {
    if (hasEnded) {
      return null;
    }
    DumpReader.Block block = file.next();
    if (block == null) {
      throw new CopyFailedException(
          "the dump is unfinished: it has no end, so there are items that it lacks");
    }
    if (block.kind() == DumpFormat.END) {
      hasEnded = true;
      return null;
    }
    if (block.kind() != DumpFormat.ITEMS) {
      throw file.damaged("there is a block of an unknown kind: " + block.kind());
    }
    try {
      return batch(block);
    } catch (BufferUnderflowException e) {
      throw file.damaged("a length in a block is wrong");
    }
  }

  private Batch batch(DumpReader.Block block) throws CopyFailedException {
    ByteBuffer body = block.body();
    int database = body.getInt();
    int seen = body.getInt();
    int count = body.getInt();
    bytes(body, body.getShort() & 0xFFFF); // The position, which is of the server's concern.
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Item item = item(body);
      if (!selection.wantsDatabase(database)) {
        selection.countOtherDatabase(database, item.key());
      } else if (selection.wants(item.key())) {
        selection.add(item, items);
      }
    }
    return new Batch(database, items, seen, Long.toString(block.end()));
  }

  private Item item(ByteBuffer body) throws CopyFailedException {
    int kind = body.get();
    int flags = body.getInt();
    long expiresAtMillis = body.getLong();
    long version = body.getLong();
    int keyBytes = body.getInt();
    int valueBytes = body.getInt();
    if (kind < 0 || kind >= DumpFormat.KINDS.size()) {
      throw file.damaged("there is a value of an unknown kind: " + kind);
    }
    byte[] key = bytes(body, keyBytes);
    byte[] value = bytes(body, valueBytes);
    return new Item(key, value, DumpFormat.KINDS.get(kind), flags, expiresAtMillis, version);
  }

  private static byte[] bytes(ByteBuffer body, int count) {
    if (count < 0 || count > body.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[count];
    body.get(bytes);
    return bytes;
  }

  @Override
  public long total() {
    String keys = file.origin().getOrDefault("keys", "");
    return keys.matches("\\d{1,18}") ? Long.parseLong(keys) : -1;
  }

  @Override
  public String incarnation() {
    return incarnation;
  }

  @Override
  public void resume(String position) {
    file.seek(Long.parseLong(position));
  }

  @Override
  public boolean hasFlags() {
    return true;
  }

  @Override
  public boolean hasKinds() {
    return true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
