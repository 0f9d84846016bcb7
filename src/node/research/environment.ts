/** The secure processing environment of a node (EHDS Art. 73): sessions with a second factor, and the way out of them. */
import { createHmac } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import type { WorkspacePageOptions } from '#portal/researcher/workspace/workspace-options.ts'
import type { CaseStore } from '#research/applications/store/case-store.ts'
import { type Airlock, openAirlock } from '#research/workspace/airlock/airlock.ts'
import { rInstalled } from '#research/workspace/r/run-r.ts'
import { runWork } from '#research/workspace/run-work.ts'
import { openSecondFactors, type SecondFactors } from '#research/workspace/second-factor/second-factor.ts'
import { openWorkspaces, type Workspaces } from '#research/workspace/workspace.ts'
import { openSessions } from '#trust/people/sessions.ts'
import type { Foundation } from './foundation.ts'
import { outputCheckers } from './output-checkers.ts'
import { bodyOrganisation } from './settings.ts'

export interface Environment {
  readonly factors: SecondFactors
  readonly workspaces: Workspaces
  readonly airlock: Airlock
  /** For the pages of researchers. */
  readonly workspace: WorkspacePageOptions
}

export interface EnvironmentParts
  extends Pick<Foundation, 'settings' | 'keys' | 'door' | 'work' | 'datasets' | 'body'> {
  readonly database: Database
  readonly cases: CaseStore
}

export function openEnvironment(parts: EnvironmentParts): Environment {
  const { database, settings, keys, door, work, datasets, body, cases } = parts
  /** One key for each use: what is learnt of one says nothing of another. */
  const secretFor = (use: string): string =>
    createHmac('sha256', keys.secret).update(`tessera workspace ${use} 1`).digest('hex')
  const factors = openSecondFactors(database, { secret: secretFor('second factor'), issuer: body.name, door })
  const sessions = openSessions(database, { country: body.country, now: () => Date.now() })
  const workspaces = openWorkspaces({ database, door, work, factors, releasesOf: datasets.releasesOf })
  const airlock = openAirlock({
    ...{ database, door, secret: secretFor('airlock') },
    mayCheck: outputCheckers({ sessions, cases, body, organisation: bodyOrganisation(settings) }),
  })
  const workspace: WorkspacePageOptions = {
    ...{ factors, airlock, look: workspaces.look, leave: workspaces.leave, hasR: rInstalled() },
    async enter({ permit, ...entry }) {
      const permitText = await door.permits.permitText(permit.memberState, permit.id)
      return workspaces.enter({ ...entry, permitText: permitText ?? '' })
    },
    run: (holder, wish) => runWork({ workspaces, airlock, datasetOf: datasets.workspaceOf }, holder, wish),
  }
  return { factors, workspaces, airlock, workspace }
}
