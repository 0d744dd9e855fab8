package io.speicher.spring.boot;

import io.speicher.client.ClientListener;
import io.speicher.client.ConnectMode;
import io.speicher.client.Speicher;
import io.speicher.client.SpeicherBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Makes the client that the properties describe, unless the application has one. */
@AutoConfiguration
@EnableConfigurationProperties(SpeicherProperties.class)
public class SpeicherAutoConfiguration {
  /** The client, which tells all beans that are listeners, in their order. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  public Speicher speicher(
      SpeicherConnectionDetails details,
      SpeicherProperties properties,
      ObjectProvider<ClientListener> listeners) {
    SpeicherBuilder builder =
        Speicher.builder()
            .url(details.url())
            .namespace(properties.getNamespace())
            .timeout(properties.getTimeout())
            .connectTimeout(properties.getConnectTimeout())
            .connections(properties.getConnections())
            .connect(properties.isLazy() ? ConnectMode.LAZY : ConnectMode.EAGER);
    listeners.orderedStream().forEach(builder::listener);
    String username = details.username();
    String password = details.password();
    if (password != null) {
      builder.login(username == null ? "default" : username, password);
    } else if (username != null) {
      throw new IllegalArgumentException(
          "speicher.username=" + username + " without speicher.password (expected: both)");
    }
    return builder.build();
  }

  /** Where the server is, by the properties. */
  @Bean
  @ConditionalOnMissingBean(SpeicherConnectionDetails.class)
  SpeicherConnectionDetails speicherConnectionDetails(SpeicherProperties properties) {
    return new PropertiesConnectionDetails(properties);
  }

  private record PropertiesConnectionDetails(SpeicherProperties properties)
      implements SpeicherConnectionDetails {
    @Override
    public String url() {
      return properties.getUrl();
    }

    @Override
    public @Nullable String username() {
      return properties.getUsername();
    }

    @Override
    public @Nullable String password() {
      return properties.getPassword();
    }
  }
}
