/** The code system that an operation on one code is about. */
import type { CodeSystem, ConceptHandle } from '../code-systems/code-system.ts'
import { createFhirCodeSystem } from '../code-systems/fhir-code-system.ts'
import { versionList } from './check-coding.ts'
import { type OperationContext, rulesFor, supplementsFor } from './context.ts'
import { type Coding, canonicalText } from './fhir.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'
import { chooseVersion, failedCheck } from './version-rules.ts'

export function findCodeSystem(
  context: OperationContext,
  system: string,
  stated: string | undefined,
): CodeSystem | Refusal {
  const { library, say, input } = context
  const supplements = supplementsFor(context)
  if (isRefusal(supplements)) return supplements
  const given = input.resource('codeSystem')
  if (given?.url === system) return createFhirCodeSystem(given, supplements.of(system))
  const rules = rulesFor(context)
  const { version } = chooseVersion(rules, system, stated)
  const found =
    library.codeSystem(system, version, supplements.of(system)) ??
    (version === undefined ? library.fragmentOfSupplements(system, supplements.of(system)) : undefined)
  if (!found) return unknownCodeSystem(context, system, version)
  const unused = supplements.unused(new Set([system]))
  if (unused) return unused
  const required = failedCheck(rules.system, system, found.identity.version)
  if (required === undefined) return found
  const id = 'VALUESET_VERSION_CHECK'
  const text = say(id, { version: found.identity.version, system, required })
  return refusal(422, { code: 'exception', type: 'version-error', id, text })
}

function unknownCodeSystem({ library, say }: OperationContext, system: string, version: string | undefined): Refusal {
  const known = library.codeSystemVersions(system).flatMap((each) => each.version ?? [])
  const id =
    version === undefined
      ? 'UNKNOWN_CODESYSTEM'
      : known.length === 0
        ? 'UNKNOWN_CODESYSTEM_VERSION_NONE'
        : 'UNKNOWN_CODESYSTEM_VERSION'
  const text = say(id, { system, version, versions: versionList(known, say) })
  return refusal(422, { code: 'not-found', type: 'not-found', id, text })
}

/** The url of a CodeSystem by instance id. */
export function systemById(
  { library, say }: OperationContext,
  id: string,
): { url: string; version?: string } | Refusal {
  const found = library.byId('CodeSystem', id)
  if (!found) {
    return refusal(404, {
      code: 'not-found',
      type: 'not-found',
      text: say('resource_unknown', { type: 'CodeSystem', id }),
    })
  }
  const { url, version } = found.entry
  return { url, ...(version !== undefined && { version }) }
}

export function locate(
  { say }: OperationContext,
  codeSystem: CodeSystem,
  code: string,
): { readonly concept: ConceptHandle } | Refusal {
  const located = codeSystem.locate(code)
  if (located.concept !== undefined) return { concept: located.concept }
  const { url, version } = codeSystem.identity
  const text = say('code_unknown', { code, canonical: canonicalText(url, version) })
  const issue = { code: 'not-found', type: 'invalid-code', text: located.reason ? `${text}. ${located.reason}` : text }
  return refusal(404, issue)
}

/** A coding of the parameters: as `coding`, or as `code` with `system` and `version`. */
export function codingOf(
  { input, say }: OperationContext,
  names: { readonly coding: string; readonly code: string },
  owner: { readonly url: string; readonly version?: string } | undefined,
): (Required<Pick<Coding, 'system' | 'code'>> & Pick<Coding, 'version'>) | Refusal {
  const coding = input.coding(names.coding)
  const code = coding?.code ?? input.text(names.code)
  const system = coding?.system ?? input.text('system') ?? owner?.url ?? textUrl(input.resource('codeSystem')?.url)
  const version = coding?.version ?? input.text('version') ?? owner?.version
  if (code === undefined || system === undefined) {
    const what = `'${names.coding}', or 'system' and '${names.code}'`
    return refusal(400, { code: 'required', text: say('parameter_missing', { what }) })
  }
  return { system, code, ...(version !== undefined && { version }) }
}

function textUrl(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
