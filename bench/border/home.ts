/** A temporary Europe whose Portuguese folder holds the patient summaries of the corpus, or the demonstration's own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openFolderConnector } from '../../src/national/folder/folder-connector.ts'
import { planEurope } from '../../src/node/europe/plan.ts'
import { prepareEurope } from '../../src/node/europe/prepare.ts'
import type { NodeProcess } from '../../src/node/europe/supervisor.ts'
import { attribute, child, children, descend, words } from '../../src/platform/xml/access.ts'
import { parseXml } from '../../src/platform/xml/parse.ts'
import { corpusFiles } from '../../src/platform/xml/testing/corpus.ts'
import type { XmlElement } from '../../src/platform/xml/tree.ts'
import { freeBase } from '../../test/nodes.ts'

const DATA = join(import.meta.dirname, '..', '..', 'data')

export interface BenchHome {
  readonly home: string
  readonly nodes: readonly NodeProcess[]
  /** The patients whose summaries the folder really gives. */
  readonly patients: readonly string[]
  readonly documents: number
  /** Where the documents come from, to be printed. */
  readonly source: string
  remove(): void
}

interface Patient {
  readonly identifiers: Set<string>
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: string
}

export async function prepareHome(): Promise<BenchHome> {
  const home = mkdtempSync(join(tmpdir(), 'tessera-bench-border-'))
  const nodes = await prepareEurope({ home, data: DATA, plan: planEurope(await freeBase()) })
  const folder = join(home, 'pt', 'folder')
  const files = corpusFiles('openncp/cda/ps/*.xml')
  const registered = files.length > 0 ? fillFolder(folder, files) : demonstrationPatients(folder)
  const held = await summariesOf(folder, registered)
  return {
    home,
    nodes,
    ...held,
    source: files.length > 0 ? 'patient summaries of the corpus' : 'the demonstration (../shared/corpus is absent)',
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** The documents, and a register made of the people they are about. */
function fillFolder(folder: string, files: readonly string[]): readonly string[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'documents'), { recursive: true })
  const patients: Patient[] = []
  for (const file of files) {
    const bytes = readFileSync(file)
    const patient = patientOf(bytes)
    if (!patient) continue
    const known = patients.find(({ identifiers }) => !identifiers.isDisjointFrom(patient.identifiers))
    if (known) for (const identifier of patient.identifiers) known.identifiers.add(identifier)
    else patients.push(patient)
    const name = basename(file)
    writeFileSync(join(folder, 'documents', name), withOwnIdentifier(bytes.toString('latin1'), name), 'latin1')
  }
  const register = patients.map((patient) => ({ ...patient, identifiers: [...patient.identifiers] }))
  writeFileSync(join(folder, 'patients.json'), JSON.stringify(register))
  return register.flatMap(({ identifiers }) => identifiers[0] ?? [])
}

/** The corpus has several versions of one document; in one folder each needs an identifier of its own. */
function withOwnIdentifier(xml: string, name: string): string {
  return xml.replace(/<(\w+:)?id\b[^>]*>/, (id) => id.replace(/extension="[^"]*"/, `extension="${name}"`))
}

function patientOf(bytes: Uint8Array): Patient | undefined {
  const parsed = parseXml(bytes)
  const role = parsed.ok ? descend(parsed.value.root, 'recordTarget', 'patientRole') : undefined
  const identifiers = new Set(children(role, 'id').flatMap(identifierOf))
  if (identifiers.size === 0) return undefined
  const person = child(role, 'patient')
  const name = child(person, 'name')
  const given = children(name, 'given').map(words).filter(Boolean)
  const born = attribute(child(person, 'birthTime'), 'value') ?? ''
  return {
    identifiers,
    family: words(child(name, 'family')) || 'Unknown',
    given: given.length > 0 ? given : ['Unknown'],
    birthDate: /^\d{8}/.test(born) ? `${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6, 8)}` : '1970',
    gender: 'unknown',
  }
}

function identifierOf(id: XmlElement): readonly string[] {
  const [root, extension] = [attribute(id, 'root'), attribute(id, 'extension')]
  return root && extension && !/[\s|]/.test(extension) ? [`urn:oid:${root}|${extension}`] : []
}

function demonstrationPatients(folder: string): readonly string[] {
  const register: readonly { readonly identifiers: readonly string[]; readonly consents?: unknown }[] = JSON.parse(
    readFileSync(join(folder, 'patients.json'), 'utf8'),
  )
  return register.flatMap(({ identifiers, consents }) => (consents ? [] : (identifiers[0] ?? [])))
}

/** Of whom the folder has a summary, as the node itself will see it. */
async function summariesOf(directory: string, registered: readonly string[]) {
  const connector = await openFolderConnector({ directory })
  const caller = {
    country: 'FR',
    professional: { identifier: '', name: '', role: '', organisation: '', organisationIdentifier: '' },
    purpose: 'TREATMENT',
  } as const
  let documents = 0
  const patients: string[] = []
  for (const patient of registered) {
    const listed = await connector.listPatientSummaries(patient, caller)
    if (!listed.ok || listed.value.length === 0) continue
    patients.push(patient)
    documents += listed.value.length
  }
  return { patients, documents }
}
