// The dashboard of a single node, which shows no cluster, and of one that says that it is in one. Argument: port.
import assert from 'node:assert/strict'
import { close, open, violations } from './browser.js'

const [port] = process.argv.slice(2)
const region = (page, name) => page.getByRole('region', { name, exact: true })

const single = await open(port)
await region(single, 'Settings').waitFor()
assert.equal(await region(single, 'Cluster').count(), 0)
assert.equal(await region(single, 'Stalls of this node').count(), 0)

const node = (number, more) => ({
  id: 'a'.repeat(39) + number,
  host: `10.0.0.${number}`,
  port: 14567,
  myself: number === 2,
  primary_segments: 21,
  copied_segments: 22,
  awaited_segments: 0,
  ...more,
})
const cluster = {
  name: 'shop',
  available: true,
  draining: false,
  nodes: [node(1), node(2), node(3, { primary_segments: 22, copied_segments: 0, awaited_segments: 20 })],
  stalls: [
    { ended_ms: 1796040000000, duration_ms: 350 },
    { ended_ms: 1796040060000, duration_ms: 4210 },
  ],
}
const answers = { '/api/v1/cluster': cluster }
const page = await open(port, { answers })
const nodes = region(page, 'Cluster')
await nodes.scrollIntoViewIfNeeded()
await nodes.locator('tbody tr').first().waitFor()
assert.deepEqual(await nodes.locator('tbody tr').allTextContents(), [
  '10.0.0.1:145672122–',
  '10.0.0.2:14567 (this one)2122–',
  '10.0.0.3:14567220 waits for 20',
])
assert.equal(await nodes.getByRole('progressbar').evaluate((bar) => bar.position.toFixed(3)), '0.524')
assert.equal(await nodes.getByRole('status').textContent(), 'shop: 3 nodes, answers for keys')
const stalls = await region(page, 'Stalls of this node').locator('tbody td.number').allTextContents()
assert.deepEqual(stalls.map((text) => text.replace(/\D/g, '')), ['4210', '350']) // The last one first.
if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT, fullPage: true })
assert.deepEqual(await violations(page), [])

// ---- without a majority, and on its way out ----

answers['/api/v1/cluster'] = { ...cluster, available: false }
await nodes.getByText('this node answers for no keys').waitFor()
answers['/api/v1/cluster'] = { ...cluster, draining: true, stalls: [] }
await nodes.getByText('this one hands over what it owns').waitFor()
await region(page, 'Stalls of this node').getByText('This node has not slept.').waitFor()
assert.deepEqual(page.complaints, [])

await close()
console.log('passed')
