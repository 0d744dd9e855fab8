package io.speicher.server.security;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a server shows to its peers, and whose certificates it trusts: what was in its files when
 * they were read.
 *
 * @param key of the first certificate
 * @param certificates the server's own, and then those between it and its root
 * @param authorities the roots of the certificates of peers; empty where none is asked for
 */
public record Credentials(
    PrivateKey key, List<X509Certificate> certificates, List<X509Certificate> authorities) {}
