package io.speicher.bench.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.speicher.store.Update;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Once somebody has asked for it, a version stays the same wherever the item moves. */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "The same version.")
@Outcome(expect = FORBIDDEN, desc = "Another version for the same value.")
@State
public class VersionWhileMoved {
  private static final Keys KEYS = Keys.withRoomForAll();

  private final long key = KEYS.next();
  private long seen;

  public VersionWhileMoved() {
    KEYS.put(key, 'A');
  }

  /** Writes the item again, elsewhere, with the same version. */
  @Actor
  public void mover() {
    long expiresAtMillis = KEYS.store.nowMillis() + 1_000_000;
    KEYS.store.update(
        Keys.name(key),
        old -> old == null ? Update.KEEP : Update.Replace.expiry(old, expiresAtMillis));
  }

  @Actor
  public void reader(ZZ_Result r) {
    seen = KEYS.version(key);
    r.r1 = seen != 0 && seen == KEYS.version(key);
  }

  @Arbiter
  public void later(ZZ_Result r) {
    r.r2 = seen == KEYS.version(key);
  }
}
