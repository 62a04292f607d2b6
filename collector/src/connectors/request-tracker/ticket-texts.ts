import { delivered, type Outcome, rejected } from '../connector.ts'
import { type DeskApi, parseJson } from '../desk-api.ts'
import { listPath } from './api.ts'
import { history, parts, type TicketText, textOf } from './mapping.ts'

/** Texts of one page; each of ours has at most 60 kB. */
const PAGE = 50
/** Pages of one look: the newest thousand texts. */
const PAGES_MAX = 20

const TEXTS = ['Create', 'Comment', 'Correspond'].map(value => ({ field: 'Type', value }))

/**
 * What was written in a ticket, newest first, page by page until `enough`. The history says who and when, its parts what: files and the
 * mails that the desk sent about it are left aside.
 */
export async function textsOf(
  api: DeskApi,
  id: string,
  signal: AbortSignal,
  enough: (texts: readonly TicketText[]) => boolean = () => false,
): Promise<Outcome<readonly TicketText[]>> {
  const texts: TicketText[] = []
  const order = { order: 'DESC', orderby: 'id', per_page: String(PAGE) }
  for (let page = 1; page <= PAGES_MAX; page++) {
    const fields = { fields: 'Type,Created,Creator', 'fields[Creator]': 'RealName', page: String(page) }
    const entries = await api.get(listPath(`/ticket/${id}/history`, TEXTS, { ...fields, ...order }), history, signal)
    if (entries.kind !== 'delivered') return entries
    const { items } = entries.value
    if (items.length === 0) break
    const written = await partsOf(
      api,
      id,
      items.map(each => each.id),
      signal,
    )
    if (written.kind !== 'delivered') return written
    for (const entry of items) {
      const text = textOf(
        entry,
        written.value.filter(part => part.TransactionId === entry.id),
      )
      if (text) texts.push(text)
    }
    if (items.length < PAGE || enough(texts)) break
  }
  return delivered(texts)
}

/** The written parts of these entries, without files. The condition is long, so it is sent as a body. */
async function partsOf(api: DeskApi, id: string, entries: readonly string[], signal: AbortSignal) {
  const body = [
    ...entries.map(value => ({ field: 'TransactionId', value })),
    { field: 'ContentType', operator: 'STARTSWITH', value: 'text/' },
    { field: 'Filename', operator: 'IS', value: 'NULL' },
  ]
  const path = `/ticket/${id}/attachments?per_page=100&fields=TransactionId,ContentType,Content`
  const answer = await api.call({ method: 'POST', path, body, writes: false }, signal)
  if (answer.kind !== 'delivered') return answer
  const found = parts.safeParse(parseJson(answer.value.text))
  return found.success
    ? delivered(found.data.items)
    : rejected('misconfigured', 'the answer to the texts of a ticket is not what Request Tracker gives')
}
