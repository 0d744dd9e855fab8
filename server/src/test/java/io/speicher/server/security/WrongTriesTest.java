package io.speicher.server.security;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class WrongTriesTest {
  private static final InetAddress PEER = InetAddress.getLoopbackAddress();

  private final AtomicLong nanos = new AtomicLong(-5);
  private final WrongTries tries = new WrongTries(nanos::get);

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      tries.add(PEER);
    }
  }

  @Test
  void delay_afterTenWrongOnes() {
    add(9);
    assertThat(tries.delayNanos(PEER)).isZero();
    assertThat(tries.add(PEER)).isEqualTo(10);
    assertThat(tries.delayNanos(PEER)).isZero();
    assertThat(tries.delayNanos(PEER)).isEqualTo(SECONDS.toNanos(1));
    assertThat(tries.delayNanos(PEER)).isEqualTo(SECONDS.toNanos(2));
    assertThat(tries.delayNanos(null)).isZero();
    nanos.addAndGet(SECONDS.toNanos(3));
    assertThat(tries.delayNanos(PEER)).isZero();
  }

  /** Who is refused takes no place in the row, so that the row gets no longer. */
  @Test
  void delay_hasAnEnd() {
    add(10);
    for (int i = 0; i <= 6; i++) {
      tries.delayNanos(PEER);
    }
    long refused = tries.delayNanos(PEER);
    assertThat(refused).isGreaterThan(WrongTries.MAX_DELAY_NANOS);
    assertThat(tries.delayNanos(PEER)).isEqualTo(refused);
  }

  @Test
  void forget() {
    add(10);
    tries.delayNanos(PEER);
    tries.forget(PEER);
    assertThat(tries.delayNanos(PEER)).isZero();
    add(10);
    tries.delayNanos(PEER);
    nanos.addAndGet(SECONDS.toNanos(301));
    assertThat(tries.delayNanos(PEER)).isZero();
    assertThat(tries.add(PEER)).isEqualTo(1);
  }
}
