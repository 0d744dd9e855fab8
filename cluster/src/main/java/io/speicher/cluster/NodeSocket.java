package io.speicher.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection between nodes: to JGroups a socket like any other, and TLS on the wire. Its streams
 * are those within TLS. Nothing leaves it in plain, and nothing before the peer has shown who it
 * is.
 *
 * <p>One thread reads and several may write at a time.
 */
final class NodeSocket extends Socket {

  /*
   * JGroups has TLS of its own, but does its handshakes on the one thread that sends for all peers,
   * without a limit of time: a peer that hangs, whose system still accepts connections, would stop
   * heartbeats and writes to all others. So here a handshake has a thread of its own, and what is
   * written meanwhile waits in a buffer, as it does in that of a plain socket. And with an acceptor
   * that accepts one after the other, whoever connects and says nothing would keep others out; so
   * NodeServerSocket lets JGroups have those alone that have shown who they are.
   *
   * A close sends no alert of TLS, since that may wait for a peer that does not read: JGroups says
   * within the connection whether it is a farewell.
   */

  /** For a handshake, on a machine that is busy as well. */
  private static final long HANDSHAKE_SECONDS = 5;

  /** As many as JGroups has a plain socket take. */
  private static final int MAX_EARLY_BYTES = 640 << 10;

  private final NodeTls tls;
  private final CompletableFuture<SSLSocket> secured = new CompletableFuture<>();
  private final InputStream in = new Input();
  private final Output out = new Output();

  /** Whether the side that this is for has closed it, and not what became of the handshake. */
  private volatile boolean isAbandoned;

  NodeSocket(NodeTls tls) {
    this.tls = tls;
  }

  /** Begins the handshake, and does not wait for it. */
  @Override
  public void connect(SocketAddress address, int timeoutMillis) throws IOException {
    super.connect(address, timeoutMillis);
    begin(() -> tls.connect(new Wire()), this::tellOfFailure);
  }

  private void tellOfFailure(Throwable why) {
    if (!isAbandoned) {
      tls.failed((InetSocketAddress) getRemoteSocketAddress(), why);
    }
  }

  /**
   * Does the handshake of a connection that was accepted.
   *
   * @return completed when the peer has shown that it is one, or by an exception if it has not
   */
  CompletableFuture<SSLSocket> accepted() {
    InetSocketAddress peer = (InetSocketAddress) getRemoteSocketAddress();
    begin(() -> tls.accept(new Wire()), why -> tls.refused(peer, why));
    return secured;
  }

  private interface Handshake {
    SSLSocket socket() throws IOException;
  }

  private void begin(Handshake handshake, Consumer<Throwable> whenItFails) {
    secured
        .orTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(failure -> {
          whenItFails.accept(failure);
          closeWire();
          return null;
        });
    Thread.ofVirtual()
        .name("speicher-cluster-handshake")
        .start(() -> {
          try {
            SSLSocket socket = handshake.socket();
            out.flushTo(socket.getOutputStream());
            secured.complete(socket);
          } catch (IOException | RuntimeException e) {
            secured.completeExceptionally(e);
          }
        });
  }

  /** Waits for the handshake. */
  private SSLSocket secured() throws IOException {
    try {
      return secured.join();
    } catch (CompletionException e) {
      throw broken(e.getCause() == null ? e : e.getCause());
    }
  }

  /** What JGroups expects of a connection that ends. */
  private static SocketException broken(Throwable cause) {
    SocketException broken = new SocketException(String.valueOf(cause.getMessage()));
    broken.initCause(cause);
    return broken;
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void close() throws IOException {
    isAbandoned = true;
    super.close();
    secured.completeExceptionally(new SocketException("closed"));
  }

  private void closeWire() {
    try {
      super.close();
    } catch (IOException e) {
      // It is of no use any more, and why has been told.
    }
  }

  /** What is read, when the handshake is done. */
  private final class Input extends InputStream {
    /** A peer that refuses this node says so when the handshake is done here. */
    private boolean hasReceived;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      SSLSocket socket = secured();
      try {
        int read = socket.getInputStream().read(bytes, offset, length);
        if (read < 0) {
          tellOfRefusal(socket, new EOFException());
        }
        hasReceived |= read > 0;
        return read;
      } catch (SSLException | SocketException e) {
        tellOfRefusal(socket, e);
        throw broken(e);
      }
    }

    private void tellOfRefusal(SSLSocket socket, IOException why) {
      if (socket.getUseClientMode() && !hasReceived) {
        tellOfFailure(why);
      }
    }

    @Override
    public int available() throws IOException {
      return secured.isDone() ? secured().getInputStream().available() : 0;
    }

    @Override
    public void close() throws IOException {
      NodeSocket.this.close();
    }
  }

  /** What is written: kept until the handshake is done. */
  private final class Output extends OutputStream {
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private ByteArrayOutputStream early = new ByteArrayOutputStream();

    private volatile @Nullable OutputStream ready;

    /** What was kept comes first. */
    void flushTo(OutputStream stream) throws IOException {
      lock.lock();
      try {
        if (early.size() > 0) {
          early.writeTo(stream);
        }
        early = new ByteArrayOutputStream();
        ready = stream;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (ready == null && isKept(bytes, offset, length)) {
        return;
      }
      OutputStream stream = secured().getOutputStream();
      try {
        stream.write(bytes, offset, length);
      } catch (SSLException e) {
        throw broken(e);
      }
    }

    private boolean isKept(byte[] bytes, int offset, int length) {
      lock.lock();
      try {
        boolean isEarly = ready == null && !secured.isDone();
        if (isEarly && early.size() + length <= MAX_EARLY_BYTES) {
          early.write(bytes, offset, length);
          return true;
        }
        return false;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() throws IOException {
      NodeSocket.this.close();
    }
  }

  /** The connection without TLS, for TLS to be spoken on it. */
  private final class Wire extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return NodeSocket.super.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return NodeSocket.super.getOutputStream();
    }

    @Override
    public boolean isConnected() {
      return NodeSocket.this.isConnected();
    }

    @Override
    public boolean isClosed() {
      return NodeSocket.this.isClosed();
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
      return NodeSocket.this.getInetAddress();
    }

    @Override
    public int getPort() {
      return NodeSocket.this.getPort();
    }

    @Override
    public int getSoTimeout() throws SocketException {
      return NodeSocket.this.getSoTimeout();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
      NodeSocket.this.setSoTimeout(millis);
    }

    @Override
    public boolean isInputShutdown() {
      return NodeSocket.this.isInputShutdown();
    }

    @Override
    public void shutdownInput() throws IOException {
      NodeSocket.this.shutdownInput();
    }

    @Override
    public boolean isOutputShutdown() {
      return NodeSocket.this.isOutputShutdown();
    }

    @Override
    public void shutdownOutput() throws IOException {
      NodeSocket.this.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
      NodeSocket.super.close();
    }
  }
}
