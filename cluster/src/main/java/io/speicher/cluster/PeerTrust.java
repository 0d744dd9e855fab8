package io.speicher.cluster;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts a peer whose certificate an authority has signed and that names one of the peers. Without
 * the names, whoever has a certificate of the same authority, as clients may, could join.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager signatures;
  private final PeerNames names;

  /**
   * Makes one.
   *
   * @param signatures which trusts whatever an authority has signed
   */
  PeerTrust(X509ExtendedTrustManager signatures, PeerNames names) {
    this.signatures = signatures;
    this.names = names;
  }

  /**
   * A certificate that an authority has signed, for somebody who is no peer: the message has facts.
   */
  static final class StrangerException extends CertificateException {
    private static final long serialVersionUID = 1;

    private StrangerException(String message) {
      super(message);
    }
  }

  private void requireName(X509Certificate[] chain) throws CertificateException {
    if (!names.areNamedBy(chain[0])) {
      throw new StrangerException(
          "names=%s subject='%s' (expected: %s among its alternative names)"
              .formatted(PeerNames.hostsOf(chain[0]), chain[0].getSubjectX500Principal(), names));
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    signatures.checkClientTrusted(chain, authType, socket);
    requireName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    signatures.checkServerTrusted(chain, authType, socket);
    requireName(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    signatures.checkClientTrusted(chain, authType, engine);
    requireName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    signatures.checkServerTrusted(chain, authType, engine);
    requireName(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    signatures.checkClientTrusted(chain, authType);
    requireName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    signatures.checkServerTrusted(chain, authType);
    requireName(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return signatures.getAcceptedIssuers();
  }
}
