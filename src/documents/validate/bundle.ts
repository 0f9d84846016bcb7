/** Rules of bundles that constraints do not express: fullUrls and what a document must hold (R4 bundle.html, documents.html). */
import { isObject, type JsonObject } from './compile/json.ts'
import { resolveReference } from './references/resolve.ts'
import { type Run, report, type Scope } from './run.ts'

/** Elements of a Composition whose targets a document must include (R4 documents.html 3.3.1). */
const INCLUDED = ['subject', 'encounter', 'author', 'party', 'custodian', 'entry', 'detail', 'focus']

export function checkBundles(run: Run): void {
  for (const scope of run.scopes.values()) {
    if (scope.fullUrl !== undefined) checkFullUrl(run, scope, scope.fullUrl)
    if (scope.bundle) checkReferences(run, scope)
  }
}

/** A RESTful fullUrl ends with type and id of its resource; urn:uuid and urn:oid are well formed. */
function checkFullUrl(run: Run, scope: Scope, fullUrl: string): void {
  const path = scope.path.replace(/\.resource$/, '.fullUrl')
  const tail = /\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)
  const { id } = scope.resource
  if (/^https?:/.test(fullUrl)) {
    if (
      tail &&
      run.engine.type(tail[1] ?? '') &&
      (tail[1] !== scope.type || (typeof id === 'string' && tail[2] !== id))
    )
      report(run, 'error', 'bundle', path, 'The fullUrl names another type or id than the resource has.')
  } else if (
    fullUrl.startsWith('urn:uuid:') &&
    !/^urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(fullUrl)
  )
    report(run, 'error', 'bundle', path, 'The fullUrl is no valid urn:uuid.')
  else if (!/^[a-z][a-z0-9+.-]*:/i.test(fullUrl)) report(run, 'error', 'bundle', path, 'The fullUrl must be absolute.')
}

function checkReferences(run: Run, scope: Scope): void {
  const document = scope.bundle?.resource.type === 'document'
  const composition = document && scope.type === 'Composition'
  const stack: { readonly value: JsonObject; readonly path: string; readonly name: string }[] = [
    { value: scope.resource, path: scope.path, name: '' },
  ]
  for (let at = stack.pop(); at; at = stack.pop()) {
    const { reference } = at.value
    if (typeof reference === 'string' && at.name !== '')
      checkOne(run, scope, reference, at.path, document === true, composition && INCLUDED.includes(at.name))
    for (const key in at.value) {
      const child = at.value[key]
      if (typeof child !== 'object' || child === null || key === 'resource' || key === 'contained') continue
      if (Array.isArray(child)) {
        for (let index = 0; index < child.length; index++) {
          const item: unknown = child[index]
          if (isObject(item)) stack.push({ value: item, path: `${at.path}.${key}[${index}]`, name: key })
        }
      } else if (isObject(child)) stack.push({ value: child, path: `${at.path}.${key}`, name: key })
    }
  }
}

function checkOne(
  run: Run,
  scope: Scope,
  reference: string,
  path: string,
  document: boolean,
  mustBeHere: boolean,
): void {
  if (resolveReference(run, scope, reference)) return
  if (reference.startsWith('#')) {
    report(run, 'error', 'reference', path, 'The reference names a contained resource that is not there.')
    return
  }
  if (reference.startsWith('urn:'))
    report(run, 'error', 'reference', path, 'The reference names an entry that this bundle does not hold.')
  else if (mustBeHere)
    report(
      run,
      'error',
      'reference',
      path,
      'A document must hold what its Composition refers to; this target is missing.',
    )
  else if (document && !reference.includes(':'))
    report(run, 'warning', 'reference', path, 'The target of this reference is not in the document.')
}
