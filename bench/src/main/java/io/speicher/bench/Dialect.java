package io.speicher.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** How a request is spelled, and where a reply ends. Keys and values are plain ASCII. */
enum Dialect {
  /** Four bytes of length, and JSON. */
  FRAMED_JSON {
    @Override
    byte[] get(String key) {
      return frame("{\"command\":\"GET\",\"key\":\"" + key + "\"}");
    }

    @Override
    byte[] set(String key, String value) {
      return frame("{\"command\":\"SET\",\"key\":\"" + key + "\",\"value\":\"" + value + "\"}");
    }

    @Override
    int replyBytes(ByteBuffer in) {
      int at = in.position();
      return in.remaining() < 4 ? INCOMPLETE : complete(in, 4 + in.getInt(at));
    }

    private byte[] frame(String json) {
      byte[] payload = json.getBytes(US_ASCII);
      return ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array();
    }
  },

  /** What Redis speaks. */
  RESP {
    @Override
    byte[] get(String key) {
      return ("*2\r\n$3\r\nGET\r\n" + bulk(key)).getBytes(US_ASCII);
    }

    @Override
    byte[] set(String key, String value) {
      return ("*3\r\n$3\r\nSET\r\n" + bulk(key) + bulk(value)).getBytes(US_ASCII);
    }

    @Override
    int replyBytes(ByteBuffer in) {
      int number = 0;
      for (int at = in.position() + 1; at < in.limit(); at++) {
        byte b = in.get(at);
        if (b == '\n') {
          int lineBytes = at + 1 - in.position();
          boolean bulk = in.get(in.position()) == '$' && in.get(in.position() + 1) != '-';
          return complete(in, bulk ? lineBytes + number + 2 : lineBytes);
        }
        number = b >= '0' && b <= '9' ? number * 10 + b - '0' : number;
      }
      return INCOMPLETE;
    }

    private String bulk(String text) {
      return "$" + text.length() + "\r\n" + text + "\r\n";
    }
  };

  static final int INCOMPLETE = -1;

  abstract byte[] get(String key);

  abstract byte[] set(String key, String value);

  /** The length of the reply at the position of {@code in}, or {@link #INCOMPLETE}. */
  abstract int replyBytes(ByteBuffer in);

  private static int complete(ByteBuffer in, int bytes) {
    return in.remaining() < bytes ? INCOMPLETE : bytes;
  }
}
