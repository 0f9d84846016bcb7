import { type Node, nodes, text } from '../../fhir/node.ts'
import { type Build, say } from '../build.ts'
import type { Line, Tag } from '../summary-view.ts'
import { chosen, dated, joined, time } from '../values.ts'
import { terms } from '../words.ts'
import { conceptLine, type Face, firstTerm, NO_TERM, noteLines, originalOf, statusCode, statusTag } from './row.ts'

function conditionTags(build: Build, resource: Node): Tag[] {
  const clinical = statusCode(resource.clinicalStatus)
  const active = clinical === 'active' || clinical === 'recurrence' || clinical === 'relapse'
  const certainty = statusCode(resource.verificationStatus)
  return [
    ...statusTag(build, 'clinicalStatus', resource.clinicalStatus, active ? 'good' : 'plain'),
    ...(certainty === 'confirmed' ? [] : statusTag(build, 'verificationStatus', resource.verificationStatus, 'warn')),
    ...statusTag(build, 'severity', resource.severity, statusCode(resource.severity) === '24484000' ? 'warn' : 'plain'),
  ]
}

function endLine(build: Build, end: Line): Line {
  const [only] = end
  return end.length === 1 && typeof only === 'object' && only.kind === 'time' ? dated(build, 'until', only.iso) : end
}

export function conditionFace(build: Build, resource: Node): Face {
  const name = firstTerm(build, resource, ['code']) ?? firstTerm(build, resource, ['category']) ?? NO_TERM
  const onset = chosen(build, resource, 'onset')
  const end = chosen(build, resource, 'abatement')
  const recorded = text(resource.recordedDate)
  const second: Line[] = []
  if (onset && end) second.push(joined(' – ', onset, end))
  else if (onset) second.push(onset)
  else if (end) second.push(endLine(build, end))
  if (!onset && recorded !== undefined) second.push([say(build, 'summary.recorded'), ' ', time(build, recorded)])
  const places = terms(build, resource.bodySite)
  return {
    term: name,
    tags: conditionTags(build, resource),
    subs: [
      ...conceptLine(build, undefined, resource.bodySite),
      ...nodes(resource.stage).flatMap(({ summary }) =>
        conceptLine(build, build.messages.text('summary.stage'), summary),
      ),
      ...noteLines(build, resource.note),
    ],
    second,
    original: originalOf(build, ...places),
  }
}
