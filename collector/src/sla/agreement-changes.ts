import { type Bilingual, DEFAULT_ZONE, ROLE_WORDS } from '@tillwatch/rules'
import type { ContractTerms, Directory, PersonTerms } from '@tillwatch/shared/api'

type Change = readonly [name: Bilingual, before: string | Bilingual | null, after: string | Bilingual | null]

const both = (ru: string, en: string): Bilingual => ({ ru, en })
const NONE: Bilingual = both('нет', 'none')
const say = (value: string | Bilingual | null): Bilingual =>
  typeof value === 'string' ? both(value, value) : (value ?? NONE)

const contractFields = (one: ContractTerms, other: ContractTerms): readonly Change[] => [
  [both('клиент', 'client'), one.client, other.client],
  [both('политика', 'policy'), one.policy, other.policy],
  [both('первый день', 'first day'), one.from, other.from],
  [both('последний день', 'last day'), one.until, other.until],
]

const scopeWords = ({ scope }: PersonTerms): Bilingual => {
  if (scope.kind === 'all') return both('все клиенты', 'all clients')
  return scope.kind === 'client'
    ? both(`клиент ${scope.client}`, `client ${scope.client}`)
    : both(`договор ${scope.contract}`, `contract ${scope.contract}`)
}

const personFields = (one: PersonTerms, other: PersonTerms): readonly Change[] => [
  [both('роль', 'role'), ROLE_WORDS[one.role], ROLE_WORDS[other.role]],
  [both('за что отвечает', 'answers for'), scopeWords(one), scopeWords(other)],
  [both('имя', 'name'), one.name, other.name],
  [both('почта', 'e-mail'), one.email, other.email],
  [both('часовой пояс', 'time zone'), one.timezone, other.timezone],
  [both('язык', 'language'), one.language, other.language],
]

/** `field: before → after` of whatever changed; null when nothing did. */
function changeText(fields: readonly Change[]): Bilingual | null {
  const changed = fields
    .map(([name, before, after]) => [name, say(before), say(after)] as const)
    .filter(([, before, after]) => before.ru !== after.ru)
  if (changed.length === 0) return null
  const line = (language: 'ru' | 'en') =>
    changed.map(([name, before, after]) => `${name[language]}: ${before[language]} → ${after[language]}`).join('; ')
  return both(line('ru'), line('en'))
}

/** What another version of a contract changes, in words; null when nothing. */
export function contractChange(before: ContractTerms, after: ContractTerms): Bilingual | null {
  const fields = changeText(contractFields(before, after))
  if (JSON.stringify(before.services) === JSON.stringify(after.services)) return fields
  const services = servicesWords(after)
  return fields ? both(`${fields.ru}; ${services.ru}`, `${fields.en}; ${services.en}`) : services
}

function servicesWords({ services }: ContractTerms): Bilingual {
  const list = services.map(({ name, reaction, solution }) => `${name} (${reaction}, ${solution})`).join(', ')
  return both(`услуги: ${list || NONE.ru}`, `services: ${list || NONE.en}`)
}

/** What another version of a person changes, in words; null when nothing. */
export const personChange = (before: PersonTerms, after: PersonTerms): Bilingual | null =>
  changeText(personFields(before, after))

/** A new contract in words. */
export const contractText = ({ client, policy }: ContractTerms): Bilingual =>
  both(
    `создан: клиент ${client}, политика ${policy ?? 'обычная'}`,
    `created: client ${client}, ${policy ?? 'usual'} policy`,
  )

/** Somebody new, or somebody who is told no more, in words. */
export const personText = (what: Bilingual, terms: PersonTerms): Bilingual => {
  const [role, scope] = [ROLE_WORDS[terms.role], scopeWords(terms)]
  const who = `${terms.name} <${terms.email}>`
  return both(`${what.ru}: ${who}, ${role.ru}, ${scope.ru}`, `${what.en}: ${who}, ${role.en}, ${scope.en}`)
}

export const ADDED = both('добавлен', 'added')
export const REMOVED = both('убран', 'removed')

/** The nearest of the two that a file may name. */
export function scopeOf(client: string | null, contract: string | null): PersonTerms['scope'] {
  if (contract !== null) return { kind: 'contract', contract }
  return client === null ? { kind: 'all' } : { kind: 'client', client }
}

const contractTermsOf = ({ client, services, policy, from, until }: Directory['contracts'][number]): ContractTerms => ({
  ...{ client, services: services ?? [], policy: policy ?? null, from: from ?? null, until: until ?? null },
})
const personTermsOf = (person: Directory['responsibles'][number]): PersonTerms => {
  const { role, name, email, timezone = DEFAULT_ZONE, language = 'ru', client, contract } = person
  return { role, name, email, timezone, language, scope: scopeOf(client ?? null, contract ?? null) }
}

/** What an import did to a contract, in words; null when nothing. */
export const contractImport = (
  before: Directory['contracts'][number] | undefined,
  after: Directory['contracts'][number],
): Bilingual | null =>
  before ? contractChange(contractTermsOf(before), contractTermsOf(after)) : contractText(contractTermsOf(after))

/** What an import did to somebody who is told, in words; null when nothing. */
export const personImport = (
  before: Directory['responsibles'][number] | undefined,
  after: Directory['responsibles'][number],
): Bilingual | null =>
  before ? personChange(personTermsOf(before), personTermsOf(after)) : personText(ADDED, personTermsOf(after))
