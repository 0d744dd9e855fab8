package io.speicher.server.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.HexFormat;

/** What has no commands: all that can be said in it is that a connection ends, and why. */
final class ForeignDialect implements Dialect {

  /** A record of TLS 1.2: the fatal alert handshake_failure (RFC 5246, sections 6.2.1 and 7.2). */
  private static final byte[] TLS = HexFormat.of().parseHex("15030300020228");

  private static final String NOT_HERE =
      "This is Speicher, a cache. On this port it speaks no HTTP; on its main port it does.";

  private interface Goodbye {
    byte[] because(Reply reply);
  }

  private final Goodbye goodbye;

  private ForeignDialect(Goodbye goodbye) {
    this.goodbye = goodbye;
  }

  /** Of a connection that is refused; others are handed over, see {@link HttpHandover}. */
  static Dialect http() {
    return new ForeignDialect(ForeignDialect::unavailable);
  }

  static Dialect tls() {
    return new ForeignDialect(reply -> TLS);
  }

  private static byte[] unavailable(Reply reply) {
    String why =
        switch (reply) {
          case Reply.TooManyConnections refusal ->
              "too many connections (expected: at most " + refusal.max() + "); try again later";
          case Reply.Failed failed -> failed.message();
          default -> NOT_HERE;
        };
    String status = why.equals(NOT_HERE) ? "501 Not Implemented" : "503 Service Unavailable";
    return ("HTTP/1.1 "
            + status
            + "\r\nContent-Type: text/plain; charset=us-ascii\r\n"
            + "Content-Length: "
            + (why.length() + 1)
            + "\r\nConnection: close\r\n\r\n"
            + why
            + "\n")
        .getBytes(US_ASCII);
  }

  @Override
  public Command decode(ByteBuf in, Session session) {
    in.skipBytes(in.readableBytes());
    return new Command.Quit();
  }

  @Override
  public void encode(Reply reply, ReplyBuffer out) {
    out.writeBytes(goodbye.because(reply));
  }

  @Override
  public void beginBatch(int size, ReplyBuffer out) {
    throw new IllegalStateException("nobody can ask for a batch here");
  }

  @Override
  public void turnTo(int index) {
    throw new IllegalStateException("nobody can ask for a batch here");
  }

  @Override
  public void endBatch(ReplyBuffer out) {
    throw new IllegalStateException("nobody can ask for a batch here");
  }

  @Override
  public boolean isAtRest() {
    return true;
  }
}
