/** Said before the button: what stops at once when a permit is suspended or revoked (EHDS Art. 63(3)). */
import type { PartCommandKind, PartSeen } from '../case-desk/acting.ts'
import { alert } from '../ui/components.ts'
import { type Html, html, type Words } from '../ui/markup.ts'
import type { AccessBodyPageOptions } from './access-body-options.ts'

const STOPPING: readonly PartCommandKind[] = ['suspend', 'conclude-finding']

/** @param work what runs now, on every replica of this node */
export function stopWarning(work: AccessBodyPageOptions['work']) {
  return async (
    { words }: { readonly words: Words },
    kind: PartCommandKind,
    { part }: PartSeen,
  ): Promise<Html | undefined> => {
    if (!STOPPING.includes(kind) || part.permit === undefined) return undefined
    const { id, memberState } = part.permit
    const running = (await work.list()).filter((job) => job.permit === id && job.memberState === memberState)
    return alert(
      'warning',
      words(`access-body.stops.${kind}`),
      html`<p>${words('access-body.stops.text')}</p><p>${words('access-body.stops.running', { count: running.length })}</p>`,
    )
  }
}
