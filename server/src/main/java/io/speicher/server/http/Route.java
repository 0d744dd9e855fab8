package io.speicher.server.http;

import io.speicher.dialect.Rights;
import io.speicher.dialect.User;

/**
 * One thing that can be asked for.
 *
 * @param method {@code GET}, which {@code HEAD} may be asked of as well, or {@code POST}
 * @param path all of it
 */
public record Route(String method, String path, Right right, Answer answer) {

  /** Who may ask. */
  public enum Right {
    /** Everybody, even those who have not said who they are: whoever looks whether it works. */
    ANYBODY,
    /** Whoever may use the server. */
    USER,
    /** Whoever may delete everything. */
    CLEAR,
    /** Whoever may use what concerns the server and other peers. */
    ADMIN;

    /** Whether a user has it. */
    public boolean isOf(User user) {
      return switch (this) {
        case ANYBODY -> true;
        case USER -> !user.equals(User.NOBODY);
        case CLEAR -> user.rights().include(Rights.Group.CLEAR);
        case ADMIN -> user.rights().include(Rights.Group.ADMIN);
      };
    }
  }

  /** Makes a page; it may take as long as it takes, and waits for nothing. */
  @FunctionalInterface
  public interface Answer {
    Page to(HttpRequest request);
  }

  public static Route get(String path, Right right, Answer answer) {
    return new Route("GET", path, right, answer);
  }

  /** Something that is to be done, for which a peer has to show the {@link PageToken}. */
  public static Route post(String path, Right right, Answer answer) {
    return new Route("POST", path, right, answer);
  }

  /** The methods that its path has, as the header Allow lists them. */
  String allowed() {
    return method.equals("GET") ? "GET, HEAD" : method;
  }

  boolean takes(String asked) {
    return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
  }
}
