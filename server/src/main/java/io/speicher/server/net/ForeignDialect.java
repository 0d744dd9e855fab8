package io.speicher.server.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.Dialect;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.HexFormat;

/** A dialect that is not spoken here: whatever is asked, the answer is a polite goodbye. */
final class ForeignDialect implements Dialect {
  private static final String PAGE =
      "This is Speicher, a cache. On this port it speaks framed JSON, RESP (Redis) and memcached,"
          + " and no HTTP.\n";

  private static final byte[] HTTP =
      ("HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain; charset=us-ascii\r\n"
              + "Content-Length: "
              + PAGE.length()
              + "\r\nConnection: close\r\n\r\n"
              + PAGE)
          .getBytes(US_ASCII);

  /** A record of TLS 1.2: the fatal alert handshake_failure (RFC 5246, sections 6.2.1 and 7.2). */
  private static final byte[] TLS = HexFormat.of().parseHex("15030300020228");

  private final byte[] goodbye;

  private ForeignDialect(byte[] goodbye) {
    this.goodbye = goodbye;
  }

  static Dialect http() {
    return new ForeignDialect(HTTP);
  }

  static Dialect tls() {
    return new ForeignDialect(TLS);
  }

  @Override
  public Command decode(ByteBuf in) {
    in.skipBytes(in.readableBytes());
    return new Command.Quit();
  }

  @Override
  public void encode(Reply reply, ByteBuf out) {
    out.writeBytes(goodbye);
  }

  @Override
  public void beginBatch(int size, ByteBuf out) {
    throw new IllegalStateException("nobody can ask for a batch here");
  }

  @Override
  public void turnTo(int index) {
    throw new IllegalStateException("nobody can ask for a batch here");
  }

  @Override
  public void endBatch(ByteBuf out) {
    throw new IllegalStateException("nobody can ask for a batch here");
  }

  @Override
  public boolean isAtRest() {
    return true;
  }
}
