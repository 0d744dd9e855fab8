// The dashboard of a server under load, whose users may do everything. Argument: port.
import assert from 'node:assert/strict'
import { close, connect, load, open, tile, until, violations } from './browser.js'

const [port] = process.argv.slice(2)
const redis = await connect(port)
const stopLoad = load(redis)
const page = await open(port)

// ---- figures move ----

const text = (locator) => locator.textContent()
await until('operations are shown', async () => /^[\d.,]+( [kM])?\/s$/.test(await text(tile(page, 'Operations'))))
await until('operations are many', async () => (await text(tile(page, 'Operations'))).includes(' k/s'))
await until('half of the keys or more are found', async () => parseFloat(await text(tile(page, 'Hit ratio'))) > 50)
await until('a latency is shown', async () => /^[\d.,]+ [µm]s$/.test(await text(tile(page, 'Latency'))))
const uptime = await text(page.locator('#uptime'))
await until('time passes', async () => (await text(page.locator('#uptime'))) !== uptime)

/** How many pixels of a chart are not empty. */
const inked = (title) =>
  page.getByRole('region', { name: title, exact: true }).locator('canvas').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return data.filter((byte, i) => i % 4 === 3 && byte > 0).length
  })
for (const title of ['Operations by dialect', 'Latency', 'Memory by purpose', 'Load of event loops']) {
  const before = await inked(title)
  assert.ok(before > 0, title)
  await until(`${title} is drawn anew`, async () => (await inked(title)) !== before)
}

// ---- lists ----

const region = (name) => page.getByRole('region', { name, exact: true })
await region('Hot keys').scrollIntoViewIfNeeded()
await region('Hot keys').getByText('hot', { exact: true }).waitFor()
await region('Settings').scrollIntoViewIfNeeded()
await page.getByRole('searchbox', { name: 'Find a setting' }).fill('idle')
await until('one setting is left', async () => (await region('Settings').locator('tbody tr').count()) === 1)
await region('Settings').getByText('idle-timeout').waitFor()

// ---- actions ----

const dialog = page.getByRole('dialog')
const message = page.locator('#message')

async function ask(button, answer) {
  await button.focus() // By keys alone, as those have to who see nothing.
  await page.keyboard.press('Enter')
  await dialog.waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.id), 'cancel')
  if (answer) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'hidden' })
}

await stopLoad()
const clear = page.getByRole('button', { name: 'Delete all items' })
await redis.set('kept', 'x')
await ask(clear, false)
assert.equal(await redis.get('kept'), 'x')
await ask(clear, true)
await message.filter({ hasText: 'Done: all items were deleted.' }).waitFor()
assert.equal(await redis.dbsize(), 0)

await ask(page.getByRole('button', { name: 'Reset statistics' }), true)
await message.filter({ hasText: 'the counters begin at zero' }).waitFor()
assert.match(await redis.info('stats'), /keyspace_misses:0\r/)

const guest = await connect(port)
await guest.client('SETNAME', 'guest')
const ended = new Promise((resolve) => guest.once('close', resolve))
await region('Clients').scrollIntoViewIfNeeded()
await ask(page.getByRole('button', { name: 'Disconnect guest' }), true)
await message.filter({ hasText: 'the connection was closed' }).waitFor()
await ended
await page.getByRole('button', { name: 'Disconnect guest' }).waitFor({ state: 'detached' })

assert.deepEqual(page.complaints, [])

// ---- for everybody ----

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 390]) {
    const other = await open(port, { colorScheme, viewport: { width, height: 844 } })
    const where = `${colorScheme}, ${width} pixels`
    assert.deepEqual(await violations(other), [], where)
    await other.getByRole('button', { name: 'Delete all items' }).click()
    assert.deepEqual(await violations(other), [], `${where}, a question`)
    const overflow = await other.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(overflow <= 0, `${where}: the page is too wide by ${overflow}`)
    await other.context().close()
  }
}

redis.disconnect()
await close()
console.log('passed')
