/** Whose document it is, who wrote it, when, and how confidential it is. */
import { ageAt } from '#platform/i18n/formats.ts'
import type { Phrase } from '#platform/i18n/messages.ts'
import { concept, type Node, node, nodes, text } from '../fhir/node.ts'
import { type Build, baseLanguage, follow, say, sourceWords } from './build.ts'
import { address, contactPoint, party, patientName } from './people.ts'
import type { Header, Inline, Line, Trait } from './summary-view.ts'
import { chosen, joined, time } from './values.ts'
import { codeWords, sectionName, term, termOf } from './words.ts'

function trait(build: Build, key: string, content: Line | undefined): Trait[] {
  if (!content || content.length === 0) return []
  return [{ label: build.messages.phrase(`summary.header.${key}`), content }]
}

function born(build: Build, patient: Node): Line | undefined {
  const birth = text(patient.birthDate)
  if (birth === undefined) return undefined
  const line: Inline[] = [time(build, birth)]
  const dead = patient.deceasedBoolean === true || text(patient.deceasedDateTime) !== undefined
  const age = dead ? undefined : ageAt(birth, build.reader.now)
  if (age) line.push(' (', say(build, `summary.age.${age.unit}`, { count: age.count }), ')')
  return line
}

/** Identifiers under the name that people give their kind. The address of an unnamed domain stands in the details. */
function identifierTraits(build: Build, patient: Node): Trait[] {
  const byLabel = new Map<string, { readonly label: Phrase; readonly content: Inline[] }>()
  for (const identifier of nodes(patient.identifier)) {
    const value = text(identifier.value)
    if (value === undefined) continue
    const label = identifierLabel(build, identifier)
    const known = byLabel.get(label.text) ?? { label, content: [] }
    byLabel.set(label.text, known)
    if (known.content.length > 0) known.content.push(', ')
    known.content.push({ kind: 'literal', text: value })
  }
  return [...byLabel.values()]
}

function identifierLabel(build: Build, identifier: Node): Phrase {
  const system = text(identifier.system)
  const name = system === undefined ? undefined : build.terminology.systemName(system)
  if (name !== undefined && !name.startsWith('urn:')) return { text: name, language: build.reader.language }
  const kind = concept(identifier.type)
  const words = kind ? termOf(build, kind).words : undefined
  const label = words === undefined ? undefined : labelOf(build, words)
  return label && label.text !== '' ? label : build.messages.phrase('summary.header.identifier')
}

function labelOf(build: Build, words: Inline): Phrase {
  if (typeof words === 'string') return { text: words, language: build.reader.language }
  if (words.kind === 'words') return { text: words.text, language: words.language }
  return 'text' in words ? { text: words.text, language: '' } : { text: '', language: '' }
}

function languages(build: Build, patient: Node): Line {
  return joined(
    ', ',
    ...nodes(patient.communication).map((spoken) => {
      const found = concept(spoken.language)
      const code = found?.codings[0]?.code
      const name = code ? build.messages.formats.languageName(baseLanguage(code)) : undefined
      if (name !== undefined) return [name]
      const words = term(build, spoken.language)
      return words ? [words.words] : undefined
    }),
  )
}

function patientTraits(build: Build, patient: Node): Trait[] {
  const gender = text(patient.gender)
  const deceased = chosen(build, patient, 'deceased')
  return [
    ...trait(build, 'born', born(build, patient)),
    ...trait(build, 'sex', gender === undefined ? undefined : [codeWords(build, 'gender', gender)]),
    ...(patient.deceasedBoolean === false ? [] : trait(build, 'deceased', deceased)),
    ...identifierTraits(build, patient),
    ...trait(build, 'language', languages(build, patient)),
  ]
}

function reachTraits(build: Build, patient: Node): Trait[] {
  return [
    ...nodes(patient.address)
      .slice(0, 1)
      .flatMap((value) => {
        const words = address(value)
        return trait(build, 'address', words === undefined ? undefined : [sourceWords(build, words)])
      }),
    ...trait(
      build,
      'telecom',
      joined(
        ', ',
        ...nodes(patient.telecom)
          .slice(0, 2)
          .map((value) => contactPoint(build, value)),
      ),
    ),
  ]
}

function contact(build: Build, value: Node): Line {
  const names = [node(value.name)].flatMap((name) => {
    const whole = name ? patientName({ name: [name] }) : undefined
    return whole === undefined ? [] : [whole]
  })
  const kinds = nodes(value.relationship)
    .map((kind) => term(build, kind))
    .flatMap((words) => (words ? [words.words] : []))
  return joined(
    ' · ',
    names.length > 0 ? [sourceWords(build, names.join(' '))] : undefined,
    kinds.length > 0 ? joined(', ', ...kinds.map((one) => [one])) : undefined,
    ...nodes(value.telecom).map((point) => contactPoint(build, point)),
  )
}

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'

function confidentiality(build: Build, composition: Node): Line | undefined {
  const code = text(composition.confidentiality)
  if (code === undefined) return undefined
  return [termOf(build, { codings: [{ system: CONFIDENTIALITY, code }] }).words]
}

function parties(build: Build, value: unknown): Line {
  return joined('; ', ...nodes(value).map((reference) => party(build, reference)))
}

/** The head of the page. */
export function header(build: Build, composition: Node): Header {
  const patient = subjectOf(build, composition)
  const date = text(composition.date)
  const attesters = nodes(composition.attester).map((attester) => {
    const who = party(build, attester.party)
    const when = text(attester.time)
    return who ? joined(' ', who, when === undefined ? undefined : [time(build, when)]) : undefined
  })
  const period = nodes(composition.event).map((event) => chosen(build, { carePeriod: event.period }, 'care'))
  const isNormal = text(composition.confidentiality) === 'N'
  const kind = concept(composition.type)
  const title = text(composition.title)
  const spoken: Line = kind
    ? [sectionName(build, kind) ?? termOf(build, kind).words]
    : title === undefined
      ? [say(build, 'summary.title')]
      : [sourceWords(build, title)]
  return {
    patientName: (patient ? patientName(patient) : undefined) ?? build.messages.text('summary.header.noName'),
    documentTitle: spoken,
    traits: patient ? patientTraits(build, patient) : [],
    context: [
      ...trait(build, 'date', date === undefined ? undefined : [time(build, date)]),
      ...trait(build, 'author', parties(build, composition.author)),
      // Whatever is not the normal case must be seen at once.
      ...(isNormal ? [] : trait(build, 'confidentiality', confidentiality(build, composition))),
    ],
    more: [
      ...(patient ? reachTraits(build, patient) : []),
      ...trait(build, 'attester', joined('; ', ...attesters)),
      ...trait(build, 'custodian', parties(build, composition.custodian)),
      ...trait(build, 'period', joined('; ', ...period)),
      ...(isNormal ? trait(build, 'confidentiality', confidentiality(build, composition)) : []),
      ...(patient ? nodes(patient.contact).flatMap((value) => trait(build, 'contact', contact(build, value))) : []),
      ...trait(build, 'practitioner', patient ? parties(build, patient.generalPractitioner) : undefined),
    ],
  }
}

/** The patient: the subject of the Composition, else the first Patient of the bundle. */
export function subjectOf(build: Build, composition: Node): Node | undefined {
  build.entry = build.entries.get(composition)
  const subject = follow(build, text(node(composition.subject)?.reference))
  if (subject?.resourceType === 'Patient') return subject
  return build.index.entries.find(({ resource }) => resource.resourceType === 'Patient')?.resource
}
