package io.speicher.compat.differential;

import java.util.List;
import java.util.Random;

/** What the rounds are made of, and how the replies are told apart. */
interface Dialect {
  /** A round that begins by emptying the store. */
  List<Command> round(Random random, int size);

  /** Ends what is sent: it sets right again whatever the commands before did to the connection. */
  String trailer();

  String trailerAnswer();

  /** Sent between damaged bytes and the trailer: it feeds a length that was made larger. */
  String filler();

  /** Takes apart what came; of more or fewer replies than commands it makes as many as it finds. */
  List<String> replies(String answer);
}
