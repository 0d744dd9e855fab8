package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearMissTest {
  private static final List<String> NAMES = List.of("port", "redis-port", "memory");

  @Test
  void edits() {
    assertThat(NearMiss.edits("port", "port")).isZero();
    assertThat(NearMiss.edits("prot", "port")).isEqualTo(2);
    assertThat(NearMiss.edits("", "port")).isEqualTo(4);
    assertThat(NearMiss.edits("memroy", "memory")).isEqualTo(2);
    assertThat(NearMiss.edits("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void suggestion_ofTheNearest() {
    assertThat(NearMiss.suggestion("redisport", NAMES)).isEqualTo(" (did you mean redis-port?)");
    assertThat(NearMiss.suggestion("colour", NAMES)).isEmpty();
  }
}
