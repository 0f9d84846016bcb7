/**
 * The process that holds ClickHouse. It is a process of its own because a failure inside the engine ends its process,
 * and because a running query can only be stopped by ending it. Started by `clickhouse-client.ts` with the folder where
 * `chdb` is installed and the directory of the data; takes `{ id, sql, format }`, answers `{ id, text }` or `{ id, code }`.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'

interface Session {
  query(sql: string, format: string): string
}

const [installed = '', directory = ''] = process.argv.slice(2)
const chdb: { readonly Session: new (directory: string) => Session } = createRequire(join(installed, 'package.json'))(
  'chdb',
)
const session = new chdb.Session(directory)

process.on('message', ({ id, sql, format }: { id: number; sql: string; format: string }) => {
  try {
    process.send?.({ id, text: session.query(sql, format) })
  } catch (error) {
    // Only the number crosses: the message may quote values.
    const code = /Code: (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? 'none'
    process.send?.({ id, code })
  }
})
process.on('disconnect', () => process.exit(0))
