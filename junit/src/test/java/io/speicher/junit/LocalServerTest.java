package io.speicher.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.speicher.client.Speicher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

final class LocalServerTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void server_insideAndBeside(boolean isInside) {
    if (isInside && Runtime.version().feature() < LocalServer.MIN_JAVA) {
      return; // There is no such server.
    }
    LocalServer server = LocalServer.start(isInside);
    try (Speicher speicher = Speicher.connect(server.host(), server.port())) {
      assertThat(speicher.set("k", "v")).isTrue();
      assertThat(speicher.get("k")).isEqualTo("v");
    }
  }

  @Test
  void server_isShared() {
    assertThat(LocalServer.shared()).isSameAs(LocalServer.shared());
  }

  /** A test that asks for a client where it cannot have one. */
  @SpeicherTest
  static final class ByConstructor {
    ByConstructor(Speicher speicher) {
      speicher.set("k", "v");
    }

    @Test
    void nothing() {}
  }

  @Test
  void constructor_isToldWhatToDo() {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(ByConstructor.class))
            .build();
    List<String> failures = new ArrayList<>();
    LauncherFactory.create(QuietLauncher.CONFIG)
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(e -> failures.add(String.valueOf(e.getMessage())));
              }
            });
    assertThat(failures)
        .singleElement()
        .asString()
        .contains("a constructor cannot have a Speicher", "@BeforeEach");
  }
}
