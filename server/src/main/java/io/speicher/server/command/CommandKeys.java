package io.speicher.server.command;

import io.speicher.protocol.Command;
import java.nio.ByteBuffer;
import java.util.List;

/** Which keys a command is about. */
final class CommandKeys {
  private CommandKeys() {}

  /** Views, as those in the command; none of what is about all items, or about none. */
  static List<ByteBuffer> of(Command command) {
    return switch (command) {
      case Command.Get get -> List.of(get.key());
      case Command.GetAll get -> get.keys();
      case Command.GetAndDelete get -> List.of(get.key());
      case Command.GetAndTouch get -> List.of(get.key());
      case Command.CountPresent count -> count.keys();
      case Command.AskLease ask -> List.of(ask.key());
      case Command.SetWithLease set -> List.of(set.set().key());
      case Command.LeaseGet get -> List.of(get.key());
      case Command.Set set -> List.of(set.key());
      case Command.SetAll set -> set.items().stream().map(Command.Set::key).toList();
      case Command.SetLeased set -> List.of(set.set().key());
      case Command.Tag tag -> List.of(tag.key());
      case Command.Delete delete -> List.of(delete.key());
      case Command.DeleteIf delete -> List.of(delete.key());
      case Command.DeleteAll delete -> delete.keys();
      case Command.Touch touch -> List.of(touch.key());
      case Command.TouchIf touch -> List.of(touch.key());
      case Command.Increase increase -> List.of(increase.key());
      case Command.Append append -> List.of(append.key());
      case Command.AppendLeased append -> List.of(append.append().key());
      case Command.SetRange set -> List.of(set.key());
      case Command.Add add -> List.of(add.key());
      case Command.AddAndGet add -> List.of(add.add().key());
      case Command.AddDecimal add -> List.of(add.key());
      case Command.Move move -> List.of(move.from(), move.to());
      case Command.Invalidate invalidate -> List.of(invalidate.key());
      case Command.Watch watch -> watch.keys();
      case Command.Batch _,
          Command.Transaction _,
          Command.Unwatch _,
          Command.Track _,
          Command.Untrack _,
          Command.Subscribe _,
          Command.Clear _,
          Command.ClearNamespace _,
          Command.ClearTags _,
          Command.SwapDatabases _,
          Command.Scan _,
          Command.FindKeys _,
          Command.CountKeysInSlot _,
          Command.FindKeysInSlot _,
          Command.RandomKey _,
          Command.CountItems _,
          Command.Ping _,
          Command.Time _,
          Command.DescribeCluster _,
          Command.DrainNode _,
          Command.Stats _,
          Command.Inspect _,
          Command.ResetStats _,
          Command.ResetSlowLog _,
          Command.ResetLatencyEvents _,
          Command.Configure _,
          Command.Auth _,
          Command.ManageUsers _,
          Command.ManageNamespaces _,
          Command.Check _,
          Command.Quit _,
          Command.Shutdown _,
          Command.Monitor _,
          Command.Pause _,
          Command.ListConnections _,
          Command.CloseConnections _,
          Command.Malformed _ ->
          List.of();
    };
  }
}
