package shop;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Service;

/** Asks a shop for prices; Spring keeps the answers. */
@SpringBootApplication
@EnableCaching
public class Shop {
  public static void main(String[] args) {
    SpringApplication.run(Shop.class, args);
  }

  @Bean
  CommandLineRunner asks(Prices prices, CacheManager caches) {
    return args -> {
      caches.getCache("prices-spring").clear();
      for (int i = 0; i < 2; i++) {
        long start = System.nanoTime();
        String price = prices.of("tea");
        System.out.printf("tea: %s (%d ms)%n", price, (System.nanoTime() - start) / 1_000_000);
      }
    };
  }

  /** With sync, one call runs for all applications that ask at the same time. */
  @Service
  static class Prices {
    @Cacheable(cacheNames = "prices-spring", sync = true)
    public String of(String product) throws InterruptedException {
      Thread.sleep(500);
      return "1.20";
    }
  }
}
