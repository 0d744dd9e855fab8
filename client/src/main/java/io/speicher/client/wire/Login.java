package io.speicher.client.wire;

/** Who the client says it is, before anything else on each connection. */
public record Login(String user, String password) {
  public Login {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("the password is empty");
    }
  }

  @Override
  public String toString() {
    return "Login[user=" + user + "]";
  }
}
