/** What of research is on the border, over mutual TLS: messages about cases, permits for the coordinating body, federated work. */
import type { Handler } from '#platform/http/serve.ts'
import { CASES_PATH, type CaseDoor, caseHandler } from '#research/applications/exchange/door.ts'
import { type CoordinatorDoor, coordinatorHandler } from '#research/federation/coordinator-handler.ts'
import { PERMITS_PATH, type PermitShelf, permitHandler } from './permit-exchange.ts'

export function researchBorder(cases: CaseDoor, federation: CoordinatorDoor, shelf: PermitShelf): Handler {
  const [toCases, toFederation, toShelf] = [caseHandler(cases), coordinatorHandler(federation), permitHandler(shelf)]
  return (request, connection) => {
    const { pathname } = new URL(request.url)
    if (pathname === CASES_PATH) return toCases(request, connection)
    if (pathname === PERMITS_PATH) return toShelf(request, connection)
    return toFederation(request, connection)
  }
}
