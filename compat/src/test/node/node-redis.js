// What users of node-redis do. Arguments: host, port.
import assert from 'node:assert/strict'
import { createClient, RESP_TYPES, WatchError } from 'redis'
import { allBytes, incompressible } from './values.js'

const [host, port] = process.argv.slice(2)

async function check(RESP) {
  const options = { RESP, name: 'node-redis-it', socket: { host, port: Number(port) } }
  const redis = await createClient(options).connect()
  const other = await createClient(options).connect()
  try {
    assert.equal(await redis.flushAll(), 'OK')
    assert.equal(await redis.ping(), 'PONG')
    assert.equal(await redis.clientGetName(), 'node-redis-it')
    assert.match(await redis.info(), /redis_version:/)
    assert.ok('maxmemory' in (await redis.configGet('maxmemory')))

    assert.equal(await redis.get('k'), null)
    assert.equal(await redis.set('k', '1', { condition: 'XX' }), null)
    const ends = { type: 'EX', value: 100 }
    assert.equal(await redis.set('k', '1', { condition: 'NX', expiration: ends }), 'OK')
    assert.equal(await redis.set('k', '2', { condition: 'NX' }), null)
    assert.ok((await redis.ttl('k')) > 90)
    assert.equal(await redis.set('k', '3', { GET: true }), '1')
    assert.equal(await redis.getEx('k', { type: 'PX', value: 100000 }), '3')
    assert.ok((await redis.pTTL('k')) > 90000)
    assert.equal(await redis.getDel('k'), '3')
    assert.equal(await redis.del('k'), 0)

    assert.equal(await redis.mSet({ a: '1', b: '2' }), 'OK')
    assert.deepEqual(await redis.mGet(['a', 'nothing', 'b']), ['1', null, '2'])
    assert.equal(await redis.incr('a'), 2)
    assert.equal(Number(await redis.incrByFloat('a', 0.5)), 2.5)
    assert.equal(await redis.append('text', 'Hello World'), 11)
    assert.equal(await redis.setRange('text', 6, 'Redis'), 11)
    assert.equal(await redis.getRange('text', -5, -1), 'Redis')
    assert.equal(await redis.rename('text', 'renamed'), 'OK')
    assert.equal(Number(await redis.copy('renamed', 'copied')), 1)
    assert.equal(await redis.exists(['text', 'renamed', 'copied']), 2)

    const raw = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    for (const value of [allBytes, incompressible(1 << 20)]) {
      assert.equal(await redis.set(allBytes, value), 'OK')
      assert.deepEqual(await raw.get(allBytes), value)
    }

    await assert.rejects(redis.sendCommand(['NOSUCH', 'a']), /ERR unknown command 'NOSUCH'/)
    assert.equal(await redis.ping(), 'PONG')

    assert.deepEqual(await redis.multi().set('n', '1').incr('n').exec(), ['OK', 2])
    await redis.watch('n')
    await other.set('n', '10')
    await assert.rejects(redis.multi().incr('n').exec(), WatchError)
    assert.equal(await redis.get('n'), '10')

    await redis.flushAll()
    const replies = await Promise.all(Array.from({ length: 10000 }, () => redis.incr('n')))
    assert.deepEqual(replies, Array.from({ length: 10000 }, (_, i) => i + 1))

    await redis.mSet(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key:${i}`, 'v'])))
    const found = new Set()
    for await (const keys of redis.scanIterator({ MATCH: 'key:*', COUNT: 100 })) {
      keys.forEach((key) => found.add(key))
    }
    assert.equal(found.size, 1000)
  } finally {
    other.destroy()
    redis.destroy()
  }
}

await check(2)
await check(3)
console.log('passed')
