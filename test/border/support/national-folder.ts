/** The folder of a country whose patients and documents are those that messages of others ask for. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const DEMONSTRATION = join(import.meta.dirname, '..', '..', '..', 'data', 'demo', 'PT', 'documents')

export interface Person {
  /** Names the files. */
  readonly name: string
  /** `root|extension`; documents are kept under the first. */
  readonly identifiers: readonly (readonly [root: string, extension: string])[]
  readonly family: string
  readonly given: string
  readonly birthDate: string
  readonly gender: 'male' | 'female'
  readonly summary?: true
  readonly prescription?: Prescription
  /** Lets no country see anything. */
  readonly optedOut?: true
}

export interface Prescription {
  readonly root: string
  readonly extension: string
  /** Extension of the identifier of its one line; that of the prescription when absent. */
  readonly line?: string
  readonly packages?: number
}

/** Throws away what was in the folder. */
export function fillFolder(folder: string, people: readonly Person[]): void {
  const documents = join(folder, 'documents')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(documents, { recursive: true })
  writeFileSync(join(folder, 'patients.json'), JSON.stringify(people.map(registered), null, 1))
  for (const person of people) {
    if (person.summary) writeFileSync(join(documents, `${person.name}.L3.xml`), summaryOf(person))
    if (person.prescription) {
      writeFileSync(
        join(documents, `${person.name}.prescription-1.L3.xml`),
        prescriptionOf(person, person.prescription),
      )
    }
  }
}

function registered({ identifiers, family, given, birthDate, gender, optedOut }: Person) {
  return {
    identifiers: identifiers.map(([root, extension]) => `urn:oid:${root}|${extension}`),
    family,
    given: [given],
    birthDate,
    gender,
    ...(optedOut ? { consents: [{ country: '*', documentClass: '*', decision: 'deny' }] } : {}),
  }
}

function summaryOf(person: Person): string {
  return about(person, readFileSync(join(DEMONSTRATION, 'maria-joao-ferreira.L3.xml'), 'utf8'))
}

/** A prescription of the demonstration under another identifier, which does not expire. */
function prescriptionOf(person: Person, { root, extension, line = extension, packages = 3 }: Prescription): string {
  const template = readFileSync(join(DEMONSTRATION, 'maria-joao-ferreira.prescription-2.L3.xml'), 'utf8')
  const shipped = /root="2\.16\.17\.710\.820\.1000\.990\.1\.5" extension="RX-2026-07742(\.\w+)?"/g
  return about(person, template)
    .replace(shipped, (_, suffix) => {
      const named = suffix === '.1' ? line : `${extension}${suffix === '.L3' ? '.L3' : ''}`
      return `root="${root}" extension="${named}"`
    })
    .replace('<high value="20270516"/>', '<high value="20991231"/>')
    .replace('<quantity value="3" unit="1"/>', `<quantity value="${packages}" unit="1"/>`)
}

function about({ identifiers: [first], family, given, birthDate, name }: Person, xml: string): string {
  const [root, extension] = first ?? ['', '']
  return xml
    .replace(
      /root="2\.16\.17\.710\.820\.1000\.990\.1\.1" extension="298123456"/g,
      `root="${root}" extension="${extension}"`,
    )
    .replace(/(<id root="2\.16\.17\.710\.820\.1000\.990\.1\.\d+" extension=")([^"]*PS[^"]*")/g, `$1${name}-$2`)
    .replace('<given>Maria</given>', `<given>${given}</given>`)
    .replace(/\s*<given>João<\/given>/, '')
    .replace('<family>Ferreira</family>', `<family>${family}</family>`)
    .replace('<birthTime value="19580412"/>', `<birthTime value="${birthDate.replaceAll('-', '')}"/>`)
}
