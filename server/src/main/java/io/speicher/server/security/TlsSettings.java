package io.speicher.server.security;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How TLS is to be spoken.
 *
 * @param certificates the file with the server's certificate and those between it and its root
 * @param key the file with the private key of that certificate
 * @param keyPassword the file whose first line is the password of that key
 * @param authorities the file with the roots of the certificates of clients
 * @param only whether plain text is refused
 * @param protocols as Java names them; empty for the versions 1.3 and 1.2
 * @param ciphers as Java names them; empty for Java's choice
 * @param handshakeTimeout how long a peer may take to finish its handshake
 * @param maxConnections how many connections may be encrypted at a time; 0 for as many as there is
 *     memory for
 */
public record TlsSettings(
    Path certificates,
    Path key,
    Optional<Path> keyPassword,
    Optional<Path> authorities,
    ClientCertificates clients,
    boolean only,
    List<String> protocols,
    List<String> ciphers,
    Duration handshakeTimeout,
    int maxConnections) {

  /** The files that it is made of. */
  List<Path> files() {
    return Stream.of(Stream.of(certificates, key), keyPassword.stream(), authorities.stream())
        .flatMap(Function.identity())
        .toList();
  }
}
