import { type Bilingual, spanText } from '@tillwatch/rules'
import type { Detour } from './delivery-port.ts'
import type { DeliveryPayload } from './payload.ts'

/** Stands for a class of causes in a message about many incidents. */
export const DIGEST = 'digest'
/** Incidents that one message names; of the others it tells the number. */
export const NAMED_MAX = 50

/** The opening as the other desk is told of it: first that it stands in for another. */
export function instead(payload: DeliveryPayload, waitedMs: number, { from }: Detour): DeliveryPayload {
  const { placement: _, ...rest } = payload
  const ru = `Служба «${from}» не приняла эту заявку (ждёт ${spanText('ru', waitedMs)}), поэтому о ней сообщаем сюда, один раз. Заявка появится в «${from}» сама, как только служба ответит; всё дальнейшее пойдёт туда. Если будете работать сейчас, возьмите инцидент в портале.`
  const en = `The desk “${from}” has not taken this ticket (waiting ${spanText('en', waitedMs)}), so you are told of it here, once. It will appear in “${from}” by itself as soon as the desk answers, and what follows goes there. If you work on it now, take the incident in the portal.`
  return { ...rest, text: { ru: `${ru}\n\n${payload.text.ru}`, en: `${en}\n\n${payload.text.en}` } }
}

/** Many openings in one message: `named` is the beginning of all `total`, the most urgent first, at least one. */
export function digestOf(named: readonly DeliveryPayload[], total: number, { from }: Detour): DeliveryPayload {
  const [first] = named
  if (!first) throw new Error('a digest of nothing')
  const { subject, priority } = first
  // As under every ticket: desks are searched by it.
  const key = `${subject.key}-all`
  const ru = `Служба «${from}» не принимает заявки. Инциденты, о которых она ещё не знает, здесь все сразу; заявки появятся в «${from}» сами, как только служба ответит. Следующие смотрите в портале.`
  const en = `The desk “${from}” takes no tickets. These are the incidents that it does not know of yet, all at once; their tickets will appear in “${from}” by themselves as soon as the desk answers. For the next ones look into the portal.`
  return {
    title: { ru: `Заявки, которых нет в «${from}»: ${total}`, en: `Tickets that “${from}” does not have: ${total}` },
    text: {
      ru: `${ru}\n\n${linesOf(named, total, 'ru')}\n\n[${key}]`,
      en: `${en}\n\n${linesOf(named, total, 'en')}\n\n[${key}]`,
    },
    priority,
    subject: { ...subject, key, causeClass: DIGEST, site: null, client: null },
  }
}

function linesOf(named: readonly DeliveryPayload[], total: number, language: keyof Bilingual): string {
  const lines = named.map(({ subject, title, priority }) => {
    const place = [subject.client, subject.site, subject.ci].filter(Boolean).join(', ')
    return `№ ${subject.number} · P${priority} · ${title[language]} · ${place}`
  })
  const left = total - lines.length
  if (left > 0) lines.push(language === 'ru' ? `и ещё ${left}` : `and ${left} more`)
  return lines.join('\n')
}

/** The entry in the history of an incident that goes round. */
export const movedEntry = ({ from, to }: Detour): Bilingual => ({
  ru: `«${from}» не принимает заявку, сообщаем через «${to}»`,
  en: `“${from}” does not take the ticket, told by way of “${to}”`,
})

/** The entry once the other desk has it: `number` of its ticket where it gives any, `total` of the incidents that it tells of. */
export function toldEntry(from: string, to: string, number: string | null, total: number): Bilingual {
  const [ticketRu, ticketEn] = number === null ? ['', ''] : [`, заявка ${number}`, `, ticket ${number}`]
  const [manyRu, manyEn] =
    total > 1 ? [` в сводке, где инцидентов ${total}`, ` in a digest of ${total} incidents`] : ['', '']
  return {
    ru: `Вместо «${from}» сообщено в «${to}»${manyRu}${ticketRu}`,
    en: `Told to “${to}” in place of “${from}”${manyEn}${ticketEn}`,
  }
}
