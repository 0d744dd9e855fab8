package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An operator who asks once a second what connections hold outside the store, on a connection of
 * its own. The server owes an answer at any time, so none within seconds is an error. One thread.
 */
final class AccountWatch implements AutoCloseable {
  private static final String FIGURE = "mem_clients_normal:";
  private static final int REPLY_MILLIS = 5_000;

  private final int port;
  private final Findings findings;
  private @Nullable Peer peer;

  AccountWatch(int port, Findings findings) {
    this.port = port;
    this.findings = findings;
  }

  /** The bytes that are held now; 0 after an error. */
  long heldBytes() {
    try {
      return ask();
    } catch (IOException e) {
      findings.clientErrors().add("operator: " + e);
      close();
      return 0;
    }
  }

  private long ask() throws IOException {
    if (peer == null) {
      peer = new Peer(port, Wires.RESP.getFirst(), 0, findings);
      peer.setReadTimeout(REPLY_MILLIS);
    }
    peer.send(RespWire.command("INFO", "memory"));
    byte[] info = RespWire.readBulk(peer.in);
    if (info == null) {
      throw new WrongReplyException("INFO is missing");
    }
    return new String(info, ISO_8859_1)
        .lines()
        .filter(line -> line.startsWith(FIGURE))
        .mapToLong(line -> Long.parseLong(line.substring(FIGURE.length())))
        .findFirst()
        .orElseThrow(() -> new WrongReplyException("INFO does not have " + FIGURE));
  }

  @Override
  public void close() {
    if (peer != null) {
      peer.close();
      peer = null;
    }
  }
}
