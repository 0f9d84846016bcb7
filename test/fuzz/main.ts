/** `npm run fuzz -- [--inputs N] [--seed S] [--reader NAME] [--only NUMBER]` */
import { parseArgs } from 'node:util'
import { campaign, type ReaderReport } from './campaign.ts'
import { READERS } from './readers.ts'

const USAGE = `npm run fuzz -- [--inputs N] [--seed S] [--reader ${READERS.join('|')}] [--only NUMBER]`

function options() {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      reader: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const [inputs, seed, only] = [values.inputs, values.seed, values.only].map((text) =>
    text === undefined ? undefined : Number(text),
  )
  const reader = READERS.find((name) => name === values.reader)
  const numbers = [inputs, seed, only ?? 0].every((number) => Number.isSafeInteger(number) && Number(number) >= 0)
  if (!numbers || (values.reader !== undefined && !reader) || (only !== undefined && !reader)) return undefined
  return { inputs: inputs ?? 0, seed: seed ?? 0, ...(reader && { reader }), ...(only === undefined ? {} : { only }) }
}

const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MB`

function line({ reader, inputs, understood, slowest, rssBytes, heapBytes }: ReaderReport): string {
  const share = ((100 * understood) / Math.max(1, inputs)).toFixed(0)
  return [
    reader.padEnd(8),
    `${String(inputs).padStart(8)} inputs`,
    `${share.padStart(3)} % understood`,
    `slowest ${slowest.ms.toFixed(0).padStart(4)} ms (input ${slowest.input})`,
    `memory ${megabytes(rssBytes.quarter)} → ${megabytes(rssBytes.end)}, heap ${megabytes(heapBytes)}`,
  ].join('  ')
}

const asked = options()
if (!asked) {
  console.error(`Usage: ${USAGE}`)
  process.exit(2)
}
let told = 0
const report = await campaign({
  ...asked,
  onProgress({ reader, done, of }) {
    if (done < of && performance.now() - told < 10_000) return
    told = performance.now()
    console.error(`${new Date().toISOString()} ${reader} ${done}/${of} ${megabytes(process.memoryUsage.rss())}`)
  },
  onFinding({ kind, reader, input, detail }) {
    const again = `npm run fuzz -- --seed ${asked.seed} --reader ${reader} --only ${input}`
    console.log(`FINDING ${kind}: ${again}\n  ${detail}`)
  },
})
console.log(`seed ${asked.seed}, ${report.seconds.toFixed(0)} s`)
for (const reader of report.readers) console.log(line(reader))
console.log(report.findings.length === 0 ? 'no findings' : `${report.findings.length} findings`)
process.exitCode = report.findings.length === 0 ? 0 : 1
