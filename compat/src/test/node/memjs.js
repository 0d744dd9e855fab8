// What users of memjs do, which speaks memcached's binary protocol. Arguments: host, port.
import assert from 'node:assert/strict'
import memjs from 'memjs'
import { allBytes, incompressible } from './values.js'

const [host, port] = process.argv.slice(2)
const client = memjs.Client.create(`${host}:${port}`, { timeout: 10 })

const text = async (key) => (await client.get(key)).value?.toString()

try {
  assert.deepEqual(Object.values(await client.flush()), [true])

  assert.equal((await client.get('k')).value, null)
  assert.equal(await client.replace('k', '1'), false)
  assert.equal(await client.set('k', 'v', { expires: 100 }), true)
  assert.equal(await text('k'), 'v')
  assert.equal(await client.add('k', '2'), false)
  assert.equal(await client.replace('k', 'b'), true)
  assert.equal(await client.append('k', 'c'), true)
  assert.equal(await text('k'), 'bc') // Its prepend is left out: it sends an append.
  assert.equal(await client.touch('k', 100), true)
  assert.equal(await client.delete('k'), true)
  assert.equal(await client.delete('k'), false)

  assert.deepEqual(await client.increment('n', 5, { initial: 10 }), { success: true, value: 10 })
  assert.deepEqual(await client.increment('n', 5, { initial: 10 }), { success: true, value: 15 })
  assert.deepEqual(await client.decrement('n', 100, {}), { success: true, value: 0 })

  for (const value of [allBytes, incompressible(1000000)]) {
    assert.equal(await client.set('bytes', value), true)
    assert.deepEqual((await client.get('bytes')).value, value)
  }

  const sets = Array.from({ length: 1000 }, (_, i) => client.set(`k${i}`, `v${i}`))
  assert.ok((await Promise.all(sets)).every((stored) => stored))
  assert.equal(await text('k999'), 'v999')

  const stats = await new Promise((resolve, reject) =>
    client.stats((error, _, all) => (error ? reject(error) : resolve(all))))
  assert.ok(Number(stats.curr_items) >= 1000)
} finally {
  client.close()
}
console.log('passed')
