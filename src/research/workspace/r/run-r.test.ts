/** What R can do in a workspace, and everything that was tried to get out of it. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Result } from '#platform/result/result.ts'
import { unwrapped } from '../../query/testing/engines.ts'
import { type RFrame, type RResult, type RunROptions, rInstalled, runR } from './run-r.ts'

const people: RFrame = {
  name: 'person',
  columns: [
    { name: 'person_id', type: 'bigint' },
    { name: 'born', type: 'date' },
    { name: 'word', type: 'varchar' },
    { name: 'alive', type: 'boolean' },
    { name: 'weight', type: 'double' },
  ],
  rows: [
    [4503599627370495, '1960-02-29', 'a "quoted", text\nof two lines', true, 70.5],
    [2, '1970-01-01', '', false, null],
    [3, null, null, null, 80],
    [4, '1980-12-31', 'Größe', true, 1e-7],
  ],
}
const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.problem.code)
const skip = rInstalled() ? false : 'R is not installed; run `npm ci` in engines/r'

describe('R in a workspace', { skip }, () => {
  const run = (code: string, more: Partial<RunROptions> = {}) => runR(code, { frames: [people], ...more })

  it('computes on data frames, prints, and gives out tables', async () => {
    const script = `
      stopifnot(is.numeric(person$person_id), inherits(person$born, "Date"), is.logical(person$alive))
      stopifnot(identical(person$word[2], ""), is.na(person$word[3]), is.na(person$weight[2]))
      cat(nchar(person$word[1]), format(person$person_id[1], digits = 17), "\\n")
      summary(lm(mpg ~ wt, mtcars))$r.squared
      output("people", person)
      output("means", aggregate(mpg ~ cyl, mtcars, mean))
      output("none", person[0, ])
      warning("mind this")
    `
    const { text, tables, finished } = unwrapped(await run(script))
    assert.ok(finished, text)
    assert.match(text, /^29 4503599627370495 \n\[1\] 0\.7528328/)
    assert.match(text, /mind this/)
    const [same, means, none] = tables
    assert.equal(same?.name, 'people')
    assert.deepEqual(
      same?.rows,
      people.rows.map((row) => row.map((cell) => cell)),
    )
    assert.deepEqual(
      same?.columns,
      people.columns.map(({ name }) => name),
    )
    assert.deepEqual(
      means?.rows.map(([cyl]) => cyl),
      [4, 6, 8],
    )
    assert.deepEqual(none?.rows, [])
  })

  it('tells an error, with what was done before it', async () => {
    const { text, tables, finished } = unwrapped(await run('output("a", data.frame(n = 1)); stop("no further")'))
    assert.equal(finished, false)
    assert.match(text, /no further/)
    assert.equal(tables.length, 1)
    assert.match(unwrapped(await run('x <- (')).text, /unexpected end of input/)
  })

  it('gives out no more than the limits', async () => {
    const script =
      'output("many", data.frame(i = 1:500)); output("b", data.frame(i = 1)); output("c", data.frame(i = 1))'
    const limits = { rows: 100, tables: 2, textCharacters: 1000 }
    const { tables, text, finished } = unwrapped(await run(`print(1:2000); ${script}`, { limits }))
    assert.deepEqual(
      tables.map(({ rows, complete }) => [rows.length, complete]),
      [
        [100, false],
        [1, true],
      ],
    )
    assert.equal(finished, false)
    assert.equal(text.length, 1000)
  })

  describe('is contained:', () => {
    let address = ''
    let connections = 0
    const server = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const bound = server.address()
      address = typeof bound === 'object' && bound ? String(bound.port) : ''
    })
    after(() => server.close())

    /** Each is tried in turn in one process; what came of it is printed as one line. */
    const ATTEMPTS: readonly (readonly [string, string])[] = [
      ['JavaScript', 'webr::eval_js("1 + 1")'],
      ['JavaScript of the process', `webr::eval_js("process.version")`],
      ['files through JavaScript', `webr::eval_js("require('fs').readFileSync('/etc/passwd').length")`],
      ['processes through JavaScript', `webr::eval_js("process.getBuiltinModule('child_process').execSync('id')")`],
      ['sockets through JavaScript', `webr::eval_js("process.getBuiltinModule('net').connect(PORT, '127.0.0.1')")`],
      ['asynchronous JavaScript', `webr::eval_js("import('node:fs')", await = TRUE)`],
      ['a program', 'stopifnot(system("id") == 0)'],
      ['a program with output', 'system("id", intern = TRUE)'],
      ['a program by arguments', 'system2("id", stdout = TRUE)'],
      ['a pipe', 'readLines(pipe("id"))'],
      ['a shell', 'shell("id")'],
      ['passwords', 'readLines("/etc/passwd")'],
      ['our files', 'readLines("HERE")'],
      ['the environment of a process', 'readLines("/proc/self/environ")'],
      ['folders', 'stopifnot(length(list.files("/root")) + length(list.files("/work")) > 0)'],
      ['the host in its file system', 'webr::mount("/host", "/etc", "NODEFS"); readLines("/host/passwd")'],
      ['secrets in the environment', 'stopifnot(any(grepl("npm|NODE|SECRET|DATABASE", names(Sys.getenv()))))'],
      ['downloads', 'download.file("http://127.0.0.1:PORT/", "/tmp/x"); readLines("/tmp/x")'],
      ['web addresses', 'readLines(url("http://127.0.0.1:PORT/"))'],
      ['sockets', 'readLines(socketConnection("127.0.0.1", PORT, blocking = TRUE, timeout = 2))'],
      ['servers', 'serverSocket(0)'],
      ['packages', 'install.packages("jsonlite", repos = "http://127.0.0.1:PORT"); library(jsonlite)'],
      ['packages of webr', 'webr::install("jsonlite"); library(jsonlite)'],
      ['native code', 'writeBin(as.raw(c(0, 97, 115, 109, 1, 0, 0, 0)), "/tmp/a.so"); dyn.load("/tmp/a.so"); .C("a")'],
      ['processes of others', 'tools::pskill(1); stopifnot(length(list.files("/proc")) > 50)'],
      ['parallel processes', 'parallel::mcparallel(1)'],
      ['clusters', 'parallel::makeCluster(1)'],
    ]

    /** What came of each; R that ends at one is begun again behind it. */
    async function attempt(): Promise<ReadonlyMap<string, string>> {
      const told = new Map<string, string>()
      for (let left = ATTEMPTS; left.length > 0; left = left.filter(([name]) => !told.has(name))) {
        const attempts = left.map(([name, code]) => {
          const expression = code.replaceAll('PORT', address).replaceAll('HERE', import.meta.filename)
          const tried = `tryCatch({ suppressWarnings({ ${expression} }); "GOT OUT" }, error = function(e) "failed")`
          return `cat(${JSON.stringify(name)}, ": ", ${tried}, "\\n", sep = "")`
        })
        const { text } = unwrapped(await run(attempts.join('\n'), { network: 'none' }))
        for (const [, name = '', how = ''] of text.matchAll(/^(.+): (failed|GOT OUT)$/gm)) told.set(name, how)
        const [died] = left.find(([name]) => !told.has(name)) ?? []
        if (died !== undefined) told.set(died, 'ended')
      }
      return told
    }

    it(`${ATTEMPTS.length} attempts, where the system gives it no network of its own`, async () => {
      const told = await attempt()
      const got = [...told].filter(([, how]) => how !== 'failed' && how !== 'ended')
      assert.deepEqual(got, [])
      // Most of them are refused one by one, without an end.
      assert.ok([...told.values()].filter((how) => how === 'ended').length < 6, JSON.stringify([...told]))
      assert.equal(connections, 0)
    })

    it('the bridge of the package leads nowhere, also when it is forced open', async () => {
      const file = '"/usr/lib/R/library/webr/libs/webr.so"'
      const code = `for (i in 1:2) try(dyn.load(${file}), silent = TRUE)
        for (name in c("ffi_eval_js", "C_ffi_eval_js")) {
          cat(name, tryCatch({ .Call(name, "globalThis.out = 'GOT OUT'; 7", FALSE); "GOT OUT" }, error = function(e) "failed"), "\n")
        }`
      const result = await run(code)
      assert.ok(!result.ok || !result.value.text.includes('GOT OUT'), JSON.stringify(result))
    })

    it('what never ends, or takes all memory, is ended', async () => {
      const limits = { seconds: 40, memoryMegabytes: 900 }
      const bomb = 'x <- list(); repeat x[[length(x) + 1]] <- numeric(5e6) + 1'
      const ended = await run(bomb, { limits })
      assert.ok(codeOf(ended) === 'query-too-large' || outOfMemory(ended), JSON.stringify(ended))
      const short = { seconds: 5, memoryMegabytes: 900 }
      assert.equal(codeOf(await run('repeat {}', { limits: short })), 'query-too-slow')
      assert.equal(codeOf(await run('repeat {}', { signal: AbortSignal.timeout(2000) })), 'query-stopped')
      const deep = await run('f <- function(n) f(n + 1); f(1)')
      assert.ok(!deep.ok || !deep.value.finished)
    })
  })
})

/** R itself may find that it gets no more. */
function outOfMemory(result: Result<RResult>): boolean {
  return result.ok && !result.value.finished && /cannot allocate|memory/.test(result.value.text)
}

describe('R that is not installed', () => {
  it('is a problem with a next step', async () => {
    assert.equal(codeOf(await runR('1', { frames: [], folder: '/nowhere' })), 'r-not-installed')
    assert.equal(rInstalled('/nowhere'), false)
  })
})
