/** One concept: what it is called, what it means, where it stands, what it maps to, which value sets hold it. */
import { alert, linkButton, summaryList, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import type { Child, ConceptView, Mapping, Slice, ValueSetEntry } from '../browser.ts'
import {
  conceptAddress,
  conceptLink,
  counted,
  foreignLink,
  isForeign,
  languageTag,
  pager,
  plainText,
} from '../terms.ts'
import { queryText, type Visit } from '../visit.ts'
import { attributesSection } from './concept-attributes.ts'
import { designationsSection } from './concept-designations.ts'

export interface ConceptPage {
  readonly concept: ConceptView
  readonly children?: Slice<Child> | undefined
  readonly childrenPage: number
  readonly memberships: readonly ValueSetEntry[]
}

export const CHILDREN_SHOWN = 20

export function conceptPage(visit: Visit, view: ConceptPage): Html {
  const { concept } = view
  return html`${heading(visit, concept)}
${!concept.active && inactivation(visit, concept)}
<div class="concept"><div>
${definitions(visit, concept)}
${designationsSection(visit, concept)}
${attributesSection(visit, concept)}
${mapsSection(visit, concept)}
${membershipSection(visit, view.memberships)}
</div><div>
${hierarchySection(visit, view)}
${aboutSection(visit, concept)}
</div></div>`
}

function heading(visit: Visit, { term, code, system, active, selectable, status }: ConceptView): Html {
  const { words } = visit
  const foreign = term !== undefined && isForeign(visit, term)
  return html`<p class="crumbs"><a href="${visit.address('', { system: system.url })}">${plainText(visit, system.name)}</a></p>
<h1${foreign && html` class="foreign-heading"`}>${
    term ? html`<span${foreign && html` class="foreign"`}>${plainText(visit, term)}</span>` : code
  }${foreign && html` ${languageTag(visit, term)}`}</h1>
<p class="facts"><span>${words('terminology.concept.code')} <code class="code-large">${code}</code></span>${
    active ? tag(words('terminology.active'), 'good') : tag(words('terminology.inactive'), 'warn')
  }${status && status !== 'active' && status !== 'inactive' && tag(html`<span lang="en">${status}</span>`)}${
    !selectable && tag(words('terminology.concept.grouping'))
  }</p>`
}

/** Why it is not to be used any more, and what to use instead. */
function inactivation(visit: Visit, { inactivation: why }: ConceptView): Html {
  const { words } = visit
  return alert(
    'warning',
    words('terminology.concept.inactive.title'),
    html`${
      why?.reason
        ? html`<p>${words('terminology.concept.inactive.reason')} ${plainText(visit, why.reason)}</p>`
        : html`<p>${words('terminology.concept.inactive.no-reason')}</p>`
    }${
      why && why.replacements.length > 0
        ? html`<ul>${why.replacements.map(
            ({ association, target }) => html`<li>${plainText(visit, association)}: ${conceptLink(visit, target)}</li>`,
          )}</ul>`
        : html`<p>${words('terminology.concept.inactive.no-replacement')}</p>`
    }`,
  )
}

function definitions(visit: Visit, { definitions: list }: ConceptView): Html {
  if (list.length === 0) return html``
  return html`<section class="block" aria-labelledby="definition"><h2 id="definition">${visit.words(
    'terminology.concept.definition',
  )}</h2>${list.map(
    (definition) =>
      html`<p class="definition">${plainText(visit, definition)}${isForeign(visit, definition) && html` ${languageTag(visit, definition)}`}</p>`,
  )}</section>`
}

/** Ways down to the concept, then its children, page by page. */
function hierarchySection(visit: Visit, { concept, children, childrenPage }: ConceptPage): Html {
  const { words } = visit
  const { paths, furtherPaths, childCount } = concept
  if (paths.length === 0 && childCount === 0) return html``
  return html`<section class="block" aria-labelledby="hierarchy"><h2 id="hierarchy">${words('terminology.concept.hierarchy')}</h2>
${paths.length > 0 && html`<h3>${words('terminology.concept.broader')}</h3>`}
${paths.map(
  (path) =>
    html`<ol class="path">${path.map((step) => html`<li>${conceptLink(visit, step)}</li>`)}<li aria-current="true"><b>${
      concept.term ? plainText(visit, concept.term) : concept.code
    }</b></li></ol>`,
)}${furtherPaths > 0 && html`<p class="quiet small">${counted(visit, 'terminology.concept.further-paths', furtherPaths)}</p>`}
${narrower(visit, concept, children, childrenPage)}</section>`
}

function narrower(visit: Visit, concept: ConceptView, children: Slice<Child> | undefined, page: number): Html {
  const { words } = visit
  if (!children || children.items.length === 0) {
    return html`<p class="quiet small">${words('terminology.concept.no-narrower')}</p>`
  }
  const place = { system: concept.system.url, code: concept.code, version: concept.system.version }
  return html`<h3 id="narrower">${counted(visit, 'terminology.concept.narrower', concept.childCount)}</h3>
<ul class="children">${children.items.map(
    (child) =>
      html`<li>${conceptLink(visit, child)}${
        child.children > 0 &&
        html` <span class="quiet small">${counted(visit, 'terminology.concept.child-count', child.children)}</span>`
      }</li>`,
  )}</ul>
${pager(visit, {
  slice: children,
  page,
  size: CHILDREN_SHOWN,
  href: (number) => `${conceptAddress(visit, place, { children: number > 1 ? number : undefined })}#narrower`,
  label: words.messages.text('terminology.concept.hierarchy'),
})}`
}

function mapsSection(visit: Visit, { mapsFrom, mapsTo }: ConceptView): Html {
  const { words } = visit
  if (mapsFrom.length + mapsTo.length === 0) return html``
  const list = (title: string, mappings: readonly Mapping[]): Html =>
    mappings.length === 0
      ? html``
      : html`<h3>${words(title)}</h3><ul class="mappings">${mappings.map((mapping) => mappingRow(visit, mapping))}</ul>`
  return html`<section class="block" aria-labelledby="maps"><h2 id="maps">${words('terminology.concept.maps')}</h2>
${list('terminology.concept.maps.from', mapsFrom)}${list('terminology.concept.maps.to', mapsTo)}</section>`
}

function mappingRow(visit: Visit, { map, other, relationship, comment }: Mapping): Html {
  const { words } = visit
  return html`<li><span class="relationship">${words(`terminology.relationship.${relationship ?? 'unstated'}`)}</span><div>${foreignLink(
    visit,
    other,
  )}${comment && html`<span class="sub">${plainText(visit, comment)}</span>`}<span class="sub"><a href="${visit.address(
    '/map',
    { url: map.url, version: map.version },
  )}">${plainText(visit, map.name)}</a></span></div></li>`
}

function membershipSection(visit: Visit, valueSets: readonly ValueSetEntry[]): Html {
  const { words } = visit
  return html`<section class="block" aria-labelledby="memberships"><h2 id="memberships">${words(
    'terminology.concept.memberships',
  )}</h2>${
    valueSets.length === 0
      ? html`<p class="quiet">${words('terminology.concept.no-memberships')}</p>`
      : html`<ul class="members">${valueSets.map(
          (valueSet) =>
            html`<li><a href="${visit.address('/value-set', { url: valueSet.url, version: valueSet.version })}">${plainText(
              visit,
              valueSet.name,
            )}</a></li>`,
        )}</ul>`
  }</section>`
}

function aboutSection(visit: Visit, { system, code, versions }: ConceptView): Html {
  const { words, site } = visit
  const { r4, r5 } = site.options.fhir ?? {}
  const lookup = (base: string): string =>
    `${base}/CodeSystem/$lookup${queryText({ system: system.url, version: system.version, code, _format: 'json' })}`
  const others = versions.filter((version) => version !== system.version)
  return html`<section class="block" aria-labelledby="about"><h2 id="about">${words('terminology.concept.about')}</h2>
${summaryList([
  [
    words('terminology.system'),
    html`${plainText(visit, system.name)}${!system.complete && html` ${tag(words('terminology.partial'))}`}<span class="sub"><code>${system.url}</code></span>`,
  ],
  [words('terminology.version'), system.version ? html`<code>${system.version}</code>` : undefined],
  [
    words('terminology.concept.other-versions'),
    others.length === 0
      ? undefined
      : html`<ul class="plain">${others.map(
          (version) =>
            html`<li><a href="${conceptAddress(visit, { system: system.url, code, version })}"><code>${version}</code></a></li>`,
        )}</ul>`,
  ],
  [words('terminology.publisher'), system.publisher ? html`${system.publisher}` : undefined],
  [
    words('terminology.licence'),
    system.copyright ? html`<span class="small">${plainText(visit, system.copyright)}</span>` : undefined,
  ],
])}
${
  (r4 || r5) &&
  html`<p class="actions">${r4 && linkButton(lookup(r4), words('terminology.concept.fhir', { version: 'R4' }))}${
    r5 && linkButton(lookup(r5), words('terminology.concept.fhir', { version: 'R5' }))
  }</p>`
}</section>`
}
