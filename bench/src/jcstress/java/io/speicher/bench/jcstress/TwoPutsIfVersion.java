package io.speicher.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZC_Result;

/** Of two that have read the same version and put, one wins. */
@JCStressTest
@Outcome(id = "true, false, A", expect = ACCEPTABLE, desc = "The first one.")
@Outcome(id = "false, true, B", expect = ACCEPTABLE, desc = "The second one.")
@Outcome(expect = FORBIDDEN, desc = "Both, none, or the value of the loser.")
@State
public class TwoPutsIfVersion {
  private static final Keys KEYS = Keys.withRoomForAll();

  private final long key = KEYS.next();
  private final long version;

  public TwoPutsIfVersion() {
    KEYS.put(key, 'X');
    version = KEYS.version(key);
  }

  @Actor
  public void first(ZZC_Result r) {
    r.r1 = KEYS.putIf(key, 'A', old -> old != null && old.version() == version);
  }

  @Actor
  public void second(ZZC_Result r) {
    r.r2 = KEYS.putIf(key, 'B', old -> old != null && old.version() == version);
  }

  @Arbiter
  public void later(ZZC_Result r) {
    r.r3 = KEYS.read(key);
  }
}
