// A page of the dashboard in Chromium, and what the scripts that look at it have in common.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { Redis } from 'ioredis'

const CHROMIUM = '/usr/bin/chromium'
const OPTIONS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const browser = await chromium.launch({ executablePath: CHROMIUM, args: OPTIONS })

export const close = () => browser.close()

/** Opens the dashboard. What its scripts complain of is collected in page.complaints. */
export async function open(port, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  page.complaints = []
  page.on('pageerror', (error) => page.complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && page.complaints.push(message.text()))
  if (options.answers) await page.route('**/api/v1/*', (route) => answer(route, options.answers))
  await page.goto(`http://localhost:${port}/`)
  await page.locator('#connection', { hasText: 'live' }).waitFor()
  await page.locator('.chart canvas').first().waitFor()
  return page
}

/** Answers in place of the server where it is said what. */
function answer(route, answers) {
  const path = new URL(route.request().url()).pathname
  return path in answers ? route.fulfill({ json: answers[path] }) : route.continue()
}

export const tile = (page, label) => page.locator('.tile', { hasText: label }).locator('.figure')

/** Waits until something is so, for ten seconds. */
export async function until(what, isSo) {
  const end = Date.now() + 10_000
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `not within ten seconds: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** What axe-core finds wrong, by rule and element. */
export async function violations(page) {
  await page.evaluate(axe)
  const { violations: found } = await page.evaluate(() => globalThis.axe.run())
  return found.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`))
}

export async function connect(port, more = {}) {
  const redis = new Redis({ host: 'localhost', port: Number(port), retryStrategy: null, ...more })
  redis.on('error', () => {}) // What is under way fails, too.
  await redis.ping()
  return redis
}

/** Reads and writes until it is stopped, a few thousand times a second. */
export function load(redis) {
  let isStopped = false
  const work = (async () => {
    await redis.set('hot', 'x')
    for (let i = 0; !isStopped; i++) {
      const key = `user:${i % 50}`
      await Promise.all([redis.set(key, 'x'.repeat(500), 'EX', 60), redis.get(key), redis.get('hot'), redis.get('no')])
    }
  })()
  return () => {
    isStopped = true
    return work
  }
}
