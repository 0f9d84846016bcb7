/** For tests: a visitor of the portal without a browser; keeps cookies, follows redirects, fills in forms. */
export interface Page {
  readonly status: number
  readonly address: URL
  readonly text: string
}

export interface Visitor {
  open(address: string | URL): Promise<Page>
  /** Submits fields to an address, with the token of the form that the page shows. */
  submit(page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<Page>
}

export function visitor(): Visitor {
  // Cookies know no ports, so all services of a host share one jar.
  const jars = new Map<string, Map<string, string>>()

  async function go(address: URL, form?: URLSearchParams): Promise<Page> {
    const jar = jars.get(address.hostname) ?? new Map<string, string>()
    jars.set(address.hostname, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie, 'accept-language': 'en' },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    const location = response.headers.get('location')
    const text = await response.text()
    return location === null
      ? { status: response.status, address, text }
      : go(new URL(location, address), response.status === 307 ? form : undefined)
  }

  return {
    open: (address) => go(new URL(address)),
    submit(page, action, fields) {
      const token = /name="form-token" value="([^"]+)"/.exec(page.text)?.[1]
      return go(
        new URL(action, page.address),
        new URLSearchParams({ ...fields, ...(token ? { 'form-token': token } : {}) }),
      )
    },
  }
}

/** Signs in at a portal as a professional of the demonstration; `exercise` is chosen when there are several. */
export async function signIn(visitor: Visitor, origin: string, login: string): Promise<Page> {
  const people = await visitor.open(`${origin}/sign-in`)
  const inside = await visitor.submit(people, people.address.href, { professional: login })
  return inside.address.pathname === '/exercise' ? visitor.submit(inside, '/exercise', { exercise: '0' }) : inside
}
