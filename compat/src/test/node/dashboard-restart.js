// The dashboard while its server is stopped and started again, which is up to the one that reads what this prints.
// Argument: port.
import assert from 'node:assert/strict'
import { close, open } from './browser.js'

const [port] = process.argv.slice(2)
const page = await open(port)
const banner = page.getByRole('alert')
assert.ok(await banner.isHidden())

console.log('stop it')
await banner.filter({ hasText: 'The server has not answered since' }).waitFor()
await page.locator('#connection', { hasText: 'connection lost' }).waitFor()

console.log('start it')
await page.locator('#connection', { hasText: 'live' }).waitFor()
assert.ok(await banner.isHidden())
await page.locator('#message', { hasText: 'Connected again.' }).waitFor()

// The token is another one now.
await page.getByRole('button', { name: 'Reset statistics' }).click()
await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click()
await page.locator('#message', { hasText: 'Done: ' }).waitFor()

await close()
console.log('passed')
