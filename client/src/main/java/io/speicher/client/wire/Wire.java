package io.speicher.client.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;

/**
 * What a connection sends its bytes through and receives them from: a socket that does not block,
 * or encryption in front of it.
 *
 * <p><b>Threads.</b> One thread may read while another writes or closes. What is written and closed
 * is under the same lock.
 */
public interface Wire extends ReadableByteChannel, WritableByteChannel {
  /** Whether bytes that {@link #write} has taken have not been given to the socket. */
  boolean hasUnsent();

  /** Whether what was read asks for an answer of the wire's own: even an empty write sends it. */
  boolean owesAnswer();

  /** The socket alone. */
  static Wire plain(SocketChannel socket) {
    return new Wire() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        return socket.read(target);
      }

      @Override
      public int write(ByteBuffer source) throws IOException {
        return socket.write(source);
      }

      @Override
      public boolean hasUnsent() {
        return false;
      }

      @Override
      public boolean owesAnswer() {
        return false;
      }

      @Override
      public boolean isOpen() {
        return socket.isOpen();
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }
    };
  }
}
