package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Redis speaks, in one of its two versions. */
record RespWire(int version) implements Wire {
  @Override
  public String title() {
    return "resp" + version;
  }

  @Override
  public byte[] greeting() {
    return version == 2 ? new byte[0] : command("HELLO", "3");
  }

  @Override
  public void readGreeting(ReplyInput in) throws IOException {
    if (version == 3) {
      skipReply(in);
    }
  }

  /** An array of bulk strings. */
  static byte[] command(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("*" + words.length + "\r\n").getBytes(ISO_8859_1));
    for (String word : words) {
      out.writeBytes(bulk(word.getBytes(ISO_8859_1)));
    }
    return out.toByteArray();
  }

  private static byte[] bulk(byte[] bytes) {
    byte[] head = ("$" + bytes.length + "\r\n").getBytes(ISO_8859_1);
    return Wire.concat(head, bytes, new byte[] {'\r', '\n'});
  }

  @Override
  public byte[] get(List<String> keys) {
    if (keys.size() == 1) {
      return command("GET", keys.getFirst());
    }
    String[] words = new String[keys.size() + 1];
    words[0] = "MGET";
    for (int i = 0; i < keys.size(); i++) {
      words[i + 1] = keys.get(i);
    }
    return command(words);
  }

  @Override
  public Map<String, byte[]> readValues(ReplyInput in, List<String> keys) throws IOException {
    if (keys.size() > 1) {
      String head = readHead(in);
      if (!head.equals("*" + keys.size())) {
        throw unexpected("MGET", head);
      }
    }
    Map<String, byte[]> values = new HashMap<>();
    for (String key : keys) {
      byte[] value = readBulk(in);
      if (value != null) {
        values.put(key, value);
      }
    }
    return values;
  }

  /** Reads a bulk string, and returns null for a missing one. */
  static byte @Nullable [] readBulk(ReplyInput in) throws IOException {
    String head = readHead(in);
    if (head.equals("$-1") || head.equals("_")) {
      return null;
    }
    if (!head.startsWith("$")) {
      throw unexpected("GET", head);
    }
    byte[] value = in.readBytes(ReplyInput.parseInt(head.substring(1)));
    in.readLineEnd();
    return value;
  }

  @Override
  public byte[] set(String key, byte[] value) {
    return Wire.concat(
        "*3\r\n$3\r\nSET\r\n".getBytes(ISO_8859_1), bulk(key.getBytes(ISO_8859_1)), bulk(value));
  }

  @Override
  public void readStored(ReplyInput in) throws IOException {
    String head = readHead(in);
    if (!head.equals("+OK")) {
      throw unexpected("SET", head);
    }
  }

  @Override
  public byte[] append(String key, byte[] value) {
    return Wire.concat(
        "*3\r\n$6\r\nAPPEND\r\n".getBytes(ISO_8859_1), bulk(key.getBytes(ISO_8859_1)), bulk(value));
  }

  @Override
  public void readAppended(ReplyInput in) throws IOException {
    String head = readHead(in);
    if (!head.startsWith(":")) {
      throw unexpected("APPEND", head);
    }
  }

  @Override
  public byte[] delete(String key) {
    return command("DEL", key);
  }

  @Override
  public boolean readDeleted(ReplyInput in) throws IOException {
    String head = readHead(in);
    return switch (head) {
      case ":1" -> true;
      case ":0" -> false;
      default -> throw unexpected("DEL", head);
    };
  }

  /** Reads a reply of any kind and drops it. */
  static void skipReply(ReplyInput in) throws IOException {
    String head = readHead(in);
    if (head.isEmpty()) {
      throw unexpected("a command", head);
    }
    switch (head.charAt(0)) {
      case '$', '=' -> {
        int length = ReplyInput.parseInt(head.substring(1));
        if (length >= 0) {
          in.readBytes(length);
          in.readLineEnd();
        }
      }
      case '*', '~', '>' -> skipReplies(in, ReplyInput.parseInt(head.substring(1)));
      case '%' -> skipReplies(in, 2 * ReplyInput.parseInt(head.substring(1)));
      case '+', ':', '_', '#', ',', '(' -> {}
      default -> throw unexpected("a command", head);
    }
  }

  private static void skipReplies(ReplyInput in, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try {
        skipReply(in);
      } catch (RefusedException _) {
        // An error may be an element.
      }
    }
  }

  private static String readHead(ReplyInput in) throws IOException {
    String head = in.readLine();
    if (head.startsWith("-")) {
      throw new RefusedException(head.substring(1));
    }
    return head;
  }

  private static WrongReplyException unexpected(String command, String head) {
    return new WrongReplyException(
        "a reply to %s begins %s"
            .formatted(command, WrongReplyException.excerpt(head.getBytes(ISO_8859_1), 0)));
  }
}
