/**
 * The engine of one dataset release: opened when somebody asks, since most nodes are never asked. Once another release is the current
 * one it rests: it is closed as soon as nothing runs on it, and whoever still asks it opens it for as long as he asks.
 */
import { failed, type Result } from '#platform/result/result.ts'
import type { QueryEngine } from '#research/query/engine.ts'

export interface ReleaseEngine extends QueryEngine {
  /** What runs ends first. */
  rest(): void
}

type Opening = Promise<Result<QueryEngine, 'engine-unavailable'>>

export function releaseEngine(open: () => Opening): ReleaseEngine {
  let opening: Opening | undefined
  let closing = Promise.resolve()
  let running = 0
  let resting = false

  async function shut(last: Opening): Promise<void> {
    const engine = await last
    if (engine.ok) await engine.value.close()
  }

  function shutWhenIdle(): void {
    if (!resting || running > 0 || !opening) return
    closing = Promise.all([closing, shut(opening)]).then(() => undefined)
    opening = undefined
  }

  return {
    dialect: 'duckdb',
    async run(program, options) {
      running += 1
      opening ??= open()
      const asked = opening
      try {
        const engine = await asked
        if (engine.ok) return await engine.value.run(program, options)
        if (opening === asked) opening = undefined
        return failed('query-failed', engine.problem.sentence, engine.problem.next)
      } finally {
        running -= 1
        shutWhenIdle()
      }
    },
    rest() {
      resting = true
      shutWhenIdle()
    },
    async close() {
      resting = true
      const last = opening
      opening = undefined
      await Promise.all([closing, last && shut(last)])
    },
  }
}
