/* Progressive enhancement only: every page works without this file. */
const notice = document.getElementById('session-notice')
if (notice) {
  /* Seconds counted from now, so that a wrong clock on this machine does no harm. */
  let from = performance.now()
  let left = Number(notice.dataset.left)
  const look = () => {
    const rest = left - (performance.now() - from) / 1000
    notice.hidden = rest > 300
    /* An unattended screen must not keep showing a patient. */
    if (rest < -2) location.replace('/session')
  }
  setInterval(look, 10_000)
  look()
  notice.querySelector('a').addEventListener('click', async (event) => {
    event.preventDefault()
    const answer = await fetch('/session', {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ 'form-token': notice.dataset.token }),
    }).catch(() => undefined)
    if (!answer?.ok) return location.assign('/session')
    left = (await answer.json()).left
    from = performance.now()
    look()
  })
}
for (const place of document.querySelectorAll('[data-print]')) {
  place.hidden = false
  place.addEventListener('click', () => print())
}
document.getElementById('errors')?.focus()
