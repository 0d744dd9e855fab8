package io.speicher.bench.siege;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Who attacks: a dialect, a source of chance, keys of its own, and the connections it opened. */
final class Attacker implements AutoCloseable {
  /** As small as the kernel makes it, so that the server's replies do not fit. */
  static final int SMALL_RECEIVE_BUFFER = 4 << 10;

  final Wire wire;
  final RandomGenerator random;
  private final int id;
  private final int port;
  private final Findings findings;
  private final List<Peer> peers = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  Attacker(int id, int port, Wire wire, RandomGenerator random, Findings findings) {
    this.id = id;
    this.port = port;
    this.wire = wire;
    this.random = random;
    this.findings = findings;
  }

  Peer connect() throws IOException {
    return connect(0).greet();
  }

  /** Opens a connection that says nothing yet. */
  Peer connect(int receiveBufferBytes) throws IOException {
    Peer peer = new Peer(port, wire, receiveBufferBytes, findings);
    synchronized (peers) {
      if (isOver()) {
        peer.close();
        throw new SocketException("the attack is over");
      }
      peers.add(peer);
    }
    return peer;
  }

  /** A value of its own, under one of its keys. */
  Value value(int keyIndex, int length) {
    return new Value("hostile:%d:%d".formatted(id, keyIndex), 1, length);
  }

  void countCommands(long count) {
    findings.countCommands(count);
  }

  void pause(long millis) throws IOException, InterruptedException {
    if (end.await(millis, TimeUnit.MILLISECONDS)) {
      throw new SocketException("the attack is over");
    }
  }

  /** Keeps the connections as they are until the attack's time is over. */
  void stay() throws InterruptedException {
    end.await();
  }

  boolean isOver() {
    return end.getCount() == 0;
  }

  /** Ends the attack: every connection is closed. Any thread. */
  @Override
  public void close() {
    List<Peer> open;
    synchronized (peers) {
      end.countDown();
      open = List.copyOf(peers);
    }
    open.forEach(Peer::close);
  }
}
