package io.speicher.server.security;

import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Those who may use the server, and their passwords. Immutable. */
public final class Users {

  /**
   * One of them.
   *
   * @param password null if any will do
   */
  public record Entry(User user, boolean enabled, @Nullable PasswordHash password) {}

  private final Map<String, Entry> entries;

  public Users(List<Entry> entries) {
    this.entries =
        entries.stream()
            .collect(Collectors.toMap(entry -> entry.user().name(), Function.identity()));
  }

  /** One user, called default, who may do everything. */
  public static Users withPassword(PasswordHash password) {
    return new Users(
        List.of(new Entry(User.withAllRights(Command.Auth.DEFAULT_USER), true, password)));
  }

  /** Null if there is none of this name, or it is disabled. */
  @Nullable Entry find(String name) {
    Entry entry = entries.get(name);
    return entry == null || !entry.enabled() ? null : entry;
  }
}
