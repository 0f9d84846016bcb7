/** The pages of the test identity provider: plain, without JavaScript, and clear that this is a test. */
import { html } from '#platform/html/html.ts'
import type { TestProfessional } from './test-identity-provider.ts'

interface Words {
  readonly title: string
  readonly test: string
  readonly lead: string
  readonly choose: string
  readonly cancel: string
}

const WORDS: Readonly<Record<'fr' | 'en', Words>> = {
  fr: {
    title: 'Se connecter',
    test: 'Fournisseur d’identité de test',
    lead: 'Aucune identité réelle n’est vérifiée ici. Les personnes de cette liste sont inventées.',
    choose: 'Qui êtes-vous aujourd’hui ?',
    cancel: 'Renoncer et revenir au portail',
  },
  en: {
    title: 'Sign in',
    test: 'Test identity provider',
    lead: 'No real identity is checked here. The people on this list are invented.',
    choose: 'Who are you today?',
    cancel: 'Cancel and return to the portal',
  },
}

const PROBLEMS = {
  'not-found': {
    title: 'Page introuvable · Page not found',
    text: 'Cette adresse n’existe pas sur le fournisseur de test.',
  },
  expired: {
    title: 'Connexion expirée · Sign-in expired',
    text: 'Revenir au portail et recommencer la connexion. Return to the portal and sign in again.',
  },
  refused: {
    title: 'Demande refusée · Request refused',
    text: 'La demande de connexion ne respecte pas ce qui a été enregistré. The request does not match the registration.',
  },
  'sign-out': { title: 'Se déconnecter · Sign out', text: 'Fournisseur d’identité de test · Test identity provider' },
} as const

/** The sign-in page: one button for each demo professional. */
export function professionalsPage(language: string, professionals: readonly TestProfessional[]): string {
  const words = language.startsWith('en') ? WORDS.en : WORDS.fr
  return page(
    words === WORDS.en ? 'en' : 'fr',
    words.title,
    html`<p class="test"><strong>${words.test}</strong><br>${words.lead}</p>
<h1>${words.title}</h1>
<form method="post"><fieldset><legend>${words.choose}</legend><ul>
${professionals.map(
  (
    professional,
  ) => html`<li><button name="professional" value="${professional.login}"><strong>${nameOf(professional)}</strong>
<span lang="${professional.descriptionLanguage ?? 'en'}">${professional.description}</span><code>${professional.login}</code></button></li>`,
)}
</ul></fieldset><p><button class="plain" name="professional" value="">${words.cancel}</button></p></form>`,
  )
}

/** A page that says what went wrong, or that asks to confirm a sign-out (`form` is the provider's own markup). */
export function problemPage(language: string, problem: keyof typeof PROBLEMS, form = ''): string {
  const { title, text } = PROBLEMS[problem]
  const [before, after] = page(language, title, html`<h1>${title}</h1><p>${text}</p><!--form-->`).split('<!--form-->')
  return `${before}${form}${after}`
}

function nameOf({ claims, login }: TestProfessional): string {
  const parts = [claims.given_name, claims.family_name].filter((part) => typeof part === 'string')
  return parts.length > 0 ? parts.join(' ') : login
}

function page(language: string, title: string, content: ReturnType<typeof html>): string {
  return String(html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><link rel="stylesheet" href="/wallet/style.css"></head>
<body><main>${content}</main></body></html>`)
}

export const STYLE = `:root{color-scheme:light dark;--ink:#1d1b2c;--soft:#57546b;--line:#d9d6e4;--paper:#fff;--ground:#f3f2f8;--brand:#4b3a8f;--test:#6b3d00;--test-ground:#fff3dc;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;color:var(--ink);background:var(--ground)}
@media (prefers-color-scheme:dark){:root{--ink:#eceaf6;--soft:#b4b0c8;--line:#3d3a52;--paper:#1b1929;--ground:#12111c;--brand:#b9abf5;--test:#ffd489;--test-ground:#33270f}}
*{box-sizing:border-box}body{margin:0}main{max-width:34rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.75rem;line-height:1.2;margin:1.5rem 0 1rem}
.test{margin:0;padding:.75rem 1rem;border:2px dashed var(--test);border-radius:10px;color:var(--test);background:var(--test-ground)}
fieldset{border:0;margin:0;padding:0}legend{padding:0;font-weight:600;margin-bottom:.5rem}ul{list-style:none;margin:0;padding:0;display:grid;gap:.5rem}
button{font:inherit;color:inherit;cursor:pointer;min-height:44px}
li button{width:100%;text-align:left;display:grid;grid-template-columns:1fr auto;gap:0 1rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:10px;background:var(--paper)}
li button:hover{border-color:var(--brand)}li strong{color:var(--brand)}li span{grid-column:1;color:var(--soft);font-size:.9rem}
li code{grid-column:2;grid-row:1/3;align-self:center;color:var(--soft);font-size:.8rem}
.plain{background:none;border:0;text-decoration:underline;padding:.5rem 0}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
`
