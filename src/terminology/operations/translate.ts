/**
 * ConceptMap/$translate (FHIR R5 §4.10.13): forward and backward. Every match keeps its relationship, comment, products
 * and the map that it comes from; a map's answer for what it does not list (`unmapped`) is followed.
 */
import { isObject, type JsonObject, objects } from '../load/json.ts'
import { type OperationContext, valueSetByUrl } from './context.ts'
import { compileFor } from './expand.ts'
import { type Coding, canonicalOf, canonicalText, type Parameter, type Resource } from './fhir.ts'
import { isRefusal, type Refusal, refusal } from './issues.ts'
import { isMember } from './membership.ts'

interface Question {
  readonly codings: readonly Coding[]
  readonly reverse: boolean
  /** System of the answer. */
  readonly wantedSystem: string | undefined
  readonly sourceScope: string | undefined
  readonly targetScope: string | undefined
  readonly dependencies: readonly JsonObject[]
}

interface Match {
  readonly concept: JsonObject | undefined
  readonly source: JsonObject | undefined
  readonly relationship: string | undefined
  readonly comment: string | undefined
  readonly products: readonly JsonObject[]
  readonly dependsOn: readonly JsonObject[]
  readonly originMap: string
}

export function translate(context: OperationContext, id?: string): Resource | Refusal {
  const question = readQuestion(context)
  if (isRefusal(question)) return question
  const maps = findMaps(context, question, id)
  if (isRefusal(maps)) return maps
  const matches: Match[] = []
  for (const coding of question.codings) {
    for (const map of maps) {
      const found = question.reverse
        ? backward(map, coding, question)
        : forward(context, map, coding, question, new Set([map]))
      for (const match of found) if (!matches.some((other) => isSame(match, other))) matches.push(match)
    }
  }
  const scoped = withinTarget(context, matches, question)
  if (isRefusal(scoped)) return scoped
  return answer(context, scoped, question.reverse)
}

// ---- The request: names of R5, and of R4 beside them

function readQuestion({ input, say }: OperationContext): Question | Refusal {
  const target = codingsOf(input.coding('targetCoding'), input.codeableConcept('targetCodeableConcept'), {
    code: input.text('targetCode'),
    system: input.text('targetSystem'),
    version: input.text('targetVersion'),
  })
  const source = codingsOf(
    input.coding('sourceCoding') ?? input.coding('coding'),
    input.codeableConcept('sourceCodeableConcept') ?? input.codeableConcept('codeableConcept'),
    {
      code: input.text('sourceCode') ?? input.text('code'),
      system: input.text('sourceSystem') ?? input.text('system'),
      version: input.text('sourceVersion') ?? input.text('version'),
    },
  )
  const isTarget = source.length === 0 && target.length > 0
  const codings = isTarget ? target : source
  if (codings.length === 0) {
    const what = "'sourceCode' with 'system', 'sourceCoding' or 'sourceCodeableConcept' (or the target's)"
    return refusal(400, { code: 'required', text: say('parameter_missing', { what }) })
  }
  const reverse = isTarget || (input.flag('reverse') ?? false)
  return {
    codings,
    reverse,
    wantedSystem: isTarget
      ? (input.text('sourceSystem') ?? input.text('system'))
      : (input.text('targetSystem') ?? input.text('targetsystem')),
    sourceScope: input.text('sourceScope') ?? input.text('source'),
    targetScope: input.text('targetScope') ?? input.text('target'),
    dependencies: objects(input.parameters).filter(({ name }) => name === 'dependency'),
  }
}

function codingsOf(
  coding: Coding | undefined,
  concept: { readonly coding?: readonly Coding[] } | undefined,
  { code, system, version }: Pick<Coding, 'code' | 'system' | 'version'>,
): readonly Coding[] {
  if (coding) return [coding]
  if (concept) return concept.coding ?? []
  if (code === undefined) return []
  return [{ code, ...(system !== undefined && { system }), ...(version !== undefined && { version }) }]
}

function findMaps(
  context: OperationContext,
  question: Question,
  id: string | undefined,
): readonly JsonObject[] | Refusal {
  const { input, library, say } = context
  const given = input.resource('conceptMap')
  if (given) return [given]
  if (id !== undefined) {
    const found = library.byId('ConceptMap', id)
    if (found) return [found.read()]
    return refusal(404, {
      code: 'not-found',
      type: 'not-found',
      text: say('resource_unknown', { type: 'ConceptMap', id }),
    })
  }
  const url = input.text('url')
  if (url !== undefined) {
    const canonical = canonicalOf(url)
    const version = input.text('conceptMapVersion') ?? canonical.version
    const found = library.conceptMap(canonical.url, version)
    if (found) return [found]
    const text = say('conceptmap_unknown', {})
    return refusal(404, {
      code: 'not-found',
      type: 'not-found',
      text: `${text} (${canonicalText(canonical.url, version)})`,
    })
  }
  const systems = new Set(question.codings.map(({ system }) => system))
  const maps = new Set<JsonObject>()
  for (const system of systems) {
    const [from, to] = question.reverse ? [question.wantedSystem, system] : [system, question.wantedSystem]
    for (const map of library.conceptMapsOf(from, to)) if (isWithinScopes(map, question)) maps.add(map)
  }
  return [...maps]
}

/** A map that names other value sets than the ones asked for is none of the maps asked for. */
function isWithinScopes(map: JsonObject, { sourceScope, targetScope }: Question): boolean {
  const scope = (name: string) => {
    const value = map[`${name}ScopeCanonical`] ?? map[`${name}ScopeUri`]
    return typeof value === 'string' ? canonicalOf(value).url : undefined
  }
  const fits = (asked: string | undefined, stated: string | undefined) =>
    asked === undefined || stated === undefined || canonicalOf(asked).url === stated
  return fits(sourceScope, scope('source')) && fits(targetScope, scope('target'))
}

// ---- Looking in a map

const systemOf = (canonical: unknown): string | undefined =>
  typeof canonical === 'string' ? canonicalOf(canonical).url : undefined
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function nameOf(map: JsonObject): string {
  return canonicalText(textOf(map.url) ?? '', textOf(map.version))
}

function codingJson(system: unknown, code: unknown, display?: unknown): JsonObject {
  const canonical = typeof system === 'string' ? canonicalOf(system) : undefined
  return {
    ...(canonical && { system: canonical.url }),
    ...(canonical?.version !== undefined && { version: canonical.version }),
    code,
    ...(typeof display === 'string' && { display }),
  }
}

function forward(
  context: OperationContext,
  map: JsonObject,
  coding: Coding,
  question: Question,
  followed: ReadonlySet<JsonObject>,
): readonly Match[] {
  const found: Match[] = []
  for (const group of objects(map.group)) {
    if (systemOf(group.source) !== coding.system && coding.system !== undefined) continue
    if (question.wantedSystem !== undefined && systemOf(group.target) !== question.wantedSystem) continue
    const elements = objects(group.element).filter(({ code }) => code === coding.code)
    if (elements.length === 0) found.push(...unmapped(context, map, group, coding, question, followed))
    for (const element of elements) {
      for (const target of objects(element.target)) {
        if (!meetsDependencies(target, question)) continue
        found.push(matchOf(map, group, element, target))
      }
    }
  }
  return found
}

function matchOf(map: JsonObject, group: JsonObject, element: JsonObject, target: JsonObject): Match {
  return {
    concept: target.code === undefined ? undefined : codingJson(group.target, target.code, target.display),
    source: codingJson(group.source, element.code),
    relationship: textOf(target.relationship),
    comment: textOf(target.comment),
    products: objects(target.product),
    dependsOn: objects(target.dependsOn),
    originMap: nameOf(map),
  }
}

/** A target that depends on something is meant only when the request does not say otherwise. */
function meetsDependencies(target: JsonObject, { dependencies }: Question): boolean {
  return objects(target.dependsOn).every((need) => {
    const stated = dependencies.find(({ part }) =>
      objects(part).some(({ name, valueUri, valueString, valueCode }) => {
        const attribute = valueUri ?? valueString ?? valueCode
        return name === 'attribute' && attribute === need.attribute
      }),
    )
    if (!stated) return true
    const given = objects(stated.part).find(({ name }) => name === 'value')
    return given !== undefined && valueText(given) === valueText(need)
  })
}

function valueText(item: JsonObject): string | undefined {
  const value = Object.entries(item).find(([key]) => key.startsWith('value'))?.[1]
  return isObject(value) ? textOf(value.code) : value === undefined ? undefined : String(value)
}

function unmapped(
  context: OperationContext,
  map: JsonObject,
  group: JsonObject,
  coding: Coding,
  question: Question,
  followed: ReadonlySet<JsonObject>,
): readonly Match[] {
  const rule = isObject(group.unmapped) ? group.unmapped : undefined
  if (!rule) return []
  const base = {
    source: codingJson(group.source, coding.code),
    relationship: textOf(rule.relationship),
    comment: undefined,
    products: [],
    dependsOn: [],
    originMap: nameOf(map),
  }
  switch (rule.mode) {
    case 'use-source-code':
    case 'provided':
      return [{ ...base, concept: codingJson(group.target, coding.code, coding.display) }]
    case 'fixed':
      return rule.code === undefined ? [] : [{ ...base, concept: codingJson(group.target, rule.code, rule.display) }]
    case 'other-map': {
      const { url, version } = canonicalOf(textOf(rule.otherMap) ?? '')
      const other = context.library.conceptMap(url, version)
      if (!other || followed.has(other)) return []
      return forward(context, other, coding, question, new Set([...followed, other]))
    }
    default:
      return []
  }
}

function backward(map: JsonObject, coding: Coding, { wantedSystem }: Question): readonly Match[] {
  const found: Match[] = []
  for (const group of objects(map.group)) {
    if (coding.system !== undefined && systemOf(group.target) !== coding.system) continue
    if (wantedSystem !== undefined && systemOf(group.source) !== wantedSystem) continue
    for (const element of objects(group.element)) {
      for (const target of objects(element.target)) {
        if (target.code === coding.code) found.push(matchOf(map, group, element, target))
      }
    }
  }
  return found
}

function isSame(one: Match, other: Match): boolean {
  const key = ({ concept, source, relationship }: Match) =>
    [concept?.system, concept?.code, source?.system, source?.code, relationship].join('|')
  return key(one) === key(other)
}

/** The target scope is a value set that every target must be in. */
function withinTarget(
  context: OperationContext,
  matches: readonly Match[],
  { targetScope, reverse }: Question,
): readonly Match[] | Refusal {
  if (targetScope === undefined || reverse || matches.length === 0) return matches
  const source = valueSetByUrl(context, targetScope, undefined)
  if (isRefusal(source)) return source
  const compiled = compileFor(context, source)
  if (isRefusal(compiled)) return compiled
  return matches.filter(({ concept }) => {
    const system = textOf(concept?.system)
    const code = textOf(concept?.code)
    if (system === undefined || code === undefined) return true
    const codeSystem = context.library.codeSystem(system, textOf(concept?.version))
    const handle = codeSystem?.locate(code).concept
    return codeSystem !== undefined && handle !== undefined && isMember(compiled, { codeSystem, concept: handle })
  })
}

// ---- The answer

function answer({ say }: OperationContext, matches: readonly Match[], reverse: boolean): Resource {
  const result = matches.some(({ relationship, concept }) => concept && relationship !== 'not-related-to')
  const parameter: Parameter[] = [{ name: 'result', valueBoolean: result }]
  if (matches.length === 0) parameter.push({ name: 'message', valueString: say('translation_none') })
  for (const match of matches) parameter.push({ name: 'match', part: partsOf(match, reverse) })
  return { resourceType: 'Parameters', parameter }
}

function partsOf(match: Match, reverse: boolean): readonly Parameter[] {
  const { relationship, concept, source, comment, products, dependsOn, originMap } = match
  const parts: Parameter[] = []
  if (relationship !== undefined) parts.push({ name: 'relationship', valueCode: relationship })
  if (concept) parts.push({ name: 'concept', valueCoding: concept })
  if (reverse && source) parts.push({ name: 'source', valueCoding: source })
  if (comment !== undefined) parts.push({ name: 'comment', valueString: comment })
  for (const product of products) parts.push({ name: 'product', part: attributeParts(product) })
  for (const need of dependsOn) parts.push({ name: 'dependsOn', part: attributeParts(need) })
  parts.push({ name: 'originMap', valueCanonical: originMap })
  return parts
}

function attributeParts(attribute: JsonObject): readonly Parameter[] {
  const [key, value] = Object.entries(attribute).find(([name]) => name.startsWith('value')) ?? []
  return [
    { name: 'attribute', valueUri: attribute.attribute },
    ...(key === undefined ? [] : [{ name: 'value', [key]: value }]),
  ]
}
