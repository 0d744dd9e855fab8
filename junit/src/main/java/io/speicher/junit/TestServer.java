package io.speicher.junit;

/**
 * Where the server of the tests is, and what the keys of one test begin with: for programs that
 * make their own client.
 *
 * @param host an address of this machine
 * @param namespace for {@link io.speicher.client.SpeicherBuilder#namespace}
 */
public record TestServer(String host, int port, String namespace) {

  /** For {@link io.speicher.client.SpeicherBuilder#url}. */
  public String url() {
    return "speicher://" + host + ":" + port;
  }
}
