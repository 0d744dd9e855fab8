package io.speicher.bench.history;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What happens to one node of a cluster, for some time; then it is over. */
public enum Fault {
  /** The process is killed, and started anew. */
  KILL(false) {
    @Override
    void happen(Scene scene, int victim) throws IOException, InterruptedException {
      scene.nodes().get(victim).kill();
      scene.pass(200, 2_000);
      scene.nodes().get(victim).start();
    }
  },
  /** The process does not run, and goes on later as if nothing had been. */
  STOP(false) {
    @Override
    void happen(Scene scene, int victim) throws IOException, InterruptedException {
      scene.nodes().get(victim).suspend();
      try {
        scene.pass(100, 3_000);
      } finally {
        scene.nodes().get(victim).resume();
      }
    }
  },
  /** Nothing gets from the node to the others, or from them to it. */
  PARTITION(true) {
    @Override
    void happen(Scene scene, int victim) throws IOException, InterruptedException {
      scene.cut(victim, true, true);
      scene.pass(200, 4_000);
    }
  },
  /** What the node says gets lost; it hears the others. */
  MUTE(true) {
    @Override
    void happen(Scene scene, int victim) throws IOException, InterruptedException {
      scene.cut(victim, true, false);
      scene.pass(200, 4_000);
    }
  },
  /** What the others say to the node gets lost; they hear it. */
  DEAF(true) {
    @Override
    void happen(Scene scene, int victim) throws IOException, InterruptedException {
      scene.cut(victim, false, true);
      scene.pass(200, 4_000);
    }
  },
  /** The node is cut off and back again, several times. */
  FLAP(true) {
    @Override
    void happen(Scene scene, int victim) throws IOException, InterruptedException {
      for (int i = 0; i < 4; i++) {
        scene.cut(victim, true, true);
        scene.pass(100, 900);
        scene.heal();
        scene.pass(100, 900);
      }
    }
  };

  private final boolean needsNetwork;

  Fault(boolean needsNetwork) {
    this.needsNetwork = needsNetwork;
  }

  /** Whether it needs a {@link Network}. */
  public boolean needsNetwork() {
    return needsNetwork;
  }

  /** Lets it happen to a node. It is over when this returns, and the network has been healed. */
  abstract void happen(Scene scene, int victim) throws IOException, InterruptedException;

  /** Where it happens. */
  record Scene(List<Node> nodes, @Nullable Network network, Random random) {
    /** Lets time pass: that is what it is about. */
    void pass(int fromMillis, int toMillis) throws InterruptedException {
      Thread.sleep(random.nextInt(fromMillis, toMillis));
    }

    void cut(int victim, boolean isMute, boolean isDeaf) throws IOException, InterruptedException {
      for (int other = 0; other < nodes.size(); other++) {
        if (other != victim && network != null) {
          if (isMute) {
            network.cut(victim, other);
          }
          if (isDeaf) {
            network.cut(other, victim);
          }
        }
      }
    }

    void heal() throws IOException, InterruptedException {
      if (network != null) {
        network.heal();
      }
    }
  }
}
