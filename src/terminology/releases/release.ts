/** What the release centre keeps: releases, their states, and who took each step when. */
import type { ArtifactId } from '../artifacts/artifact.ts'

/**
 * staged → approved → publishing → published → superseded (by a newer one) or rolled-back (an older one was put in its
 * place); staged or approved → rejected. `publishing` lasts while the served release is switched, and after a crash until
 * the centre is opened again.
 */
export type ReleaseState =
  | 'staged'
  | 'approved'
  | 'publishing'
  | 'published'
  | 'superseded'
  | 'rolled-back'
  | 'rejected'

export interface Release {
  /** Given once in a node and in a home folder, whoever published it; subscribers ask for a release by it. */
  readonly number: number
  readonly title: string
  readonly state: ReleaseState
  /** The first has precedence. */
  readonly artifacts: readonly ArtifactId[]
  /** What was served when it was staged: the diff that was approved is against this. */
  readonly base: readonly ArtifactId[]
  /** Of a release from outside the centre: when it was published, and who imported it. */
  readonly stagedAt: string
  readonly stagedBy: string
  /** The last publication. */
  readonly publishedAt?: string
  /** Published by an import or a pull, without the steps of the centre. */
  readonly outside?: true
}

export type ReleaseAction =
  | 'stage'
  | 'approve'
  | 'reject'
  | 'publish-outside'
  | 'begin-publication'
  | 'publish'
  | 'supersede'
  | 'roll-back'
  | 'abandon-publication'

/** One step. Never changed and never removed: the database refuses it. */
export interface ReleaseEvent {
  readonly sequence: number
  readonly release: number
  readonly at: string
  /** The person who took the step; of a step that follows from another, the person who took that one. */
  readonly by: string
  readonly action: ReleaseAction
  readonly from?: ReleaseState
  readonly to: ReleaseState
  readonly note: string
}

export interface Step {
  readonly by: string
  readonly note?: string
}

export type ReleaseProblemCode =
  | 'terminology-release-unknown'
  | 'terminology-release-state'
  | 'terminology-release-person'
  | 'terminology-release-note'
  | 'terminology-release-same-person'
  | 'terminology-release-outdated'
  | 'terminology-release-unchanged'
  | 'terminology-release-elsewhere'
  | 'terminology-release-empty'
