/** For tests: a contained program that tries to get out in the ways its input names, and says what came of each. */
import { text } from 'node:stream/consumers'

const attempts: Readonly<Record<string, (argument: string) => unknown>> = {
  environment: () => Object.keys(process.env).length,
  read: async (path) => (await import('node:fs')).readFileSync(path).length,
  write: async (path) => (await import('node:fs')).writeFileSync(path, 'x'),
  spawn: async () => (await import('node:child_process')).spawnSync('/bin/true').status,
  worker: async () => new (await import('node:worker_threads')).Worker('1', { eval: true }).threadId,
  fetch: async (url) => (await fetch(url)).status,
  crash: () => process.abort(),
  exit: () => process.exit(0),
  memory: () => {
    const kept: Buffer[] = []
    for (;;) kept.push(Buffer.alloc(10_000_000, 1))
  },
  loop: () => {
    for (;;);
  },
  talk: () => {
    process.stdout.write('x'.repeat(1_000_000))
    return 'said'
  },
}

const { what, argument } = JSON.parse(await text(process.stdin)) as { what: string; argument: string }
try {
  process.stdout.write(String(await attempts[what]?.(argument)))
} catch (error) {
  process.stdout.write(`refused ${(error as NodeJS.ErrnoException).code}`)
}
