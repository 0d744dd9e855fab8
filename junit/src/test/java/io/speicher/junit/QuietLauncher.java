package io.speicher.junit;

import org.junit.platform.launcher.core.LauncherConfig;

/** JUnit within JUnit, without the listeners that watch the outer one. */
final class QuietLauncher {
  static final LauncherConfig CONFIG =
      LauncherConfig.builder()
          .enableLauncherSessionListenerAutoRegistration(false)
          .enableTestExecutionListenerAutoRegistration(false)
          .build();

  private QuietLauncher() {}
}
