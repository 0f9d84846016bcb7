/**
 * The HL7 terminology ecosystem tests in process, without a wire: the operations over what the project ships. The SNOMED CT
 * tests and both versions of FHIR over HTTP: terminology-http.test.ts.
 */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { BenchAnswer, BenchRequest } from '#assurance/bench/terminology/prepare.ts'
import { failureText } from '#assurance/bench/terminology/report.ts'
import { runSuites } from '#assurance/bench/terminology/run.ts'
import { openTests } from '#assurance/bench/terminology/suite.ts'
import { fixedFamilies } from '#terminology/code-systems/fixed.ts'
import { createLibrary, type Library } from '#terminology/library/library.ts'
import type { ResourceStore } from '#terminology/library/resource-store.ts'
import { openShippedResources } from '#terminology/library/shipped.ts'
import { createTerminologyServer } from '#terminology/operations/create.ts'
import type { Parameters } from '#terminology/operations/fhir.ts'
import type { TerminologyType } from '#terminology/operations/server.ts'

const tests = join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus', 'terminology', 'tx-tests')
const absent = existsSync(tests) ? false : '../shared/corpus/terminology/tx-tests is not here'

/**
 * One of the answers for flat servers misspells the name of the value set that the same suite sets up, by a letter; no
 * server can give both.
 */
const IMPOSSIBLE_WHEN_FLAT = 1

describe('the terminology ecosystem tests in process', { skip: absent }, () => {
  const cache = mkdtempSync(join(tmpdir(), 'tessera-tx-cache-'))
  let shipped: ResourceStore
  let library: Library

  before(async () => {
    shipped = await openShippedResources(cache)
    library = createLibrary({ stores: [shipped], families: fixedFamilies() })
  })

  after(() => {
    shipped?.close()
    rmSync(cache, { recursive: true, force: true })
  })

  test('mode general: all pass', async () => {
    const { passed, failures } = await run(library, ['general'])
    assert.deepEqual(failures, [])
    assert.ok(passed >= 403, String(passed))
  })

  test('mode flat: all pass but the one that contradicts its own setup', async () => {
    const { failures } = await run(library, ['general', 'flat'])
    assert.ok(failures.length <= IMPOSSIBLE_WHEN_FLAT, failures.join('\n'))
  })
})

async function run(library: Library, modes: readonly string[]) {
  const server = createTerminologyServer(library, { flat: modes.includes('flat') })
  const statement = {
    fhirVersion: 'R5',
    base: 'http://tx.test/r5',
    software: { name: 'Tessera', version: '1' },
    date: '2026-01-01',
  } as const
  const answer = async ({ path, headers, body }: BenchRequest): Promise<BenchAnswer> => {
    if (path === 'metadata') return { status: 200, body: plain(server.capabilityStatement(statement)) }
    if (path.startsWith('metadata')) return { status: 200, body: plain(server.terminologyCapabilities(statement)) }
    const [type, operation = ''] = path.split('$')
    const limit = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-too-costly-threshold')?.[1]
    const { status, resource } = await server.operation({
      ...(type !== '' && { resourceType: type?.replace('/', '') as TerminologyType }),
      operation,
      // The setup is ours to keep: what an operation changed in it would be seen by the next.
      parameters: plain(body) as Parameters,
      ...(headers['accept-language'] !== undefined && { acceptLanguage: headers['accept-language'] }),
      ...(limit !== undefined && { expansionLimit: Number(limit) }),
      fhirVersion: 'R5',
    })
    return { status, body: plain(resource) }
  }
  const folder = openTests(tests)
  assert.ok(folder.ok)
  const { passed, results } = await runSuites(folder.value, answer, { modes: new Set(modes), fhirVersion: '5.0.0' })
  return { passed, failures: results.filter(({ verdict }) => verdict !== 'passed').map((each) => failureText(each, 3)) }
}

/** As it comes out of JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
