package io.speicher.protocol.json;

import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.TrackingOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands, for a client. Has no state.
 *
 * <p>It knows what the Java client sends and refuses all else. It never leaves out a part that it
 * does not know: a {@code Set} without its condition would overwrite what the condition protects.
 */
public final class JsonCommandEncoder {
  private static final byte[] GET = ascii("{\"command\":\"GET\",\"key\":");
  private static final byte[] SET = ascii("{\"command\":\"SET\",\"key\":");
  private static final byte[] DELETE = ascii("{\"command\":\"DEL\",\"key\":");
  private static final byte[] CLEAR = ascii("{\"command\":\"RST\"");
  private static final byte[] INFO = ascii("{\"command\":\"INF\"");
  private static final byte[] NODES = ascii("{\"command\":\"NOD\"");
  private static final byte[] PING = ascii("{\"command\":\"PING\"");
  private static final byte[] AUTH = ascii("{\"command\":\"AUTH\",\"user\":");
  private static final byte[] GET_ALL = ascii("{\"command\":\"MGET\",\"keys\":[");
  private static final byte[] SET_ALL = ascii("{\"command\":\"MSET\",\"items\":[");
  private static final byte[] DELETE_ALL = ascii("{\"command\":\"MDEL\",\"keys\":[");
  private static final byte[] ADD = ascii("{\"command\":\"INC\",\"key\":");
  private static final byte[] TOUCH = ascii("{\"command\":\"TCH\",\"key\":");
  private static final byte[] TIME_TO_LIVE = ascii("{\"command\":\"TTL\",\"key\":");
  private static final byte[] SCAN = ascii("{\"command\":\"SCN\",\"cursor\":\"");
  private static final byte[] TAG = ascii("{\"command\":\"TAG\",\"key\":");
  private static final byte[] CLEAR_TAGS = ascii("{\"command\":\"CLR\",\"tags\":[");
  private static final byte[] CLEAR_NAMESPACE = ascii("{\"command\":\"CLR\",\"namespace\":");
  private static final byte[] NAMESPACES = ascii("{\"command\":\"NSP\",\"op\":\"");
  private static final byte[] NAMESPACE = ascii("\",\"namespace\":");
  private static final byte[] TAGS = ascii(",\"tags\":[");
  private static final byte[] KEY = ascii("{\"key\":");
  private static final byte[] PASSWORD = ascii(",\"password\":");
  private static final byte[] VALUE = ascii(",\"value\":");
  private static final byte[] BASE64 = ascii(",\"encoding\":\"base64\"");
  private static final byte[] TTL = ascii(",\"ttl\":");
  private static final byte[] BY = ascii(",\"by\":");
  private static final byte[] INITIAL = ascii(",\"initial\":");
  private static final byte[] COUNT = ascii("\",\"count\":");
  private static final byte[] MATCH = ascii(",\"match\":");
  private static final byte[] VERSION = ascii(",\"version\":true");
  private static final byte[] IF_ABSENT = ascii(",\"if\":\"absent\"");
  private static final byte[] IF_PRESENT = ascii(",\"if\":\"present\"");
  private static final byte[] LEASE = ascii(",\"lease\":");
  private static final byte[] EARLY = ascii(",\"early\":");
  private static final byte[] WAIT = ascii(",\"wait\":");
  private static final byte[] STALE = ascii(",\"stale\":");
  private static final byte[] TRACK_KEYS = ascii("{\"command\":\"TRK\",\"mode\":\"keys\"");
  private static final byte[] TRACK_PREFIXES = ascii("{\"command\":\"TRK\",\"mode\":\"prefixes\"");
  private static final byte[] UNTRACK = ascii("{\"command\":\"TRK\",\"mode\":\"off\"");
  private static final byte[] PREFIXES = ascii(",\"prefixes\":[");
  private static final byte[] NO_LOOP = ascii(",\"noloop\":true");
  private static final byte[] COMMA = ascii(",");
  private static final byte[] END = ascii("}");
  private static final byte[] END_ARRAY = ascii("]");

  /** Room for names, quotes, a time to live, and a few escapes. */
  private static final int OVERHEAD_BYTES = 128;

  /** Room for what surrounds a key in a batch. */
  private static final int ELEMENT_BYTES = 16;

  /**
   * Returns the frame of {@code command}, from its position to its limit, in memory of its own.
   *
   * @throws IllegalArgumentException if this encoder has no words for the command or for a part of
   *     it, or if the frame would be longer than {@link Limits#MAX_FRAME_BYTES}
   */
  public ByteBuffer encode(Command command) {
    FrameWriter frame = new FrameWriter(payloadBytesHint(command));
    if (command instanceof Command.Get get) {
      boolean isGlance = get.view() == Command.View.GLANCE;
      frame.write(isGlance ? TIME_TO_LIVE : GET).writeString(get.key());
      writeView(isGlance ? Command.View.VALUE : get.view(), frame);
    } else if (command instanceof Command.Set set) {
      frame.write(SET).writeString(set.key());
      writeItem(set, frame);
      writeCondition(set.options().condition(), frame);
    } else if (command instanceof Command.AskLease ask) {
      writeAskLease(ask, frame);
    } else if (command instanceof Command.SetWithLease leased) {
      requireAlways(leased.set().options().condition());
      frame.write(SET).writeString(leased.set().key());
      writeItem(leased.set(), frame);
      frame.write(ascii(",\"lease\":\"" + leased.lease() + '"'));
    } else if (command instanceof Command.Invalidate invalidate) {
      boolean isWithin = invalidate.expiry().base() == Expiry.Base.WITHIN;
      require(isWithin, "expiry", invalidate.expiry().base());
      frame.write(DELETE).writeString(invalidate.key());
      writeCondition(invalidate.condition(), frame);
      writeNumber(STALE, invalidate.expiry().millis(), frame);
    } else if (command instanceof Command.Delete delete) {
      frame.write(DELETE).writeString(delete.key());
    } else if (command instanceof Command.DeleteIf delete) {
      frame.write(DELETE).writeString(delete.key());
      writeCondition(delete.condition(), frame);
    } else if (command instanceof Command.GetAll getAll) {
      frame.write(GET_ALL);
      writeKeys(getAll.keys(), frame);
      writeView(getAll.view(), frame);
    } else if (command instanceof Command.SetAll setAll) {
      writeSetAll(setAll, frame);
    } else if (command instanceof Command.DeleteAll deleteAll) {
      requireAlways(deleteAll.condition());
      frame.write(DELETE_ALL);
      writeKeys(deleteAll.keys(), frame);
    } else if (command instanceof Command.Add add) {
      writeAdd(add, frame);
    } else if (command instanceof Command.Touch touch) {
      boolean isPlain = touch.condition() == Command.TouchCondition.ALWAYS;
      require(isPlain, "condition", touch.condition());
      frame.write(TOUCH).writeString(touch.key());
      writeExpiry(touch.expiry(), frame);
    } else if (command instanceof Command.Scan scan) {
      writeScan(scan, frame);
    } else if (command instanceof Command.Clear clear) {
      require(clear.delayMillis() == 0, "delayMillis", clear.delayMillis());
      require(!clear.allDatabases(), "allDatabases", clear.allDatabases());
      frame.write(CLEAR);
    } else if (command instanceof Command.Track track) {
      writeTrack(track.options(), frame);
    } else if (command instanceof Command.Untrack) {
      frame.write(UNTRACK);
    } else if (command instanceof Command.Stats) {
      frame.write(INFO);
    } else if (command instanceof Command.DescribeCluster) {
      frame.write(NODES);
    } else if (command instanceof Command.Ping) {
      frame.write(PING);
    } else if (command instanceof Command.Auth auth) {
      ByteBuffer user = ByteBuffer.wrap(auth.user().getBytes(StandardCharsets.UTF_8));
      frame.write(AUTH).writeString(user).write(PASSWORD).writeString(auth.password());
    } else if (command instanceof Command.Tag tag) {
      frame.write(TAG).writeString(tag.key()).write(TAGS);
      writeKeys(tag.tags(), frame);
    } else if (command instanceof Command.ClearTags clear) {
      frame.write(CLEAR_TAGS);
      writeKeys(clear.tags(), frame);
    } else if (command instanceof Command.ClearNamespace clear) {
      frame.write(CLEAR_NAMESPACE).writeString(clear.prefix());
    } else if (command instanceof Command.ManageNamespaces manage) {
      frame.write(NAMESPACES);
      writeRequest(manage.request(), frame);
    } else {
      throw inexpressible("command", command.getClass().getSimpleName());
    }
    return frame.write(END).finish();
  }

  private static void writeView(Command.View view, FrameWriter frame) {
    switch (view) {
      case VALUE -> {}
      case VERSION -> frame.write(VERSION);
      case GLANCE -> throw inexpressible("view", view);
    }
  }

  private static void writeKeys(List<ByteBuffer> keys, FrameWriter frame) {
    if (keys instanceof KeyBatch batch) {
      batch.write(frame);
      frame.write(END_ARRAY);
      return;
    }
    for (int i = 0; i < keys.size(); i++) {
      (i == 0 ? frame : frame.write(COMMA)).writeString(keys.get(i));
    }
    frame.write(END_ARRAY);
  }

  private static void writeSetAll(Command.SetAll setAll, FrameWriter frame) {
    requireAlways(setAll.condition());
    frame.write(SET_ALL);
    for (int i = 0; i < setAll.items().size(); i++) {
      Command.Set item = setAll.items().get(i);
      requireAlways(item.options().condition());
      (i == 0 ? frame : frame.write(COMMA)).write(KEY).writeString(item.key());
      writeItem(item, frame);
      frame.write(END);
    }
    frame.write(END_ARRAY);
  }

  /** Writes value, time to live and tags. */
  private static void writeItem(Command.Set set, FrameWriter frame) {
    SetOptions options = set.options();
    require(options.flags() == 0, "flags", options.flags());
    require(!options.returnsOld(), "returnsOld", options.returnsOld());
    frame.write(VALUE);
    switch (set.kind()) {
      case TEXT -> frame.writeString(set.value());
      case JSON -> frame.write(set.value());
      case BYTES -> {
        if (JsonText.isUtf8(set.value())) {
          frame.writeString(set.value());
        } else {
          frame.writeString(Base64.getEncoder().encode(set.value().duplicate())).write(BASE64);
        }
      }
    }
    writeExpiry(options.expiry(), frame);
    if (!options.tags().isEmpty()) {
      frame.write(TAGS);
      writeKeys(options.tags(), frame);
    }
  }

  private static void writeRequest(NamespaceRequest request, FrameWriter frame) {
    if (request instanceof NamespaceRequest.Create create) {
      Namespace namespace = create.namespace();
      writeNamespace("create", namespace.prefix(), frame);
      writeNumber("ttl", namespace.ttlMillis(), frame);
      writeNumber("max_ttl", namespace.maxTtlMillis(), frame);
      writeNumber("jitter", (long) namespace.jitterPercent(), frame);
    } else if (request instanceof NamespaceRequest.Alter alter) {
      writeNamespace("alter", alter.prefix(), frame);
      writeNumber("ttl", alter.ttlMillis(), frame);
      writeNumber("max_ttl", alter.maxTtlMillis(), frame);
      Integer jitter = alter.jitterPercent();
      writeNumber("jitter", jitter == null ? null : (long) jitter, frame);
    } else if (request instanceof NamespaceRequest.Drop drop) {
      writeNamespace("drop", drop.prefix(), frame);
    } else {
      frame.write(ascii("list\""));
    }
  }

  private static void writeNamespace(String op, String prefix, FrameWriter frame) {
    frame.write(ascii(op)).write(NAMESPACE);
    frame.writeString(ByteBuffer.wrap(prefix.getBytes(StandardCharsets.UTF_8)));
  }

  private static void writeNumber(String name, @Nullable Long number, FrameWriter frame) {
    if (number != null) {
      frame.write(ascii(",\"" + name + "\":" + number));
    }
  }

  private static void writeExpiry(Expiry expiry, FrameWriter frame) {
    switch (expiry.base()) {
      case NEVER -> {}
      case AFTER -> writeNumber(TTL, expiry.millis(), frame);
      case KEEP, AT, LATER, WITHIN -> throw inexpressible("expiry", expiry.base());
    }
  }

  private static void writeNumber(byte[] name, long number, FrameWriter frame) {
    frame.write(name).write(ascii(Long.toString(number)));
  }

  private static void writeAskLease(Command.AskLease ask, FrameWriter frame) {
    frame.write(GET).writeString(ask.key());
    writeView(ask.view(), frame);
    writeNumber(LEASE, ask.leaseMillis(), frame);
    if (ask.earlyMillis() > 0) {
      writeNumber(EARLY, ask.earlyMillis(), frame);
    }
    if (ask.waitMillis() > 0) {
      writeNumber(WAIT, ask.waitMillis(), frame);
    }
  }

  private static void writeCondition(Condition condition, FrameWriter frame) {
    switch (condition.kind()) {
      case ALWAYS -> {}
      case ABSENT -> frame.write(IF_ABSENT);
      case PRESENT -> frame.write(IF_PRESENT);
      case VERSION -> frame.write(ascii(",\"if\":\"" + condition.number() + '"'));
      case EQUAL, NOT_EQUAL, ABSENT_OR_EQUAL, DIGEST_EQUAL, DIGEST_NOT_EQUAL ->
          throw inexpressible("condition", condition.kind());
    }
  }

  private static void writeAdd(Command.Add add, FrameWriter frame) {
    boolean isSigned = add.arithmetic() == Command.Arithmetic.SIGNED;
    require(isSigned, "arithmetic", add.arithmetic());
    frame.write(ADD).writeString(add.key());
    writeNumber(BY, add.delta(), frame);
    Command.Initial initial = add.initial();
    if (initial != null) {
      writeNumber(INITIAL, initial.number(), frame);
      writeExpiry(initial.expiry(), frame);
    }
  }

  private static void writeTrack(TrackingOptions options, FrameWriter frame) {
    require(options.choice() == TrackingOptions.Choice.ALL, "choice", options.choice());
    require(options.redirect() == TrackingOptions.NO_REDIRECT, "redirect", options.redirect());
    frame.write(options.broadcasts() ? TRACK_PREFIXES : TRACK_KEYS);
    if (!options.prefixes().isEmpty()) {
      frame.write(PREFIXES);
      writeKeys(options.prefixes(), frame);
    }
    if (options.noLoop()) {
      frame.write(NO_LOOP);
    }
  }

  private static void writeScan(Command.Scan scan, FrameWriter frame) {
    frame.write(SCAN).write(ascii(Long.toUnsignedString(scan.cursor()))).write(COUNT);
    frame.write(ascii(Integer.toString(scan.count())));
    Glob pattern = scan.pattern();
    if (pattern != null) {
      frame.write(MATCH).writeString(pattern.pattern());
    }
  }

  private static void requireAlways(Condition condition) {
    require(condition.kind() == Condition.Kind.ALWAYS, "condition", condition.kind());
  }

  private static void require(boolean isExpressible, String what, Object value) {
    if (!isExpressible) {
      throw inexpressible(what, value);
    }
  }

  private static IllegalArgumentException inexpressible(String what, Object value) {
    return new IllegalArgumentException("not expressible in framed JSON: " + what + "=" + value);
  }

  private static long payloadBytesHint(Command command) {
    long bytes = OVERHEAD_BYTES;
    if (command instanceof Command.Set set) {
      bytes += itemBytes(set);
    } else if (command instanceof Command.SetWithLease leased) {
      bytes += itemBytes(leased.set());
    } else if (command instanceof Command.SetAll setAll) {
      for (Command.Set item : setAll.items()) {
        bytes += itemBytes(item);
      }
    } else if (command instanceof Command.GetAll getAll) {
      bytes += keysBytes(getAll.keys());
    } else if (command instanceof Command.DeleteAll deleteAll) {
      bytes += keysBytes(deleteAll.keys());
    }
    return bytes;
  }

  private static long itemBytes(Command.Set item) {
    return 2L * ELEMENT_BYTES + item.key().remaining() + item.value().remaining();
  }

  private static long keysBytes(List<ByteBuffer> keys) {
    if (keys instanceof KeyBatch batch) {
      return batch.jsonBytes();
    }
    long bytes = 0;
    for (ByteBuffer key : keys) {
      bytes += ELEMENT_BYTES + key.remaining();
    }
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
