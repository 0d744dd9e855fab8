package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.dialect.Rights;
import io.speicher.dialect.Rights.Group;
import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Command.TouchCondition;
import io.speicher.protocol.Command.View;
import io.speicher.protocol.Condition;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Glob;
import io.speicher.protocol.NamespaceRequest;
import io.speicher.protocol.Reply.Denied;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.TrackingOptions;
import io.speicher.protocol.UserRequest;
import io.speicher.protocol.ValueKind;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each command with each group of rights and each right on its keys. */
final class AccessTest {
  private static final ByteBuffer KEY = ByteBuffer.wrap("key".getBytes(UTF_8));
  private static final ByteBuffer OTHER = ByteBuffer.wrap("other".getBytes(UTF_8));
  private static final Glob ALL_KEYS = glob("*");

  /**
   * A command and what it needs.
   *
   * @param reads whether it needs to read {@link #KEY}
   * @param writes whether it needs to write it
   */
  record Need(Command command, Set<Group> groups, boolean reads, boolean writes) {
    static Need of(Command command, Group... groups) {
      return new Need(command, setOf(groups), false, false);
    }

    static Need read(Command command) {
      return new Need(command, setOf(Group.READ), true, false);
    }

    static Need write(Command command) {
      return new Need(command, setOf(Group.WRITE), false, true);
    }

    static Need both(Command command) {
      return new Need(command, setOf(Group.READ, Group.WRITE), true, true);
    }

    @Override
    public String toString() {
      return command.getClass().getSimpleName();
    }
  }

  static List<Need> needs() {
    Command.Set set = new Command.Set(KEY, ValueKind.TEXT, KEY, Command.Set.NO_TTL);
    Command.Append append = new Command.Append(KEY, ValueKind.TEXT, KEY, false, false);
    Command.Add add = new Command.Add(KEY, 1, Arithmetic.SIGNED, null);
    return List.of(
        Need.read(new Command.Get(KEY)),
        Need.read(new Command.GetAll(List.of(KEY), View.VALUE)),
        Need.read(new Command.CountPresent(List.of(KEY))),
        Need.read(new Command.Watch(List.of(KEY))),
        Need.both(new Command.AskLease(KEY, View.VALUE, 1, 0, 0)),
        Need.write(new Command.SetWithLease(set, 1)),
        Need.read(new Command.LeaseGet(KEY, View.VALUE, null, null, 0)),
        Need.both(new Command.LeaseGet(KEY, View.VALUE, null, Expiry.NEVER, 0)),
        Need.both(new Command.LeaseGet(KEY, View.VALUE, Expiry.NEVER, null, 0)),
        Need.both(new Command.GetAndDelete(KEY)),
        Need.both(new Command.GetAndTouch(KEY, Expiry.NEVER, View.VALUE)),
        Need.write(set),
        Need.both(
            new Command.Set(
                KEY, ValueKind.TEXT, KEY, new SetOptions(0, Expiry.NEVER, Condition.ALWAYS, true))),
        Need.write(new Command.SetAll(List.of(set), Condition.ALWAYS)),
        Need.write(new Command.SetLeased(set, false)),
        Need.write(new Command.Delete(KEY)),
        Need.write(new Command.DeleteIf(KEY, Condition.version(1))),
        Need.both(new Command.DeleteIf(KEY, Condition.value(Condition.Kind.EQUAL, KEY))),
        Need.both(
            new Command.DeleteAll(List.of(KEY), Condition.value(Condition.Kind.NOT_EQUAL, KEY))),
        Need.both(new Command.SetAll(List.of(set), new Condition(Condition.Kind.DIGEST_EQUAL, 1))),
        Need.write(new Command.TouchIf(KEY, Expiry.NEVER, Condition.ALWAYS, false)),
        Need.both(
            new Command.TouchIf(
                KEY, Expiry.NEVER, Condition.value(Condition.Kind.EQUAL, KEY), true)),
        Need.both(
            new Command.Increase(
                KEY,
                BigDecimal.ONE,
                false,
                null,
                null,
                false,
                Expiry.KEEP,
                Command.Increase.When.ALWAYS)),
        Need.write(new Command.DeleteAll(List.of(KEY))),
        Need.write(new Command.Touch(KEY, Expiry.NEVER, TouchCondition.ALWAYS)),
        Need.write(append),
        Need.write(new Command.AppendLeased(append, Condition.ALWAYS)),
        Need.write(new Command.SetRange(KEY, 0, KEY)),
        Need.write(new Command.Invalidate(KEY, Condition.ALWAYS, Expiry.KEEP)),
        Need.both(add),
        Need.both(new Command.AddAndGet(add, Condition.ALWAYS, Expiry.KEEP)),
        Need.both(new Command.AddDecimal(KEY, BigDecimal.ONE)),
        Need.both(new Command.Move(KEY, KEY, false, true)),
        Need.both(new Command.Move(KEY, KEY, false, false)),
        Need.both(new Command.Batch(List.of(new Command.Get(KEY), set))),
        Need.of(new Command.Scan(0, 1, null), Group.SCAN),
        Need.of(new Command.FindKeys(ALL_KEYS), Group.SCAN),
        Need.of(new Command.CountKeysInSlot(0), Group.SCAN),
        Need.of(new Command.FindKeysInSlot(0, 1), Group.SCAN),
        Need.of(new Command.RandomKey(), Group.SCAN),
        Need.of(new Command.CountItems(), Group.SCAN),
        Need.of(new Command.Clear(), Group.CLEAR),
        Need.of(new Command.SwapDatabases(0, 1), Group.CLEAR),
        Need.of(new Command.ManageNamespaces(new NamespaceRequest.ListAll()), Group.ADMIN),
        Need.write(new Command.Tag(KEY, List.of(OTHER))),
        Need.of(new Command.ResetStats(), Group.ADMIN),
        Need.of(new Command.Inspect(), Group.ADMIN),
        Need.of(new Command.ResetSlowLog(), Group.ADMIN),
        Need.of(new Command.ResetLatencyEvents(List.of()), Group.ADMIN),
        Need.of(new Command.Monitor(), Group.ADMIN),
        Need.of(new Command.Configure(Map.of(), (name, why) -> ""), Group.ADMIN),
        Need.of(new Command.Shutdown(), Group.ADMIN),
        Need.of(new Command.DrainNode(), Group.ADMIN),
        Need.of(new Command.Pause(1), Group.ADMIN),
        Need.of(new Command.ListConnections(ConnectionFilter.ALL, info -> ""), Group.ADMIN),
        Need.of(new Command.ListConnections(ConnectionFilter.SELF, info -> "")),
        Need.of(new Command.CloseConnections(ConnectionFilter.ALL), Group.ADMIN),
        Need.of(new Command.Transaction(List.of(set))), // Its elements are looked at one by one.
        Need.of(new Command.Unwatch()),
        Need.of(
            new Command.Track(
                new TrackingOptions(
                    false,
                    List.of(),
                    TrackingOptions.Choice.ALL,
                    false,
                    TrackingOptions.NO_REDIRECT))),
        Need.of(new Command.Untrack()),
        Need.of(new Command.Subscribe()),
        Need.of(new Command.Ping()),
        Need.of(new Command.Time()),
        Need.of(new Command.DescribeCluster()),
        Need.of(new Command.Stats()),
        Need.of(new Command.Auth("a", KEY)),
        Need.of(new Command.Quit()),
        Need.of(new Command.ManageUsers(new UserRequest.ListAll()), Group.ADMIN),
        Need.read(new Command.Check(new Command.Get(KEY))),
        Need.of(new Command.Malformed("why")));
  }

  /** A command that is new has to be in the list. */
  @Test
  void needs_ofAllCommands() {
    Set<Class<?>> inList =
        Stream.concat(
                needs().stream().map(Need::command),
                Stream.of(new Command.ClearNamespace(KEY), new Command.ClearTags(List.of(KEY))))
            .map(Command::getClass)
            .collect(toSet());
    assertThat(inList).isEqualTo(Set.of(Command.class.getPermittedSubclasses()));
  }

  /** Who may delete all of its keys one by one may clear a namespace, too, by whatever name. */
  @ParameterizedTest
  @ValueSource(strings = {"", "speicher|clear"})
  void clearNamespace_asWriter(String name) {
    Command clear = new Command.ClearNamespace(ByteBuffer.wrap("users:".getBytes(UTF_8)));
    Command tags = new Command.ClearTags(List.of(KEY));
    Set<Group> write = Set.of(Group.WRITE);
    for (String pattern : List.of("*", "users:*", "u*", "user?:*")) {
      Rights rights = Rights.of(write, Set.of(), List.of(keys(pattern, false, true)));
      assertThat(Access.refusal(rights, name, clear)).as(pattern).isNull();
      assertThat(Access.refusal(rights, name, tags) == null).isEqualTo(pattern.equals("*"));
    }
    for (String pattern : List.of("users:", "users:a*", "users:*z", "users", "*:")) {
      Rights rights = Rights.of(write, Set.of(), List.of(keys(pattern, true, true)));
      assertThat(Access.refusal(rights, name, clear)).as(pattern).isNotNull();
    }
    Rights reader = Rights.of(write, Set.of(), List.of(keys("*", true, false)));
    assertThat(Access.refusal(reader, name, clear)).isNotNull();
    Rights clearer = Rights.of(Set.of(Group.CLEAR), Set.of("speicher|clear"), List.of());
    assertThat(Access.refusal(clearer, name, clear)).isNull();
    assertThat(Access.refusal(clearer, name, tags)).isNull();
  }

  @ParameterizedTest
  @MethodSource("needs")
  void groups(Need need) {
    for (Set<Group> groups : subsets()) {
      Rights rights = Rights.of(groups, Set.of(), List.of(keys("*", true, true)));
      assertThat(denied(rights, need.command()))
          .as("%s", groups)
          .isEqualTo(groups.containsAll(need.groups()) ? null : Denied.COMMAND);
    }
  }

  @ParameterizedTest
  @MethodSource("needs")
  void keys(Need need) {
    for (int i = 0; i < 4; i++) {
      boolean reads = (i & 1) != 0;
      boolean writes = (i & 2) != 0;
      boolean isEnough = (reads || !need.reads()) && (writes || !need.writes());
      Rights rights =
          Rights.of(
              EnumSet.allOf(Group.class),
              Set.of(),
              List.of(keys("k*", reads, writes), keys("o*", true, true)));
      assertThat(denied(rights, need.command()))
          .as("reads=%s writes=%s", reads, writes)
          .isEqualTo(isEnough ? null : Denied.KEY);
    }
  }

  @ParameterizedTest
  @MethodSource("needs")
  void nobody(Need need) {
    boolean isBefore =
        switch (need.command()) {
          case Command.Auth _, Command.Quit _, Command.Unwatch _, Command.Malformed _ -> true;
          default -> false;
        };
    assertThat(Access.refusalBeforeAuthentication(need.command()))
        .isEqualTo(isBefore ? null : Access.Refusal.NOT_AUTHENTICATED);
  }

  @Test
  void everyKeyCounts() {
    Rights rights =
        Rights.of(EnumSet.allOf(Group.class), Set.of(), List.of(keys("k*", true, true)));
    Command.Set other = new Command.Set(OTHER, ValueKind.TEXT, KEY, Command.Set.NO_TTL);
    Stream.of(
            new Command.GetAll(List.of(KEY, OTHER), View.VALUE),
            new Command.CountPresent(List.of(KEY, OTHER)),
            new Command.DeleteAll(List.of(KEY, OTHER)),
            new Command.Watch(List.of(KEY, OTHER)),
            new Command.SetAll(List.of(other), Condition.ALWAYS),
            new Command.Move(KEY, OTHER, false, true),
            new Command.Move(OTHER, KEY, false, true),
            new Command.Batch(List.of(new Command.Get(KEY), other)))
        .forEach(command ->
            assertThat(Access.refusal(rights, "", command))
                .isEqualTo(new Access.Refusal(Denied.KEY, OTHER)));
  }

  private static Set<Group> setOf(Group... groups) {
    Set<Group> set = EnumSet.noneOf(Group.class);
    set.addAll(List.of(groups));
    return set;
  }

  private static List<Set<Group>> subsets() {
    List<Set<Group>> subsets = new ArrayList<>();
    subsets.add(setOf());
    for (Group group : Group.values()) {
      for (Set<Group> without : List.copyOf(subsets)) {
        Set<Group> with = setOf(group);
        with.addAll(without);
        subsets.add(with);
      }
    }
    return subsets;
  }

  private static @Nullable Denied denied(Rights rights, Command command) {
    Access.Refusal refusal = Access.refusal(rights, "", command);
    return refusal == null ? null : refusal.denied();
  }

  private static Rights.Keys keys(String pattern, boolean read, boolean write) {
    return new Rights.Keys(glob(pattern), read, write);
  }

  private static Glob glob(String pattern) {
    return new Glob(ByteBuffer.wrap(pattern.getBytes(UTF_8)));
  }
}
