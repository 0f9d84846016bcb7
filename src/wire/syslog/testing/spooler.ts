/** For tests: spools numbered messages, one after the other, until it is killed: `FOLDER`. Prints each number once it is durable. */
import { writeSync } from 'node:fs'
import { openSpool } from '../spool.ts'

const spool = await openSpool({ folder: process.argv[2] ?? '' })
for (let number = 1; ; number++) {
  const put = await spool.put([Buffer.from(`message-${number} ${'x'.repeat(2000)}`)])
  if (!put.ok) process.exit(1)
  writeSync(1, `${number}\n`)
}
