package io.speicher.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.client.Speicher;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** As a user's test would be; {@link JUnitVersionsTest} runs it with JUnit 5 as well. */
@SpeicherTest
@Execution(ExecutionMode.CONCURRENT)
final class SpeicherExtensionTest {
  private static final Set<String> namespaces = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void beforeAll(Speicher ofTheClass, TestServer server) {
    ofTheClass.set("k", "class");
    assertThat(namespaces.add(server.namespace())).isTrue();
  }

  @AfterAll
  static void afterAll(Speicher ofTheClass) {
    assertThat(ofTheClass.get("k")).isEqualTo("class");
  }

  @BeforeEach
  void beforeEach(Speicher speicher) {
    assertThat(speicher.get("k")).as("what other tests and the class have stored").isNull();
    speicher.set("k", "v");
  }

  @AfterEach
  void afterEach(Speicher speicher) {
    assertThat(speicher.get("k")).isEqualTo("w");
  }

  @RepeatedTest(20)
  void namespace_isTheTests(Speicher speicher, TestServer server) {
    assertThat(namespaces.add(server.namespace())).isTrue();
    assertThat(speicher.get("k")).as("what was stored before the test").isEqualTo("v");
    speicher.set("k", "w");
  }

  @Test
  void server_forOtherClients(Speicher speicher, TestServer server) {
    speicher.set("k", "w");
    try (Speicher all = Speicher.connect(server.url());
        Speicher same =
            Speicher.builder().url(server.url()).namespace(server.namespace()).build()) {
      assertThat(all.get(server.namespace() + "k")).isEqualTo("w");
      assertThat(same.get("k")).isEqualTo("w");
    }
  }
}
