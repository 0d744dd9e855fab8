package io.speicher.client.backend;

/** What only some servers can do. */
public enum Feature {
  LEASES("lease"),
  NAMESPACES("namespaces"),
  TAGS("tags"),
  CLUSTER("cluster");

  private final String label;

  Feature(String label) {
    this.label = label;
  }

  /** As it is called in the reply to {@code INF}: protocol, section 5.11. */
  public String label() {
    return label;
  }
}
