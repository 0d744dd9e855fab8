package io.speicher.bench.history;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a node, in a dialect. After an {@link IOException} it is of no use, and nobody
 * knows what has become of the last command. Keys and values are texts without quotes and spaces,
 * each character a byte.
 */
abstract class NodeConnection implements AutoCloseable {
  /** What the node takes longer for is taken for lost. */
  private static final int PATIENCE_MILLIS = 2_500;

  private static final int CONNECT_PATIENCE_MILLIS = 500;

  /** How requests and replies are spelled. */
  enum Dialect {
    RESP,
    MEMCACHED,
    JSON
  }

  private final Socket socket;
  private final DataInputStream in;

  private NodeConnection(Socket socket) throws IOException {
    this.socket = socket;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  static NodeConnection open(Dialect dialect, InetSocketAddress node) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(node, CONNECT_PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      return switch (dialect) {
        case RESP -> new Resp(socket);
        case MEMCACHED -> new Memcached(socket);
        case JSON -> new Json(socket);
      };
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  abstract @Nullable String get(String key) throws IOException, ErrorReplyException;

  abstract void set(String key, String value) throws IOException, ErrorReplyException;

  /** Adds one to a number, and returns the sum. */
  abstract String increment(String key) throws IOException, ErrorReplyException;

  /** Returns the length that the value has now; null where the dialect does not tell. */
  abstract @Nullable String append(String key, String token)
      throws IOException, ErrorReplyException;

  @Override
  public void close() throws IOException {
    socket.close();
  }

  void send(String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\r'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the node closed the connection");
      }
      line.append((char) b);
    }
    in.readByte(); // The line feed.
    return line.toString();
  }

  String text(int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, ISO_8859_1);
  }

  int length() throws IOException {
    return in.readInt();
  }

  /** RESP. */
  static final class Resp extends NodeConnection {
    private Resp(Socket socket) throws IOException {
      super(socket);
    }

    /** What the node answers, if that is a string or a number; null for none. */
    @Nullable String ask(String... words) throws IOException, ErrorReplyException {
      StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
      for (String word : words) {
        request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
      }
      send(request.toString());
      String line = line();
      String rest = line.substring(1);
      return switch (line.charAt(0)) {
        case '-' -> throw new ErrorReplyException(rest);
        case '$' -> {
          int length = Integer.parseInt(rest);
          yield length < 0 ? null : text(length + 2).substring(0, length);
        }
        default -> rest;
      };
    }

    private String tell(String... words) throws IOException, ErrorReplyException {
      String answer = ask(words);
      if (answer == null) {
        throw new IOException("no answer to " + words[0]);
      }
      return answer;
    }

    @Override
    @Nullable String get(String key) throws IOException, ErrorReplyException {
      return ask("GET", key);
    }

    @Override
    void set(String key, String value) throws IOException, ErrorReplyException {
      tell("SET", key, value);
    }

    @Override
    String increment(String key) throws IOException, ErrorReplyException {
      return tell("INCR", key);
    }

    @Override
    String append(String key, String token) throws IOException, ErrorReplyException {
      return tell("APPEND", key, token);
    }
  }

  /** Memcached's text protocol. */
  private static final class Memcached extends NodeConnection {
    private Memcached(Socket socket) throws IOException {
      super(socket);
    }

    @Override
    @Nullable String get(String key) throws IOException, ErrorReplyException {
      send("get " + key + "\r\n");
      String line = line();
      if (line.equals("END")) {
        return null;
      }
      requireNoError(line, "VALUE");
      int length = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
      String value = text(length);
      line();
      line();
      return value;
    }

    @Override
    void set(String key, String value) throws IOException, ErrorReplyException {
      send("set %s 0 0 %d\r\n%s\r\n".formatted(key, value.length(), value));
      requireNoError(line(), "STORED");
    }

    @Override
    String increment(String key) throws IOException, ErrorReplyException {
      send("incr " + key + " 1\r\n");
      String line = line();
      requireNoError(line, "[0-9]");
      return line;
    }

    @Override
    @Nullable String append(String key, String token) throws IOException, ErrorReplyException {
      send("append %s 0 0 %d\r\n%s\r\n".formatted(key, token.length(), token));
      requireNoError(line(), "STORED");
      return null;
    }

    private static void requireNoError(String line, String expected) throws ErrorReplyException {
      if (!line.matches(expected + ".*")) {
        throw new ErrorReplyException(line);
      }
    }
  }

  /** Speicher's own protocol: four bytes of length, and JSON. */
  private static final class Json extends NodeConnection {
    private static final Pattern MEMBER = Pattern.compile("\"(\\w+)\":\"?([^\",}]*)");
    private static final String DONE = "200";
    private static final String MISS = "404";

    private Json(Socket socket) throws IOException {
      super(socket);
    }

    /** The member of the reply, or null where there is no such key. */
    private @Nullable String ask(String command, String key, String more, String member)
        throws IOException, ErrorReplyException {
      String request = "{\"command\":\"%s\",\"key\":\"%s\"%s}".formatted(command, key, more);
      send(prefix(request.length()) + request);
      String reply = text(length());
      String status = "";
      String found = "";
      Matcher members = MEMBER.matcher(reply);
      while (members.find()) {
        if (members.group(1).equals("status_code")) {
          status = members.group(2);
        } else if (members.group(1).equals(member)) {
          found = members.group(2);
        }
      }
      if (status.equals(DONE)) {
        return found;
      }
      if (status.equals(MISS) && command.equals("GET")) {
        return null;
      }
      throw new ErrorReplyException(reply);
    }

    private static String prefix(int length) {
      return new String(ByteBuffer.allocate(4).putInt(length).array(), ISO_8859_1);
    }

    private String tell(String command, String key, String more, String member)
        throws IOException, ErrorReplyException {
      String answer = ask(command, key, more, member);
      if (answer == null) {
        throw new IOException("no answer to " + command);
      }
      return answer;
    }

    @Override
    @Nullable String get(String key) throws IOException, ErrorReplyException {
      return ask("GET", key, "", "value");
    }

    @Override
    void set(String key, String value) throws IOException, ErrorReplyException {
      tell("SET", key, ",\"value\":\"" + value + "\"", "");
    }

    @Override
    String increment(String key) throws IOException, ErrorReplyException {
      return tell("INC", key, "", "value");
    }

    @Override
    String append(String key, String token) throws IOException, ErrorReplyException {
      return tell("APP", key, ",\"value\":\"" + token + "\"", "length");
    }
  }
}
