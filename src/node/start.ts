/** Starts a node of any role. */
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Result } from '#platform/result/result.ts'
import type { NodeConfiguration } from './configuration.ts'
import type { RunningNode } from './running.ts'

/** Only the code of the role is loaded. Everything that keeps a node from starting comes back as a problem. */
export async function startNode(configuration: NodeConfiguration): Promise<Result<RunningNode>> {
  try {
    switch (configuration.role) {
      case 'country':
        return await (await import('./country.ts')).startCountry(configuration)
      case 'bridge':
        return await (await import('./bridge.ts')).startBridge(configuration)
      case 'union':
        return await (await import('./union.ts')).startUnion(configuration)
      case 'identity-provider':
        return await (await import('./identity-provider.ts')).startIdentityProvider(configuration)
    }
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, problem: error.problem }
    throw error
  }
}
