/** Validation of IPS documents against their profiles, against what fhirpath.js takes for the root constraints alone. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bundle } from 'fhir/r4'
import fhirpath from 'fhirpath'
import model from 'fhirpath/fhir-context/r4'
import { openDefinitions } from '../src/documents/validate/definitions/open-definitions.ts'
import { validate } from '../src/documents/validate/validate.ts'
import { type Benchmark, median } from './benchmark.ts'

const EXAMPLES = join(dirname(fileURLToPath(import.meta.resolve('hl7.fhir.uv.ips/package.json'))), 'example')
const CACHE = join(import.meta.dirname, '..', 'node_modules', '.cache', 'tessera-definitions')
/** Validations in one timed round. */
const ROUND = 60

export const benchmark: Benchmark = { name: 'validation of IPS documents (R4, profiles, invariants, bindings)', run }

async function run(): Promise<readonly string[]> {
  const started = performance.now()
  const definitions = openDefinitions({ cacheDirectory: CACHE })
  const opened = performance.now() - started
  const lines = [`definitions opened in ${opened.toFixed(0)} ms (compiled once before, if they were not)`]
  for (const name of ['no-info-required-sections', 'ips-all-sections']) {
    const json = readFileSync(join(EXAMPLES, `Bundle-bundle-${name}.json`), 'utf8')
    const bundle: Bundle = JSON.parse(json)
    const evaluations = rootConstraints(bundle, definitions)
    const baseline = await median(() => {
      JSON.parse(json)
      for (const evaluate of evaluations) evaluate()
    })
    const own = await median(
      () => {
        for (let turn = 0; turn < ROUND; turn += 1) validate(JSON.parse(json), { definitions })
      },
      { rounds: 9, warmUp: 9 },
    )
    const each = own / ROUND
    lines.push(
      `${name}, ${(json.length / 1000).toFixed(0)} KB`,
      `  fhirpath.js, compiled, ${evaluations.length} root constraints only [baseline] ${baseline.toFixed(2).padStart(8)} ms  ${(1000 / baseline).toFixed(0).padStart(5)} /s`,
      `  Tessera, parse and validate everything              ${each.toFixed(2).padStart(13)} ms  ${(1000 / each).toFixed(0).padStart(5)} /s  ${(baseline / each).toFixed(1)} × the baseline's speed`,
    )
  }
  return lines
}

type Definitions = ReturnType<typeof openDefinitions>

/** The constraints that stand on the root of each resource of the bundle and of the profiles it claims, compiled. */
function rootConstraints(bundle: Bundle, definitions: Definitions): readonly (() => unknown)[] {
  const resources = [bundle, ...(bundle.entry ?? []).flatMap((entry) => entry.resource ?? [])]
  const compiled = new Map<string, ReturnType<typeof fhirpath.compile>>()
  return resources.flatMap((resource) =>
    [definitions.type(resource.resourceType), ...(resource.meta?.profile ?? []).map(definitions.structure)].flatMap(
      (structure) =>
        (structure?.root.constraints ?? []).flatMap((place) => {
          const constraint = definitions.constraint(place)
          // resolve() is another matter for the library: it would ask a server.
          if (!constraint || constraint.expression.includes('resolve(')) return []
          const evaluate = compiled.get(constraint.expression) ?? fhirpath.compile(constraint.expression, model)
          compiled.set(constraint.expression, evaluate)
          return [() => evaluate(resource, { resource, rootResource: resource }, { traceFn: () => undefined })]
        }),
    ),
  )
}
