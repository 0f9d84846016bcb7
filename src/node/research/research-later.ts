/**
 * Research is opened once the node answers, so that the portal does not wait for it. Who asks for it meanwhile waits; when it
 * cannot be opened, the node works without it, says so in its health, and tries again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hono } from 'hono'
import type { Handler } from '#platform/http/serve.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Surroundings } from '../answering.ts'
import type { ResearchParts } from './foundation.ts'
import type { Research } from './open-research.ts'
import type { ResearchPages } from './pages.ts'
import type { ResearchSettings } from './settings.ts'

export interface ResearchLater {
  /** Opens it; until then those who ask wait. */
  begin(): void
  /** For addresses of research on the border. */
  readonly border: Handler
  /** What is made of it once it is open; undefined when the node is stopped before. */
  opened(): Promise<Research | undefined>
  /** Why nobody should wait for it. */
  hasFailed(): boolean
  close(): Promise<void>
}

const AGAIN_MS = 30_000

export function researchLater(
  parts: ResearchParts & { readonly around: Surroundings },
  settings: ResearchSettings,
): ResearchLater {
  const { health, log } = parts.around
  const closing = new AbortController()
  const { promise, resolve } = Promise.withResolvers<Research | undefined>()
  let state: 'not-begun' | 'opening' | 'open' | 'failed' = 'not-begun'

  const open = async (): Promise<Research | undefined> => {
    state = 'opening'
    while (!closing.signal.aborted) {
      try {
        const { openResearch } = await import('./open-research.ts')
        const research = await openResearch(parts, settings)
        state = 'open'
        log.info('research-opened')
        return research
      } catch (error) {
        state = 'failed'
        log.failure('research-not-opened', error, error instanceof ProblemError ? { code: error.problem.code } : {})
        await sleep(AGAIN_MS, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
      }
    }
    return undefined
  }
  health.part('research', async () => {
    if (state === 'failed') throw new Error('not opened')
  })
  return {
    begin() {
      if (state === 'not-begun') void open().then(resolve)
    },
    async border(request, connection) {
      const research = state === 'failed' ? undefined : await promise
      return research ? research.border(request, connection) : new Response(undefined, { status: 503 })
    },
    opened: () => promise,
    hasFailed: () => state === 'failed',
    async close() {
      closing.abort()
      if (state === 'not-begun') resolve(undefined)
      const research = await promise
      await research?.close()
    },
  }
}

/** The pages, made when the first of them is asked for. */
export function pagesLater(
  later: ResearchLater,
  shared: Omit<ResearchPages, 'research'>,
): (request: Request) => Promise<Response> {
  let made: Promise<Hono | undefined> | undefined
  const make = async (): Promise<Hono | undefined> => {
    const [research, { researchPages }] = await Promise.all([later.opened(), import('./pages.ts')])
    return research && researchPages({ ...shared, research })
  }
  return async (request) => {
    made ??= later.hasFailed() ? undefined : make()
    const pages = await made
    const sentence = 'HealthData@EU is not available at this node at present.\n'
    return pages ? pages.fetch(request) : new Response(sentence, { status: 503 })
  }
}
