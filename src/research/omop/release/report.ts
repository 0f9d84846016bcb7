/** What a load has done: part of the release, and the answer to who loaded it. */
import * as z from 'zod'
import type { Rejection, RejectionCount } from './rejections.ts'

const SourceReport = z.strictObject({
  file: z.string(),
  table: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  /** Rows in the file = loaded + rejected. */
  rows: z.number(),
  loaded: z.number(),
  rejected: z.number(),
  notes: z.array(z.string()),
})

export const ReleaseMetadata = z.strictObject({
  /** Version of this object. */
  format: z.literal(1),
  kind: z.enum(['release', 'vocabulary']),
  dataset: z.string(),
  release: z.string(),
  /** ISO 8601. */
  created: z.string(),
  cdmVersion: z.literal('5.4'),
  /** Of the program that made it. */
  program: z.string(),
  /** As the vocabulary tables say; absent when they say nothing. */
  vocabularyVersion: z.string().optional(),
  sources: z.array(SourceReport),
  /** Files that are no table of the model. */
  ignored: z.array(z.string()),
  /** Rows of each table, those that have any. */
  tables: z.record(z.string(), z.number()),
  persons: z.number(),
  /** First and last day of observation, ISO days. */
  observedFrom: z.string().optional(),
  observedTo: z.string().optional(),
})

export type SourceReport = Readonly<z.infer<typeof SourceReport>>
export type ReleaseMetadata = Readonly<z.infer<typeof ReleaseMetadata>>

export interface LoadReport {
  readonly metadata: ReleaseMetadata
  readonly loaded: number
  readonly rejected: number
  /** By table, column and reason, the most frequent first. */
  readonly rejectionCounts: readonly RejectionCount[]
  /** The first ones; all of them are in the release (`readRejections`). */
  readonly rejections: readonly Rejection[]
}

export interface LoadProgress {
  /** `read-lines`: a file with faults is read a second time, line by line. */
  readonly step: 'inspect' | 'read' | 'read-lines' | 'sort' | 'finish'
  readonly table?: string
  readonly file?: string
  readonly rows?: number
  /** Files done and files in all. */
  readonly done: number
  readonly of: number
}
