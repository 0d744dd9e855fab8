// What users of ioredis do over TLS and with a password. Arguments: port, the file of the
// authority, password.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'

const [port, authority, password] = process.argv.slice(2)
const options = {
  host: 'localhost',
  port: Number(port),
  lazyConnect: true,
  enableReadyCheck: false,
  retryStrategy: null,
}
const tls = { ca: readFileSync(authority) }

const redis = new Redis({ ...options, tls, username: 'default', password })
await redis.connect()
assert.equal(await redis.set('secured', 'v'), 'OK')
assert.equal(await redis.get('secured'), 'v')
redis.disconnect()

async function assertRefused(more) {
  const refused = new Redis({ ...options, ...more })
  refused.on('error', () => {}) // The call below fails, too.
  await assert.rejects(refused.connect().then(() => refused.get('secured')))
  refused.disconnect()
}

await assertRefused({ tls })
await assertRefused({ tls: {}, password })

console.log('passed')
