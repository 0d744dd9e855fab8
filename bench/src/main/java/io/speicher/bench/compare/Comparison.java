package io.speicher.bench.compare;

import io.speicher.load.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What takes turns: contenders that hold the same data, over the same cells. */
record Comparison(
    Protocol protocol, DataSet dataSet, List<Contender> contenders, List<Cell> cells) {

  String title() {
    return protocol.title() + ", " + dataSet.title();
  }

  /** For the name of a file: {@code resp-100b-1m}. */
  String shortName() {
    return protocol.name().toLowerCase(Locale.ROOT) + "-" + dataSet.shortName();
  }

  /**
   * Speicher over every other server that has as many threads, or no use for more than one; and
   * Speicher with several threads over itself with one.
   */
  List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (Contender of : contenders) {
      if (of.server() == Server.SPEICHER) {
        contenders.stream()
            .filter(to -> isWorthComparing(of, to))
            .forEach(to -> pairs.add(new Pair(of, to)));
      }
    }
    return pairs;
  }

  private static boolean isWorthComparing(Contender of, Contender to) {
    if (to.server() == Server.SPEICHER) {
      return of.threads() > 1 && to.threads() == 1;
    }
    return of.threads() == to.threads() || !to.server().hasThreads();
  }
}
