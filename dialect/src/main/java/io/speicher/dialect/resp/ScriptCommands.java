package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import java.util.List;

/** Scripts: those that {@link KnownScripts} knows. */
final class ScriptCommands {
  private static final CommandSpec.Group SCRIPTING = new CommandSpec.Group("scripting");
  private static final String EVALUATING = "write noscript stale skip_monitor movablekeys";
  private static final String WHAT_IT_MEANS = "What the script means";

  static final List<CommandSpec> ALL =
      List.of(
          SCRIPTING.command(
              "eval script numkeys:integer [key [key ...]] [arg [arg ...]]",
              -3,
              EVALUATING,
              Keys.COUNTED_KEYS,
              "2.6.0",
              WHAT_IT_MEANS,
              "Executes a script of a known lock or counter.",
              KnownScripts::evaluate),
          SCRIPTING.command(
              "evalsha sha1 numkeys:integer [key [key ...]] [arg [arg ...]]",
              -3,
              EVALUATING,
              Keys.COUNTED_KEYS,
              "2.6.0",
              WHAT_IT_MEANS,
              "Executes a script that was loaded.",
              KnownScripts::evaluateByHash),
          SCRIPTING.container(
              "script",
              "2.6.0",
              "Loads scripts, as far as they are known.",
              SCRIPTING.command(
                  "script|load script",
                  3,
                  "noscript stale",
                  Keys.NONE,
                  "2.6.0",
                  "O(N), N bytes",
                  "Loads a script of a known lock or counter.",
                  KnownScripts::load),
              SCRIPTING.command(
                  "script|exists sha1 [sha1 ...]",
                  -3,
                  "noscript",
                  Keys.NONE,
                  "2.6.0",
                  "O(N), N scripts",
                  "Tells which scripts are loaded.",
                  KnownScripts::exist),
              SCRIPTING.command(
                  "script|flush [ASYNC | SYNC]",
                  -2,
                  "noscript",
                  Keys.NONE,
                  "2.6.0",
                  "O(N), N scripts",
                  "Forgets the scripts that were loaded.",
                  KnownScripts::flush)));

  private ScriptCommands() {}
}
