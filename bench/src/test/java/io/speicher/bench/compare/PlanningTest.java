package io.speicher.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of what is decided before anything is measured. */
final class PlanningTest {
  @Test
  void cores_loadIsBehindTheServer() {
    Cores four = new Cores(4);

    assertThat(four.ofServer(1)).containsExactly("taskset", "-c", "0");
    assertThat(four.ofLoad(1)).containsExactly("taskset", "-c", "1");
    assertThat(four.ofServer(2)).containsExactly("taskset", "-c", "0-1");
    assertThat(four.ofLoad(2)).containsExactly("taskset", "-c", "2");
  }

  @Test
  void cores_loadIsBesideAServerThatHasAll() {
    Cores two = new Cores(2);

    assertThat(two.ofServer(2)).containsExactly("taskset", "-c", "0-1");
    assertThat(two.ofServer(3)).containsExactly("taskset", "-c", "0-1");
    assertThat(two.ofLoad(2)).containsExactly("taskset", "-c", "0-1");
  }

  @Test
  void ports_leavesOutWhatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ports ports = new Ports(taken.getLocalPort());

      assertThat(ports.next()).isGreaterThan(taken.getLocalPort());
    }
  }

  @Test
  void remaining_atThePaceThatWasSeen() {
    RemainingTime time = new RemainingTime(Duration.ofSeconds(100));
    assertThat(time.remaining(1)).isEqualTo(Duration.ofSeconds(100));

    time.end(20);

    assertThat(time.remaining(20)).isEqualTo(Duration.ofSeconds(80));
    assertThat(time.remaining(30)).isEqualTo(Duration.ofMinutes(2));
    time.end(90);
    assertThat(time.remaining(200)).isZero();
  }

  @Test
  void remaining_inWords() {
    assertThat(RemainingTime.show(Duration.ofSeconds(119))).isEqualTo("119 s");
    assertThat(RemainingTime.show(Duration.ofMinutes(119))).isEqualTo("119 min");
    assertThat(RemainingTime.show(Duration.ofMinutes(310))).isEqualTo("5 h 10 min");
  }

  @Test
  void otherWork_shareOfAllCores() {
    String before = "cpu  100 10 50 1000 40 5 5 90 7 0";

    assertThat(OtherWork.busyShare(before, before)).isZero();
    assertThat(OtherWork.busyShare(before, "cpu  110 10 55 1150 70 5 5 95 99 9")).isEqualTo(0.1);
  }

  @Test
  void tail_rateOfTheSlowest() {
    assertThat(Tail.rate(List.of(200_000.0, 100_000.0))).isEqualTo(70_000);
  }

  @Test
  void pairedRounds_ratioWithinEachRound() {
    PairedRounds rounds = new PairedRounds();
    rounds.add(2, 1);
    rounds.add(30, 20);
    rounds.add(11, 10);

    assertThat(rounds.ratios.median()).isEqualTo(1.5);
    assertThat(rounds.of.median()).isEqualTo(11);
    assertThat(rounds.to.median()).isEqualTo(10);
  }

  @Test
  void command_ofEachServer() {
    assertThat(String.join(" ", Server.SPEICHER.command("./speicher", 2, "21000")))
        .isEqualTo("./speicher server --port 21000 --threads 2 --memory 4gb");
    assertThat(Server.VALKEY.command("valkey-server", 1, "21000"))
        .containsExactly(
            "valkey-server",
            "--port",
            "21000",
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--io-threads",
            "1");
    assertThat(String.join(" ", Server.MEMCACHED.command("memcached", 2, "21000")))
        .startsWith("memcached -p 21000 -l 127.0.0.1 -U 0 -t 2 -m 4096 -c 4096 -R 200");
  }
}
