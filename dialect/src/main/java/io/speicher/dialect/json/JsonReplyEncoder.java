package io.speicher.dialect.json;

import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.ClusterView;
import io.speicher.protocol.Command;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Metric;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.Frame;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes replies. Has no state. */
public final class JsonReplyEncoder {
  private static final byte[] DONE_OBJECT = utf8("{\"status_code\":200}");
  private static final byte[] MISS_START = utf8("{\"status_code\":404,\"message\":\"no such key\"");
  private static final byte[] MISS_OBJECT =
      utf8("{\"status_code\":404,\"message\":\"no such key\"}");
  private static final byte[] DONE = frame(DONE_OBJECT);
  private static final byte[] MISS = frame(MISS_OBJECT);
  private static final byte[] VALUE = utf8("{\"status_code\":200,\"value\":");
  private static final byte[] ENCODING = utf8(",\"encoding\":\"base64\"");
  private static final byte[] ITEMS = utf8("{\"status_code\":200,\"items\":[");

  /** What an older server would ignore or refuse; see the page of the protocol. */
  private static final byte[] FEATURES =
      utf8(",\"features\":[\"db\",\"lease\",\"tracking\",\"namespaces\",\"tags\"]}");

  /** The same of a node of a cluster, which refuses what is not in it. */
  private static final byte[] NODE_FEATURES = utf8(",\"features\":[\"cluster\",\"lease\"]}");

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** Appends the frame of {@code reply} to {@code out}. */
  public void encode(Reply reply, ReplyBuffer out) {
    encode(reply, null, out);
  }

  /** Appends the frame of the reply to {@code command}; null stands for one of level core. */
  void encode(Reply reply, @Nullable Command command, ReplyBuffer out) {
    switch (reply) {
      case Reply.Done _ -> out.writeBytes(DONE);
      case Reply.Miss _ when !concernsNamespace(command) -> out.writeBytes(MISS);
      case Reply.Miss _,
          Reply.Exists _,
          Reply.Cluster _,
          Reply.Namespaces _,
          Reply.Features _,
          Reply.Value _,
          Reply.Leasable _,
          Reply.Leased _,
          Reply.Items _,
          Reply.Invalidated _,
          Reply.Count _,
          Reply.Keys _,
          Reply.Stats _,
          Reply.Users _,
          Reply.Permission _,
          Reply.Denials _,
          Reply.Increased _,
          Reply.Inspected _,
          Reply.WrongValue _,
          Reply.Refused _,
          Reply.Denied _,
          Reply.Failed _,
          Reply.TooManyConnections _ -> {
        long start = begin(out);
        writeObject(reply, command, out);
        end(out, start);
      }
    }
  }

  /** Begins the frame of a batch, and returns where it starts. */
  static long beginItems(ReplyBuffer out) {
    long start = begin(out);
    out.writeBytes(ITEMS);
    return start;
  }

  static void endItems(ReplyBuffer out, long start) {
    out.writeByte(']').writeByte('}');
    end(out, start);
  }

  /** Leaves room for the length and returns where the frame starts, for {@link #end}. */
  private static long begin(ReplyBuffer out) {
    long start = out.position();
    out.writeInt(0);
    return start;
  }

  private static void end(ReplyBuffer out, long start) {
    long length = out.position() - start - Frame.HEADER_BYTES;
    if (length > Limits.MAX_FRAME_BYTES) {
      out.resetTo(start + Frame.HEADER_BYTES);
      writeError(Reply.UNAVAILABLE, "the reply is too long for a frame: ask for less", out);
      length = out.position() - start - Frame.HEADER_BYTES;
    }
    out.setInt(start, (int) length);
  }

  static void writeObject(Reply reply, @Nullable Command command, ReplyBuffer out) {
    switch (reply) {
      case Reply.Done _ -> out.writeBytes(DONE_OBJECT);
      case Reply.Miss _ when concernsNamespace(command) ->
          writeError(NOT_FOUND, "no such namespace", out);
      case Reply.Miss _ -> out.writeBytes(MISS_OBJECT);
      case Reply.Exists _ ->
          writeError(
              CONFLICT,
              concernsNamespace(command)
                  ? "the namespace is declared already"
                  : "the condition does not hold",
              out);
      case Reply.Namespaces all -> writeNamespaces(all, out);
      case Reply.Cluster cluster -> writeCluster(cluster.view(), out);
      case Reply.Value value -> {
        if (command instanceof Command.Get get && get.view() == Command.View.GLANCE) {
          writeTtl(value.ttlMillis(), out);
        } else {
          writeValue(value, out);
        }
      }
      case Reply.Leasable leasable -> writeLeasable(leasable, out);
      case Reply.Invalidated invalidated -> writePush(invalidated, out);
      case Reply.Count count ->
          write("{\"status_code\":200,\"" + countName(command) + "\":" + count.number() + "}", out);
      case Reply.Keys keys -> writeKeys(keys, out);
      case Reply.Stats stats -> writeStats(stats.stats(), out);
      case Reply.Inspected _ -> throw new IllegalStateException("nobody can ask for it here");
      case Reply.WrongValue wrong -> fail(CONFLICT, reason(wrong), out);
      case Reply.Refused refused -> fail(refused.statusCode(), refused.message(), out);
      case Reply.Denied denied -> fail(denied.statusCode(), denied.message(), out);
      case Reply.Failed failed -> fail(failed.statusCode(), failed.message(), out);
      case Reply.TooManyConnections tooMany ->
          writeError(
              Reply.UNAVAILABLE,
              "too many connections (expected: at most " + tooMany.max() + "); try again later",
              out);
      case Reply.Leased _,
          Reply.Items _,
          Reply.Features _,
          Reply.Users _,
          Reply.Permission _,
          Reply.Denials _,
          Reply.Increased _ ->
          throw new IllegalStateException(
              "no such reply in framed JSON: reply=" + reply.getClass().getSimpleName());
    }
  }

  private static void writeLeasable(Reply.Leasable leasable, ReplyBuffer out) {
    if (leasable.value() == null) {
      out.writeBytes(MISS_START);
    } else {
      writeItem(leasable.value(), out);
    }
    if (leasable.stale()) {
      write(",\"stale\":true", out);
    }
    if (leasable.lease() != Reply.Leasable.NONE) {
      write(",\"lease\":\"" + leasable.lease() + '"', out);
    }
    out.writeByte('}');
  }

  private static void writeValue(Reply.Value value, ReplyBuffer out) {
    writeItem(value, out);
    out.writeByte('}');
  }

  /** Writes all but the end of the object. */
  private static void writeItem(Reply.Value value, ReplyBuffer out) {
    out.writeBytes(VALUE);
    if (value.kind() == ValueKind.BYTES && !JsonText.isUtf8(value.bytes())) {
      JsonWriter.writeBase64(value.bytes(), out);
      out.writeBytes(ENCODING);
    } else {
      ValueKind kind = value.kind() == ValueKind.BYTES ? ValueKind.TEXT : value.kind();
      JsonWriter.writeValue(kind, value.bytes(), out);
    }
    if (value.version() > 0) {
      write(",\"version\":\"" + value.version() + '"', out);
    }
  }

  private static void writeTtl(long ttlMillis, ReplyBuffer out) {
    write(
        ttlMillis < 0 ? "{\"status_code\":200}" : "{\"status_code\":200,\"ttl\":" + ttlMillis + "}",
        out);
  }

  private static String countName(@Nullable Command command) {
    return switch (command) {
      case Command.DeleteAll _ -> "deleted";
      case Command.Append _ -> "length";
      case Command.Add _ -> "value";
      case null, default -> "count";
    };
  }

  private static void writePush(Reply.Invalidated invalidated, ReplyBuffer out) {
    if (invalidated.everything()) {
      write("{\"push\":\"all\"}", out);
    } else {
      write("{\"push\":\"keys\",\"keys\":[", out);
      writeKeys(invalidated.keys(), out);
    }
  }

  private static void writeKeys(Reply.Keys keys, ReplyBuffer out) {
    write(
        "{\"status_code\":200,\"cursor\":\""
            + Long.toUnsignedString(keys.cursor())
            + "\",\"keys\":[",
        out);
    writeKeys(keys.keys(), out);
  }

  /** Writes the elements of an array, and the end of the object that has it. */
  private static void writeKeys(List<ByteBuffer> keys, ReplyBuffer out) {
    boolean first = true;
    for (ByteBuffer key : keys) {
      if (!first) {
        out.writeByte(',');
      }
      first = false;
      if (JsonText.isUtf8(key)) {
        JsonWriter.writeString(key, out);
      } else {
        write("{\"base64\":", out);
        JsonWriter.writeBase64(key, out);
        out.writeByte('}');
      }
    }
    write("]}", out);
  }

  private static void writeStats(ServerStats stats, ReplyBuffer out) {
    write("{\"status_code\":200,\"server_version\":", out);
    JsonWriter.writeString(ByteBuffer.wrap(utf8(stats.version())), out);
    for (Metric metric : ServerStats.metrics()) {
      writeNumber(metric.jsonName(), stats.of(metric), out);
    }
    out.writeBytes(stats.of(Gauge.CLUSTER_NODES) > 0 ? NODE_FEATURES : FEATURES);
  }

  private static void writeCluster(@Nullable ClusterView view, ReplyBuffer out) {
    write("{\"status_code\":200", out);
    if (view != null) {
      write(",\"cluster\":", out);
      JsonWriter.writeString(ByteBuffer.wrap(utf8(view.name())), out);
      write(",\"available\":" + view.isAvailable(), out);
      writeNumber("epoch", view.epoch(), out);
    }
    write(",\"nodes\":[", out);
    String separator = "";
    for (ClusterView.Node node : view == null ? List.<ClusterView.Node>of() : view.nodes()) {
      write(separator + "{\"id\":\"" + node.id() + "\",\"host\":", out);
      JsonWriter.writeString(ByteBuffer.wrap(utf8(node.host())), out);
      writeNumber("port", node.port(), out);
      write(",\"myself\":" + node.isMyself() + "}", out);
      separator = ",";
    }
    write("],\"ranges\":[", out);
    separator = "";
    for (ClusterView.Range range : view == null ? List.<ClusterView.Range>of() : view.ranges()) {
      write(separator + "{\"first\":" + range.firstSlot(), out);
      writeNumber("last", range.lastSlot(), out);
      write(",\"owners\":" + range.owners().toString().replace(" ", "") + "}", out);
      separator = ",";
    }
    write("]}", out);
  }

  private static boolean concernsNamespace(@Nullable Command command) {
    return command instanceof Command.ClearNamespace || command instanceof Command.ManageNamespaces;
  }

  private static void writeNamespaces(Reply.Namespaces all, ReplyBuffer out) {
    write("{\"status_code\":200,\"namespaces\":[", out);
    for (int i = 0; i < all.namespaces().size(); i++) {
      NamespaceFigures figures = all.namespaces().get(i);
      Namespace namespace = figures.namespace();
      write(i == 0 ? "{\"namespace\":" : ",{\"namespace\":", out);
      JsonWriter.writeString(ByteBuffer.wrap(utf8(namespace.prefix())), out);
      writeNumber("ttl", namespace.ttlMillis(), out);
      writeNumber("max_ttl", namespace.maxTtlMillis(), out);
      writeNumber("jitter", namespace.jitterPercent(), out);
      writeNumber("items", figures.items(), out);
      writeNumber("bytes", figures.bytes(), out);
      writeNumber("hits", figures.hits(), out);
      writeNumber("misses", figures.misses(), out);
      writeNumber("sets", figures.sets(), out);
      writeNumber("evicted", figures.evicted(), out);
      writeNumber("expired", figures.expired(), out);
      write(",\"counting\":" + figures.isCounting() + "}", out);
    }
    write("]}", out);
  }

  private static void writeNumber(String name, long number, ReplyBuffer out) {
    write(",\"" + name + "\":" + number, out);
  }

  private static String reason(Reply.WrongValue wrong) {
    return switch (wrong) {
      case NOT_AN_INTEGER -> "the value is not a 64-bit integer";
      case OVERFLOW -> "the sum is not a 64-bit integer";
      case NOT_A_DECIMAL -> "the value is not a decimal number";
      case NOT_FINITE -> "the sum is out of range";
      case TOO_LONG -> "the value would be too long";
    };
  }

  /** Writes an error that is counted, under its status. */
  private static void fail(int statusCode, String message, ReplyBuffer out) {
    out.fail(Integer.toString(statusCode));
    writeError(statusCode, message, out);
  }

  private static void writeError(int statusCode, String message, ReplyBuffer out) {
    write("{\"status_code\":" + statusCode + ",\"message\":", out);
    JsonWriter.writeString(ByteBuffer.wrap(utf8(message)), out);
    out.writeByte('}');
  }

  private static byte[] frame(byte[] payload) {
    return ByteBuffer.allocate(Frame.HEADER_BYTES + payload.length)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  private static void write(String json, ReplyBuffer out) {
    out.writeBytes(utf8(json));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
