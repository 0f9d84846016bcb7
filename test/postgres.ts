/**
 * A real PostgreSQL for the time of a test: Debian's own programs, a folder of its own, a free port. A small shell
 * watches it, so that it ends and its folder goes even when the test is killed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface PostgresServer {
  /** `postgres://…` of a superuser on the database `postgres`. */
  readonly url: string
  stop(): Promise<void>
}

const USER = 'tessera'

/**
 * Starts a server, or uses `TESSERA_TEST_POSTGRES` (the address of one whose user may create databases). Undefined when
 * PostgreSQL is not installed.
 */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const given = process.env.TESSERA_TEST_POSTGRES
  if (given) return { url: given, stop: async () => {} }
  const programs = findPrograms()
  if (programs === undefined) return undefined
  const user = unprivilegedUser()
  if (user === undefined) return undefined
  const directory = mkdtempSync(join(tmpdir(), 'tessera-postgres-'))
  if (user.ids) chownSync(directory, user.ids.uid, user.ids.gid)
  const data = join(directory, 'data')
  const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'],
    { ...user.ids, cwd: directory, env: environment, encoding: 'utf8' },
  )
  if (made.status !== 0) {
    rmSync(directory, { recursive: true, force: true })
    throw new Error(`initdb failed: ${made.stderr}`)
  }
  const port = await freePort()
  // Standard input is a pipe that closes when this process ends, however it ends.
  const watch = '"$0" "$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$PGHOME"'
  const server = spawn(
    '/bin/sh',
    ['-c', watch, join(programs, 'postgres'), '-D', data, '-p', String(port), ...settings()],
    {
      ...user.ids,
      cwd: directory,
      env: { ...environment, PGHOME: directory },
      stdio: ['pipe', 'ignore', 'pipe'],
      // Its own process group: Ctrl-C must reach the test first.
      detached: true,
    },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async () => {
    server.ref()
    server.stdin.end()
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
  await listening(server.stderr, ended).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  server.stderr.resume()
  // The test process may end without waiting for the watcher.
  server.unref()
  return { url: `postgres://${USER}@127.0.0.1:${port}/postgres`, stop }
}

/** Without starting anything: will `startPostgres` give a server? */
export function postgresInstalled(): boolean {
  if (process.env.TESSERA_TEST_POSTGRES) return true
  return findPrograms() !== undefined && unprivilegedUser() !== undefined
}

/** Commits need not survive a power cut of the test machine; everything else is as in production. */
function settings(): readonly string[] {
  const values = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', max_connections: '60' }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** The folder that holds initdb and postgres: on the PATH, or Debian's newest version. */
function findPrograms(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin').sort(byVersion)
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...debian]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

function byVersion(a: string, b: string): number {
  const version = (path: string) => Number(path.split('/')[4])
  return version(b) - version(a)
}

/** PostgreSQL refuses to run as root; then it runs as `postgres` or `nobody`. */
function unprivilegedUser(): { readonly ids?: { readonly uid: number; readonly gid: number } } | undefined {
  if (process.getuid?.() !== 0) return {}
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const account = accounts.find(([name]) => name === wanted)
    if (account) return { ids: { uid: Number(account[2]), gid: Number(account[3]) } }
  }
  return undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function listening(stderr: NodeJS.ReadableStream, ended: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    stderr.setEncoding('utf8')
    stderr.on('data', (chunk: string) => {
      text += chunk
      if (text.includes('ready to accept connections')) resolve()
    })
    void ended.then(() => reject(new Error(`PostgreSQL ended: ${text.trim()}`)))
  })
}
