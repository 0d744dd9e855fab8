package io.speicher.spring.boot;

import io.speicher.client.OnFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The properties of the client and its caches, {@code speicher.*}. */
@ConfigurationProperties("speicher")
public class SpeicherProperties {
  /**
   * Where the server is: speicher://host:port, speicher://host:port,host:port for several nodes of
   * a cluster, speichers:// for TLS, unix:/path, speicher:embedded.
   */
  private String url = "speicher://localhost:14567";

  /** The user that the client logs in as. */
  private @Nullable String username;

  /** The password of the user. */
  private @Nullable String password;

  /** What all keys of this application begin with, such as "shop:". */
  private String namespace = "";

  /** How long an operation may take. */
  private Duration timeout = Duration.ofSeconds(2);

  /** How long one attempt to connect may take. */
  private Duration connectTimeout = Duration.ofSeconds(2);

  /** How many connections there are, from 1 to 64. */
  private int connections = 1;

  /** Whether the application starts without a server, and connects when it can. */
  private boolean lazy = true;

  private final Cache cache = new Cache();

  public String getUrl() {
    return url;
  }

  public void setUrl(String url) {
    this.url = url;
  }

  public @Nullable String getUsername() {
    return username;
  }

  public void setUsername(@Nullable String username) {
    this.username = username;
  }

  public @Nullable String getPassword() {
    return password;
  }

  public void setPassword(@Nullable String password) {
    this.password = password;
  }

  public String getNamespace() {
    return namespace;
  }

  public void setNamespace(String namespace) {
    this.namespace = namespace;
  }

  public Duration getTimeout() {
    return timeout;
  }

  public void setTimeout(Duration timeout) {
    this.timeout = timeout;
  }

  public Duration getConnectTimeout() {
    return connectTimeout;
  }

  public void setConnectTimeout(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
  }

  public int getConnections() {
    return connections;
  }

  public void setConnections(int connections) {
    this.connections = connections;
  }

  public boolean isLazy() {
    return lazy;
  }

  public void setLazy(boolean lazy) {
    this.lazy = lazy;
  }

  public Cache getCache() {
    return cache;
  }

  /** What a cache does; what is null is as for all caches. */
  public static class CacheProperties {
    /** How long what is put lives; for ever if it is not set. */
    private @Nullable Duration ttl;

    /** By which share of the time to live items expire earlier, at random: 0.1 is up to a tenth. */
    private @Nullable Double jitter;

    /** How long one operation may take; as long as the client's if it is not set. */
    private @Nullable Duration timeout;

    /** What becomes of reads and puts that fail: "throw", or "miss" to go on without the cache. */
    private @Nullable OnFailure onFailure;

    /** Whether null is a value that can be cached. */
    private @Nullable Boolean cacheNullValues;

    /** How long after that a value may still be used while one caller loads the next one. */
    private @Nullable Duration staleFor;

    /** After which part of its time to live a value is loaded again in the background, up to 1. */
    private @Nullable Double refreshEarly;

    /** How long the others wait for the one caller that loads a missing value. */
    private @Nullable Duration lease;

    private final Near near = new Near();

    public @Nullable Duration getTtl() {
      return ttl;
    }

    public void setTtl(@Nullable Duration ttl) {
      this.ttl = ttl;
    }

    public @Nullable Duration getStaleFor() {
      return staleFor;
    }

    public void setStaleFor(@Nullable Duration staleFor) {
      this.staleFor = staleFor;
    }

    public @Nullable Double getRefreshEarly() {
      return refreshEarly;
    }

    public void setRefreshEarly(@Nullable Double refreshEarly) {
      this.refreshEarly = refreshEarly;
    }

    public @Nullable Duration getLease() {
      return lease;
    }

    public void setLease(@Nullable Duration lease) {
      this.lease = lease;
    }

    public Near getNear() {
      return near;
    }

    public @Nullable Double getJitter() {
      return jitter;
    }

    public void setJitter(@Nullable Double jitter) {
      this.jitter = jitter;
    }

    public @Nullable Duration getTimeout() {
      return timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
      this.timeout = timeout;
    }

    public @Nullable OnFailure getOnFailure() {
      return onFailure;
    }

    public void setOnFailure(@Nullable OnFailure onFailure) {
      this.onFailure = onFailure;
    }

    public @Nullable Boolean getCacheNullValues() {
      return cacheNullValues;
    }

    public void setCacheNullValues(@Nullable Boolean cacheNullValues) {
      this.cacheNullValues = cacheNullValues;
    }
  }

  /** Values that are kept in the application's own memory, too; what is null is as for all. */
  public static class Near {
    /** How many values of a cache are kept in memory; none if it is 0 or not set. */
    private @Nullable Long entries;

    /** How old they may get; 30 seconds if it is not set. The server tells when they change. */
    private @Nullable Duration maxAge;

    public @Nullable Long getEntries() {
      return entries;
    }

    public void setEntries(@Nullable Long entries) {
      this.entries = entries;
    }

    public @Nullable Duration getMaxAge() {
      return maxAge;
    }

    public void setMaxAge(@Nullable Duration maxAge) {
      this.maxAge = maxAge;
    }
  }

  /** What all caches do, and single ones differently. */
  public static class Cache extends CacheProperties {
    /** The names of all caches; if it is empty, a cache is made when it is first asked for. */
    private List<String> names = new ArrayList<>();

    /** Whether what a transaction puts and evicts is done after its commit. */
    private boolean transactionAware;

    /** What single caches do differently, by their names. */
    private Map<String, CacheProperties> caches = new LinkedHashMap<>();

    public List<String> getNames() {
      return names;
    }

    public void setNames(List<String> names) {
      this.names = names;
    }

    public boolean isTransactionAware() {
      return transactionAware;
    }

    public void setTransactionAware(boolean transactionAware) {
      this.transactionAware = transactionAware;
    }

    public Map<String, CacheProperties> getCaches() {
      return caches;
    }

    public void setCaches(Map<String, CacheProperties> caches) {
      this.caches = caches;
    }
  }
}
