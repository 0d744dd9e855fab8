package io.speicher.server.command;

import io.speicher.dialect.User;
import io.speicher.dialect.User.Group;
import io.speicher.protocol.Command;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Reply.Denied;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each command needs of the user who asks for it: a group of commands, and its keys to be
 * readable or writable. The only place where rights are looked at.
 *
 * <p>The elements of a transaction are looked at one by one, when it is their turn; those of a
 * batch before the first one is executed.
 */
final class Access {
  private final User user;

  private Access(User user) {
    this.user = user;
  }

  /** Why {@code user} may not do it, or null if it may. */
  static @Nullable Denied refusal(User user, Command command) {
    return user.mayDoEverything() ? null : new Access(user).refusal(command);
  }

  private @Nullable Denied refusal(Command command) {
    if (User.NOBODY.equals(user)) {
      return isBeforeAuthentication(command) ? null : Denied.NOT_AUTHENTICATED;
    }
    return switch (command) {
      case Command.Get get -> read(get.key());
      case Command.GetAll get -> readAll(get.keys());
      case Command.CountPresent count -> readAll(count.keys());
      case Command.Watch watch -> readAll(watch.keys());
      case Command.GetAndDelete get -> readAndWrite(get.key());
      case Command.GetAndTouch get -> readAndWrite(get.key());
      case Command.LeaseGet get -> lease(get);

      case Command.Set set -> set(set);
      case Command.SetAll set -> all(set.items());
      case Command.SetLeased set -> set(set.set());
      case Command.Delete delete -> write(delete.key());
      case Command.DeleteVersion delete -> write(delete.key());
      case Command.DeleteAll delete -> writeAll(delete.keys());
      case Command.Touch touch -> write(touch.key());
      case Command.Append append -> write(append.key());
      case Command.AppendLeased append -> write(append.append().key());
      case Command.SetRange set -> write(set.key());
      case Command.Invalidate invalidate -> write(invalidate.key());
      case Command.Add add -> readAndWrite(add.key());
      case Command.AddAndGet add -> readAndWrite(add.add().key());
      case Command.AddDecimal add -> readAndWrite(add.key());
      case Command.Move move -> move(move);

      case Command.Scan _, Command.FindKeys _, Command.RandomKey _, Command.CountItems _ ->
          group(Group.SCAN);
      case Command.Clear _ -> group(Group.CLEAR);

      case Command.ListConnections list -> list.filter().isSelfAlone() ? null : group(Group.ADMIN);
      case Command.CloseConnections _,
          Command.Shutdown _,
          Command.Inspect _,
          Command.ResetSlowLog _,
          Command.Configure _,
          Command.ResetStats _,
          Command.Pause _ ->
          group(Group.ADMIN);

      case Command.Batch batch -> all(batch.commands());
      case Command.Transaction _,
          Command.Unwatch _,
          Command.Ping _,
          Command.Time _,
          Command.Stats _,
          Command.Auth _,
          Command.Quit _,
          Command.Malformed _ ->
          null;
    };
  }

  /** What tells nothing, or says who the peer is; dialects refuse what else they want refused. */
  private static boolean isBeforeAuthentication(Command command) {
    return command instanceof Command.Auth
        || command instanceof Command.Quit
        || command instanceof Command.Unwatch
        || command instanceof Command.Malformed;
  }

  // ---- groups ----

  private @Nullable Denied group(Group group) {
    return user.may(group) ? null : Denied.COMMAND;
  }

  private @Nullable Denied all(List<? extends Command> commands) {
    for (Command command : commands) {
      Denied denied = refusal(command);
      if (denied != null) {
        return denied;
      }
    }
    return null;
  }

  // ---- keys ----

  private @Nullable Denied read(ByteBuffer key) {
    return !user.may(Group.READ) ? Denied.COMMAND : user.mayRead(key) ? null : Denied.KEY;
  }

  private @Nullable Denied write(ByteBuffer key) {
    return !user.may(Group.WRITE) ? Denied.COMMAND : user.mayWrite(key) ? null : Denied.KEY;
  }

  private @Nullable Denied readAndWrite(ByteBuffer key) {
    Denied denied = read(key);
    return denied == null ? write(key) : denied;
  }

  private @Nullable Denied readAll(List<ByteBuffer> keys) {
    if (!user.may(Group.READ)) {
      return Denied.COMMAND;
    }
    return keys.stream().allMatch(user::mayRead) ? null : Denied.KEY;
  }

  private @Nullable Denied writeAll(List<ByteBuffer> keys) {
    if (!user.may(Group.WRITE)) {
      return Denied.COMMAND;
    }
    return keys.stream().allMatch(user::mayWrite) ? null : Denied.KEY;
  }

  private @Nullable Denied set(Command.Set set) {
    return set.options().returnsOld() ? readAndWrite(set.key()) : write(set.key());
  }

  /** Asking for a lease changes nothing that others see, unless there is more to it. */
  private @Nullable Denied lease(Command.LeaseGet get) {
    Expiry touch = get.touch();
    return touch == null && get.vivify() == null ? read(get.key()) : readAndWrite(get.key());
  }

  private @Nullable Denied move(Command.Move move) {
    Denied denied = read(move.from());
    if (denied == null && !move.keepsSource()) {
      denied = write(move.from());
    }
    return denied == null ? write(move.to()) : denied;
  }
}
