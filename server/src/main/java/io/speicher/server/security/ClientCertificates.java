package io.speicher.server.security;

/** Whether a client has to show a certificate. */
public enum ClientCertificates {
  /** None is asked for. */
  NO,

  /** One is asked for, and has to be good if it is shown. */
  OPTIONAL,

  /** Whoever shows none is not let in. */
  REQUIRED
}
