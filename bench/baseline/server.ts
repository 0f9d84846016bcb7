/**
 * The baseline of the HTTP benchmark: a plain FHIR server over SQLite (better-sqlite3, FTS5), as a careful author would
 * write it: prepared statements, memory-mapped file, closure table, covering indexes, two threads on one port, JSON made
 * by hand-written objects. It answers exactly the requests of the benchmark with the same JSON shapes, and checks nothing.
 *
 *   node bench/baseline/server.ts RELEASE HOME        prints {"port":N} when it is ready
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { openAnswers, openDatabase } from './answers.ts'

const THREADS = 2

if (isMainThread) await startThreads(process.argv[2] ?? '', process.argv[3] ?? '')
else listen(workerData.file, workerData.port)

async function startThreads(release: string, home: string): Promise<void> {
  const file = join(home, 'baseline-http.sqlite')
  const build = join(import.meta.dirname, '..', 'terminology', 'baseline.ts')
  // In a process of its own, so that what building took is not counted as serving.
  execFileSync(process.execPath, [build, 'build', release, file], { stdio: ['ignore', 'ignore', 'inherit'] })
  addRelationships(release, file)
  let port = 0
  for (let index = 0; index < THREADS; index += 1) {
    const worker = new Worker(import.meta.filename, { workerData: { file, port } })
    port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  }
  process.stdout.write(`${JSON.stringify({ port })}\n`)
}

/** Beyond what the store benchmark needs: relationships both ways, and the closure from above. */
function addRelationships(release: string, file: string): void {
  const database = openDatabase(file)
  database.exec(`pragma journal_mode = off; pragma synchronous = off; begin;
    create table relationship (source int, grouped int, type text, target int)`)
  const ordinals = new Map<string, number>()
  for (const { id, ordinal } of database.prepare('select id, ordinal from concept').all() as {
    id: string
    ordinal: number
  }[])
    ordinals.set(id, ordinal)
  const insert = database.prepare('insert into relationship values (?, ?, ?, ?)')
  const text = readFileSync(join(release, 'Snapshot/Terminology/sct2_Relationship_Snapshot_INT_20260131.txt'))
  for (let start = text.indexOf('\n') + 1; start < text.length; ) {
    const end = text.indexOf('\n', start)
    const [, , active, , source = '', target = '', group, type] = text.toString('utf8', start, end - 1).split('\t')
    if (active === '1') insert.run(ordinals.get(source), Number(group), type, ordinals.get(target))
    start = end + 1
  }
  database.exec(`commit;
    create index relationship_source on relationship (source, type, grouped, target);
    create index relationship_target on relationship (target, type, source);
    create index closure_below on closure (ancestor, concept);
    create table closure_size as select ancestor, count(*) as below from closure group by ancestor;
    create unique index closure_size_ancestor on closure_size (ancestor);
    analyze`)
  database.close()
}

function listen(file: string, port: number): void {
  const answer = openAnswers(file)
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '/')
    response.writeHead(status, {
      'content-type': 'application/fhir+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
  })
  server.listen({ port, host: '127.0.0.1', reusePort: true }, () => {
    parentPort?.postMessage((server.address() as AddressInfo).port)
  })
}
