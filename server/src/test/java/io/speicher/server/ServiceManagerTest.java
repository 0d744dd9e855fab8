package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class ServiceManagerTest {
  private static final long PID = 4711;

  @TempDir private Path directory;

  private Socket listener;

  @BeforeEach
  void open() {
    assumeTrue(Epoll.isAvailable());
    listener = Socket.newSocketDomainDgram();
  }

  @AfterEach
  void close() throws IOException {
    if (listener != null) {
      listener.close();
    }
  }

  private ServiceManager manager(String socket, String... more) {
    Map<String, String> environment = new HashMap<>(Map.of("NOTIFY_SOCKET", socket));
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return ServiceManager.of(environment, PID);
  }

  private String received() throws IOException {
    ByteBuffer datagram = ByteBuffer.allocateDirect(100);
    var from = listener.recvFromDomainSocket(datagram, 0, datagram.capacity());
    byte[] bytes = new byte[from.receivedAmount()];
    datagram.get(0, bytes);
    return new String(bytes, UTF_8);
  }

  @Test
  void states_areSent() throws IOException {
    Path socket = directory.resolve("notify");
    listener.bind(new DomainSocketAddress(socket.toFile()));
    ServiceManager manager = manager(socket.toString());
    manager.ready();
    manager.isWell();
    manager.stopping();
    assertThat(received()).isEqualTo("READY=1");
    assertThat(received()).isEqualTo("WATCHDOG=1");
    assertThat(received()).isEqualTo("STOPPING=1");
    assertThat(manager.watchdog()).isEmpty();
  }

  @Test
  void nobodyListens_nothingIsSent() {
    ServiceManager manager = ServiceManager.of(Map.of("WATCHDOG_USEC", "1000"), PID);
    manager.ready();
    assertThat(manager.watchdog()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "30000000, 4711, 30000",
    "30000000, 4712, ",
    "0, 4711, ",
    "soon, 4711, ",
    "'', 4711, ",
  })
  void watchdog_isOfThisProcess(String micros, String pid, Long millis) {
    assertThat(
            manager("/nowhere", "WATCHDOG_USEC", micros, "WATCHDOG_PID", pid)
                .watchdog()
                .map(Duration::toMillis)
                .orElse(null))
        .isEqualTo(millis);
  }
}
