package io.speicher.jcache.tck;

import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;

/** Gives the platform's server the name by which the TCK looks for it. */
public final class TckMBeanServerBuilder extends MBeanServerBuilder {
  @Override
  public MBeanServer newMBeanServer(
      String domain, MBeanServer outer, MBeanServerDelegate delegate) {
    return super.newMBeanServer(domain, outer, new NamedDelegate());
  }

  /** A delegate whose name is the one that the JDK did not choose. */
  private static final class NamedDelegate extends MBeanServerDelegate {
    @Override
    public synchronized String getMBeanServerId() {
      return System.getProperty("org.jsr107.tck.management.agentId");
    }
  }
}
