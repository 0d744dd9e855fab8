package io.speicher.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A service like the real one, which is in a room that this one does not know. */
@Command(name = "server", description = "Pretend to be a server at 50%% of the price.")
public final class FakeService implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--wrong", description = "Find fault with the settings.")
  private boolean wrong;

  @Override
  public Integer call() {
    if (wrong) {
      throw new ParameterException(spec.commandLine(), "Wrong in line 1\nwrong in line 2");
    }
    spec.commandLine().getOut().println("serving");
    return CommandLine.ExitCode.OK;
  }
}
