/** Resources that were used although they are drafts, experimental, deprecated or withdrawn: told once each. */
import type { CodeSystem } from '../code-systems/code-system.ts'
import type { JsonObject } from '../load/json.ts'
import type { CodingCheck } from './check-coding.ts'
import { statusOf, warningStatus } from './context.ts'
import { canonicalText } from './fhir.ts'
import type { Issue } from './issues.ts'

export interface ResourceStatus {
  readonly status: unknown
  readonly experimental: unknown
  readonly standardsStatus: unknown
  readonly type: 'CodeSystem' | 'ValueSet'
  readonly canonical: string
}

export function codeSystemStatus({ identity }: CodeSystem): ResourceStatus {
  const { status, experimental, standardsStatus, url, version } = identity
  return { status, experimental, standardsStatus, type: 'CodeSystem', canonical: canonicalText(url, version) }
}

export function noteStatus(
  { issues, context }: Pick<CodingCheck, 'issues' | 'context'>,
  resource: ResourceStatus,
  source: JsonObject,
): void {
  const found = warningStatus(resource, statusOf(source))
  if (found === undefined) return
  const id = `MSG_${found.toUpperCase()}`
  const issue: Issue = {
    severity: 'information',
    code: 'business-rule',
    type: 'status-check',
    id,
    text: context.say(id, { type: resource.type, canonical: resource.canonical }),
  }
  issues.add(issue)
}
