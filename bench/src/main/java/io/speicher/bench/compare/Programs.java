package io.speicher.bench.compare;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.process.Output;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The programs that are compared, and the one that loads them. */
final class Programs {
  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+\\S*");

  /** The root of the source tree. */
  final Path root;

  private final Map<Server, Program> programs = new EnumMap<>(Server.class);
  private final List<String> absent = new ArrayList<>();

  private record Program(String path, String version) {}

  private Programs(Path root) {
    this.root = root;
  }

  /** Finds as many of {@code servers} as there are. */
  static Programs find(Path root, Collection<Server> servers) throws IOException {
    Programs programs = new Programs(root);
    for (Server server : servers) {
      Optional<String> path = programs.path(server);
      if (path.isPresent()) {
        programs.programs.put(server, new Program(path.get(), version(server, path.get())));
      } else {
        programs.absent.add("%s is left out: %s".formatted(server.title, missing(server)));
      }
    }
    return programs;
  }

  private Optional<String> path(Server server) {
    return switch (server) {
      case SPEICHER -> Optional.of(launcher());
      case VALKEY ->
          Optional.of(root.resolve("bench/target/valkey/valkey-server"))
              .filter(Files::isExecutable)
              .map(Path::toString)
              .or(() -> onPath("valkey-server"));
      case REDIS -> onPath("redis-server");
      case MEMCACHED -> onPath("memcached");
    };
  }

  private static Optional<String> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static String missing(Server server) {
    return switch (server) {
      case VALKEY -> "bench/valkey builds it, or put a valkey-server on the PATH";
      case REDIS -> "redis-server was not found; install Debian's package redis-server";
      case MEMCACHED -> "memcached was not found; install Debian's package memcached";
      case SPEICHER -> throw new AssertionError("its launcher is in this source tree");
    };
  }

  private static String version(Server server, String path) throws IOException {
    String option =
        switch (server) {
          case SPEICHER -> "version";
          case VALKEY, REDIS -> "--version";
          case MEMCACHED -> "-V";
        };
    String said = Output.of(List.of(path, option));
    Matcher matcher = VERSION.matcher(said);
    if (!matcher.find()) {
      throw new IOException("no version in what %s %s says: %s".formatted(path, option, said));
    }
    return matcher.group();
  }

  String launcher() {
    return root.resolve("speicher").toString();
  }

  /** What is not there, and how to get it: a sentence for each. */
  List<String> absent() {
    return absent;
  }

  boolean has(Server server) {
    return programs.containsKey(server);
  }

  /** Those that were found, in their own order. */
  List<Server> servers() {
    return List.copyOf(programs.keySet());
  }

  String version(Server server) {
    return program(server).version;
  }

  List<String> command(Server server, int threads, String port) {
    return server.command(program(server).path, threads, port);
  }

  private Program program(Server server) {
    return requireNonNull(programs.get(server));
  }

  /** For what the programs say while they run. */
  Path log(String name) throws IOException {
    Path directory = root.resolve("bench/target/compare");
    Files.createDirectories(directory);
    return directory.resolve(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".log");
  }
}
