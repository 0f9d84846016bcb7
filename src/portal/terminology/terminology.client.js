/* Progressive enhancement only: every page works without this file. Suggestions while somebody types (WAI-ARIA combobox). */
const field = document.querySelector('input[data-suggest]')
if (field) {
  const form = field.form
  const list = document.createElement('ul')
  const status = document.createElement('p')
  let options = []
  let chosen = -1
  let timer
  let running
  list.id = 'suggestions'
  list.hidden = true
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', field.dataset.label)
  status.className = 'vh'
  status.setAttribute('role', 'status')
  field.after(list, status)
  for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-controls', list.id], ['aria-expanded', 'false']]) {
    field.setAttribute(name, value)
  }

  const close = () => {
    list.hidden = true
    chosen = -1
    field.setAttribute('aria-expanded', 'false')
    field.removeAttribute('aria-activedescendant')
  }
  const choose = (index) => {
    chosen = index
    options.forEach((option, position) => option.setAttribute('aria-selected', String(position === index)))
    const active = options[index]
    if (!active) return field.removeAttribute('aria-activedescendant')
    field.setAttribute('aria-activedescendant', active.id)
    active.scrollIntoView({ block: 'nearest' })
  }
  const piece = (tag, text, kind) => {
    const element = document.createElement(tag)
    element.textContent = text
    if (kind) element.className = kind
    return element
  }
  const show = (suggestions) => {
    options = suggestions.map(({ text, lang, mark, inactive, code, system, href }, index) => {
      const option = document.createElement('li')
      option.id = `suggestion-${index}`
      option.setAttribute('role', 'option')
      option.setAttribute('aria-selected', 'false')
      option.dataset.href = href
      const term = piece('span', text, mark ? 'foreign' : '')
      if (lang) term.lang = lang
      option.append(term)
      for (const one of [mark, inactive]) if (one) option.append(' ', piece('span', one, 'tag warn'))
      option.append(' ', piece('span', `${system} · ${code}`, 'sub'))
      return option
    })
    list.replaceChildren(...options)
    chosen = -1
    field.removeAttribute('aria-activedescendant')
    list.hidden = options.length === 0
    field.setAttribute('aria-expanded', String(options.length > 0))
    status.textContent = options.length === 0 ? field.dataset.none : field.dataset.count.replace('#', options.length)
  }
  const ask = async () => {
    running?.abort()
    const text = field.value.trim()
    if (text.length < 2) return close()
    running = new AbortController()
    const question = new URLSearchParams(new FormData(form))
    try {
      const answer = await fetch(`${field.dataset.suggest}?${question}`, { signal: running.signal })
      if (answer.ok && field.value.trim() === text && document.activeElement === field) show((await answer.json()).suggestions)
    } catch {
      /* Asked again with the next letter, or not reachable: the form still works. */
    }
  }

  field.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, 120)
  })
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault()
      close()
    }
    if (list.hidden) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      const places = options.length + 1
      choose(((chosen + 1 + step + places) % places) - 1)
    }
    if (event.key === 'Enter' && chosen >= 0) {
      event.preventDefault()
      location.assign(options[chosen].dataset.href)
    }
  })
  field.addEventListener('blur', close)
  /* Before the field loses the focus. */
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]')
    if (option) location.assign(option.dataset.href)
  })
}
document.getElementById('errors')?.focus()
