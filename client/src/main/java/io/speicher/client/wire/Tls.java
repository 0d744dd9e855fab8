package io.speicher.client.wire;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * How the client speaks TLS.
 *
 * @param verifiesHost whether the server's certificate has to be for the host that was asked for
 */
public record Tls(SSLContext context, boolean verifiesHost) {
  /** Begins a handshake with a server that has been connected to. */
  public TlsWire begin(SocketChannel socket, Address.Port server) throws IOException {
    SSLEngine engine = context.createSSLEngine(server.host(), server.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(verifiesHost ? "HTTPS" : null);
    engine.setSSLParameters(parameters);
    return new TlsWire(socket, engine);
  }
}
