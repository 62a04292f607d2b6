import type { Bilingual, Priority } from '@tillwatch/rules'
import type { Detour } from './delivery-port.ts'
import type { Stranded } from './going-round.ts'
import type { DeliveryPayload } from './payload.ts'

/** Stands for a class of causes in a message about many incidents. */
export const DIGEST = 'digest'
/** Incidents that one message names; of the others it tells the number. */
const NAMED_MAX = 50

/** The opening as the other desk is told of it: first that it stands in for another. */
export function instead({ payload, createdAt }: Stranded, { from }: Detour): DeliveryPayload {
  const { placement: _, ...rest } = payload
  const since = new Date(createdAt).toISOString()
  const ru = `Служба «${from}» не приняла эту заявку (ждёт с ${since}), поэтому о ней сообщаем сюда, один раз. Заявка появится в «${from}» сама, как только служба ответит; всё дальнейшее пойдёт туда. Если будете работать сейчас, возьмите инцидент в портале.`
  const en = `The desk “${from}” has not taken this ticket (it waits since ${since}), so you are told of it here, once. It will appear in “${from}” by itself as soon as the desk answers, and what follows goes there. If you work on it now, take the incident in the portal.`
  return { ...rest, text: { ru: `${ru}\n\n${payload.text.ru}`, en: `${en}\n\n${payload.text.en}` } }
}

/** Many openings in one message. `all` holds at least one. */
export function digestOf(all: readonly Stranded[], { from }: Detour): DeliveryPayload {
  const [first] = all
  if (!first) throw new Error('a digest of nothing')
  const priority = Math.min(...all.map(({ payload }) => payload.priority)) as Priority
  const { subject } = first.payload
  const ru = `Служба «${from}» не принимает заявки. Инциденты, о которых она ещё не знает, здесь все сразу; заявки появятся в «${from}» сами, как только служба ответит. Следующие смотрите в портале.`
  const en = `The desk “${from}” takes no tickets. These are the incidents that it does not know of yet, all at once; their tickets will appear in “${from}” by themselves as soon as the desk answers. For the next ones look into the portal.`
  return {
    title: {
      ru: `Заявки, которых нет в «${from}»: ${all.length}`,
      en: `Tickets that “${from}” does not have: ${all.length}`,
    },
    text: { ru: `${ru}\n\n${linesOf(all, 'ru')}`, en: `${en}\n\n${linesOf(all, 'en')}` },
    priority,
    subject: { ...subject, key: `${subject.key}-all`, causeClass: DIGEST, site: null, client: null },
  }
}

function linesOf(all: readonly Stranded[], language: keyof Bilingual): string {
  const lines = all.slice(0, NAMED_MAX).map(({ payload: { subject, title, priority } }) => {
    const place = [subject.client, subject.site, subject.ci].filter(Boolean).join(', ')
    return `№ ${subject.number} · P${priority} · ${title[language]} · ${place}`
  })
  const left = all.length - lines.length
  if (left > 0) lines.push(language === 'ru' ? `и ещё ${left}` : `and ${left} more`)
  return lines.join('\n')
}

/** The entry in the history of an incident that went round. */
export const movedEntry = ({ from, to }: Detour): Bilingual => ({
  ru: `«${from}» не принимает заявку, сообщаем через «${to}»`,
  en: `“${from}” does not take the ticket, told by way of “${to}”`,
})
