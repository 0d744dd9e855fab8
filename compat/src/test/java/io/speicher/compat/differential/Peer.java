package io.speicher.compat.differential;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A connection to one of the two servers. */
final class Peer implements AutoCloseable {
  private static final int LAST_WAIT_MILLIS = 5_000;

  /** How the bytes that were sent together were answered to the end. */
  enum End {
    /** The trailer was answered. */
    ANSWERED,
    /** The server closed the connection. */
    CLOSED,
    /** The server waited for more, and closed the connection when told that nothing will come. */
    SILENT,
    /** The server was told so, and kept the connection. */
    OPEN
  }

  /** All that a server said to what was sent together. */
  record Answer(String bytes, End end) {}

  private final Socket socket;
  private final byte[] buffer = new byte[1 << 16];

  Peer(String host, int port) throws IOException {
    socket = new Socket(InetAddress.getByName(host), port);
    socket.setTcpNoDelay(true);
    // Closing with a reset keeps thousands of ports from waiting for late packets.
    socket.setSoLinger(true, 0);
  }

  /** Sends from a thread of its own, since a server may want its replies taken first. */
  void send(String bytes) {
    byte[] encoded = bytes.getBytes(StandardCharsets.ISO_8859_1);
    Thread.startVirtualThread(() -> {
      try {
        socket.getOutputStream().write(encoded);
      } catch (IOException e) {
        // The server has closed the connection; receive() finds that out.
      }
    });
  }

  /**
   * Reads up to the answer to the trailer, which is not returned. A server that says nothing for
   * some time is told that no more will come, and must close the connection.
   */
  Answer receive(String trailerAnswer, int quietMillis) throws IOException {
    StringBuilder answer = new StringBuilder();
    InputStream in = socket.getInputStream();
    socket.setSoTimeout(quietMillis);
    End end = End.CLOSED;
    while (true) {
      try {
        int count = in.read(buffer);
        if (count < 0) {
          return new Answer(answer.toString(), end);
        }
        answer.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
      } catch (SocketTimeoutException e) {
        if (end == End.SILENT) {
          return new Answer(answer.toString(), End.OPEN);
        }
        end = End.SILENT;
        socket.setSoTimeout(LAST_WAIT_MILLIS);
        socket.shutdownOutput();
      } catch (IOException e) {
        return new Answer(answer.toString(), end); // Reset, with bytes of ours unread.
      }
      if (endsWith(answer, trailerAnswer)) {
        answer.setLength(answer.length() - trailerAnswer.length());
        return new Answer(answer.toString(), End.ANSWERED);
      }
    }
  }

  private static boolean endsWith(StringBuilder text, String end) {
    int from = text.length() - end.length();
    return from >= 0 && text.indexOf(end, from) == from;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
