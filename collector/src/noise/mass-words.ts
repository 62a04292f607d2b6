import { type Bilingual, counted, type Priority } from '@tillwatch/rules'
import type { MassKeyKind } from '@tillwatch/shared/api'
import type { MemberKind } from './mass-fleet.ts'

const KEYS: Readonly<Record<MassKeyKind, Bilingual>> = {
  site: { ru: 'объект', en: 'site' },
  client: { ru: 'клиент', en: 'client' },
  provider: { ru: 'провайдер', en: 'provider' },
  subnet: { ru: 'подсеть', en: 'subnet' },
  city: { ru: 'город', en: 'city' },
  region: { ru: 'регион', en: 'region' },
  ofd: { ru: 'ОФД', en: 'OFD' },
  firmware: { ru: 'модель и прошивка', en: 'model and firmware' },
  driver: { ru: 'драйвер', en: 'driver' },
  pos: { ru: 'кассовая программа', en: 'POS program' },
  agent_version: { ru: 'версия агента', en: 'agent version' },
  antivirus_day: { ru: 'базы антивируса от', en: 'antivirus definitions of' },
}

/** `OFD 7704358518 (Platforma)`, `site Bakery`; `name` is what people call the value, when that is something else. */
export function keyWords(kind: MassKeyKind, value: string, name: string | null): Bilingual {
  const shown = kind === 'subnet' ? `${value}*` : value
  const text = kind === 'site' || kind === 'client' ? (name ?? value) : name === null ? shown : `${name} (${shown})`
  return { ru: `${KEYS[kind].ru} ${text}`, en: `${KEYS[kind].en} ${text}` }
}

/** What a mass incident is made of when its words are written. */
export interface MassPicture {
  readonly key: Bilingual
  readonly memberKind: MemberKind
  readonly component: Bilingual
  readonly affected: number
  readonly live: number
  readonly peak: number
  /** The worst first. */
  readonly sites: readonly { readonly name: string | null; readonly affected: number }[]
}

/** Sites named in a text; the page lists them all. */
const SITES_NAMED = 20

const MEMBERS: Readonly<Record<MemberKind, Bilingual>> = {
  register: { ru: 'касса|кассы|касс', en: 'register|registers' },
  pc: { ru: 'компьютер кассы|компьютера касс|компьютеров касс', en: 'till PC|till PCs' },
}
const SITES: Bilingual = { ru: 'объект|объекта|объектов', en: 'site|sites' }

const many = (n: number, forms: Bilingual): Bilingual => ({
  ru: counted('ru', n, forms.ru),
  en: counted('en', n, forms.en),
})

/** A component's name inside a sentence: «Передача в ОФД» begins small, «УТМ ЕГАИС» stays. */
const withinSentence = (name: Bilingual): Bilingual => ({ ru: small(name.ru), en: small(name.en) })
const small = (name: string): string =>
  /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name

/** What one client reads of it: the shared cause, and his own sites. */
export function massClientTexts({
  key,
  component,
  memberKind,
  sites,
}: Pick<MassPicture, 'key' | 'component' | 'memberKind' | 'sites'>): {
  readonly title: Bilingual
  readonly text: Bilingual
} {
  const what = withinSentence(component)
  const members = many(
    sites.reduce((sum, { affected }) => sum + affected, 0),
    MEMBERS[memberKind],
  )
  const named = sites.slice(0, SITES_NAMED)
  const rest = sites.length - named.length
  const list = (nobody: string) => named.map(({ name, affected }) => `${name ?? nobody}: ${affected}`).join('; ')
  return {
    title: {
      ru: `Общий сбой: ${what.ru}, ${key.ru}; у вас ${members.ru}`,
      en: `A shared failure: ${what.en}, ${key.en}; ${members.en} of yours`,
    },
    text: {
      ru: `Знаем о сбое (${what.ru}, ${key.ru}), он затронул многих, восстанавливаем; обращаться отдельно не нужно. У вас: ${list('без объекта')}${rest > 0 ? ` и ещё ${rest}` : ''}.`,
      en: `We know of the failure (${what.en}, ${key.en}), it has hit many and is being repaired; there is no need to report it. Yours: ${list('no site')}${rest > 0 ? ` and ${rest} more` : ''}.`,
    },
  }
}

/** Title, explanation with the affected sites, the one text for clients. */
export function massTexts(picture: MassPicture): {
  readonly title: Bilingual
  readonly explanation: Bilingual
  readonly expected: Bilingual
} {
  const { key, affected, live, peak, sites } = picture
  const what = withinSentence(picture.component)
  const members = many(affected, MEMBERS[picture.memberKind])
  const places = many(sites.length, SITES)
  const named = sites.slice(0, SITES_NAMED)
  const rest = sites.length - named.length
  const list = (nobody: string) => named.map(({ name, affected: n }) => `${name ?? nobody}: ${n}`).join('; ')
  return {
    title: {
      ru: `Массовый инцидент, ${key.ru}: ${what.ru}, ${members.ru}, ${places.ru}`,
      en: `Mass incident, ${key.en}: ${what.en}, ${members.en}, ${places.en}`,
    },
    explanation: {
      ru: `Одна причина у многих. Общее: ${key.ru}. Затронуто ${affected} из ${live} на связи, на пике ${peak}. Объекты: ${list('без объекта')}${rest > 0 ? ` и ещё ${rest}` : ''}. Клиентам: знаем о сбое (${what.ru}, ${key.ru}), он затронул многих, восстанавливаем; обращаться отдельно не нужно.`,
      en: `One cause for many. Shared: ${key.en}. Affected: ${affected} of ${live} in contact, ${peak} at the peak. Sites: ${list('no site')}${rest > 0 ? ` and ${rest} more` : ''}. For clients: we know of the failure (${what.en}, ${key.en}), it has hit many and is being repaired; there is no need to report it.`,
    },
    expected: {
      ru: 'Общая причина устранена, показания всех затронутых в норме.',
      en: 'The shared cause is removed and the readings of all affected are good.',
    },
  }
}

/** The highest of its incidents, at least Critical (domain section 5). */
export function massPriority(highest: number): { readonly priority: Priority; readonly reason: Bilingual } {
  const priority = highest === 1 ? 1 : 2
  return {
    priority,
    reason:
      highest === 1
        ? { ru: 'Массовый инцидент: внутри есть блокирующий.', en: 'A mass incident: one inside is Blocking.' }
        : { ru: 'Массовый инцидент: не ниже критического.', en: 'A mass incident: Critical at least.' },
  }
}
