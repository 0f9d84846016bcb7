/** `tessera audit list`. Without personal details: those are inside the messages. */
import { openAuditStore } from '#trust/audit/audit-store.ts'
import type { AuditListOptions } from '../commands/audit.ts'
import { EXIT } from '../program.ts'
import { countOf, withTrail } from './stores.ts'

export function listAuditOf(options: AuditListOptions): Promise<number> {
  return withTrail(options, async ({ database, node }) => {
    const { event } = options
    const limit = countOf(options.limit, 20)
    const messages = await openAuditStore(database, node).list({ limit, ...(event === undefined ? {} : { event }) })
    const shown = messages.map(({ xml, ...message }) => ({ ...message, bytes: Buffer.byteLength(xml) }))
    if (options.json) console.log(JSON.stringify(shown, null, 2))
    else {
      for (const one of shown) {
        const entry = one.sequence === undefined ? '-' : String(one.sequence)
        console.log(`${entry.padStart(6)}  ${one.recorded}  outcome ${one.outcome.padStart(2)}  ${one.event}`)
      }
    }
    return EXIT.fine
  })
}
