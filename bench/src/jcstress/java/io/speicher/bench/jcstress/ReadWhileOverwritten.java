package io.speicher.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.CC_Result;

/** A reader sees the old value or the new one, whole, and never the old one after the new one. */
@JCStressTest
@Outcome(id = "A, A", expect = ACCEPTABLE, desc = "Both before.")
@Outcome(id = "A, B", expect = ACCEPTABLE, desc = "One before, one after.")
@Outcome(id = "B, B", expect = ACCEPTABLE, desc = "Both after.")
@Outcome(expect = FORBIDDEN, desc = "Torn, foreign, missed or back in time.")
@State
public class ReadWhileOverwritten {
  private static final Keys KEYS = Keys.withRoomForAll();

  private final long key = KEYS.next();

  public ReadWhileOverwritten() {
    KEYS.put(key, 'A');
  }

  @Actor
  public void writer() {
    KEYS.put(key, 'B');
  }

  @Actor
  public void reader(CC_Result r) {
    r.r1 = KEYS.read(key);
    r.r2 = KEYS.read(key);
  }
}
