package shop;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.OnFailure;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import java.time.Duration;

/** Asks a shop for prices, and keeps the answers. */
public final class Prices {
  private Prices() {}

  public static void main(String[] args) {
    String url = System.getenv().getOrDefault("SPEICHER_URL", "speicher://localhost");
    try (Speicher speicher = Speicher.builder().url(url).build()) {
      Cache<String> prices =
          speicher.cache(
              "prices-java",
              Codec.string(),
              options ->
                  options
                      .ttl(Ttl.of(Duration.ofMinutes(10)).jitter(0.1))
                      .onFailure(OnFailure.MISS));
      prices.clear();
      for (int i = 0; i < 2; i++) {
        long start = System.nanoTime();
        // However many threads and programs ask for tea now, one of them asks the shop.
        String price = prices.get("tea", Prices::askTheShop);
        System.out.printf("tea: %s (%d ms)%n", price, (System.nanoTime() - start) / 1_000_000);
      }
    }
  }

  private static String askTheShop(String product) {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for " + product, e);
    }
    return "1.20";
  }
}
