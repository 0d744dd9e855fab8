package io.speicher.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.client.wire.Address;
import io.speicher.testing.CapturedLog;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fault of the client itself, which must not end its I/O thread. */
@Timeout(20)
final class FaultTest {
  private static final byte[] DONE = "{\"status_code\":200}".getBytes(US_ASCII);

  private static final long TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

  private final Semaphore connected = new Semaphore(0);

  /** A command that makes the client fail, twice: when it is answered, and when it is lost. */
  @Test
  @SuppressWarnings("NullAway") // Null is what makes it fail.
  void ownThread_survives() throws Exception {
    try (CapturedLog log = new CapturedLog(Dispatcher.class.getName());
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread acceptor = new Thread(() -> serve(server), "server");
      acceptor.setDaemon(true);
      acceptor.start();
      Settings settings = settings(server.getLocalPort());
      Dispatcher dispatcher =
          Dispatcher.start(
              settings, settings.servers(), ForkJoinPool.commonPool(), null, connected -> {});
      dispatcher.awaitConnected();
      connected.acquire();

      dispatcher.submit(
          dispatcher.newCommand(
              null,
              ByteBuffer.wrap(new byte[] {0, 0, 0, 2, '{', '}'}),
              TIMEOUT_NANOS,
              Function.identity(),
              false));
      connected.acquire();

      dispatcher.close();
      assertThat(log.lines()).isNotEmpty();
    }
  }

  private void serve(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> serve(socket), "connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      for (int i = 0; true; i++) {
        in.skipNBytes(in.readInt());
        out.writeInt(DONE.length);
        out.write(DONE);
        if (i == 0) {
          connected.release();
        }
      }
    } catch (EOFException | SocketException e) {
      // The client has gone.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Settings settings(int port) {
    return new Settings(
        List.of(new Address.Port("127.0.0.1", port)),
        null,
        null,
        TIMEOUT_NANOS,
        10_000,
        TIMEOUT_NANOS,
        1 << 20,
        1 << 20,
        1,
        0,
        0,
        false,
        null,
        new ConnectionObserver() {
          @Override
          public void connected(String server) {}

          @Override
          public void lost(String server, String reason) {}

          @Override
          public void unreachable(String server, String reason) {}
        });
  }
}
