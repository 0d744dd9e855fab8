package io.speicher.server;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonReplyEncoder;
import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.PutOptions.Condition;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/** Runs commands: the only place where a command meets the store. Any thread may call it. */
final class CommandExecutor {
  private static final Logger logger = System.getLogger(CommandExecutor.class.getName());

  private final Store store;

  CommandExecutor(Store store) {
    this.store = store;
  }

  /** Runs {@code command} and appends its reply to {@code out}. */
  void execute(Command command, JsonReplyEncoder encoder, ByteBuf out) {
    int start = out.writerIndex();
    try {
      switch (command) {
        case Command.Get get -> get(get.key(), encoder, out);
        case Command.Set set -> encoder.encode(set(set), out);
        case Command.Delete delete -> encoder.encode(delete(delete.key()), out);
        case Command.Clear _ -> encoder.encode(clear(), out);
        case Command.Ping _ -> encoder.encode(Reply.Done.DONE, out);
        case Command.Malformed malformed ->
            encoder.encode(new Reply.Refused(Reply.BAD_REQUEST, malformed.why()), out);
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      // One command has failed; the others of this connection and all others go on.
      logger.log(Level.ERROR, "command failed: command=" + command.getClass().getSimpleName(), e);
      out.writerIndex(start);
      encoder.encode(new Reply.Failed(Reply.UNAVAILABLE, "the server failed: see its log"), out);
    }
  }

  /** The value is encoded in place; whoever is called again, or in vain, starts again. */
  private void get(ByteBuffer key, JsonReplyEncoder encoder, ByteBuf out) {
    int start = out.writerIndex();
    if (!store.get(key, item -> encoder.encode(value(item), out.writerIndex(start)))) {
      encoder.encode(Reply.Miss.MISS, out.writerIndex(start));
    }
  }

  private static Reply.Value value(Item item) {
    return new Reply.Value(ValueKind.ofCode(item.kind()), item.value());
  }

  private Reply set(Command.Set set) {
    PutOptions options = new PutOptions(set.kind().code(), 0, set.ttlMillis(), Condition.ALWAYS);
    PutResult result = store.put(set.key(), set.value(), options);
    if (result == PutResult.TOO_LARGE) {
      return new Reply.Failed(
          Reply.UNAVAILABLE,
          "item too large for the server's memory: itemBytes="
              + (set.key().remaining() + set.value().remaining())
              + " memoryBytes="
              + store.stats().budgetBytes());
    }
    return Reply.Done.DONE;
  }

  private Reply delete(ByteBuffer key) {
    return store.delete(key) ? Reply.Done.DONE : Reply.Miss.MISS;
  }

  private Reply clear() {
    store.clear();
    return Reply.Done.DONE;
  }
}
