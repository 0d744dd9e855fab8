package io.speicher.server.net;

import static java.util.Objects.requireNonNullElse;

import io.netty.channel.Channel;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is to the commands that come on it, and to those that ask about others.
 *
 * <p>Its event loop writes; any thread may read what {@link #info} tells.
 */
public final class Connection {
  private static final AtomicLong lastId = new AtomicLong();

  /** What is to be done once a command has been answered. */
  enum After {
    GO_ON,
    /** The connection ends. */
    FINISH,
    /** Nothing is executed for {@link #pauseMillis}. */
    PAUSE
  }

  /**
   * An item as it was when it was watched.
   *
   * @param version 0 if there was none
   */
  public record Watched(long version, long expiresAtMillis) {}

  /** How the peer calls itself. Few do, so that the others share one. */
  private record Names(String name, String library, String libraryVersion) {
    static final Names NONE = new Names("", "", "");
  }

  /** What watched keys may take of the heap, which is small. */
  public static final int MAX_WATCHED_BYTES = 1 << 20;

  /** What one takes beside its bytes. */
  private static final int WATCHED_BYTES = 150;

  private final long id = lastId.incrementAndGet();
  private final Channel channel;
  private final long startNanos = System.nanoTime();

  private volatile Names names = Names.NONE;

  // Written by the loop without more ado: who lists connections may see what was a moment ago.
  private long heardNanos = startNanos;
  private @Nullable Class<? extends Command> lastCommand;

  private After after = After.GO_ON;
  private long pauseMillis;
  private Map<ByteBuffer, Watched> watched = Map.of();
  private int watchedBytes;

  public Connection(Channel channel) {
    this.channel = channel;
  }

  void heard() {
    heardNanos = System.nanoTime();
  }

  public void executes(Command command) {
    lastCommand = command.getClass();
  }

  // ---- what commands want of the connection ----

  public void finish() {
    after = After.FINISH;
  }

  public void pause(long millis) {
    after = After.PAUSE;
    pauseMillis = millis;
  }

  /** What is to be done now; it is told once. */
  After takeAfter() {
    After taken = after;
    after = After.GO_ON;
    return taken;
  }

  long pauseMillis() {
    return pauseMillis;
  }

  public void name(Command.NameConnection naming) {
    Names before = names;
    names =
        new Names(
            requireNonNullElse(naming.name(), before.name),
            requireNonNullElse(naming.library(), before.library),
            requireNonNullElse(naming.libraryVersion(), before.libraryVersion));
  }

  /** Whether this key is watched already. */
  public boolean watches(ByteBuffer key) {
    return watched.containsKey(key);
  }

  /** Watches a key, of which nobody else has the buffer, or returns false: they are too many. */
  public boolean watch(ByteBuffer key, Watched item) {
    watchedBytes += WATCHED_BYTES + key.remaining();
    if (watchedBytes > MAX_WATCHED_BYTES) {
      return false;
    }
    if (watched.isEmpty()) {
      watched = new HashMap<>();
    }
    watched.put(key, item);
    return true;
  }

  public Map<ByteBuffer, Watched> takeWatched() {
    Map<ByteBuffer, Watched> taken = watched;
    watched = Map.of();
    watchedBytes = 0;
    return taken;
  }

  /** Ends the connection from another one's loop. */
  public void kill() {
    channel.close();
  }

  public ConnectionInfo info(Connection asking) {
    long now = System.nanoTime();
    Class<?> command = lastCommand;
    Names called = names;
    return new ConnectionInfo(
        id,
        text(channel.remoteAddress()),
        text(channel.localAddress()),
        called.name,
        called.library,
        called.libraryVersion,
        TimeUnit.NANOSECONDS.toMillis(now - startNanos),
        TimeUnit.NANOSECONDS.toMillis(Math.max(0, now - heardNanos)),
        command == null ? "" : command.getSimpleName().toLowerCase(Locale.ROOT),
        this == asking);
  }

  private static String text(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress internet) {
      String host = internet.getAddress().getHostAddress();
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + internet.getPort();
    }
    return "?:0";
  }
}
