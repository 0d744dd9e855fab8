package io.speicher.spring.boot;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

/**
 * Connects the client of a test to a container with {@code @ServiceConnection("speicher")}. Found
 * by {@code META-INF/spring.factories}; where Testcontainers are missing, Spring Boot leaves it
 * out.
 */
final class SpeicherContainers
    extends ContainerConnectionDetailsFactory<Container<?>, SpeicherConnectionDetails> {
  private static final String NAME = "speicher";
  private static final int PORT = 14567;

  SpeicherContainers() {
    super(NAME);
  }

  @Override
  protected SpeicherConnectionDetails getContainerConnectionDetails(
      ContainerConnectionSource<Container<?>> source) {
    return new MappedPort(source);
  }

  /** The port of this machine behind which the container's is. */
  private static final class MappedPort extends ContainerConnectionDetails<Container<?>>
      implements SpeicherConnectionDetails {
    MappedPort(ContainerConnectionSource<Container<?>> source) {
      super(source);
    }

    @Override
    public String url() {
      return "speicher://" + getContainer().getHost() + ":" + getContainer().getMappedPort(PORT);
    }
  }
}
