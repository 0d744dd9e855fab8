package io.speicher.client;

/** Who the client says it is, before anything else on each connection. */
record Login(String user, String password) {
  Login {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("the password is empty");
    }
  }

  @Override
  public String toString() {
    return "Login[user=" + user + "]";
  }
}
