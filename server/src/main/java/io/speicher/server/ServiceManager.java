package io.speicher.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Whoever started the process and wants to hear how it goes, which is systemd where a unit says
 * {@code Type=notify}: one datagram for each state, to the Unix domain socket that {@code
 * NOTIFY_SOCKET} names. See sd_notify(3) and sd_watchdog_enabled(3). Where nobody listens, nothing
 * is sent. A failure is logged and changes nothing: the manager will time out and say so.
 *
 * <p>Any thread may call any method.
 */
final class ServiceManager {
  private static final Logger logger = System.getLogger(ServiceManager.class.getName());

  private final byte[] path;
  private final Optional<Duration> watchdog;

  private ServiceManager(byte[] path, Optional<Duration> watchdog) {
    this.path = path;
    this.watchdog = watchdog;
  }

  /**
   * @param environment of the process whose number is {@code pid}
   */
  static ServiceManager of(Map<String, String> environment, long pid) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (!socket.isEmpty() && !Epoll.isAvailable()) {
      logger.log(
          Level.WARNING,
          "the service manager cannot be told: NOTIFY_SOCKET={0} reason={1}",
          socket,
          Epoll.unavailabilityCause().getMessage());
      socket = "";
    }
    byte[] path = socket.getBytes(UTF_8);
    if (path.length > 0 && path[0] == '@') {
      path[0] = 0; // A name that is in no file system.
    }
    return new ServiceManager(
        path, path.length == 0 ? Optional.empty() : watchdog(environment, pid));
  }

  private static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    String wanted = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    if (!micros.matches("[1-9][0-9]{0,15}") || !wanted.equals(Long.toString(pid))) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(Long.parseLong(micros) * 1_000));
  }

  /**
   * How often it wants to be told that all is well, or it starts the process anew; nothing if it
   * does not care.
   */
  Optional<Duration> watchdog() {
    return watchdog;
  }

  void ready() {
    send("READY=1");
  }

  void isWell() {
    send("WATCHDOG=1");
  }

  void stopping() {
    send("STOPPING=1");
  }

  private void send(String state) {
    if (path.length == 0) {
      return;
    }
    ByteBuffer datagram = ByteBuffer.allocateDirect(state.length()).put(state.getBytes(UTF_8));
    Socket socket = Socket.newSocketDomainDgram();
    try {
      int sent = socket.sendToDomainSocket(datagram, 0, datagram.position(), path);
      if (sent < 0) {
        throw new IOException("nobody takes it");
      }
    } catch (IOException e) {
      logger.log(
          Level.WARNING, "the service manager was not told: {0} reason={1}", state, e.getMessage());
    } finally {
      close(socket);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      logger.log(Level.DEBUG, "cannot close the service manager''s socket", e);
    }
  }
}
