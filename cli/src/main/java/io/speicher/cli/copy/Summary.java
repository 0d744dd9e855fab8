package io.speicher.cli.copy;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Units;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a copy, a dump or a restore has done, as it is told at the end.
 *
 * @param evicted how many items the target has evicted meanwhile; below 0 if it does not say
 * @param verified null if nothing was compared
 */
record Summary(
    Tally tally,
    Skips skips,
    double seconds,
    long evicted,
    Verification.@Nullable Result verified,
    boolean isDry,
    boolean replaces) {
  /**
   * Prints it.
   *
   * @param verb what was done, such as {@code copy}
   * @param done the same, when it is done: {@code copied}
   */
  void print(Shell shell, String verb, String done, boolean asJson) {
    if (asJson) {
      shell.out().println(asJson(done));
    } else {
      print(shell, verb, done);
    }
  }

  private void print(Shell shell, String verb, String done) {
    shell
        .out()
        .printf(
            Locale.ROOT,
            "%s %d items (%s) in %.1f s, %s/s; %d of them expire%n",
            isDry ? "would " + verb : done,
            tally.copied,
            Units.bytes(tally.copiedBytes),
            seconds,
            Units.count(tally.copied / Math.max(0.001, seconds)),
            tally.copiedWithTtl);
    skips
        .all()
        .forEach((reason, counted) ->
            shell
                .out()
                .printf("skipped %d: %s, e.g. %s%n", counted.count(), reason, counted.example()));
    if (tally.flagsLost > 0) {
      shell.out().printf("without their flags: %d, the target has none%n", tally.flagsLost);
    }
    if (tally.kindsLost > 0) {
      shell.out().printf("JSON as plain text: %d%n", tally.kindsLost);
    }
    if (evicted > 0 && !isDry) {
      shell
          .out()
          .printf(
              "warning: the target evicted %d items meanwhile: it is too small for all%n", evicted);
    }
    if (verified != null) {
      shell
          .out()
          .printf(
              "verified %d: %s%n",
              verified.same() + verified.missing() + verified.different(),
              verified.isGood()
                  ? "all are the same"
                  : "%d are missing, %d differ%s"
                      .formatted(
                          verified.missing(),
                          verified.different(),
                          replaces ? "" : " (what the target had was kept)"));
      verified.examples().forEach(example -> shell.out().println("  " + example));
    }
  }

  private JsonObject asJson(String done) {
    JsonObject reasons = new JsonObject();
    skips.all().forEach((reason, counted) -> reasons.add(reason, counted.count()));
    JsonObject summary =
        new JsonObject()
            .add("dry_run", isDry)
            .add(done, tally.copied)
            .add(done + "_bytes", tally.copiedBytes)
            .add(done + "_with_ttl", tally.copiedWithTtl)
            .add("seconds", seconds)
            .addJson("skipped", reasons.toString())
            .add("flags_lost", tally.flagsLost)
            .add("json_lost", tally.kindsLost)
            .add("evicted", Math.max(0, evicted));
    if (verified != null) {
      summary.addJson(
          "verified",
          new JsonObject()
              .add("same", verified.same())
              .add("missing", verified.missing())
              .add("different", verified.different())
              .toString());
    }
    return summary;
  }
}
