package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** memcached's meta commands. Several keys are several requests, each with its key in the reply. */
record MetaWire() implements Wire {
  @Override
  public String title() {
    return "meta";
  }

  @Override
  public byte[] get(List<String> keys) {
    StringBuilder requests = new StringBuilder();
    keys.forEach(key -> requests.append("mg ").append(key).append(" v k\r\n"));
    return requests.toString().getBytes(ISO_8859_1);
  }

  @Override
  public Map<String, byte[]> readValues(ReplyInput in, List<String> keys) throws IOException {
    Map<String, byte[]> values = new HashMap<>();
    for (String key : keys) {
      String line = TextWire.readLine(in);
      if (line.equals("EN k" + key)) {
        continue;
      }
      String[] words = line.split(" ", -1);
      if (words.length != 3 || !words[0].equals("VA") || !words[2].equals("k" + key)) {
        throw TextWire.unexpected("mg", line);
      }
      values.put(key, in.readBytes(ReplyInput.parseInt(words[1])));
      in.readLineEnd();
    }
    return values;
  }

  @Override
  public byte[] set(String key, byte[] value) {
    return store(key, value, "");
  }

  private static byte[] store(String key, byte[] value, String flags) {
    return Wire.concat(
        ("ms " + key + " " + value.length + flags + "\r\n").getBytes(ISO_8859_1),
        value,
        new byte[] {'\r', '\n'});
  }

  @Override
  public void readStored(ReplyInput in) throws IOException {
    String line = TextWire.readLine(in);
    if (!line.equals("HD")) {
      throw TextWire.unexpected("ms", line);
    }
  }

  @Override
  public byte[] append(String key, byte[] value) {
    return store(key, value, " MA");
  }

  @Override
  public void readAppended(ReplyInput in) throws IOException {
    String line = TextWire.readLine(in);
    if (!line.equals("HD") && !line.equals("NS")) {
      throw TextWire.unexpected("ms MA", line);
    }
  }

  @Override
  public byte[] delete(String key) {
    return ("md " + key + "\r\n").getBytes(ISO_8859_1);
  }

  @Override
  public boolean readDeleted(ReplyInput in) throws IOException {
    String line = TextWire.readLine(in);
    return switch (line) {
      case "HD" -> true;
      case "NF" -> false;
      default -> throw TextWire.unexpected("md", line);
    };
  }
}
