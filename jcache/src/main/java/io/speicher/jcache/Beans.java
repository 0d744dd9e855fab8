package io.speicher.jcache;

import java.lang.management.ManagementFactory;
import javax.cache.CacheException;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.management.CacheMXBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The management beans of a cache, on the platform's server. */
final class Beans {
  private final ObjectName configurationName;
  private final ObjectName statisticsName;

  Beans(SpeicherCache<?, ?> cache) {
    String names =
        ",CacheManager="
            + clean(cache.getCacheManager().getURI().toString())
            + ",Cache="
            + clean(cache.getName());
    configurationName = name("javax.cache:type=CacheConfiguration" + names);
    statisticsName = name("javax.cache:type=CacheStatistics" + names);
  }

  private static String clean(String text) {
    return text.replaceAll("[,:=\n?*\"]", ".");
  }

  private static ObjectName name(String name) {
    try {
      return new ObjectName(name);
    } catch (JMException e) {
      throw new CacheException("no name of a bean: " + name, e);
    }
  }

  void showConfiguration(CompleteConfiguration<?, ?> configuration) {
    show(configurationName, configuration.isManagementEnabled(), new Shown(configuration));
  }

  void showStatistics(CompleteConfiguration<?, ?> configuration, Statistics statistics) {
    show(statisticsName, configuration.isStatisticsEnabled(), statistics);
  }

  void hide() {
    show(configurationName, false, this);
    show(statisticsName, false, this);
  }

  private static void show(ObjectName name, boolean isShown, Object bean) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      if (isShown) {
        server.registerMBean(bean, name);
      } else {
        server.unregisterMBean(name);
      }
    } catch (InstanceAlreadyExistsException | InstanceNotFoundException e) {
      // It is as it was to become.
    } catch (JMException e) {
      throw new CacheException("cannot show or hide the bean " + name, e);
    }
  }

  /** A configuration as a bean. */
  private static final class Shown implements CacheMXBean {
    private final CompleteConfiguration<?, ?> configuration;

    Shown(CompleteConfiguration<?, ?> configuration) {
      this.configuration = configuration;
    }

    @Override
    public String getKeyType() {
      return configuration.getKeyType().getName();
    }

    @Override
    public String getValueType() {
      return configuration.getValueType().getName();
    }

    @Override
    public boolean isReadThrough() {
      return configuration.isReadThrough();
    }

    @Override
    public boolean isWriteThrough() {
      return configuration.isWriteThrough();
    }

    @Override
    public boolean isStoreByValue() {
      return configuration.isStoreByValue();
    }

    @Override
    public boolean isStatisticsEnabled() {
      return configuration.isStatisticsEnabled();
    }

    @Override
    public boolean isManagementEnabled() {
      return configuration.isManagementEnabled();
    }
  }
}
