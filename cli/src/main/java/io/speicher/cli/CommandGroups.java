package io.speicher.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The subcommands of a command, shown in its help under headings. */
final class CommandGroups implements IHelpSectionRenderer {
  private static final int NAME_COLUMNS = 14;

  private final CommandLine parent;
  private final Map<String, List<CommandLine>> groups = new LinkedHashMap<>();

  /** Starts without any, and takes the place of the list of commands in the parent's help. */
  CommandGroups(CommandLine parent) {
    this.parent = parent;
    parent.getCommandSpec().usageMessage().commandListHeading("");
    parent.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, this);
  }

  /**
   * Adds commands, classes of commands or {@link CommandLine}s to the parent, and shows them under
   * {@code heading}.
   */
  void add(String heading, Object... commands) {
    List<CommandLine> group = groups.computeIfAbsent(heading, unused -> new ArrayList<>());
    for (Object command : commands) {
      CommandLine added = command instanceof CommandLine line ? line : new CommandLine(command);
      parent.addSubcommand(added);
      group.add(added);
    }
  }

  @Override
  public String render(Help help) {
    StringBuilder text = new StringBuilder();
    groups.forEach((heading, commands) -> {
      if (!commands.isEmpty()) {
        text.append(help.createHeading("%n" + heading + ":%n")).append(list(help, commands));
      }
    });
    return text.toString();
  }

  private static String list(Help help, List<CommandLine> commands) {
    Help.TextTable table =
        Help.TextTable.forColumns(
            help.colorScheme(),
            new Help.Column(NAME_COLUMNS, 2, Help.Column.Overflow.SPAN),
            new Help.Column(
                help.commandSpec().usageMessage().width() - NAME_COLUMNS,
                0,
                Help.Column.Overflow.WRAP));
    for (CommandLine command : commands) {
      UsageMessageSpec usage = command.getCommandSpec().usageMessage();
      String summary = (usage.header().length > 0 ? usage.header() : usage.description())[0];
      table.addRowValues(
          help.colorScheme().commandText(command.getCommandName()),
          help.colorScheme().text(String.format(summary)));
    }
    return table.toString();
  }
}
