import assert from 'node:assert/strict'
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Problem } from '#platform/result/result.ts'
import { CONTRACT_CALLER, type ContractCountry, connectorContract } from '../connector-contract.ts'
import { openFolderConnector } from './folder-connector.ts'

const PORTUGAL = join(import.meta.dirname, '..', '..', '..', 'data', 'demo', 'PT')
const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1|'
const MARIA = `${UTENTE}298123456`

async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'folder-country-'))
}

async function portugal(): Promise<ContractCountry> {
  const directory = await temporaryFolder()
  await cp(PORTUGAL, directory, { recursive: true })
  return {
    connector: await openFolderConnector({ directory, recheckAfter: 0, clock: () => new Date('2026-11-27T09:00:00Z') }),
    withSummary: { identifier: MARIA, family: 'FERREIRA', given: 'Maria João', birthDate: '1958-04-12' },
    withoutDocument: `${UTENTE}301447802`,
    optedOut: `${UTENTE}284556731`,
    nobody: `${UTENTE}999999999`,
    prescriptions: {
      patient: MARIA,
      single: 'urn:oid:2.16.17.710.820.1000.990.1.5|RX-2026-07741',
      triple: 'urn:oid:2.16.17.710.820.1000.990.1.5|RX-2026-07742',
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

connectorContract('folder', portugal)

function cda(id: string, patient: string, body = '<structuredBody/>'): string {
  return `<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3" extension="${id}"/><code code="60591-5"/>
    <title>Resumo</title><effectiveTime value="20261103"/><languageCode code="pt-PT"/>
    <recordTarget><patientRole><id root="1.2.4" extension="${patient}"/></patientRole></recordTarget>
    <component>${body}</component></ClinicalDocument>`
}

const ANA = {
  identifiers: ['urn:oid:1.2.4|7'],
  family: 'Sá',
  given: ['Ana'],
  birthDate: '1980-01-01',
  gender: 'female',
}

/** A folder with one patient, whose problems are collected. */
async function small(files: Readonly<Record<string, string>>, patients: unknown = [ANA]) {
  const directory = await temporaryFolder()
  await mkdir(join(directory, 'documents'))
  await writeFile(join(directory, 'patients.json'), JSON.stringify(patients))
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, 'documents', name), content)
  const problems: Problem[] = []
  const connector = await openFolderConnector({ directory, recheckAfter: 0, onProblem: (it) => problems.push(it) })
  const summaries = async () => {
    const answer = await connector.listPatientSummaries('urn:oid:1.2.4|7', CONTRACT_CALLER)
    return answer.ok ? answer.value : answer.problem.code
  }
  return { directory, problems, connector, summaries, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
}

test('an unreadable file is one missing document and one problem', async () => {
  await using folder = await small({
    'good.xml': cda('a', '7'),
    'cut.xml': cda('b', '7').slice(0, 200),
    'empty.json': '',
    'other.json': '{"resourceType":"Patient"}',
    'lonely.pdf': '%PDF-1.7',
    'false.pdf': 'not a pdf',
    'stranger.xml': cda('c', '8'),
  })
  assert.equal((await folder.summaries()).length, 1)
  assert.deepEqual(folder.problems.map((problem) => problem.place?.file).sort(), [
    'cut.xml',
    'empty.json',
    'false.pdf',
    'lonely.pdf',
    'other.json',
    'stranger.xml',
  ])
  assert.ok(!JSON.stringify(folder.problems).includes('"7"'))
  await folder.summaries()
  assert.equal(folder.problems.length, 6)
})

test('files added, changed and removed are seen', async () => {
  await using folder = await small({ 'one.xml': cda('a', '7') })
  const documents = join(folder.directory, 'documents')
  await writeFile(join(documents, 'two.xml'), cda('b', '7'))
  assert.equal((await folder.summaries()).length, 2)
  await writeFile(join(documents, 'two.xml'), cda('b', '7').slice(0, -1))
  assert.equal((await folder.summaries()).length, 1)
  await rm(join(documents, 'one.xml'))
  assert.deepEqual(await folder.summaries(), [])
})

test('a document that changed after it was listed is not handed out under the old hash', async () => {
  await using folder = await small({ 'one.xml': cda('a', '7') })
  const connector = await openFolderConnector({ directory: folder.directory, recheckAfter: 3_600_000 })
  const listed = await connector.listPatientSummaries('urn:oid:1.2.4|7', CONTRACT_CALLER)
  assert.ok(listed.ok && listed.value[0])
  await appendFile(join(folder.directory, 'documents', 'one.xml'), '\n')
  const answer = await connector.getDocument('urn:oid:1.2.4|7', listed.value[0].id, CONTRACT_CALLER)
  assert.equal(answer.ok ? 'ok' : answer.problem.code, 'national-document-missing')
})

test('links out of the folder are not followed', async () => {
  await using folder = await small({})
  const outside = join(folder.directory, 'outside.xml')
  await writeFile(outside, cda('x', '7'))
  await symlink(outside, join(folder.directory, 'documents', 'link.xml'))
  assert.deepEqual(await folder.summaries(), [])
})

test('L3 and L1 are tied by their headers or by their names, a PDF by its name', async () => {
  await using folder = await small({
    'a.L3.xml': cda('a3', '7'),
    'a.L1.xml': cda('a1', '7', '<nonXMLBody/>'),
    'a.pdf': '%PDF-1.7\n',
    'p.xml': cda('p3', '7').replace(
      '<component>',
      '<relatedDocument typeCode="XFRM"><parentDocument><id root="1.2.3" extension="q1"/></parentDocument></relatedDocument><component>',
    ),
    'q.xml': cda('q1', '7', '<nonXMLBody/>'),
  })
  const documents = await folder.summaries()
  assert.ok(typeof documents !== 'string')
  assert.deepEqual(documents.map(({ format }) => format).sort(), ['cda-l1', 'cda-l1', 'cda-l3', 'cda-l3', 'pdf'])
  for (const document of documents.filter(({ format }) => format !== 'pdf')) {
    assert.equal(documents.find(({ id }) => id === document.related)?.related, document.id)
  }
})

test('a missing folder is unavailable, never empty, and comes back when it appears', async () => {
  const directory = join(await temporaryFolder(), 'later')
  const problems: Problem[] = []
  const connector = await openFolderConnector({ directory, recheckAfter: 0, onProblem: (it) => problems.push(it) })
  const ask = async () => {
    const answer = await connector.listPatientSummaries('urn:oid:1.2.4|7', CONTRACT_CALLER)
    return answer.ok ? answer.value.length : answer.problem.code
  }
  assert.equal(await ask(), 'national-unavailable')
  const notified = await connector.notifyAccess({ patient: 'x|1', recorded: '2026-11-24' }, CONTRACT_CALLER)
  assert.equal(notified.ok ? 'ok' : notified.problem.code, 'national-unavailable')
  assert.equal(problems.length, 1)
  await mkdir(join(directory, 'documents'), { recursive: true })
  await writeFile(join(directory, 'patients.json'), JSON.stringify([ANA]))
  assert.equal(await ask(), 0)
  await rm(directory, { recursive: true })
})

test('a broken register names file and field and answers nothing', async () => {
  await using folder = await small({ 'a.xml': cda('a', '7') }, [ANA, { ...ANA, birthDate: 'yesterday' }])
  assert.equal(await folder.summaries(), 'national-unavailable')
  assert.equal(folder.problems[0]?.place?.path, '1.birthDate')
  assert.ok(folder.problems[0]?.place?.file?.endsWith('patients.json'))
  assert.ok(!JSON.stringify(folder.problems).includes('yesterday'))
})

test('two people with one number are several matches, whatever is asked', async () => {
  const country = await portugal()
  const number = `${UTENTE}312654987`
  for (const query of [{ identifiers: [number] }, { identifiers: [number], birthDate: '2009-06-05' }]) {
    const answer = await country.connector.findPatients(query, CONTRACT_CALLER)
    assert.equal(answer.ok ? 'ok' : answer.problem.code, 'national-multiple-matches')
  }
  const list = await country.connector.listPatientSummaries(number, CONTRACT_CALLER)
  assert.equal(list.ok ? 'ok' : list.problem.code, 'national-multiple-matches')
  const one = await country.connector.findPatients({ identifiers: [number], given: 'duarte' }, CONTRACT_CALLER)
  assert.deepEqual(one.ok && one.value.map(({ given }) => given), [['Duarte']])
  await country.close()
})

test('accesses are lines in order, also when told at once and after a torn line', async () => {
  await using folder = await small({})
  const file = join(folder.directory, 'accesses.jsonl')
  await writeFile(file, '{"torn":')
  const told = Array.from({ length: 20 }, (_, index) =>
    folder.connector.notifyAccess({ patient: 'urn:oid:1.2.4|7', recorded: `t${index}` }, CONTRACT_CALLER),
  )
  assert.ok((await Promise.all(told)).every((answer) => answer.ok))
  const [torn, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n')
  assert.equal(torn, '{"torn":')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).recorded),
    told.map((_, index) => `t${index}`),
  )
  assert.equal(JSON.parse(lines[0] ?? '').caller.country, 'FR')
})

test('a file without permission is left out', { skip: process.getuid?.() === 0 && 'runs as root' }, async () => {
  await using folder = await small({ 'a.xml': cda('a', '7') })
  await chmod(join(folder.directory, 'documents', 'a.xml'), 0o000)
  await writeFile(join(folder.directory, 'documents', 'b.xml'), cda('b', '7'))
  assert.equal((await folder.summaries()).length, 1)
})
