/** What a data holder does in a case: deliver, ask for more time, propose as a trusted holder, state views (EHDS Art. 60(2), 62, 63, 72). */
import { openFindings } from '#research/applications/case/state.ts'
import { type Act, type Acts, fieldsOf, plainAct } from '../case-desk/act.ts'
import type { PartSeen } from '../case-desk/acting.ts'
import { html } from '../ui/markup.ts'
import type { HolderOfficer, HolderPageOptions } from './holder-options.ts'

export function holderActs(
  releases: HolderPageOptions['releases'],
  { organisation }: Pick<HolderOfficer, 'organisation'>,
): Acts {
  const holder = organisation.identifier
  return {
    propose: plainAct(
      (_seen, words) => [
        {
          name: 'proposal',
          kind: 'choice',
          options: (['grant', 'refuse'] as const).map((one) => [one, words(`access-body.proposal.${one}`)] as const),
        },
        { name: 'reasons', kind: 'words' },
      ],
      (input) => ({
        holder,
        proposal: input.words('proposal') === 'grant' ? 'grant' : 'refuse',
        reasons: input.words('reasons'),
      }),
    ),
    'delay-delivery': plainAct(
      () => [
        { name: 'months', kind: 'number', value: '3' },
        { name: 'reasons', kind: 'words' },
      ],
      (input) => ({ holder, months: input.number('months'), reasons: input.words('reasons') }),
    ),
    deliver: deliver(releases, holder),
    'dispute-fee': plainAct(
      () => [{ name: 'reasons', kind: 'words' }],
      (input) => ({ reasons: input.words('reasons') }),
    ),
    'state-views': plainAct(
      ({ part }) => [
        {
          name: 'finding',
          kind: 'choice',
          options: openFindings(part)
            .filter(([, finding]) => finding.holder === holder)
            .map(([id, { description }]) => [id, html`${description}`] as const),
        },
        { name: 'views', kind: 'words' },
      ],
      (input) => ({ finding: input.words('finding'), views: input.words('views') }),
    ),
  }
}

/** One of the releases that are here, of one of the datasets asked for. */
function deliver(releases: HolderPageOptions['releases'], holder: string): Act<'deliver'> {
  const offered = async ({ part }: PartSeen): Promise<readonly string[]> => {
    const own = part.datasets.filter((one) => one.holder === holder)
    const held = await Promise.all(own.map(({ dataset }) => releases.releases(dataset)))
    return [...new Set(held.flat().map(({ release }) => release))]
  }
  return {
    async render({ seen, words }, written) {
      const names = await offered(seen)
      if (names.length === 0) return html`<p>${words('holder.deliver.no-release')}</p>`
      const options = names.map((name) => [name, html`${name}`] as const)
      return fieldsOf(words, [{ name: 'release', kind: 'choice', options }], written)
    },
    async read(form, { seen, words }) {
      const release = (await offered(seen)).find((name) => name === form.get('release'))
      if (release !== undefined) return { facts: { holder, release } }
      return { errors: [{ field: 'release', message: words('access-body.fault.missing') }] }
    },
  }
}
