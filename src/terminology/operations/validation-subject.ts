/** What a $validate-code request asks about: a code, a Coding or a CodeableConcept, and how its elements are called. */
import type { CodingPath } from './check-coding.ts'
import type { OperationContext } from './context.ts'
import type { CodeableConcept, Coding } from './fhir.ts'
import { type Refusal, refusal } from './issues.ts'

export interface Subject {
  readonly kind: 'code' | 'coding' | 'codeableConcept'
  readonly codings: readonly Coding[]
  readonly paths: readonly CodingPath[]
  readonly path: CodingPath
  readonly concept?: CodeableConcept
}

const CODE_PATH: CodingPath = { self: 'code', system: 'system', version: 'version', code: 'code', display: 'display' }

function pathsUnder(self: string): CodingPath {
  return {
    self,
    system: `${self}.system`,
    version: `${self}.version`,
    code: `${self}.code`,
    display: `${self}.display`,
  }
}

/** @param system the code system of CodeSystem/$validate-code, where the coding itself names none */
export function subjectOf({ input, say }: OperationContext, system: string | undefined): Subject | Refusal {
  const concept = input.codeableConcept('codeableConcept')
  if (concept) {
    const codings = (concept.coding ?? []).map((coding) => withSystem(coding, system))
    const paths = codings.map((_, index) => pathsUnder(`CodeableConcept.coding[${index}]`))
    return { kind: 'codeableConcept', codings, paths, path: pathsUnder('CodeableConcept'), concept }
  }
  const coding = input.coding('coding')
  if (coding) {
    const path = pathsUnder('Coding')
    return { kind: 'coding', codings: [withSystem(coding, system)], paths: [path], path }
  }
  const code = input.text('code')
  if (code === undefined) {
    return refusal(400, {
      code: 'required',
      text: say('parameter_missing', { what: "'code', 'coding' or 'codeableConcept'" }),
    })
  }
  const parts = {
    system: input.text('system') ?? system,
    // The parameter is called version on CodeSystem, systemVersion on ValueSet; both are understood.
    version: input.text('systemVersion') ?? input.text('version'),
    display: input.text('display'),
  }
  const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
  return { kind: 'code', codings: [{ code, ...given }], paths: [CODE_PATH], path: CODE_PATH }
}

function withSystem(coding: Coding, system: string | undefined): Coding {
  return coding.system !== undefined || system === undefined ? coding : { ...coding, system }
}
