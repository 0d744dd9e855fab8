package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** memcached's classic text protocol. */
record TextWire() implements Wire {
  @Override
  public String title() {
    return "text";
  }

  @Override
  public byte[] get(List<String> keys) {
    return ("get " + String.join(" ", keys) + "\r\n").getBytes(ISO_8859_1);
  }

  @Override
  public Map<String, byte[]> readValues(ReplyInput in, List<String> keys) throws IOException {
    Map<String, byte[]> values = new HashMap<>();
    for (String line = readLine(in); !line.equals("END"); line = readLine(in)) {
      String[] words = line.split(" ", -1);
      if (words.length != 4 || !words[0].equals("VALUE") || !keys.contains(words[1])) {
        throw unexpected("get", line);
      }
      values.put(words[1], in.readBytes(ReplyInput.parseInt(words[3])));
      in.readLineEnd();
    }
    return values;
  }

  @Override
  public byte[] set(String key, byte[] value) {
    return store("set", key, value);
  }

  private static byte[] store(String command, String key, byte[] value) {
    return Wire.concat(
        (command + " " + key + " 0 0 " + value.length + "\r\n").getBytes(ISO_8859_1),
        value,
        new byte[] {'\r', '\n'});
  }

  @Override
  public void readStored(ReplyInput in) throws IOException {
    String line = readLine(in);
    if (!line.equals("STORED")) {
      throw unexpected("set", line);
    }
  }

  @Override
  public byte[] append(String key, byte[] value) {
    return store("append", key, value);
  }

  @Override
  public void readAppended(ReplyInput in) throws IOException {
    String line = readLine(in);
    if (!line.equals("STORED") && !line.equals("NOT_STORED")) {
      throw unexpected("append", line);
    }
  }

  @Override
  public byte[] delete(String key) {
    return ("delete " + key + "\r\n").getBytes(ISO_8859_1);
  }

  @Override
  public boolean readDeleted(ReplyInput in) throws IOException {
    String line = readLine(in);
    return switch (line) {
      case "DELETED" -> true;
      case "NOT_FOUND" -> false;
      default -> throw unexpected("delete", line);
    };
  }

  static String readLine(ReplyInput in) throws IOException {
    String line = in.readLine();
    if (line.startsWith("ERROR")
        || line.startsWith("SERVER_ERROR")
        || line.startsWith("CLIENT_ERROR")) {
      throw new RefusedException(line);
    }
    return line;
  }

  static WrongReplyException unexpected(String command, String line) {
    return new WrongReplyException(
        "a reply to %s begins %s"
            .formatted(command, WrongReplyException.excerpt(line.getBytes(ISO_8859_1), 0)));
  }
}
