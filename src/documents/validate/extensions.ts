/** Extensions: known ones obey their definition and stand where it allows; unknown ones are named. */
import type { JsonObject } from './compile/json.ts'
import type { CompiledContext, CompiledStructure } from './definitions/compiled.ts'
import { conforms } from './profiles/conformance.ts'
import { type Run, report, type Scope } from './run.ts'
import type { TypePlan } from './walk/type-plan.ts'

export interface ExtensionPlace {
  readonly path: string
  /** Type of the element that carries the extension. */
  readonly owner: TypePlan
  readonly modifier: boolean
  /** Url of the extension around it. */
  readonly parentUrl?: string | undefined
}

export function checkExtension(run: Run, scope: Scope, extension: JsonObject, place: ExtensionPlace): void {
  const { url } = extension
  if (typeof url !== 'string') return
  // Parts of a complex extension have relative urls; the definition of the whole knows them.
  if (place.parentUrl !== undefined && !url.includes(':')) return
  const definition = run.engine.definitions.structure(url)
  if (definition?.type !== 'Extension') {
    unknown(run, url, place)
    return
  }
  const plan = run.engine.type('Extension')
  const node = { value: extension, type: 'Extension', plan, path: place.path }
  run.issues.push(...conforms(run, node, definition.url, scope))
  if (place.modifier !== (definition.modifier === true))
    report(
      run,
      'error',
      'extension-context',
      place.path,
      place.modifier
        ? `The extension ${url} is no modifier and must stand in extension.`
        : `The extension ${url} changes the meaning of its element and must stand in modifierExtension.`,
      { profile: definition.url },
    )
  if (!allowedHere(run, scope, definition, place)) {
    const where = (definition.contexts ?? []).map((context) => context.expression).join(', ')
    report(run, 'error', 'extension-context', place.path, `The extension ${url} may only stand on ${where}.`, {
      profile: definition.url,
    })
  }
}

function unknown(run: Run, url: string, place: ExtensionPlace): void {
  if (place.modifier)
    report(
      run,
      'error',
      'modifier-unknown',
      place.path,
      `The modifier extension ${url} is not known: its element cannot be understood safely.`,
    )
  else report(run, 'warning', 'extension-unknown', place.path, `The extension ${url} is not known and was not checked.`)
}

function allowedHere(run: Run, scope: Scope, definition: CompiledStructure, place: ExtensionPlace): boolean {
  const contexts = definition.contexts ?? []
  if (contexts.length === 0) return true
  const here = elementPath(scope, place.path)
  return contexts.some((context) => contextHolds(run, context, here, place))
}

function contextHolds(run: Run, context: CompiledContext, here: string, place: ExtensionPlace): boolean {
  if (context.type === 'extension') return place.parentUrl === context.expression
  // FHIRPath contexts select nodes of the resource; whether this is one of them is not decided here.
  if (context.type === 'fhirpath') return true
  const hash = context.expression.indexOf('#')
  const expression = (hash < 0 ? context.expression : context.expression.slice(hash + 1)).replaceAll('[x]', '')
  const { name } = place.owner
  if (expression === here || expression === name.replaceAll('[x]', '')) return true
  if (expression === 'CanonicalResource' || expression === 'MetadataResource') return place.owner.byName.has('url')
  // `Element` means anywhere: published extensions use it for resources too.
  if (expression === 'Element') return true
  if (place.owner.kind === 'resource') return run.engine.isA(name, expression)
  const type = typeOfOwner(run, place.owner)
  return type !== undefined && run.engine.isA(type, expression)
}

function typeOfOwner(run: Run, owner: TypePlan): string | undefined {
  if (run.engine.type(owner.name)) return owner.name
  return owner.byName.has('modifierExtension') ? 'BackboneElement' : owner.url.slice(owner.url.lastIndexOf('/') + 1)
}

/** `Patient.name.family` for the element that carries the extension at `path`. */
function elementPath(scope: Scope, path: string): string {
  const inside = path.slice(scope.path.length)
  const carrier = inside.slice(
    0,
    inside.lastIndexOf(inside.includes('.modifierExtension') ? '.modifierExtension' : '.extension'),
  )
  return scope.type + carrier.replace(/\[\d+\]|\.ofType\([^)]*\)/g, '')
}
