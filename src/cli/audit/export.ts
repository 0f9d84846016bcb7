/** `tessera audit export`: audit messages and evidences as files, for a court or another system. */
import { join } from 'node:path'
import { describeProblem } from '#platform/result/result.ts'
import { openAuditStore, type StoredAuditMessage } from '#trust/audit/audit-store.ts'
import { openEvidenceStore } from '#trust/evidence/evidence-store.ts'
import type { AuditExportOptions } from '../commands/audit.ts'
import { tryWriting, writeWhole } from '../output.ts'
import { EXIT } from '../program.ts'
import { type Trail, withTrail } from './stores.ts'

const PAGE = 500

export function exportAuditOf(options: AuditExportOptions): Promise<number> {
  return withTrail(options, async (trail) => {
    const count = { auditMessages: 0, evidences: 0 }
    const problem = await tryWriting(async () => {
      count.auditMessages = await exportMessages(trail, join(options.out, 'audit'))
      count.evidences = await exportEvidences(trail, join(options.out, 'evidence'))
    }, options.out)
    if (problem) {
      console.error(describeProblem(problem))
      return EXIT.failed
    }
    if (options.json) console.log(JSON.stringify(count))
    else console.log(`${count.auditMessages} audit messages and ${count.evidences} evidences are in ${options.out}.`)
    return EXIT.fine
  })
}

async function exportMessages({ database, node }: Trail, folder: string): Promise<number> {
  const store = openAuditStore(database, node)
  let count = 0
  for (let before: StoredAuditMessage | undefined; ; ) {
    const page = await store.list({ limit: PAGE, ...(before ? { before } : {}) })
    for (const { id, xml } of page) await writeWhole(join(folder, fileNameOf(id)), Buffer.from(xml, 'utf8'))
    count += page.length
    before = page.at(-1)
    if (page.length < PAGE) return count
  }
}

async function exportEvidences({ database, node }: Trail, folder: string): Promise<number> {
  const store = openEvidenceStore(database, node)
  let count = 0
  for (let after = 0; ; ) {
    const page = await store.list({ after, limit: PAGE })
    // A full page may end in the middle of an entry: that entry comes whole with the next one.
    const last = page.at(-1)?.sequence ?? 0
    const whole = page.length < PAGE ? page : page.filter(({ sequence }) => sequence < last)
    for (const { id, xml } of whole) await writeWhole(join(folder, fileNameOf(id)), Buffer.from(xml, 'utf8'))
    count += whole.length
    if (page.length < PAGE) return count
    after = last - 1
  }
}

/** `PT:17:dispensation` → `PT-17-dispensation.xml`. */
function fileNameOf(id: string): string {
  return `${id.replace(/^urn:tessera:evidence:/, '').replace(/[^A-Za-z0-9.-]+/g, '-')}.xml`
}
