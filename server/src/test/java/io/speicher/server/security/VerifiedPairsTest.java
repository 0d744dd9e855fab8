package io.speicher.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.dialect.Rights;
import io.speicher.dialect.User;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class VerifiedPairsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final VerifiedPairs pairs = new VerifiedPairs(nanos::get);
  private final Users.Entry alice =
      new Users.Entry(StoredUser.named("alice"), new User("alice", Rights.NONE));

  @Test
  void find() {
    pairs.add("alice", pairs.hash("sesame"), alice);
    assertThat(pairs.find("alice", pairs.hash("sesame"))).isSameAs(alice);
    assertThat(pairs.find("alice", pairs.hash("other"))).isNull();
    assertThat(pairs.find("bob", pairs.hash("sesame"))).isNull();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
    assertThat(pairs.find("alice", pairs.hash("sesame"))).isNull();
  }

  /** What is kept is of no use to another process. */
  @Test
  void hash_withAKeyOfItsOwn() {
    assertThat(new VerifiedPairs(nanos::get).hash("sesame")).isNotEqualTo(pairs.hash("sesame"));
  }
}
