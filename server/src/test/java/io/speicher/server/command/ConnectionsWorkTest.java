package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.Account;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.Share;
import io.speicher.dialect.resp.RespDialect;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Limits;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnectionsWorkTest {
  private static final int CONNECTIONS = 1_500;

  private final RespDialect dialect = new RespDialect(Limits.DEFAULT);
  private final ByteBuf page = Unpooled.buffer(4_096, 4_096);

  @AfterEach
  void releasePage() {
    page.release();
  }

  /** Others have their turn between any two connections, if time is up. */
  @Test
  void goOn_timeIsUp_leavesTheRestForLater() {
    Account account = new Account(16 << 20, 0);
    Share share = new Share(account);
    ReplyBuffer out = new ReplyBuffer(page, share);
    try (ConnectionsWork work = work(share)) {
      for (int i = 0; i < CONNECTIONS; i++) {
        assertThat(work.goOn(out, System.nanoTime())).isFalse();
      }
      assertThat(out.position()).isZero();
      assertThat(work.goOn(out, System.nanoTime())).isTrue();
    }
    String text = text(out);
    assertThat(text.lines().skip(1).filter(line -> !line.isEmpty())).hasSize(CONNECTIONS);
    assertThat(text).startsWith("$").contains("\nid=1500 addr=").endsWith("\n\r\n");
    assertThat(account.usedBytes()).isZero();
  }

  @Test
  void goOn_memoryIsShort_isAnError() {
    Account account = new Account(64 << 10, 0);
    Share share = new Share(account);
    ReplyBuffer out = new ReplyBuffer(page, share);
    try (ConnectionsWork work = work(share)) {
      assertThat(work.goOn(out, Long.MAX_VALUE)).isTrue();
    }
    assertThat(text(out)).startsWith("-ERR memory for connections is short:").endsWith("\r\n");
    assertThat(account.usedBytes()).isZero();
  }

  private ConnectionsWork work(Share share) {
    ByteBuf request = Unpooled.copiedBuffer("CLIENT LIST\r\n", US_ASCII);
    Command.ListConnections list =
        (Command.ListConnections) requireNonNull(dialect.decode(request, new Session(share)));
    return new ConnectionsWork(
        dialect,
        share,
        LongStream.rangeClosed(1, CONNECTIONS).mapToObj(ConnectionsWorkTest::connection).iterator(),
        list.line());
  }

  private static ConnectionInfo connection(long id) {
    return new ConnectionInfo(
        id,
        "127.0.0.1:50000",
        "127.0.0.1:14567",
        false,
        "default",
        "",
        "",
        "",
        0,
        0,
        "get",
        false,
        false,
        true,
        0,
        -1,
        0,
        0,
        0,
        0);
  }

  private String text(ReplyBuffer out) {
    StringBuilder text = new StringBuilder();
    text.append(page.toString(out.pageStart(), page.writerIndex() - out.pageStart(), US_ASCII));
    for (ByteBuf chunk : out.takeChunks()) {
      text.append(chunk.toString(US_ASCII));
      chunk.release();
    }
    return text.toString();
  }
}
