/** The journey of clinical software, step by step: sign in → search mask → patient → documents → document. */
import { join } from 'node:path'
import { z } from 'zod'
import { checkFormat } from '#care/country-b/mask-format.ts'
import { readCountry } from '#node/country-data.ts'
import { openRelyingParty } from '#node/sign-in.ts'
import { describeProblem, failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { openNotices } from '#portal/professional/notices.ts'
import type { FetchOptions } from '../commands/fetch.ts'
import { convertOne } from '../convert/one.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { tryWriting, writeWhole } from '../output.ts'
import { EXIT } from '../program.ts'
import { DATA } from '../project.ts'
import { openReader } from '../reader.ts'
import { type NodeApi, nodeApi } from './node-api.ts'

const Mask = z.object({
  alternatives: z.array(
    z.array(z.object({ name: z.string(), kind: z.string(), format: z.string().optional(), mandatory: z.boolean() })),
  ),
})
const Candidates = z.array(z.object({ identifier: z.string() }))
const Documents = z.array(z.object({ id: z.string(), type: z.string(), date: z.string() }))
const Document = z.looseObject({ resourceType: z.literal('Bundle') })

/** Runs the command and returns its exit code. */
export async function fetchDocument(options: FetchOptions): Promise<number> {
  const fetched = await journey(options)
  if (!fetched.ok) return complain(fetched.problem)
  const reader = await openReader(options.lang)
  if (!reader.ok) return complain(reader.problem, EXIT.usage)
  const converted = await convertOne(
    Buffer.from(JSON.stringify(fetched.value)),
    `document from ${options.country}`,
    options.to,
    reader.value,
  )
  if (!converted.ok) return complain(converted.problem)
  const { bytes, report } = converted.value
  const unwritten = await tryWriting(
    async () => {
      if (options.report) await writeWhole(options.report, Buffer.from(`${JSON.stringify(report, null, 2)}\n`))
      if (options.out) await writeWhole(options.out, bytes)
    },
    options.out ?? options.report ?? '',
  )
  if (unwritten) return complain(unwritten)
  if (!options.out) process.stdout.write(bytes)
  return EXIT.fine
}

function complain(problem: Problem, code: number = EXIT.failed): number {
  console.error(describeProblem(problem))
  return code
}

async function journey(options: FetchOptions): Promise<Result<unknown>> {
  const configuration = await countryConfiguration(options)
  if (!configuration.ok) return configuration
  const description = await readCountry(DATA, configuration.value.country)
  const people = await openRelyingParty(configuration.value, description)
  const signedIn = await people.signInWithoutBrowser(options.as)
  if (!signedIn.ok) return signedIn
  const api = nodeApi(configuration.value.portal.origin, signedIn.value.accessToken, options.exercise)
  const patient = await identify(api, options)
  if (!patient.ok) return patient
  const now = new Date().toISOString()
  const patientLanguage = (await readCountry(DATA, options.country).catch(() => description)).languages[0] ?? 'en'
  const care = {
    country: options.country,
    patient: patient.value,
    purpose: options.emergency === undefined ? 'TREATMENT' : 'EMERGENCY',
    ...(options.emergency === undefined ? {} : { reason: options.emergency }),
    relationshipDeclaredAt: now,
    notice: { version: openNotices(join(DATA)).version, languages: [patientLanguage], recordedAt: now },
  }
  const documents = await api.post('/documents', care, Documents)
  if (!documents.ok) return documents
  const newest = [...documents.value].sort((one, other) => other.date.localeCompare(one.date))[0]
  if (newest === undefined) return failed('ERROR_PS_NOT_FOUND', 'No document is available.', 'Ask the patient.')
  return api.post('/document', { ...care, document: newest.id }, Document)
}

/** Fills the country's mask with what the options give and expects exactly one person. */
async function identify(api: NodeApi, options: FetchOptions): Promise<Result<string>> {
  const mask = await api.get(`/countries/${encodeURIComponent(options.country)}/search-mask`, Mask)
  if (!mask.ok) return mask
  const answers = answersFor(mask.value, options)
  if (!answers.ok) return answers
  const candidates = await api.post('/patients', { country: options.country, answers: answers.value }, Candidates)
  if (!candidates.ok) return candidates
  const [only, second] = candidates.value
  if (second !== undefined)
    return failed('ERROR_PI_MULTIPLE_MATCHES', 'Several people match.', 'Give more traits with --answer.')
  return only ? ok(only.identifier) : failed('ERROR_PI_NO_MATCH', 'Nobody matches.', 'Check what was typed.')
}

/** The alternative whose identifier has the format of what was given; the first one otherwise. */
function answersFor({ alternatives }: z.infer<typeof Mask>, options: FetchOptions): Result<Record<string, string>> {
  const fits = (format: string | undefined): boolean =>
    format === undefined || checkFormat(format, options.patient) !== 'does-not-fit'
  const fields =
    alternatives.find((group) => group.some(({ kind, format }) => kind === 'identifier' && fits(format))) ??
    alternatives[0] ??
    []
  const given = Object.fromEntries(
    (options.answer ?? []).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  const identifier = fields.find(({ kind }) => kind === 'identifier')
  const birth = fields.find(({ kind }) => kind === 'birthDate')
  const answers = {
    ...(identifier ? { [identifier.name]: options.patient } : {}),
    ...(birth && options.birthDate ? { [birth.name]: options.birthDate } : {}),
    ...given,
  }
  const missing = fields.filter(({ name, mandatory }) => mandatory && !(name in answers)).map(({ name }) => name)
  if (missing.length === 0) return ok(answers)
  return failed(
    'ERROR_PI_MISSING_REQUIRED_FIELDS',
    `${options.country} also asks for ${missing.join(', ')}.`,
    'Give --birth-date or --answer name=value.',
  )
}
