/**
 * The process in which R runs: reads a request, runs it, says what came of it, ends. R is loaded in the only thread, which cannot
 * start others: a worker could shed Node's permissions. Nothing of JavaScript is within reach of R: the bridge to it fails,
 * strings are not compiled (`--disallow-code-generation-from-strings`), and the loader gets stand-ins for Node's modules.
 * Only this folder and R's are read.
 */
import { randomFillSync } from 'node:crypto'
import fs from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { runInThisContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import { mountImage, type RImage, type RModule } from './r-module.ts'

/** From our own node: it is not checked again. */
export interface RRequest {
  /** Folder of webr's files. */
  readonly engine: string
  readonly prelude: string
  readonly code: string
  /** CSV, and the R classes of the columns. */
  readonly frames: readonly { readonly name: string; readonly csv: string; readonly classes: readonly string[] }[]
  readonly rows: number
  readonly tables: number
  readonly textCharacters: number
}

export interface RAnswer {
  readonly text: string
  /** Files that `output` of the prelude wrote. */
  readonly outputs: readonly string[]
  /** The script came to its end without an error. */
  readonly finished: boolean
}

/** Printed after the script, when no error has ended the block. */
const END = '\u0001finished'
const SCRIPT = '{ source("/script.R", print.eval = TRUE, encoding = "UTF-8"); cat("\\001finished\\n") }\n'

const request = JSON.parse(await text(process.stdin)) as RRequest
shutJavaScript()
startR(request)

function startR(asked: RRequest): void {
  const { engine, textCharacters } = asked
  const input = ['source("/prelude.R")\n', SCRIPT]
  const said = { text: '', finished: false }
  const say = (line: string): void => {
    if (line === END) said.finished = true
    else if (said.text.length < textCharacters) said.text += `${line}\n`
  }
  const module = {
    preRun: [() => prepareFiles(r, asked)],
    noExitRuntime: true,
    noInitialRun: true,
    onRuntimeInitialized: () => {
      run(r)
      answer(r, { ...said, text: said.text.slice(0, textCharacters) })
    },
    locateFile: (path: string) => join(engine, path),
    mountImagePath: (path: string, at: string) => mountPackage(r, path, at),
    downloadFileContent: () => ({ status: 400, response: 'There is no network here.' }),
    print: say,
    printErr: say,
    webr: {
      ...{ setPrompt: nothing, handleEvents: nothing, dataViewer: nothing, setTimeoutWasm: nothing },
      readConsole: () => r.allocateUTF8(input.shift() ?? 'quit(save = "no")\n'),
      evalJs: () => r._Rf_error(r.allocateUTF8OnStack('There is no JavaScript here.')),
    },
  }
  // The loader completes the object that it is given.
  const r = module as unknown as RModule
  Object.assign(globalThis, { Module: module, __dirname: engine, require: standIn })
  runInThisContext(fs.readFileSync(join(engine, 'R.js'), 'utf8'), { filename: join(engine, 'R.js') })
}

function prepareFiles(r: RModule, { prelude, code, frames, rows, tables }: RRequest): void {
  r.createLazyFilesystem()
  for (const folder of ['/home/web_user', '/frames', '/outputs']) r.FS.mkdirTree(folder)
  Object.assign(r.ENV, { HOME: '/home/web_user', R_HOME: '/usr/lib/R', R_ENABLE_JIT: '0', TZ: 'UTC' })
  r.FS.chdir('/home/web_user')
  r.FS.writeFile('/prelude.R', prelude)
  r.FS.writeFile('/script.R', code)
  r.FS.writeFile('/frames/limits', `${rows}\n${tables}\n`)
  for (const { name, csv, classes } of frames) {
    r.FS.writeFile(`/frames/${name}.csv`, csv)
    r.FS.writeFile(`/frames/${name}.classes`, `${classes.join(',')}\n`)
  }
}

function run(r: RModule): void {
  r.setValue(r._R_Interactive, 0, 'i8')
  try {
    r.callMain(['--no-readline', '--vanilla', '--quiet', '--no-echo'])
  } catch {
    // R ends by throwing its status.
  }
}

function answer(r: RModule, said: Omit<RAnswer, 'outputs'>): void {
  const names = r.FS.readdir('/outputs').filter((name) => !name.startsWith('.'))
  const outputs = names.sort().map((name) => r.FS.readFile(`/outputs/${name}`, { encoding: 'utf8' }))
  process.stdout.write(JSON.stringify({ ...said, outputs } satisfies RAnswer), () => process.exit(0))
}

function mountPackage(r: RModule, path: string, at: string): void {
  const base = path.replace(/\.data(\.gz)?$|\.js\.metadata$/, '')
  const image = JSON.parse(fs.readFileSync(`${base}.js.metadata`, 'utf8')) as RImage
  const data = fs.readFileSync(`${base}.data${image.gzip ? '.gz' : ''}`)
  mountImage(r, image, image.gzip ? gunzipSync(data) : data, at)
}

function nothing(): void {}

/** What the loader asks Node for. It reads its files and draws random bytes; programs and sockets it asks for in vain. */
function standIn(name: string): unknown {
  if (name === 'node:fs') return fs
  if (name === 'node:crypto') return { randomFillSync }
  if (name === 'node:child_process') return { spawnSync: () => ({ status: 127 }) }
  throw new Error(`There is no ${name} here.`)
}

/**
 * In the place of `eval`, which the loader calls for what R's packages for browsers bring: functions, and scripts that give a status.
 * Thrown at a script, R would end; a status other than 0 it takes for a failure.
 */
function refuseCode(code: unknown): number {
  if (String(code).startsWith('(')) throw new Error('There is no JavaScript here.')
  return 1
}

/** A second wall behind the bridge that is not there: nothing in this process can ask for a network or another module. */
function shutJavaScript(): void {
  for (const name of [
    'fetch',
    'WebSocket',
    'EventSource',
    'BroadcastChannel',
    'MessageChannel',
    'WebAssemblyStreaming',
  ]) {
    Reflect.deleteProperty(globalThis, name)
  }
  for (const name of ['getBuiltinModule', 'dlopen', 'kill', '_kill', '_debugProcess', 'chdir', 'setuid', 'abort']) {
    Object.defineProperty(process, name, { value: undefined })
  }
  Object.defineProperty(globalThis, 'eval', { value: refuseCode })
  // The loader looks for the flags of files only.
  Object.defineProperty(process, 'binding', { value: () => ({ fs: fs.constants }) })
}
