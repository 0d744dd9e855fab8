package io.speicher.server.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** The names in a client's certificate, which its user may have. */
public final class CertificateNames {
  private static final String COMMON_NAME = "CN";

  /** Types of alternative names: mail, DNS, URI (RFC 5280, section 4.2.1.6). */
  private static final Set<Integer> TEXTS = Set.of(1, 2, 6);

  private CertificateNames() {}

  /** Its alternative names that are texts, and the common names of its subject. */
  public static List<String> of(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      @Nullable Collection<List<?>> others = certificate.getSubjectAlternativeNames();
      if (others != null) {
        for (List<?> other : others) {
          if (TEXTS.contains(other.get(0)) && other.get(1) instanceof String name) {
            names.add(name);
          }
        }
      }
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase(COMMON_NAME)
            && part.getValue() instanceof String name) {
          names.add(name);
        }
      }
    } catch (CertificateParsingException | InvalidNameException e) {
      return List.of(); // An authority that we trust has signed something that has no names.
    }
    return List.copyOf(names);
  }
}
