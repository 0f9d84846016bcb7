/** An engine that knows nothing but the views of a permit: for compilers and workspaces that run programs themselves. */
import { failed } from '#platform/result/result.ts'
import type { QueryEngine } from '../query/engine.ts'
import { underPermit } from './under-permit.ts'
import type { PermitViews } from './views.ts'

/** Programs read `views.tables`; the steps of the views are put before theirs. Closing it leaves the engine open. */
export function permitEngine(engine: QueryEngine, views: PermitViews): QueryEngine {
  return {
    dialect: engine.dialect,
    async run(program, options) {
      const inside = underPermit(views, program)
      if (!inside.ok) return failed('outside-permit', inside.problem.sentence, inside.problem.next)
      return engine.run(inside.value, options)
    },
    async close() {},
  }
}
