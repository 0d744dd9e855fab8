package io.speicher.server.command;

import io.speicher.dialect.Rights;
import io.speicher.dialect.Rights.Group;
import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Reply.Denied;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each command needs of the user who asks for it: that it may execute such commands, and that
 * its keys are readable or writable. The only place where rights are looked at.
 *
 * <p>The elements of a transaction are looked at one by one, when it is their turn; those of a
 * batch before the first one is executed.
 */
final class Access {
  /**
   * Why a command is not executed.
   *
   * @param key the first key that may not be used so, if that is why
   */
  record Refusal(Denied denied, @Nullable ByteBuffer key) {
    static final Refusal NOT_AUTHENTICATED = new Refusal(Denied.NOT_AUTHENTICATED, null);
    static final Refusal COMMAND = new Refusal(Denied.COMMAND, null);
  }

  /** What every key begins with. */
  private static final ByteBuffer ANY_KEY = ByteBuffer.allocate(0);

  private final Rights rights;

  /** Whether the command was allowed by its name, so that its group does not matter. */
  private final boolean isNamed;

  private Access(Rights rights, boolean isNamed) {
    this.rights = rights;
    this.isNamed = isNamed;
  }

  /**
   * Why who has these rights may not do it, or null if it may.
   *
   * @param name what the dialect of the peer calls the command; empty if it has no names
   */
  static @Nullable Refusal refusal(Rights rights, String name, Command command) {
    if (rights.areAll()) {
      return null;
    }
    if (!name.isEmpty() && !rights.include(name) && !mayClearAsWriter(rights, command)) {
      return Refusal.COMMAND;
    }
    Access access = new Access(rights, !name.isEmpty());
    // The commonest one does not go through the switch, which is too long to be inlined.
    return command instanceof Command.Get get ? access.read(get.key()) : access.refusal(command);
  }

  /** Why a peer may not do it that has not said who it is, or null if it may. */
  static @Nullable Refusal refusalBeforeAuthentication(Command command) {
    return isBeforeAuthentication(command) ? null : Refusal.NOT_AUTHENTICATED;
  }

  private @Nullable Refusal refusal(Command command) {
    return switch (command) {
      case Command.Get get -> read(get.key());
      case Command.GetAll get -> readAll(get.keys());
      case Command.CountPresent count -> readAll(count.keys());
      case Command.Watch watch -> readAll(watch.keys());
      case Command.GetAndDelete get -> readAndWrite(get.key());
      case Command.GetAndTouch get -> readAndWrite(get.key());
      case Command.AskLease ask -> readAndWrite(ask.key());
      case Command.SetWithLease set -> set(set.set());
      case Command.LeaseGet get -> lease(get);

      case Command.Set set -> set(set);
      case Command.SetAll set -> setAll(set);
      case Command.SetLeased set -> set(set.set());
      case Command.Tag tag -> write(tag.key());
      case Command.Delete delete -> write(delete.key());
      case Command.DeleteIf delete -> writeIf(delete.condition(), delete.key());
      case Command.DeleteAll delete -> deleteAll(delete);
      case Command.Touch touch -> write(touch.key());
      case Command.TouchIf touch -> writeIf(touch.condition(), touch.key());
      case Command.Increase increase -> readAndWrite(increase.key());
      case Command.Append append -> write(append.key());
      case Command.AppendLeased append -> write(append.append().key());
      case Command.SetRange set -> write(set.key());
      case Command.Invalidate invalidate -> write(invalidate.key());
      case Command.Add add -> readAndWrite(add.key());
      case Command.AddAndGet add -> readAndWrite(add.add().key());
      case Command.AddDecimal add -> readAndWrite(add.key());
      case Command.Move move -> move(move);

      case Command.Scan _,
          Command.FindKeys _,
          Command.CountKeysInSlot _,
          Command.FindKeysInSlot _,
          Command.RandomKey _,
          Command.CountItems _ ->
          group(Group.SCAN);
      case Command.Clear _, Command.SwapDatabases _ -> group(Group.CLEAR);
      case Command.ClearNamespace _, Command.ClearTags _ ->
          mayClearAsWriter(rights, command) ? null : group(Group.CLEAR);

      case Command.ListConnections list -> list.filter().isSelfAlone() ? null : group(Group.ADMIN);
      case Command.CloseConnections _,
          Command.Shutdown _,
          Command.DrainNode _,
          Command.Inspect _,
          Command.ResetSlowLog _,
          Command.ResetLatencyEvents _,
          Command.Configure _,
          Command.ResetStats _,
          Command.Monitor _,
          Command.Pause _ ->
          group(Group.ADMIN);

      case Command.ManageUsers _, Command.ManageNamespaces _ -> group(Group.ADMIN);

      case Command.Check check -> refusal(check.command());
      case Command.Batch batch -> all(batch.commands());
      case Command.Transaction _,
          Command.Unwatch _,
          Command.Track _, // Keys that it may not read are not told of: see Tracking.
          Command.Untrack _,
          Command.Subscribe _,
          Command.Ping _,
          Command.Time _,
          Command.DescribeCluster _,
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

  /**
   * Whether it clears nothing but what the user may delete one by one: the keys of a namespace, or
   * those with a tag, which may be any.
   */
  private static boolean mayClearAsWriter(Rights rights, Command command) {
    ByteBuffer prefix =
        switch (command) {
          case Command.ClearNamespace clear -> clear.prefix();
          case Command.ClearTags _ -> ANY_KEY;
          default -> null;
        };
    return prefix != null && rights.include(Group.WRITE) && rights.includeWritingAllOf(prefix);
  }

  // ---- groups ----

  private boolean include(Group group) {
    return isNamed || rights.include(group);
  }

  private @Nullable Refusal group(Group group) {
    return include(group) ? null : Refusal.COMMAND;
  }

  private @Nullable Refusal all(List<? extends Command> commands) {
    for (Command command : commands) {
      Refusal refusal = refusal(command);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  // ---- keys ----

  private @Nullable Refusal read(ByteBuffer key) {
    if (!include(Group.READ)) {
      return Refusal.COMMAND;
    }
    return rights.includeReading(key) ? null : new Refusal(Denied.KEY, key);
  }

  private @Nullable Refusal write(ByteBuffer key) {
    if (!include(Group.WRITE)) {
      return Refusal.COMMAND;
    }
    return rights.includeWriting(key) ? null : new Refusal(Denied.KEY, key);
  }

  private @Nullable Refusal readAndWrite(ByteBuffer key) {
    if (!include(Group.READ) || !include(Group.WRITE)) {
      return Refusal.COMMAND;
    }
    Refusal refusal = read(key);
    return refusal == null ? write(key) : refusal;
  }

  private @Nullable Refusal readAll(List<ByteBuffer> keys) {
    Refusal refusal = group(Group.READ);
    for (int i = 0; refusal == null && i < keys.size(); i++) {
      refusal = read(keys.get(i));
    }
    return refusal;
  }

  private @Nullable Refusal writeAll(List<ByteBuffer> keys) {
    Refusal refusal = group(Group.WRITE);
    for (int i = 0; refusal == null && i < keys.size(); i++) {
      refusal = write(keys.get(i));
    }
    return refusal;
  }

  private @Nullable Refusal set(Command.Set set) {
    return set.options().returnsOld()
        ? readAndWrite(set.key())
        : writeIf(set.options().condition(), set.key());
  }

  /** Whether something is written shows what is there, if that is compared. */
  private @Nullable Refusal writeIf(Condition condition, ByteBuffer key) {
    return condition.kind().comparesValue() ? readAndWrite(key) : write(key);
  }

  private @Nullable Refusal setAll(Command.SetAll all) {
    Refusal refusal = all(all.items());
    for (int i = 0; refusal == null && i < all.items().size(); i++) {
      refusal = writeIf(all.condition(), all.items().get(i).key());
    }
    return refusal;
  }

  private @Nullable Refusal deleteAll(Command.DeleteAll delete) {
    Refusal refusal = delete.condition().kind().comparesValue() ? readAll(delete.keys()) : null;
    return refusal == null ? writeAll(delete.keys()) : refusal;
  }

  /** Asking for a lease changes nothing that others see, unless there is more to it. */
  private @Nullable Refusal lease(Command.LeaseGet get) {
    Expiry touch = get.touch();
    return touch == null && get.vivify() == null ? read(get.key()) : readAndWrite(get.key());
  }

  private @Nullable Refusal move(Command.Move move) {
    Refusal refusal = move.keepsSource() ? read(move.from()) : readAndWrite(move.from());
    return refusal == null ? write(move.to()) : refusal;
  }
}
