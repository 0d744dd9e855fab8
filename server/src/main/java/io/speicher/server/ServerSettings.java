package io.speicher.server;

import static java.util.Objects.requireNonNull;

import io.speicher.protocol.Limits;
import io.speicher.protocol.Namespace;
import io.speicher.protocol.SettingValue;
import io.speicher.server.Setting.Names;
import io.speicher.server.net.SocketFile;
import io.speicher.server.security.ClientCertificates;
import io.speicher.server.security.TlsSettings;
import io.speicher.store.segment.Geometry;
import io.speicher.store.segment.SegmentStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * What a server is told: the declaration of each setting, and a value for each. Immutable.
 *
 * <p>To add a setting, declare it here and ask for it with {@link #get} where it counts.
 */
public final class ServerSettings {
  private static final List<Setting<?>> declared = new ArrayList<>();

  /** For some thousand keys. */
  private static final long MIN_TRACKING_BYTES = 256 << 10;

  // ---- the settings, in the order of the help ----

  public static final Setting<Integer> PORT =
      declare(
          "port",
          SettingType.port(),
          "14567",
          "Port to listen on; 0 picks a free one",
          "",
          new Names("port", "tcpport"));

  public static final Setting<OptionalInt> REDIS_PORT =
      declare(
          "redis-port",
          SettingType.otherPort(),
          SettingType.NONE,
          "One more port, such as 6379, that speaks only RESP; 0 picks a free one",
          "--port speaks it too.",
          Names.NONE);

  public static final Setting<OptionalInt> MEMCACHED_PORT =
      declare(
          "memcached-port",
          SettingType.otherPort(),
          SettingType.NONE,
          "One more port, such as 11211, that speaks only memcached's protocols; 0 picks a free one",
          "--port speaks them too.",
          Names.NONE);

  public static final Setting<OptionalInt> HTTP_PORT =
      declare(
          "http-port",
          SettingType.otherPort(),
          SettingType.NONE,
          "One more port that speaks only HTTP: metrics, health and status; 0 picks a free one",
          "--port speaks it too.",
          Names.NONE);

  public static final Setting<List<String>> HTTP_HOSTS =
      declare(
          "http-hosts",
          SettingType.names(),
          SettingType.AUTO,
          "Names by which browsers and monitors may call the server in HTTP, besides its addresses",
          "auto is localhost; * is any name, which lets foreign web pages in where there is no"
              + " password.",
          Names.NONE);

  public static final Setting<String> BIND =
      declare(
          "bind",
          SettingType.text("ADDRESS"),
          "127.0.0.1",
          "Address to listen on",
          "An address that others can reach, such as 0.0.0.0, needs --users, --password-file or --insecure.",
          new Names("bind", "inter"));

  public static final Setting<Optional<Path>> SOCKET =
      declare(
          "socket",
          SettingType.file(),
          SettingType.NONE,
          "Listen on a Unix domain socket too, at this path, for programs on this machine",
          "It speaks what --port speaks, unencrypted even with --tls-only.",
          new Names("unixsocket", "domain_socket"));

  public static final Setting<Integer> SOCKET_MODE =
      declare(
          "socket-mode",
          SettingType.mode(),
          "770",
          "Permissions of that socket, as chmod reads them: who may write may connect",
          "",
          new Names("unixsocketperm", null));

  public static final Setting<String> PASSWORD =
      declare(
          "password",
          SettingType.secret(),
          "",
          "The password that clients have to say",
          "",
          new Names("requirepass", null));

  public static final Setting<Optional<Path>> PASSWORD_FILE =
      declare(
          "password-file",
          SettingType.file(),
          SettingType.NONE,
          "Clients have to say the password that is the first line of this file",
          "The variable SPEICHER_PASSWORD can hold the password itself.",
          Names.NONE);

  public static final Setting<Optional<Path>> USERS =
      declare(
          "users",
          SettingType.file(),
          SettingType.NONE,
          "The users that may use the server, in this file; speicher user makes and changes it",
          "It is read again when it changes. It takes the place of --password-file.",
          new Names("aclfile", null));

  public static final Setting<Boolean> INSECURE =
      declare(
          "insecure",
          SettingType.yesOrNo(),
          "no",
          "Let everybody who can reach the server read and delete everything, without a password",
          "",
          Names.NONE);

  public static final Setting<Optional<Path>> TLS_CERT =
      declare(
          "tls-cert",
          SettingType.file(),
          SettingType.NONE,
          "Speak TLS too, on all ports, with the certificates in this PEM file: the server's first",
          "The first byte of a connection tells whether it is TLS.",
          new Names("tls-cert-file", "ssl_chain_cert"));

  public static final Setting<Optional<Path>> TLS_KEY =
      declare(
          "tls-key",
          SettingType.file(),
          SettingType.NONE,
          "The private key of the certificate, a PEM file",
          "",
          new Names("tls-key-file", "ssl_key"));

  public static final Setting<Optional<Path>> TLS_KEY_PASSWORD_FILE =
      declare(
          "tls-key-password-file",
          SettingType.file(),
          SettingType.NONE,
          "The private key is encrypted, by the password that is the first line of this file",
          "",
          Names.NONE);

  public static final Setting<Optional<Path>> TLS_CA =
      declare(
          "tls-ca",
          SettingType.file(),
          SettingType.NONE,
          "Trust the certificates of clients, and of nodes of the cluster, that those in this PEM file"
              + " have signed",
          "",
          new Names("tls-ca-cert-file", "ssl_ca_cert"));

  static final Setting<ClientCertificates> TLS_CLIENTS =
      declare(
          "tls-clients",
          SettingType.oneOf(ClientCertificates.class),
          "no",
          "Whether clients that speak TLS have to show a certificate",
          "",
          new Names("tls-auth-clients", "ssl_verify_mode"));

  public static final Setting<Boolean> TLS_ONLY =
      declare("tls-only", SettingType.yesOrNo(), "no", "Refuse plain text", "", Names.NONE);

  public static final Setting<List<String>> TLS_PROTOCOLS =
      declare(
          "tls-protocols",
          SettingType.names(),
          SettingType.AUTO,
          "Versions of TLS, such as TLSv1.3",
          "auto is TLSv1.3,TLSv1.2.",
          new Names("tls-protocols", null));

  public static final Setting<List<String>> TLS_CIPHERS =
      declare(
          "tls-ciphers",
          SettingType.names(),
          SettingType.AUTO,
          "Cipher suites, such as TLS_AES_128_GCM_SHA256, the preferred first",
          "auto is what Java has for good.",
          new Names("tls-ciphers", "ssl_ciphers"));

  public static final Setting<Duration> TLS_HANDSHAKE_TIMEOUT =
      declare(
          "tls-handshake-timeout",
          SettingType.time(),
          "10s",
          "Close connections that take longer than this to agree on TLS",
          "",
          Names.NONE);

  public static final Setting<Long> MEMORY =
      declare(
          "memory",
          SettingType.memory(SegmentStore.MIN_BUDGET_BYTES, SegmentStore.MAX_BUDGET_BYTES),
          "25%",
          "Memory for items, index and bookkeeping: a size, or a share of this machine's memory such"
              + " as 50%",
          "When it is full, old items make room.",
          new Names("maxmemory", "maxbytes"));

  public static final Setting<Optional<Path>> DATA =
      declare(
          "data",
          SettingType.directory(),
          SettingType.NONE,
          "Keep items in a file of --memory in this directory, so that they survive the server, even"
              + " if it is killed",
          "On tmpfs the file takes memory, elsewhere disk too.",
          new Names("dir", null));

  public static final Setting<Duration> SYNC =
      declare(
          "sync",
          SettingType.interval(),
          "1s",
          "With --data, write what has changed to the disk every so often: after a power failure, what"
              + " was stored more than twice that time before is there",
          "off leaves that to the system: the file cannot be used after a power failure.",
          Names.NONE);

  public static final Setting<Long> CONNECTION_MEMORY =
      declare(
          "connection-memory",
          SettingType.size(MemoryPlan.MIN_ACCOUNT_BYTES, SegmentStore.MAX_BUDGET_BYTES),
          "auto",
          settings -> MemoryPlan.defaultAccountBytes(settings.memoryBytes(), Machine.memoryBytes()),
          "Memory for everything that clients make the server hold outside the store: received"
              + " bytes, pending replies, transactions",
          "auto is a quarter of --memory and at least 96mb, or less where the machine has not that"
              + " much; --print-memory shows it.",
          new Names("maxmemory-clients", null));

  public static final Setting<Long> TAG_MEMORY =
      declare(
          "tag-memory",
          SettingType.size(256, Geometry.MAX_TAG_BYTES),
          "auto",
          settings -> Math.max(256, Geometry.defaultTagBytes(settings.memoryBytes())),
          "Memory for remembering tags, a part of --memory: 16 bytes for each",
          "When it is full, the items of tags that were not used for long are removed. auto is a"
              + " 256th of --memory, and at most 16mb.",
          Names.NONE);

  public static final Setting<List<Namespace>> NAMESPACE =
      declare(
          "namespace",
          SettingType.namespaces(),
          SettingType.NONE,
          "Prefixes of keys whose items are counted and cleared together, such as"
              + " 'users: ttl=1h max-ttl=1d jitter=10, session/'",
          "In a file, each is a table. SPEICHER NAMESPACE changes them while the server runs.",
          Names.NONE);

  public static final Setting<Long> TRACKING_MEMORY =
      declare(
          "tracking-memory",
          SettingType.size(64 << 10, SegmentStore.MAX_BUDGET_BYTES),
          "auto",
          settings -> Math.max(MIN_TRACKING_BYTES, settings.memoryBytes() / 64),
          "Part of --connection-memory in which the server remembers which clients have read which"
              + " keys, for those with a cache of their own",
          "auto is a 64th of --memory. Where that is not enough, clients are told to drop more than"
              + " they have to.",
          Names.NONE);

  public static final Setting<Long> MAX_FRAME =
      declare(
          "max-frame",
          SettingType.size(1, Limits.MAX_FRAME_BYTES),
          "auto",
          settings -> Math.min(Limits.DEFAULT.maxFrameBytes(), settings.memoryBytes() / 2),
          "Longest request, and so about the largest item",
          "auto is 32mb, or half of --memory where that is less.",
          new Names("proto-max-bulk-len", "item_size_max"));

  public static final Setting<Long> MAX_KEY =
      declare(
          "max-key",
          SettingType.size(1, Limits.MAX_KEY_BYTES),
          "65535",
          "Longest key, at most 65535 bytes",
          "",
          Names.NONE);

  public static final Setting<Integer> DATABASES =
      declare(
          "databases",
          SettingType.count(1, Limits.MAX_DATABASES),
          Integer.toString(Limits.MAX_DATABASES),
          "How many databases clients can SELECT, numbered from 0, at most 16",
          "An item takes one byte more in any but the first.",
          new Names("databases", null));

  public static final Setting<Integer> MAX_CONNECTIONS =
      declareLive(
          "max-connections",
          SettingType.count(1, 10_000_000),
          "10000",
          "Connections at a time; more are refused",
          "",
          new Names("maxclients", "maxconns"));

  public static final Setting<Integer> MAX_TLS_CONNECTIONS =
      declare(
          "max-tls-connections",
          SettingType.count(0, 10_000_000),
          "0",
          "Connections at a time that speak TLS; more are closed",
          "0 is what half of the Java heap has room for, or with netty-tcnative half of"
              + " --connection-memory.",
          Names.NONE);

  public static final Setting<Duration> IDLE_TIMEOUT =
      declareLive(
          "idle-timeout",
          SettingType.time(),
          "0",
          "Close connections that send nothing for this long; 0 never",
          "",
          new Names("timeout", "idle_timeout"));

  public static final Setting<Duration> DRAIN_TIMEOUT =
      declareLive(
          "drain-timeout",
          SettingType.time(),
          "10s",
          "When stopping, wait this long for clients to take their replies",
          "",
          new Names("shutdown-timeout", null));

  public static final Setting<Integer> THREADS =
      declare(
          "threads",
          SettingType.count(0, 256),
          "0",
          "Event loops; 0 is one for each processor",
          "",
          new Names("io-threads", "num_threads"));

  public static final Setting<String> CLUSTER =
      declare(
          "cluster",
          SettingType.text("NAME"),
          SettingType.NONE,
          "Be a node of the cluster of this name, with --cluster-bind and --cluster-peers",
          "See docs/cluster.md.",
          Names.NONE);

  public static final Setting<String> CLUSTER_BIND =
      declare(
          "cluster-bind",
          SettingType.text("HOST:PORT"),
          SettingType.NONE,
          "Where this node talks with the others of its cluster, as these reach it",
          "The port 100 above is taken as well.",
          Names.NONE);

  public static final Setting<List<String>> CLUSTER_PEERS =
      declare(
          "cluster-peers",
          SettingType.names(),
          SettingType.AUTO,
          "HOST:PORT of each node of the cluster, this one included; or of a name that has them all",
          "auto is --cluster-bind alone, a cluster of one.",
          Names.NONE);

  public static final Setting<Integer> CLUSTER_SIZE =
      declare(
          "cluster-size",
          SettingType.count(0, 100),
          "0",
          "Nodes of the cluster, of which a majority has to be together; 0 is as many as peers",
          "It has to be said where a name in --cluster-peers stands for several nodes.",
          Names.NONE);

  public static final Setting<Integer> COPIES =
      declare(
          "copies",
          SettingType.count(1, 3),
          "2",
          "On how many nodes of a cluster each item lies, at most 3",
          "",
          Names.NONE);

  public static final Setting<Duration> SLOWLOG_LOG_SLOWER_THAN =
      declareLive(
          "slowlog-log-slower-than",
          SettingType.shortTime(),
          "10ms",
          "Note commands that take this long, for SLOWLOG GET; 0 notes all, none nothing",
          "",
          new Names("slowlog-log-slower-than", null));

  public static final Setting<Integer> SLOWLOG_MAX_LEN =
      declareLive(
          "slowlog-max-len",
          SettingType.count(0, 100_000),
          "128",
          "So many slow commands are remembered, the last ones",
          "",
          new Names("slowlog-max-len", null));

  static final Setting<LogFormat> LOG_FORMAT =
      declare(
          "log-format",
          SettingType.oneOf(LogFormat.class),
          "text",
          "How the log is written to standard error: lines for people, or JSON objects",
          "",
          Names.NONE);

  static final Setting<LogLevel> LOG_LEVEL =
      declareLive(
          "log-level",
          SettingType.oneOf(LogLevel.class),
          "info",
          "Log nothing that matters less than this",
          "",
          Names.NONE);

  /** All of them, in the order of the help. */
  static final List<Setting<?>> ALL = List.copyOf(declared);

  /** Those that the command line can say. */
  static final List<Setting<?>> OPTIONS =
      ALL.stream().filter(setting -> !setting.type().isSecret()).toList();

  /** The defaults. */
  public static final ServerSettings DEFAULT =
      new ServerSettings(Map.of(), Map.of(), Transport.best());

  private final Map<Setting<?>, Object> said;

  /** Where those of them were said that somebody outside of this program said. */
  private final Map<Setting<?>, String> origins;

  private final Map<Setting<?>, Object> values = new HashMap<>();
  private final Transport transport;

  private ServerSettings(
      Map<Setting<?>, Object> said, Map<Setting<?>, String> origins, Transport transport) {
    this.said = said;
    this.origins = origins;
    this.transport = transport;
    values.putAll(said);
    for (Setting<?> setting : ALL) { // A default may depend on what is declared before it.
      values.computeIfAbsent(setting, unsaid -> unsaid.fallback().apply(this));
    }
  }

  private static <T> Setting<T> declare(
      String name,
      SettingType<T> type,
      String defaultText,
      String summary,
      String detail,
      Names names) {
    return declare(
        name, type, defaultText, settings -> type.parse(defaultText), summary, detail, names);
  }

  /** Declares one that CONFIG SET changes: {@link SpeicherServer} has the server follow it. */
  private static <T> Setting<T> declareLive(
      String name,
      SettingType<T> type,
      String defaultText,
      String summary,
      String detail,
      Names names) {
    return add(
        new Setting<>(
            name,
            type,
            defaultText,
            settings -> type.parse(defaultText),
            summary,
            detail,
            names,
            true));
  }

  private static <T> Setting<T> declare(
      String name,
      SettingType<T> type,
      String defaultText,
      Function<ServerSettings, T> fallback,
      String summary,
      String detail,
      Names names) {
    return add(new Setting<>(name, type, defaultText, fallback, summary, detail, names, false));
  }

  private static <T> Setting<T> add(Setting<T> setting) {
    declared.add(setting);
    return setting;
  }

  // ---- their values ----

  /** What was said, or else the default. */
  @SuppressWarnings("unchecked") // with() and the declaration put it there.
  public <T> T get(Setting<T> setting) {
    return (T) requireNonNull(values.get(setting));
  }

  /**
   * The same with another value for {@code setting}.
   *
   * @throws IllegalArgumentException if it is out of bounds
   */
  public <T> ServerSettings with(Setting<T> setting, T value) {
    setting.type().requireWithinBounds(setting.name(), value);
    Map<Setting<?>, Object> changed = new HashMap<>(said);
    changed.put(setting, requireNonNull(value));
    return new ServerSettings(changed, origins, transport);
  }

  /** The same with a value that was said at that place. */
  <T> ServerSettings with(Setting<T> setting, T value, String origin) {
    Map<Setting<?>, String> whence = new HashMap<>(origins);
    whence.put(setting, origin);
    return new ServerSettings(with(setting, value).said, whence, transport);
  }

  /**
   * The same with what {@code text} says of {@code setting}.
   *
   * @param origin where it was said, for a person
   * @throws IllegalArgumentException if it makes no sense or is out of bounds
   */
  <T> ServerSettings withText(Setting<T> setting, String text, String origin) {
    Map<Setting<?>, String> whence = new HashMap<>(origins);
    whence.put(setting, origin);
    if (setting.isDefault(text)) {
      Map<Setting<?>, Object> changed = new HashMap<>(said);
      changed.remove(setting);
      return new ServerSettings(changed, whence, transport);
    }
    ServerSettings changed = with(setting, setting.type().parse(text));
    return new ServerSettings(changed.said, whence, transport);
  }

  /** The same with a value in the form of {@link SettingType#plain}. */
  <T> ServerSettings withPlain(Setting<T> setting, String plain, String origin) {
    Map<Setting<?>, String> whence = new HashMap<>(origins);
    whence.put(setting, origin);
    ServerSettings changed = with(setting, setting.type().parsePlain(plain));
    return new ServerSettings(changed.said, whence, transport);
  }

  public ServerSettings withTransport(Transport newTransport) {
    return new ServerSettings(said, origins, newTransport);
  }

  /** All values, as the dialects show them. */
  public List<SettingValue> shown() {
    return ALL.stream().map(this::shown).toList();
  }

  private <T> SettingValue shown(Setting<T> setting) {
    Names names = setting.names();
    return new SettingValue(
        setting.name(),
        names.redis(),
        names.memcached(),
        setting.type().plain(get(setting)),
        origins.getOrDefault(setting, said.containsKey(setting) ? "program" : "default"));
  }

  // ---- by their names ----

  /** The address to listen on, a name or a number. */
  public String bind() {
    return get(BIND);
  }

  /** Whether it is said who may use the server. */
  public boolean hasUsers() {
    return !get(PASSWORD).isEmpty() || get(USERS).isPresent();
  }

  /** 0 picks a free one. */
  public int port() {
    return get(PORT);
  }

  /** Another port, where only RESP is spoken; none if it is empty. */
  public OptionalInt redisPort() {
    return get(REDIS_PORT);
  }

  /** Another port, where only memcached's protocols are spoken; none if it is empty. */
  public OptionalInt memcachedPort() {
    return get(MEMCACHED_PORT);
  }

  /** The Unix domain socket to listen on, if there is one. */
  Optional<SocketFile> socketFile() {
    return get(SOCKET).map(path -> new SocketFile(path, get(SOCKET_MODE)));
  }

  /** What a frame and a key may measure. */
  public Limits limits() {
    return new Limits(
        Math.toIntExact(get(MAX_FRAME)), Math.toIntExact(get(MAX_KEY)), get(DATABASES));
  }

  /** How many connections are served at a time. */
  public int maxConnections() {
    return get(MAX_CONNECTIONS);
  }

  /** How long a connection may say nothing before it is closed; zero for ever. */
  public Duration idleTimeout() {
    return get(IDLE_TIMEOUT);
  }

  /** How long a stopping server waits for its peers. */
  public Duration drainTimeout() {
    return get(DRAIN_TIMEOUT);
  }

  /** How many event loops serve the connections; at least one. */
  public int threads() {
    int threads = get(THREADS);
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  /** How the server waits for its sockets: the best that works here, unless a test says else. */
  public Transport transport() {
    return transport;
  }

  /** The budget of the store. */
  public long memoryBytes() {
    return get(MEMORY);
  }

  /** What all connections together may make the server hold outside the store. */
  public long connectionMemoryBytes() {
    return get(CONNECTION_MEMORY);
  }

  /** What may be taken to remember which clients have read which keys. */
  long trackingBytes() {
    return get(TRACKING_MEMORY);
  }

  /**
   * How TLS is spoken, if it is.
   *
   * @throws IllegalArgumentException if one of its settings wants another one
   */
  Optional<TlsSettings> tls() {
    Optional<Path> certificates = get(TLS_CERT);
    Optional<Path> key = get(TLS_KEY);
    Optional<Path> authorities = get(TLS_CA);
    if (certificates.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("tls-cert and tls-key belong together: one is missing");
    }
    boolean needsCertificate =
        get(TLS_ONLY) || authorities.isPresent() || get(TLS_KEY_PASSWORD_FILE).isPresent();
    if (certificates.isEmpty() && needsCertificate) {
      throw new IllegalArgumentException(
          "tls-only, tls-ca and tls-key-password-file need tls-cert and tls-key");
    }
    boolean asksClients = get(TLS_CLIENTS) != ClientCertificates.NO;
    boolean asksNodes = !get(CLUSTER).equals(SettingType.NONE);
    boolean isForNobody = authorities.isPresent() && !asksClients && !asksNodes;
    if (isForNobody || (authorities.isEmpty() && asksClients)) {
      throw new IllegalArgumentException(
          "tls-ca and tls-clients=optional or tls-clients=required belong together");
    }
    return certificates.map(file ->
        new TlsSettings(
            file,
            key.orElseThrow(),
            get(TLS_KEY_PASSWORD_FILE),
            authorities,
            get(TLS_CLIENTS),
            get(TLS_ONLY),
            get(TLS_PROTOCOLS),
            get(TLS_CIPHERS),
            get(TLS_HANDSHAKE_TIMEOUT),
            get(MAX_TLS_CONNECTIONS)));
  }

  public ServerSettings withPort(int port) {
    return with(PORT, port);
  }

  /** With ports for one dialect each; 0 picks free ones. */
  public ServerSettings withOtherPorts(int redisPort, int memcachedPort) {
    return with(REDIS_PORT, OptionalInt.of(redisPort))
        .with(MEMCACHED_PORT, OptionalInt.of(memcachedPort));
  }
}
