package io.speicher.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Denial;
import io.speicher.protocol.Reply.Denied;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class DenialsTest {
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final Denials denials = new Denials(clock);

  private void add(String object) {
    denials.add(Denied.COMMAND, false, object, "u", () -> null);
  }

  @Test
  void add_theSame() {
    add("get");
    millis.addAndGet(59_000);
    add("get");
    add("set");
    assertThat(denials.last(10)).extracting(Denial::object).containsExactly("set", "get");
    Denial twice = denials.last(10).get(1);
    assertThat(twice.count()).isEqualTo(2);
    assertThat(twice.id()).isZero();
    assertThat(twice.lastMillis() - twice.firstMillis()).isEqualTo(59_000);
    millis.addAndGet(60_001);
    add("get");
    assertThat(denials.last(1).get(0).count()).isEqualTo(1);
    assertThat(denials.last(1).get(0).id()).isEqualTo(2);
  }

  @Test
  void add_isBounded() {
    for (int i = 0; i < 1_000; i++) {
      add("x".repeat(1_000) + i);
      add("c" + i);
    }
    assertThat(denials.last(Integer.MAX_VALUE)).hasSize(Denials.MAX_DENIALS);
    assertThat(denials.last(Integer.MAX_VALUE)).allMatch(one -> one.object().length() <= 128);
    denials.clear();
    assertThat(denials.last(10)).isEmpty();
  }

  /** What a connection is like takes time to find out, and a peer could have it done for ever. */
  @Test
  void add_looksForThePeerSometimes() {
    AtomicInteger looks = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      denials.add(
          Denied.KEY,
          false,
          "k",
          "u",
          () -> {
            looks.incrementAndGet();
            return null;
          });
    }
    assertThat(looks).hasValue(20);
  }
}
