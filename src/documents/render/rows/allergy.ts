import { type Node, nodes, text, texts } from '../../fhir/node.ts'
import { absentStatement } from '../absent.ts'
import { type Build, say } from '../build.ts'
import type { Inline, Line, Tag } from '../summary-view.ts'
import { chosen, dated, joined, time } from '../values.ts'
import { codeWords, term } from '../words.ts'
import { type Face, firstTerm, NO_TERM, noteLines, originalOf, proseLines, statusCode, statusTag } from './row.ts'

/** Criticality, clinical status and certainty, each as words. */
export function allergyTags(build: Build, resource: Node): Tag[] {
  const tags: Tag[] = []
  const criticality = text(resource.criticality)
  if (criticality === 'high') tags.push({ text: say(build, 'summary.criticality.high'), tone: 'danger' })
  else if (criticality !== undefined && criticality !== 'unable-to-assess') {
    tags.push({ text: codeWords(build, 'criticality', criticality), tone: 'plain' })
  }
  const clinical = statusCode(resource.clinicalStatus)
  tags.push(...statusTag(build, 'clinicalStatus', resource.clinicalStatus, clinical === 'active' ? 'good' : 'plain'))
  const certainty = statusCode(resource.verificationStatus)
  if (certainty !== 'confirmed')
    tags.push(...statusTag(build, 'verificationStatus', resource.verificationStatus, 'warn'))
  return tags
}

function reaction(build: Build, value: Node): Line {
  const signs: Inline[] = []
  for (const sign of nodes(value.manifestation)) {
    const words = term(build, sign)
    if (words) signs.push(...(signs.length > 0 ? [', '] : []), words.words)
  }
  const severity = text(value.severity)
  const onset = text(value.onset)
  return joined(
    ' · ',
    signs,
    severity === undefined ? undefined : [codeWords(build, 'severity', severity)],
    onset === undefined ? undefined : [time(build, onset)],
    proseLines(build, value.description)[0],
    ...noteLines(build, value.note),
  )
}

/** Reactions and kind of an allergy, one line each. */
export function allergyLines(build: Build, resource: Node): Line[] {
  const lines = nodes(resource.reaction).map((value) => reaction(build, value))
  const kinds = [...texts(resource.type), ...texts(resource.category)].map((code) => [
    codeWords(build, 'allergy', code),
  ])
  if (kinds.length === 0 || absentStatement(resource)) return lines.filter((line) => line.length > 0)
  const [only, ...others] = lines
  if (others.length === 0) return [joined(' · ', only, ...kinds)]
  lines.push(joined(' · ', ...kinds))
  return lines.filter((line) => line.length > 0)
}

/** A date alone needs its preposition; an age, a period or words do not. */
function sinceLine(build: Build, onset: Line): Line {
  const [only] = onset
  return onset.length === 1 && typeof only === 'object' && only.kind === 'time'
    ? dated(build, 'since', only.iso)
    : onset
}

export function allergyFace(build: Build, resource: Node): Face {
  const reactions = nodes(resource.reaction)
  const signs = reactions.flatMap(({ manifestation }) => nodes(manifestation)).map((sign) => term(build, sign))
  const substances = reactions.flatMap(({ substance }) => nodes(substance)).map((value) => term(build, value))
  const name = firstTerm(build, resource, ['code']) ?? substances.find((found) => found !== undefined) ?? NO_TERM
  const onset = chosen(build, resource, 'onset')
  const last = text(resource.lastOccurrence)
  return {
    term: name,
    tags: allergyTags(build, resource),
    subs: [...allergyLines(build, resource), ...noteLines(build, resource.note)],
    second: [
      ...(onset ? [sinceLine(build, onset)] : []),
      ...(last === undefined ? [] : [[say(build, 'summary.lastOccurrence'), ' ', time(build, last)]]),
    ],
    original: originalOf(build, ...signs),
  }
}
