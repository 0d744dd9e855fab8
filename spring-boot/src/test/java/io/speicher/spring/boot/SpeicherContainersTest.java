package io.speicher.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.client.Speicher;
import io.speicher.junit.SpeicherTest;
import io.speicher.junit.TestServer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A container's port becomes the address of the client, without Docker: the container is faked. */
@SpeicherTest
final class SpeicherContainersTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  ServiceConnectionAutoConfiguration.class, SpeicherAutoConfiguration.class))
          .withPropertyValues("speicher.url=speicher://nowhere.invalid", "speicher.lazy=false");

  /** A container whose port is mapped to that of a server which is there already. */
  static final class FakeContainer extends GenericContainer<FakeContainer> {
    private final TestServer server;

    FakeContainer(String image, TestServer server) {
      super(DockerImageName.parse(image));
      this.server = server;
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public String getHost() {
      return server.host();
    }

    @Override
    public Integer getMappedPort(int port) {
      assertThat(port).isEqualTo(14567);
      return server.port();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OfSpeicher {
    @Bean
    @ServiceConnection("speicher")
    FakeContainer container(TestServer server) {
      return new FakeContainer("registry.example.com/caches/ours:7", server);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OfSomethingElse {
    @Bean
    @ServiceConnection("other")
    FakeContainer container(TestServer server) {
      return new FakeContainer("other:7", server);
    }
  }

  @Test
  void container_ofSpeicher(TestServer server) {
    runner
        .withBean(TestServer.class, () -> server)
        .withUserConfiguration(OfSpeicher.class)
        .run(context -> {
          assertThat(context.getBean(SpeicherConnectionDetails.class).url())
              .isEqualTo(server.url());
          context.getBean(Speicher.class).ping();
        });
  }

  @Test
  void container_ofSomethingElse(TestServer server) {
    runner
        .withBean(TestServer.class, () -> server)
        .withUserConfiguration(OfSomethingElse.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("No ConnectionDetails found for source"));
  }
}
