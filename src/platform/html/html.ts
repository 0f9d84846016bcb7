/** Escaping tagged templates for pages: every interpolated value is escaped unless it is markup already. */
export { html, raw } from 'hono/html'
