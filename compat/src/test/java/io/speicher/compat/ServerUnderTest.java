package io.speicher.compat;

import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A Speicher of its own, or the server that a system property names. */
final class ServerUnderTest implements AutoCloseable {
  private static final long MEMORY_BYTES = 128L << 20;

  private final InetSocketAddress address;
  private final @Nullable SpeicherServer speicher;

  private ServerUnderTest(InetSocketAddress address, @Nullable SpeicherServer speicher) {
    this.address = address;
    this.speicher = speicher;
  }

  static ServerUnderTest resp() throws IOException {
    return named(System.getProperty("resp.server"));
  }

  static ServerUnderTest memcached() throws IOException {
    return named(System.getProperty("memcached.server"));
  }

  static ServerUnderTest speicher() throws IOException {
    return speicher(ServerSettings.DEFAULT.withPort(0));
  }

  static ServerUnderTest speicher(ServerSettings settings) throws IOException {
    SpeicherServer speicher =
        SpeicherServer.start(settings, new SegmentStore(MEMORY_BYTES, Ticker.system()));
    return new ServerUnderTest(speicher.address(), speicher);
  }

  private static ServerUnderTest named(@Nullable String name) throws IOException {
    if (name == null) {
      return speicher();
    }
    int colon = name.lastIndexOf(':');
    int port = Integer.parseInt(name.substring(colon + 1));
    return new ServerUnderTest(new InetSocketAddress(name.substring(0, colon), port), null);
  }

  InetSocketAddress address() {
    return address;
  }

  String host() {
    return address.getAddress().getHostAddress();
  }

  int port() {
    return address.getPort();
  }

  @Override
  public void close() {
    if (speicher != null) {
      speicher.close();
    }
  }
}
