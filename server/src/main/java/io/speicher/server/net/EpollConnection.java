package io.speicher.server.net;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelId;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection that takes 190 bytes less of the heap than Netty's own, a sixth of all that an idle
 * one takes. It does not keep its addresses, of four objects each, and its id is short.
 */
public sealed class EpollConnection extends AbstractEpollStreamChannel {
  private static final AtomicInteger lastNumber = new AtomicInteger();

  private final EpollChannelConfig config = new Config(this);

  private EpollConnection(LinuxSocket accepted) {
    super(accepted, false); // With true, it would ask for its addresses and keep them.
    active = true;
  }

  static EpollConnection onPort(LinuxSocket accepted) throws IOException {
    accepted.setTcpNoDelay(true);
    return new EpollConnection(accepted);
  }

  static EpollConnection onSocketFile(LinuxSocket accepted) {
    return new OnSocketFile(accepted);
  }

  @Override
  public EpollChannelConfig config() {
    return config;
  }

  /** Asks the socket. Null once that is closed, as its descriptor may be another one's then. */
  @Override
  public @Nullable SocketAddress localAddress() {
    return isOpen() ? socket.localAddress() : null;
  }

  /** Null once it is closed. */
  @Override
  public @Nullable SocketAddress remoteAddress() {
    return isOpen() ? socket.remoteAddress() : null;
  }

  @Override
  protected ChannelId newId() {
    return new Id(lastNumber.incrementAndGet());
  }

  /** A connection to a Unix domain socket, whose peer has no name as a rule. */
  private static final class OnSocketFile extends EpollConnection {
    OnSocketFile(LinuxSocket accepted) {
      super(accepted);
    }

    @Override
    public @Nullable SocketAddress localAddress() {
      return isOpen() ? socket.localDomainSocketAddress() : null;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
      return isOpen() ? socket.remoteDomainSocketAddress() : null;
    }
  }

  /** Tells apart the connections of this process, where Netty's id tells those of the world. */
  private record Id(int number) implements ChannelId {
    @Override
    public String asShortText() {
      return Integer.toHexString(number);
    }

    @Override
    public String asLongText() {
      return asShortText();
    }

    @Override
    public int compareTo(ChannelId other) {
      return asLongText().compareTo(other.asLongText());
    }
  }

  /** Knows the one option of a socket that is asked for. */
  private static final class Config extends EpollChannelConfig {
    Config(EpollConnection connection) {
      super(connection);
    }

    @Override
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // An option is one of a kind.
    public <T> T getOption(ChannelOption<T> option) {
      if (option != ChannelOption.SO_RCVBUF) {
        return super.getOption(option);
      }
      try {
        return (T) (Integer) socket().getReceiveBufferSize();
      } catch (IOException e) {
        throw new ChannelException(e);
      }
    }
  }
}
