/** What border and portal of a country's node share. */
import type { OpenBorderRecorder } from '#care/context/border-recorder.ts'
import type { RefusedRequests } from '#care/context/record-refused.ts'
import type { ServicePolicy } from '#care/policy/policy.ts'
import type { FollowedTerminology } from '#terminology/follow.ts'
import type { WatchedKeys } from '#trust/keys/watch-keys.ts'
import type { Surroundings } from './answering.ts'
import type { AuditNotes } from './audit-notes.ts'
import type { CountryConfiguration } from './configuration.ts'
import type { CountryData } from './country-data.ts'
import type { DocumentForms } from './document-forms.ts'
import type { Network } from './network.ts'
import type { Stores } from './stores.ts'

export interface CountryParts {
  readonly configuration: CountryConfiguration
  readonly description: CountryData
  readonly stores: Stores
  readonly watchedKeys: WatchedKeys
  readonly around: Surroundings
  readonly policies: readonly ServicePolicy[]
  readonly terminology: FollowedTerminology
  readonly forms: DocumentForms
  readonly network: Network
  /** Where every access on the border is written. */
  readonly recorder: OpenBorderRecorder
  /** Events of the audit trail that are no access. */
  /** What was refused before it was read as a question. */
  readonly refused: RefusedRequests
  readonly notes: AuditNotes
}
