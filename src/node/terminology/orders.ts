/** What the main thread and a worker say to each other. */
import type { MessagePort } from 'node:worker_threads'
import type { Problem } from '#platform/result/result.ts'
import type { ContentPlan } from './plan.ts'
import type { ServeSettings } from './settings.ts'

export interface WorkerStart {
  readonly settings: ServeSettings
  readonly plan: ContentPlan
  /** 0 is the first thread. */
  readonly index: number
  /** Folder of compiled code. */
  readonly codeCache: string
}

export type Order =
  | { readonly kind: 'answer-other'; readonly port: MessagePort }
  | { readonly kind: 'ask-first'; readonly port: MessagePort }
  | { readonly kind: 'listen'; readonly port: number }
  | { readonly kind: 'replace'; readonly plan: ContentPlan }
  | { readonly kind: 'stop' }

export type Report =
  | { readonly kind: 'opened' }
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly problem: Problem }
