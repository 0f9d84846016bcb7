/** Procedures, immunisations, devices, reports, plans and every further type of resource. */
import { type Node, node, nodes, text } from '../../fhir/node.ts'
import { type Build, marked, say, sourceWords } from '../build.ts'
import { address, contactPoint, party, partyName } from '../people.ts'
import type { Inline, Line } from '../summary-view.ts'
import { chosen, joined, period, quantity, time } from '../values.ts'
import { codeWords, type Term, term } from '../words.ts'
import {
  conceptLine,
  type Face,
  firstTerm,
  NO_TERM,
  noteLines,
  originalOf,
  proseLines,
  statusTag,
  targetOf,
} from './row.ts'

const PLAIN_STATUS = new Set(['completed', 'final', 'active', 'available', 'current'])

function status(build: Build, resource: Node): Face['tags'] {
  const code = text(resource.status)
  return statusTag(build, 'status', resource.status, code !== undefined && PLAIN_STATUS.has(code) ? 'plain' : 'warn')
}

function dateOf(build: Build, resource: Node): Line[] {
  for (const prefix of ['performed', 'occurrence', 'effective', 'timing', 'onset', 'start', 'collected', 'created']) {
    const found = chosen(build, resource, prefix)
    if (found) return [found]
  }
  const span = period(build, node(resource.period) ?? {})
  if (span) return [span]
  for (const field of [
    'date',
    'dateTime',
    'authoredOn',
    'started',
    'issued',
    'recorded',
    'recordedDate',
    'created',
    'startDate',
  ]) {
    const iso = text(resource[field])
    if (iso !== undefined) return [[time(build, iso)]]
  }
  return []
}

export function procedureFace(build: Build, resource: Node): Face {
  const performers = nodes(resource.performer).flatMap(({ actor }) => party(build, actor) ?? [])
  const outcome = term(build, resource.outcome)
  return {
    term: firstTerm(build, resource, ['code', 'category']) ?? NO_TERM,
    tags: text(resource.status) === 'completed' ? [] : status(build, resource),
    subs: [
      ...conceptLine(build, undefined, resource.bodySite),
      ...conceptLine(build, build.messages.text('summary.for'), resource.reasonCode),
      ...(outcome ? [[outcome.words]] : []),
      ...(performers.length > 0 ? [performers] : []),
      ...noteLines(build, resource.note),
    ],
    second: dateOf(build, resource),
    original: originalOf(build, term(build, resource.bodySite), outcome),
  }
}

function dose(build: Build, applied: Node): Line | undefined {
  const number = text(applied.doseNumberPositiveInt) ?? text(applied.doseNumberString) ?? text(applied.doseNumber)
  const of = text(applied.seriesDosesPositiveInt) ?? text(applied.seriesDosesString) ?? text(applied.seriesDoses)
  if (number === undefined) return undefined
  return [say(build, of === undefined ? 'summary.dose' : 'summary.doseOf', { number, of: of ?? '' })]
}

export function immunizationFace(build: Build, resource: Node): Face {
  const diseases = nodes(resource.protocolApplied).flatMap(({ targetDisease }) =>
    conceptLine(build, build.messages.text('summary.against'), targetDisease),
  )
  const lot = text(resource.lotNumber)
  const maker = party(build, resource.manufacturer)
  const refused = text(resource.status) === 'not-done' || resource.notGiven === true
  return {
    term: firstTerm(build, resource, ['vaccineCode']) ?? NO_TERM,
    tags: refused
      ? [{ text: say(build, 'summary.code.not-done'), tone: 'warn' }]
      : text(resource.status) === 'completed'
        ? []
        : status(build, resource),
    subs: [
      ...diseases,
      joined(
        ' · ',
        ...nodes(resource.protocolApplied).map((applied) => dose(build, applied)),
        lot === undefined ? undefined : [say(build, 'summary.lot'), ' ', { kind: 'literal', text: lot }],
        maker,
      ),
      ...noteLines(build, resource.note),
    ].filter((line) => line.length > 0),
    second: dateOf(build, resource),
    original: [],
  }
}

function deviceName(build: Build, device: Node): Term | undefined {
  const kind = firstTerm(build, device, ['type', 'code'])
  const name = text(node(device.deviceName)?.name) ?? text(device.displayName) ?? text(device.modelNumber)
  if (kind) return kind
  return name === undefined
    ? undefined
    : { words: sourceWords(build, name), text: name, translated: true, coded: false }
}

export function deviceFace(build: Build, resource: Node): Face {
  const device = resource.resourceType === 'Device' ? resource : targetOf(build, resource, resource.device)
  const display = text(node(resource.device)?.display)
  const named: Term =
    (device ? deviceName(build, device) : undefined) ??
    (display === undefined
      ? NO_TERM
      : { words: sourceWords(build, display), text: display, translated: false, coded: false, original: display })
  const own = device && device !== resource && build.anchors.has(device) && !build.placed.has(device)
  if (own) build.placed.add(device)
  const names = device ? nodes(device.deviceName).flatMap(({ name }) => proseLines(build, name)) : []
  return {
    term: named,
    tags: status(build, resource),
    subs: [
      ...names,
      ...(device ? proseLines(build, device.manufacturer) : []),
      ...conceptLine(build, undefined, resource.bodySite),
      ...noteLines(build, resource.note),
    ],
    second: dateOf(build, resource),
    original: [],
    ...(own ? { parts: [device] } : {}),
  }
}

export function reportFace(build: Build, resource: Node): Face {
  return {
    term: firstTerm(build, resource, ['code', 'category']) ?? NO_TERM,
    tags: text(resource.status) === 'final' ? [] : status(build, resource),
    subs: [...proseLines(build, resource.conclusion), ...conceptLine(build, undefined, resource.conclusionCode)],
    second: dateOf(build, resource),
    original: [],
  }
}

function planLines(build: Build, resource: Node): Line[] {
  const activities = nodes(resource.activity).map(({ detail }) => {
    const found = node(detail) ?? {}
    const words = term(build, found.code)
    const state = text(found.status)
    return joined(
      ' · ',
      words ? [words.words] : undefined,
      proseLines(build, found.description)[0],
      state === undefined ? undefined : [codeWords(build, 'status', state)],
    )
  })
  const targets = nodes(resource.target).map((target) =>
    joined(' ', conceptLine(build, undefined, target.measure)[0], chosen(build, target, 'detail')),
  )
  return [...activities, ...targets].filter((line) => line.length > 0)
}

/** Words for anything else: its code, kind or description; when; and in what state. */
export function otherFace(build: Build, resource: Node): Face {
  const words =
    text(resource.description) ?? text(node(resource.description)?.text) ?? text(resource.title) ?? text(resource.name)
  const coded = firstTerm(build, resource, [
    'code',
    'type',
    'class',
    'relationship',
    'serviceType',
    'category',
    'scope',
    'modality',
  ])
  const prose: Term | undefined =
    words === undefined
      ? undefined
      : { words: sourceWords(build, words), text: words, translated: build.sameLanguage, coded: false }
  const key = `summary.type.${text(resource.resourceType) ?? ''}`
  const kind: Inline = build.messages.has(key)
    ? say(build, key)
    : { kind: 'words', text: text(resource.resourceType) ?? '–', language: 'en' }
  const named =
    (resource.resourceType === 'Goal' || resource.resourceType === 'CarePlan' ? prose : undefined) ?? coded ?? prose
  return {
    term: named ?? { words: kind, text: '', translated: true, coded: false },
    tags: status(build, resource),
    subs: [
      ...(named ? [[kind]] : []),
      ...(named === coded && prose ? [[prose.words]] : []),
      ...conceptLine(build, build.messages.text('summary.for'), resource.reasonCode),
      ...nodes(resource.condition).flatMap(({ code }) => conceptLine(build, undefined, code)),
      ...planLines(build, resource),
      ...noteLines(build, resource.note),
    ],
    second: [
      ...dateOf(build, resource),
      ...(quantity(build, resource.quantity) ? [quantity(build, resource.quantity) ?? []] : []),
    ],
    original: [],
  }
}

/** A person, organisation or place with how to reach it. */
export function partyFace(build: Build, resource: Node): Face {
  const name = partyName(build, resource)
  const key = `summary.type.${text(resource.resourceType) ?? ''}`
  const roles = marked(build, [
    ...conceptLine(build, undefined, resource.code),
    ...conceptLine(build, undefined, resource.specialty),
    ...conceptLine(build, undefined, resource.relationship),
  ])
  const reach = nodes(resource.telecom).flatMap((value) => {
    const line = contactPoint(build, value)
    return line ? [line] : []
  })
  const places = nodes(resource.address).flatMap((value) => proseLines(build, address(value)))
  return {
    term:
      name === undefined
        ? { words: say(build, key), text: '', translated: true, coded: false }
        : { words: sourceWords(build, name), text: name, translated: true, coded: false },
    tags: [],
    fate: 'none',
    subs: [...(name === undefined ? [] : [[say(build, key)]]), ...roles],
    second: [...reach, ...places],
    original: [],
  }
}
