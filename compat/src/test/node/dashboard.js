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

const region = (name, on = page) => on.getByRole('region', { name, exact: true })
await region('Hot keys').scrollIntoViewIfNeeded()
await region('Hot keys').getByText('hot', { exact: true }).waitFor()
await page.getByRole('combobox', { name: 'Order of the hot keys' }).selectOption('by bytes')
await region('Hot keys').getByText('hot', { exact: true }).waitFor()
await region('Big keys').locator('tbody tr').first().waitFor()
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

// ---- the curve, which takes more reads than a test makes ----

const points = [0.125, 0.25, 0.5, 1, 2, 4, 8].map((scale, i) => ({
  scale,
  memory_bytes: scale * 2 ** 26,
  hit_ratio: 0.3 + i / 10,
}))
const period = { sampled_reads: 12345, points }
const curved = await open(port, {
  answers: { '/api/v1/hitratio': { last_hour: period, last_day: { sampled_reads: 0, points: [] } } },
})
await region('Hit ratio by memory', curved).locator('canvas').waitFor()
assert.equal(await region('Hit ratio by memory', curved).locator('.legend').textContent(), 'half the memory50 %now60 %twice the memory70 %')
await region('Hit ratio by memory', curved).getByRole('combobox').selectOption('last_day')
await region('Hit ratio by memory', curved).getByText('Nothing was read in this time.').waitFor()
await curved.context().close()

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
