package io.speicher.cli;

import io.speicher.cli.console.Shell;
import io.speicher.cli.console.TimeConverter;
import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.client.exception.CodecException;
import io.speicher.client.exception.ValueTooLongException;
import io.speicher.protocol.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code speicher set}: stores a value. */
@Command(
    name = "set",
    description = "Store a value under a key, in place of any value that is there.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher set greeting hello",
      "  speicher set --ttl 10m session:42 alice",
      "  speicher set --json user:7 '{\"name\":\"Ada\",\"age\":36}'",
      "  speicher set page - < page.html          every byte of it, the last newline too",
      "  speicher set flag -- --json              after -- nothing is an option",
      "",
      "Prints nothing. Keys are 1 to 65535 bytes long, values up to the server's limit (32mb)."
    })
final class SetCommand extends ClientCommand {
  private static final String STANDARD_INPUT = "-";

  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Parameters(
      index = "1",
      paramLabel = "VALUE",
      description = "The value: text, or JSON with --json. - reads it from standard input.")
  private String value = "";

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      order = 1,
      converter = TimeConverter.class,
      description =
          "Time to live: when it has passed, the item disappears. Written 500ms, 10s, 5m, 2h, 1d"
              + " (default: no end).")
  private @Nullable Duration ttl;

  @Option(
      names = "--json",
      order = 2,
      description =
          "The value is JSON, and is kept as it is written. Text needs quotes: '\"hello\"'.")
  private boolean json;

  SetCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Speicher client) throws IOException {
    Cache<String> cache = client.cache("", json ? Codec.json() : Codec.string());
    String stored = value.equals(STANDARD_INPUT) ? standardInput() : value;
    try {
      cache.set(key, stored, ttl == null ? Ttl.forever() : Ttl.of(ttl));
    } catch (CodecException e) {
      throw wrong(
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
    } catch (ValueTooLongException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    return ExitCode.OK;
  }

  private String standardInput() throws IOException {
    int maxBytes = Limits.DEFAULT.maxFrameBytes();
    byte[] bytes = shell.in().readNBytes(maxBytes + 1);
    if (bytes.length > maxBytes) {
      throw wrong("standard input is too long (expected: at most " + maxBytes + " bytes)");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("standard input is not UTF-8: values are text, so encode it, perhaps in base64");
    }
  }
}
