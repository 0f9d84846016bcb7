/** What the edit commands do. */
import { readFile } from 'node:fs/promises'
import type { OpenedCentre } from '#node/releases/open-centre.ts'
import { describeProblem, failed, ok, type Result } from '#platform/result/result.ts'
import { workToArtifact } from '#terminology/editor/artifact.ts'
import { exportCsv, readCsv } from '#terminology/editor/csv.ts'
import type { WorkRow } from '#terminology/editor/importing.ts'
import { exportXliff, readXliff, type Untranslated } from '#terminology/editor/xliff.ts'
import { tryWriting, writeWhole } from '../output.ts'
import { EXIT } from '../program.ts'
import { show, tell, withOpenCentre } from './centre.ts'
import type { ArtifactOptions, ExportOptions, ImportOptions } from './edit.ts'
import type { CentreOptions } from './release.ts'

type SetOption = { readonly workingSet?: string }

function setOf({ workingSet }: SetOption): SetOption {
  return workingSet === undefined ? {} : { workingSet }
}

export async function exportWork(options: ExportOptions): Promise<number> {
  return withOpenCentre(options, setOf(options), async (opened) => {
    const content = options.format === 'xliff' ? await xliffOf(opened, options) : ok(await csvOf(opened, options))
    if (!content.ok) return tell(content.problem)
    const { out } = options
    if (out === undefined) {
      process.stdout.write(content.value)
      return EXIT.fine
    }
    const problem = await tryWriting(() => writeWhole(out, Buffer.from(content.value)), out)
    return problem ? tell(problem) : EXIT.fine
  })
}

async function csvOf({ editor }: OpenedCentre, options: ExportOptions): Promise<string> {
  const { kind, status, language, delimiter, bom } = options
  const filter = { kind, ...(status && { status }), ...(language !== undefined && { language }) }
  let text = ''
  for await (const line of exportCsv(editor.entries(filter), { kind, delimiter, byteOrderMark: bom ?? false }))
    text += line
  return text
}

async function xliffOf(opened: OpenedCentre, options: ExportOptions): Promise<Result<string>> {
  const { language, from, source, status } = options
  if (language === undefined) {
    return failed('no-language', 'XLIFF is for one language.', 'Name the language to translate into (--language).')
  }
  const untranslated = await untranslatedOf(opened, options.untranslated, language)
  if (!untranslated.ok) return untranslated
  const filter = { kind: 'designation', language, ...(status && { status }) } as const
  const languages = { sourceLanguage: from, targetLanguage: language, source }
  const text = await exportXliff(opened.editor.entries(filter), untranslated.value, languages)
  if (text !== '') return ok(text)
  return failed('nothing-to-translate', 'There is nothing to translate.', 'Name a value set (--untranslated).')
}

/** Members of a value set without a word in the language, by what is served; those that are being translated are left out. */
async function untranslatedOf(
  { served, terminology, editor }: OpenedCentre,
  valueSet: string | undefined,
  language: string,
): Promise<Result<readonly Untranslated[]>> {
  if (valueSet === undefined) return ok([])
  const artifacts = await served()
  if (!artifacts.ok) return artifacts
  const known = await terminology(artifacts.value)
  const members = known.valueSet(valueSet)
  if (!members) return failed('value-set-unknown', `The value set ${valueSet} is not loaded.`, 'Check its URL or OID.')
  const working = new Set<string>()
  for await (const { content } of editor.entries({ kind: 'designation', language })) {
    if (content.kind === 'designation') working.add(`${content.system}|${content.code}`)
  }
  return ok(
    members.members
      .filter(({ system, code }) => !working.has(`${system}|${code}`) && !known.designation(system, code, [language]))
      .map(({ system, code, display }) => ({ system, code, original: display ?? code })),
  )
}

export async function importWork(file: string, options: ImportOptions): Promise<number> {
  const bytes = await readFile(file).catch(() => undefined)
  if (!bytes) return tell(failed('no-file', 'The file cannot be read.', 'Check its name.', { file }).problem)
  let rows: readonly WorkRow[]
  let unread = 0
  if (/\.xli?f(?:f)?$/i.test(file) || bytes.subarray(0, 200).toString('utf8').includes('<xliff')) {
    const units = readXliff(bytes, file)
    if (!units.ok) return tell(units.problem)
    rows = units.value
  } else {
    const table = await readCsv(bytes, file)
    for (const problem of table.problems) console.error(describeProblem(problem))
    rows = table.rows
    unread = table.problems.length
  }
  return withOpenCentre(options, setOf(options), async ({ editor }) => {
    const { by, note } = options
    const imported = await editor.importRows(rows, { by, ...(note !== undefined && { note }) })
    if (!imported.ok) return tell(imported.problem)
    const { problems, moved, ...counts } = imported.value
    for (const problem of problems) console.error(describeProblem(problem))
    if (options.json) console.log(JSON.stringify(imported.value, null, 2))
    else for (const [what, count] of Object.entries({ ...counts, ...moved })) console.log(`${what}: ${count}`)
    return problems.length + unread > 0 ? EXIT.failed : EXIT.fine
  })
}

export async function showStatus(options: CentreOptions & SetOption): Promise<number> {
  return withOpenCentre(options, setOf(options), async ({ editor }) => {
    const counts = await editor.counts()
    return show(ok(counts), options.json, () => {
      const lines = counts.map(
        ({ kind, of, status, count }) => `${String(count).padStart(8)}  ${status.padEnd(10)} ${kind} ${of}`,
      )
      return lines.join('\n') || 'The working set is empty.'
    })
  })
}

export async function makeArtifact(options: ArtifactOptions): Promise<number> {
  return withOpenCentre(options, setOf(options), async ({ home, editor, served, terminology }) => {
    const artifacts = await served()
    if (!artifacts.ok) return tell(artifacts.problem)
    const { title, by, unreviewed = false } = options
    const made = await workToArtifact(editor.entries(), {
      home,
      title,
      by,
      unreviewed,
      version: new Date().toISOString().slice(0, 10),
      canonical: (await terminology(artifacts.value)).canonicalSystem,
    })
    return show(made, options.json, ({ id }) => `${id}\nStage it: tessera terminology release stage ${id} --by NAME`)
  })
}
