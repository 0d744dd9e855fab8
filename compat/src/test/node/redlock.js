// What users of redlock do. Arguments: host, port.
import assert from 'node:assert/strict'
import { Redis } from 'ioredis'
import Redlock from 'redlock'

const [host, port] = process.argv.slice(2)
const redis = new Redis({ host, port: Number(port), db: 2 })
const redlock = new Redlock([redis], { retryCount: 0 })

try {
  await redis.flushall()
  const lock = await redlock.acquire(['a', 'b'], 5000)
  assert.ok((await redis.pttl('b')) > 4000)
  await assert.rejects(redlock.acquire(['c', 'b'], 5000))
  assert.equal(await redis.exists('c'), 0)
  const longer = await lock.extend(60000)
  assert.ok((await redis.pttl('a')) > 50000)
  await longer.release()
  assert.equal(await redis.exists('a', 'b'), 0)

  const again = await redlock.acquire(['a'], 5000)
  await redis.set('a', 'somebody else')
  await assert.rejects(again.extend(5000))
  await assert.rejects(again.release())
  assert.equal(await redis.get('a'), 'somebody else')

  let holders = 0
  const patient = new Redlock([redis], { retryCount: -1, retryDelay: 5 })
  await redis.del('a')
  await Promise.all(
    Array.from({ length: 10 }, () =>
      patient.using(['a'], 5000, async () => {
        assert.equal(++holders, 1)
        await redis.ping()
        holders--
      })
    )
  )
} finally {
  redis.disconnect()
}
console.log('passed')
