// The dashboard of a server on which everybody may read, and boss (password: sesame) may do everything. Argument: port.
import assert from 'node:assert/strict'
import { close, connect, open, violations } from './browser.js'

const [port] = process.argv.slice(2)

// ---- who has no right ----

const anybody = await open(port)
assert.equal(await anybody.locator('#who').textContent(), 'default')
assert.ok(await anybody.getByRole('button', { name: 'Delete all items' }).isDisabled())
assert.ok(await anybody.getByRole('button', { name: 'Reset statistics' }).isDisabled())
await anybody.getByText('Only users who may administer see this.').first().waitFor()
assert.deepEqual(await violations(anybody), [])
assert.deepEqual(anybody.complaints, [])

// ---- who logs in ----

const boss = await open(port, { httpCredentials: { username: 'boss', password: 'sesame' } })
await boss.getByRole('link', { name: 'Log in' }).click()
await boss.locator('#who', { hasText: 'boss' }).waitFor()
assert.ok(await boss.getByRole('link', { name: 'Log in' }).isHidden())
await boss.getByRole('region', { name: 'Settings', exact: true }).scrollIntoViewIfNeeded()
await boss.getByText('slowlog-max-len').waitFor()

// ---- who has a right no more ----

const redis = await connect(port, { username: 'boss', password: 'sesame' })
await redis.set('kept', 'x')
assert.equal(await redis.acl('SETUSER', 'boss', '-flushall'), 'OK')
await boss.getByRole('button', { name: 'Delete all items' }).click()
await boss.getByRole('dialog').getByRole('button', { name: 'Delete all items' }).click()
await boss.locator('#message', { hasText: 'Refused: the user boss has no permission for this.' }).waitFor()
assert.equal(await redis.get('kept'), 'x')

redis.disconnect()
await close()
console.log('passed')
