/** PostgreSQL through a `pg` pool, loaded only when used. */
import { CompiledQuery, type Dialect, PostgresDialect } from 'kysely'

const CONNECT_TIMEOUT_MS = 5000
const CONNECTIONS = 10
/** int8: counts and sequences fit a number; text would make the two databases answer differently. */
const INT8 = 20

/**
 * For every connection: no transaction of a dead replica blocks the others for long, and a commit is on the disk when
 * it is acknowledged, also where the server's own default is laxer.
 */
const SESSION = [
  "set idle_in_transaction_session_timeout = '60s'",
  "set lock_timeout = '15s'",
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'",
]

export async function postgresDialect(url: string): Promise<Dialect> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    application_name: 'tessera',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8
          ? Number
          : format === 'binary'
            ? pg.types.getTypeParser(oid, 'binary')
            : pg.types.getTypeParser(oid),
    },
  })
  // A connection that breaks while idle or in use is noticed by its next query; it must not end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return new PostgresDialect({
    pool,
    onCreateConnection: async (connection) => {
      for (const sql of SESSION) await connection.executeQuery(CompiledQuery.raw(sql))
    },
  })
}
