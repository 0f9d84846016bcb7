/** The operator of a running node: signs in, tests the other countries, enters one, and sees a new certificate taken without a restart. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { readConfiguration } from '#node/configuration.ts'
import { planEurope } from '#node/europe/plan.ts'
import { prepareEurope } from '#node/europe/prepare.ts'
import { plainFingerprint } from '#platform/http/connection.ts'
import { chromiumPath, launch, openScreen } from '#portal/professional/test-browser.ts'
import { openTerminology } from '#terminology/index.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { freeBase, type NodeUnderTest, startNodeProcess } from '../nodes.ts'

const DATA = join(import.meta.dirname, '..', '..', 'data')
const chromium = chromiumPath()
const NAMES = ['eu', 'identity-provider', 'fr', 'ee']

describe('the operator of a node', {
  skip: chromium ? false : 'Chromium is not installed (apt-get install chromium).',
}, () => {
  const home = mkdtempSync(join(tmpdir(), 'tessera-operator-journey-'))
  const nodes: NodeUnderTest[] = []
  let browser: Browser
  let portal = ''
  let border = 0

  before(async () => {
    const prepared = await prepareEurope({ home, data: DATA, plan: planEurope(await freeBase()) })
    await openTerminology({ cache: join(home, 'cache') })
    const wanted = prepared.filter(({ configuration }) =>
      NAMES.includes(dirname(configuration).split('/').at(-1) ?? ''),
    )
    assert.equal(wanted.length, NAMES.length, prepared.map(({ configuration }) => configuration).join())
    for (const { configuration } of wanted) nodes.push(await startNodeProcess(configuration, home))
    const france = await readConfiguration(join(home, 'fr', 'node.json'))
    assert.ok(france.ok && france.value.role === 'country')
    portal = france.value.portal.origin
    border = france.value.border.port
    browser = await launch(chromium ?? '')
  })
  after(async () => {
    await browser?.close()
    await Promise.all(nodes.map((node) => node.kill()))
    rmSync(home, { recursive: true, force: true })
  })

  async function signIn(login: string) {
    const context = await openScreen(browser, { width: 400, javaScript: false })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    assert.equal((await page.goto(`${portal}/operator`))?.status(), 404)
    await page.locator('a.btn.main').click()
    await page.locator(`button[value="${login}"]`).click()
    return page
  }

  /** What the border presents on a new connection to a client with the keys of another country. */
  async function presented(): Promise<string> {
    const { tls } = await openNodeKeys(join(home, 'ee', 'keys'))
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: border, ca: tls.ca, key: tls.key, cert: tls.cert })
      socket.on('error', reject).on('secureConnect', () => {
        resolve(plainFingerprint(socket.getPeerCertificate().fingerprint256))
        socket.destroy()
      })
    })
  }

  test('somebody without the office finds nothing, the operator finds every page', async () => {
    const doctor = await signIn('lucas.bernard')
    await doctor.waitForURL((address) => address.origin === portal)
    assert.equal((await doctor.goto(`${portal}/operator/peers`))?.status(), 404)
    await doctor.context().close()

    const page = await signIn('olivier.fabre')
    await page.waitForURL(`${portal}/operator`)
    const links = await page.locator('header nav a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    assert.equal(links.length, 8)
    for (const link of links) assert.equal((await page.goto(`${portal}${link}`))?.status(), 200, link ?? '')
    await page.goto(`${portal}/patients`)
    await page.waitForURL(`${portal}/operator`)

    await page.goto(`${portal}/operator/peers`)
    await page.locator('form[action$="/peers/test"] button').click()
    const rows = await page.locator('tbody tr').allInnerTexts()
    assert.match(rows.find((row) => /Estonie/.test(row)) ?? '', /en ordre/)
    assert.match(rows.find((row) => /Portugal/.test(row)) ?? '', /pas en ordre/, 'a node that is not running')
    await page.context().close()
  })

  test('a country that is entered is in the list of the running node', async () => {
    const page = await signIn('olivier.fabre')
    await page.goto(`${portal}/operator/peers/enter`)
    await page.fill('#country', 'DK')
    await page.fill('#community', '1.2.208')
    await page.fill('#ihe', 'https://127.0.0.1:1/openncp-ws-server/services')
    await page.fill('#certificates', readFileSync(join(home, 'ee', 'keys', 'tls.certificate.pem'), 'utf8'))
    await page.locator('form.form .btn.main').click()
    await page.waitForURL(/\/operator\/peers\/DK\?entered=yes$/)
    await page.locator('form[action$="/test"] button').click()
    assert.match(await page.locator('main').innerText(), /injoignable/)
    await page.context().close()
  })

  /** A command of `tessera` beside the running node of France. */
  async function command(...parts: readonly string[]): Promise<string> {
    const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
    const config = ['--config', join(home, 'fr', 'node.json')]
    return (await promisify(execFile)(process.execPath, [main, ...parts, ...config])).stdout
  }

  test('what the node offers is published in an SMP by command, and the audit trail tells it', async () => {
    const union = await readConfiguration(join(home, 'eu', 'node.json'))
    assert.ok(union.ok && union.value.role === 'union')
    const published = await command('peer', 'publish', '--smp', `${union.value.border.origin}/smp`)
    const services = published.split('\n').filter((line) => line.startsWith('Published'))
    assert.ok(services.length >= 5, published)
    let told: unknown[] = []
    for (let tries = 0; tries < 60 && told.length < services.length; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500))
      told = JSON.parse(await command('audit', 'list', '--event', 'smp-push', '--json'))
    }
    assert.equal(told.length, services.length)
  })

  test('a new certificate in the folder is presented, and shown, without a restart', async () => {
    const authority = await createAuthority(join(home, 'authority'))
    const subject = { country: 'FR', organisation: 'Tessera demonstration', commonName: 'National Contact Point FR' }
    const next = await openNodeKeys(join(home, 'next'), { create: { authority, subject } })
    assert.notEqual(await presented(), next.tls.fingerprint)
    for (const name of ['tls.key.pem', 'tls.certificate.pem']) {
      copyFileSync(join(home, 'next', name), join(home, 'fr', 'keys', name))
    }
    for (let tries = 0; tries < 60 && (await presented()) !== next.tls.fingerprint; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    assert.equal(await presented(), next.tls.fingerprint)
    const page = await signIn('olivier.fabre')
    await page.goto(`${portal}/operator/certificates`)
    assert.ok((await page.locator('main').innerText()).includes(next.tls.fingerprint))
    await page.context().close()
  })
})
