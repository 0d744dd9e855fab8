// Asks a shop for prices, and keeps the answers. A client of Redis is all it takes.
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const url = process.env.SPEICHER_URL ?? 'speicher://localhost:14567';
const cache = new Redis(url.replace('speicher://', 'redis://'));

async function askTheShop(product) {
  await sleep(500);
  return '1.20';
}

async function priceOf(product) {
  const key = `prices-node:${product}`;
  const known = await cache.get(key);
  if (known !== null) {
    return known;
  }
  const price = await askTheShop(product);
  await cache.set(key, price, 'EX', 600);
  return price;
}

await cache.del('prices-node:tea');
for (let i = 0; i < 2; i++) {
  const start = performance.now();
  const price = await priceOf('tea');
  console.log(`tea: ${price} (${Math.round(performance.now() - start)} ms)`);
}
await cache.quit();
