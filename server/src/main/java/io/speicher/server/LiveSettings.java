package io.speicher.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SettingValue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The settings of a running server, of which some can be changed. Any thread. */
final class LiveSettings {
  private static final String ORIGIN = "CONFIG SET";
  private static final String IMMUTABLE = "can't set immutable config";
  private static final String FIXED_MEMORY =
      IMMUTABLE
          + ": the memory of a server is divided when it starts; start it again with another"
          + " --memory";

  private final Object lock = new Object();
  private final Consumer<ServerSettings> apply;

  @GuardedBy("lock")
  private ServerSettings settings;

  /**
   * @param apply has the server follow those that are {@link Setting#isLive}; called by one thread
   *     at a time, which is that of an event loop
   */
  LiveSettings(ServerSettings settings, Consumer<ServerSettings> apply) {
    this.settings = settings;
    this.apply = apply;
  }

  <T> T get(Setting<T> setting) {
    synchronized (lock) {
      return settings.get(setting);
    }
  }

  List<SettingValue> shown() {
    synchronized (lock) {
      return settings.shown();
    }
  }

  /** Changes all of these settings, or none. What is so already can be set, whatever it is. */
  Reply configure(Command.Configure wanted) {
    synchronized (lock) {
      for (String name : wanted.wanted().keySet()) {
        if (find(name) == null) {
          return refused(wanted, name, null);
        }
      }
      ServerSettings changed = settings;
      for (Map.Entry<String, String> one : wanted.wanted().entrySet()) {
        Setting<?> setting = Objects.requireNonNull(find(one.getKey()));
        if (!setting.isLive()) {
          if (isSo(setting, one.getValue())) {
            continue;
          }
          boolean isMemory = setting.equals(ServerSettings.MEMORY);
          return refused(wanted, one.getKey(), isMemory ? FIXED_MEMORY : IMMUTABLE);
        }
        try {
          changed = changed.withPlain(setting, one.getValue(), ORIGIN);
        } catch (IllegalArgumentException e) {
          return refused(wanted, one.getKey(), e.getMessage());
        }
      }
      settings = changed;
      apply.accept(changed);
      return Reply.Done.DONE;
    }
  }

  private static @Nullable Setting<?> find(String name) {
    return ServerSettings.ALL.stream()
        .filter(setting -> name.equals(shownName(setting)))
        .findFirst()
        .orElse(null);
  }

  private static String shownName(Setting<?> setting) {
    String redis = setting.names().redis();
    return redis == null ? setting.name() : redis;
  }

  @GuardedBy("lock")
  private <T> boolean isSo(Setting<T> setting, String value) {
    return setting.type().plain(settings.get(setting)).equalsIgnoreCase(value);
  }

  private static Reply refused(Command.Configure wanted, String name, @Nullable String why) {
    return new Reply.Refused(Reply.BAD_REQUEST, wanted.refusal().text(name, why));
  }
}
