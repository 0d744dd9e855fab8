package io.speicher.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.CC_Result;

/** A reader sees its value or none, while segments are evicted, merged and used again. */
@JCStressTest
@Outcome(id = "A, A", expect = ACCEPTABLE, desc = "It is there.")
@Outcome(id = "A, -", expect = ACCEPTABLE, desc = "It is evicted in between.")
@Outcome(id = "-, -", expect = ACCEPTABLE, desc = "It was evicted.")
@Outcome(expect = FORBIDDEN, desc = "Torn, foreign or resurrected.")
@State
public class ReadWhileReused {
  private static final Keys KEYS = Keys.withRoomForFew();

  private final long key = KEYS.next();

  public ReadWhileReused() {
    KEYS.put(key, 'A');
  }

  @Actor
  public void writer() {
    KEYS.churn(key);
    KEYS.put(key + 100_000, 'B');
  }

  @Actor
  public void reader(CC_Result r) {
    r.r1 = KEYS.read(key);
    r.r2 = KEYS.read(key);
  }
}
