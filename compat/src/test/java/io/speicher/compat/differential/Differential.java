package io.speicher.compat.differential;

import io.speicher.compat.differential.Peer.Answer;
import io.speicher.compat.differential.Peer.End;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Sends the same random commands to two servers and compares their replies.
 *
 * <p>A program for long runs, and for any two servers of a dialect:
 *
 * <pre>
 *   Differential resp 127.0.0.1:6379 127.0.0.1:14567 --commands 1000000 --seed 1
 * </pre>
 *
 * <p>It ends at the first difference, which it shows with the fewest commands before it that still
 * lead there. A round in which the servers differ is run again, more patiently, before that is
 * called a difference: the clock may have moved on between the two servers.
 */
public final class Differential {
  private static final int COMMANDS_PER_ROUND = 100;
  private static final int DAMAGED_ROUNDS_ONE_IN = 3;

  /**
   * memcached closes on a line too long for one read, and how much a read takes is chance; and a
   * get of a key too long makes it forget replies to what was sent before.
   */
  private static final int DAMAGED_BYTES = 240;

  private static final int QUIET_MILLIS = 60;
  private static final int PATIENT_MILLIS = 500;
  private static final int REPEATS = 2;
  private static final int SHOWN_CHARACTERS = 600;

  private final Dialect dialect;
  private final String a;
  private final String b;
  private final Map<KnownDifference, Long> applied = new EnumMap<>(KnownDifference.class);
  private long sent;
  private long notRepeated;

  Differential(Dialect dialect, String a, String b) {
    this.dialect = dialect;
    this.a = a;
    this.b = b;
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 3) {
      throw new IllegalArgumentException(
          "expected: resp|memcached host:port host:port [--commands N] [--seed N]");
    }
    long commands = 1_000_000;
    long seed = new Random().nextLong();
    for (int i = 3; i + 1 < arguments.length; i += 2) {
      switch (arguments[i]) {
        case "--commands" -> commands = Long.parseLong(arguments[i + 1]);
        case "--seed" -> seed = Long.parseLong(arguments[i + 1]);
        default -> throw new IllegalArgumentException("unknown option: " + arguments[i]);
      }
    }
    Differential differential = new Differential(dialect(arguments[0]), arguments[1], arguments[2]);
    Optional<String> difference = differential.run(seed, commands);
    System.out.println(differential.summary());
    difference.ifPresent(System.out::println);
    System.exit(difference.isPresent() ? 1 : 0);
  }

  private static Dialect dialect(String name) {
    return switch (name) {
      case "resp" -> new RespCommands();
      case "memcached" -> new MemcachedCommands();
      default -> throw new IllegalArgumentException("neither resp nor memcached: " + name);
    };
  }

  /** Runs rounds from {@code seed} on until a difference, which it describes, or to the end. */
  Optional<String> run(long seed, long commands) throws IOException {
    for (long round = seed; sent < commands; round++) {
      Random random = new Random(round);
      List<Command> sentThisTime = dialect.round(random, COMMANDS_PER_ROUND);
      boolean damaged = random.nextInt(DAMAGED_ROUNDS_ONE_IN) == 0;
      if (damaged) {
        sentThisTime = damaged(sentThisTime, random);
      }
      sent += sentThisTime.size();
      if (compare(sentThisTime, damaged, QUIET_MILLIS).isPresent()) {
        Optional<String> difference = confirmed(sentThisTime, damaged);
        if (difference.isPresent()) {
          return Optional.of("--seed " + round + " --commands 1\n" + difference.get());
        }
        notRepeated++;
      }
    }
    return Optional.empty();
  }

  /** How much was sent, and which of the known differences showed. */
  String summary() {
    StringBuilder summary = new StringBuilder("commands: " + sent);
    summary.append(", differences that did not repeat: ").append(notRepeated).append('\n');
    for (KnownDifference known : KnownDifference.values()) {
      summary.append(String.format("%9d %s: ", applied.getOrDefault(known, 0L), known));
      summary.append(known.reason).append('\n');
    }
    return summary.toString();
  }

  /** Only of commands that are always answered the same: damaged replies cannot be taken apart. */
  private static List<Command> damaged(List<Command> round, Random random) {
    List<Command> damaged = new ArrayList<>();
    damaged.add(round.getFirst());
    for (Command command : round.subList(1, round.size())) {
      boolean small = command.bytes().length() <= DAMAGED_BYTES;
      if (small && !command.needsCas() && KnownDifference.comparesInAStream(command)) {
        boolean here = random.nextInt(30) == 0;
        damaged.add(
            here ? new Command(Command.DAMAGED, Mutation.of(command.bytes(), random)) : command);
      }
    }
    return damaged;
  }

  /** The difference with as few commands as lead to it, if it shows again. */
  private Optional<String> confirmed(List<Command> round, boolean damaged) throws IOException {
    Optional<String> difference = Optional.empty();
    for (int i = 0; i < REPEATS; i++) {
      difference = compare(round, damaged, PATIENT_MILLIS);
      if (difference.isEmpty()) {
        return difference;
      }
    }
    List<Command> shortest = round;
    for (int size = round.size() / 2; size > 0; size /= 2) {
      for (int from = 1; from < shortest.size(); ) {
        List<Command> shorter = new ArrayList<>(shortest.subList(0, from));
        shorter.addAll(shortest.subList(Math.min(shortest.size(), from + size), shortest.size()));
        Optional<String> still = compare(shorter, damaged, PATIENT_MILLIS);
        if (still.isPresent()) {
          shortest = shorter;
          difference = still;
        } else {
          from += size;
        }
      }
    }
    StringBuilder text = new StringBuilder(difference.orElseThrow()).append("sent:\n");
    shortest.forEach(command -> text.append("  ").append(shown(command.bytes())).append('\n'));
    return Optional.of(text.toString());
  }

  /** Runs one round on new connections; what differs, if anything does. */
  private Optional<String> compare(List<Command> round, boolean damaged, int quietMillis)
      throws IOException {
    try (Peer peerA = connect(a);
        Peer peerB = connect(b)) {
      String casA = "0";
      String casB = "0";
      for (int from = 0; from < round.size(); ) {
        int to = from + 1;
        while (to < round.size() && !round.get(to).needsCas()) {
          to++;
        }
        List<Command> batch = round.subList(from, to);
        String bytes = bytes(batch, damaged);
        peerA.send(bytes.replace(Character.toString(Command.LAST_CAS), casA));
        peerB.send(bytes.replace(Character.toString(Command.LAST_CAS), casB));
        Answer answerA = peerA.receive(dialect.trailerAnswer(), quietMillis);
        Answer answerB = peerB.receive(dialect.trailerAnswer(), quietMillis);
        Optional<String> difference = difference(batch, damaged, answerA, answerB);
        if (difference.isPresent() || answerA.end() != End.ANSWERED) {
          return difference;
        }
        casA = Cas.last(answerA.bytes(), casA);
        casB = Cas.last(answerB.bytes(), casB);
        from = to;
      }
      return Optional.empty();
    }
  }

  private String bytes(List<Command> batch, boolean damaged) {
    StringBuilder bytes = new StringBuilder();
    batch.forEach(command -> bytes.append(command.bytes()));
    return bytes.append(damaged ? dialect.filler() : "").append(dialect.trailer()).toString();
  }

  private Optional<String> difference(
      List<Command> batch, boolean damaged, Answer answerA, Answer answerB) {
    if (answerA.equals(answerB)) {
      return Optional.empty();
    }
    if (damaged) {
      Command all = new Command(Command.DAMAGED, "");
      boolean endAlike =
          answerA.end() == answerB.end()
              || KnownDifference.REPLICAS.allows(answerA.bytes(), answerB.bytes());
      return endAlike && same(all, answerA.bytes(), answerB.bytes())
          ? Optional.empty()
          : Optional.of(shown("in damaged bytes", answerA, answerB));
    }
    List<String> repliesA = dialect.replies(answerA.bytes());
    List<String> repliesB = dialect.replies(answerB.bytes());
    int count = Math.min(batch.size(), Math.min(repliesA.size(), repliesB.size()));
    for (int i = 0; i < count; i++) {
      Command command = batch.get(i);
      if (!same(command, repliesA.get(i), repliesB.get(i))) {
        return Optional.of(
            shown(
                shown(command.bytes()),
                new Answer(repliesA.get(i), answerA.end()),
                new Answer(repliesB.get(i), answerB.end())));
      }
    }
    return repliesA.size() == repliesB.size() && answerA.end() == answerB.end()
        ? Optional.empty()
        : Optional.of(shown("in how many replies there are", answerA, answerB));
  }

  private boolean same(Command command, String replyA, String replyB) {
    if (replyA.equals(replyB)) {
      return true;
    }
    String normalA = replyA;
    String normalB = replyB;
    for (KnownDifference known : KnownDifference.values()) {
      if (known.concerns(command)) {
        if (known.allows(normalA, normalB)) {
          applied.merge(known, 1L, Long::sum);
          return true;
        }
        normalA = known.normal(normalA); // There may be a second difference beside this one.
        normalB = known.normal(normalB);
      }
    }
    return false;
  }

  /** From a little before the first byte that differs. */
  private String shown(String where, Answer answerA, Answer answerB) {
    String bytesA = answerA.bytes();
    String bytesB = answerB.bytes();
    int first = 0;
    while (first < Math.min(bytesA.length(), bytesB.length())
        && bytesA.charAt(first) == bytesB.charAt(first)) {
      first++;
    }
    int from = Math.max(0, first - 100);
    return "difference: %s%n  %s %s: %s%n  %s %s: %s%n"
        .formatted(
            where,
            a,
            answerA.end(),
            shown(bytesA.substring(from)),
            b,
            answerB.end(),
            shown(bytesB.substring(from)));
  }

  private static String shown(String bytes) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(bytes.length(), SHOWN_CHARACTERS); i++) {
      char c = bytes.charAt(i);
      switch (c) {
        case '\r' -> shown.append("\\r");
        case '\n' -> shown.append("\\n");
        case '\\' -> shown.append("\\\\");
        case Command.LAST_CAS -> shown.append("{cas}");
        default -> shown.append(c >= ' ' && c < 127 ? "" + c : "\\x%02x".formatted((int) c));
      }
    }
    return bytes.length() > SHOWN_CHARACTERS
        ? shown + "... of " + bytes.length()
        : shown.toString();
  }

  private static Peer connect(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    return new Peer(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }
}
