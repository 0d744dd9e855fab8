// What users of ioredis do. Arguments: host, port.
import assert from 'node:assert/strict'
import { Redis } from 'ioredis'
import { allBytes, incompressible } from './values.js'

const [host, port] = process.argv.slice(2)

async function check(protocol) {
  const redis = new Redis({ host, port: Number(port), protocol, connectionName: 'ioredis-it' })
  const other = redis.duplicate()
  try {
    assert.equal(await redis.flushall(), 'OK')
    assert.equal(await redis.ping(), 'PONG')
    assert.equal(await redis.client('GETNAME'), 'ioredis-it')
    assert.match(await redis.info(), /redis_version:/)

    assert.equal(await redis.get('k'), null)
    assert.equal(await redis.set('k', '1', 'XX'), null)
    assert.equal(await redis.set('k', '1', 'EX', 100, 'NX'), 'OK')
    assert.equal(await redis.set('k', '2', 'NX'), null)
    assert.ok((await redis.ttl('k')) > 90)
    assert.equal(await redis.getset('k', '3'), '1')
    assert.equal(await redis.getex('k', 'PX', 100000), '3')
    assert.ok((await redis.pttl('k')) > 90000)
    assert.equal(await redis.getdel('k'), '3')
    assert.equal(await redis.del('k'), 0)

    assert.equal(await redis.mset('a', '1', 'b', '2'), 'OK')
    assert.deepEqual(await redis.mget('a', 'nothing', 'b'), ['1', null, '2'])
    assert.equal(await redis.incr('a'), 2)
    assert.equal(Number(await redis.incrbyfloat('a', 0.5)), 2.5)
    assert.equal(await redis.append('text', 'Hello World'), 11)
    assert.equal(await redis.setrange('text', 6, 'Redis'), 11)
    assert.equal(await redis.getrange('text', -5, -1), 'Redis')
    assert.equal(await redis.rename('text', 'renamed'), 'OK')
    assert.equal(await redis.copy('renamed', 'copied'), 1)
    assert.equal(await redis.exists('text', 'renamed', 'copied'), 2)

    for (const value of [allBytes, incompressible(1 << 20)]) {
      assert.equal(await redis.set(allBytes, value), 'OK')
      assert.deepEqual(await redis.getBuffer(allBytes), value)
    }

    await assert.rejects(redis.call('NOSUCH', 'a'), /^ReplyError: ERR unknown command 'NOSUCH'/)
    assert.equal(await redis.ping(), 'PONG')

    assert.deepEqual(await redis.multi().set('n', '1').incr('n').exec(), [[null, 'OK'], [null, 2]])
    await redis.watch('n')
    await other.set('n', '10')
    assert.equal(await redis.multi().incr('n').exec(), null)
    assert.equal(await redis.get('n'), '10')

    await redis.flushall()
    const pipeline = redis.pipeline()
    for (let i = 0; i < 10000; i++) pipeline.incr('n')
    const replies = await pipeline.exec()
    assert.deepEqual(replies, Array.from({ length: 10000 }, (_, i) => [null, i + 1]))

    await redis.mset(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key:${i}`, 'v'])))
    const found = new Set()
    for await (const keys of redis.scanStream({ match: 'key:*', count: 100 })) {
      keys.forEach((key) => found.add(key))
    }
    assert.equal(found.size, 1000)
  } finally {
    other.disconnect()
    redis.disconnect()
  }
}

await check(2)
await check(3)
console.log('passed')
