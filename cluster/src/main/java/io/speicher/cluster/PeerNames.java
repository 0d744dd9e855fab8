package io.speicher.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The hosts in {@code --cluster-peers}, as they are written there, and which certificates name one
 * of them. What a name service says of a host does not count: it may be somebody else's.
 */
final class PeerNames {

  /*
   * RFC 9525 and, where they agree, RFC 6125: only alternative names count, never the common name; a
   * wildcard is the whole first label, and stands for one label.
   */
  private static final int DNS = 2;
  private static final int ADDRESS = 7;
  private static final String WILDCARD = "*.";

  private final Set<String> names = new LinkedHashSet<>();
  private final Set<InetAddress> addresses = new LinkedHashSet<>();

  PeerNames(List<InetSocketAddress> peers) {
    for (InetSocketAddress peer : peers) {
      address(peer.getHostString())
          .ifPresentOrElse(addresses::add, () -> names.add(normal(peer.getHostString())));
    }
  }

  /** The address that a text is, without asking a name service. */
  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // It is a name.
    }
  }

  private static String normal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** Whether a certificate names one of the hosts. */
  boolean areNamedBy(X509Certificate certificate) throws CertificateParsingException {
    for (List<?> name : alternativeNames(certificate)) {
      String text = String.valueOf(name.get(1));
      boolean isNamed =
          switch ((Integer) name.get(0)) {
            case DNS -> names.stream().anyMatch(host -> matches(normal(text), host));
            case ADDRESS -> address(text).filter(addresses::contains).isPresent();
            default -> false;
          };
      if (isNamed) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String pattern, String host) {
    int dot = host.indexOf('.');
    return pattern.startsWith(WILDCARD)
        ? dot > 0 && pattern.substring(1).equals(host.substring(dot))
        : pattern.equals(host);
  }

  /** The hosts that a certificate names, for a person. */
  static List<String> hostsOf(X509Certificate certificate) throws CertificateParsingException {
    List<String> hosts = new ArrayList<>();
    for (List<?> name : alternativeNames(certificate)) {
      int type = (Integer) name.get(0);
      if (type == DNS || type == ADDRESS) {
        hosts.add(String.valueOf(name.get(1)));
      }
    }
    return hosts;
  }

  private static Collection<List<?>> alternativeNames(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> found = certificate.getSubjectAlternativeNames();
    return found == null ? List.of() : found;
  }

  /** For a person. */
  @Override
  public String toString() {
    List<String> hosts = new ArrayList<>(names);
    addresses.forEach(address -> hosts.add(address.getHostAddress()));
    return String.join(",", hosts);
  }
}
