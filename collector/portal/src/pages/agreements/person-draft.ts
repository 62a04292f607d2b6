import { type PersonDraft, personDraft, type ResponsiblesView } from '@tillwatch/shared/api'
import { suggestCode } from '../../suggest-code.ts'

export type Person = ResponsiblesView['people'][number]

/** What the form holds; empty texts mean "not said". */
export interface PersonForm {
  readonly code: string
  readonly role: PersonDraft['role']
  readonly scope: PersonDraft['scope']['kind']
  /** Code of the client or number of the contract. */
  readonly scopeId: string
  readonly name: string
  readonly email: string
  readonly timezone: string
  readonly language: PersonDraft['language']
}

const scopeIdOf = ({ scope }: Person): string => {
  if (scope.kind === 'all') return ''
  return scope.kind === 'client' ? scope.client : scope.contract
}

/** A form about somebody, or about somebody new in a role. */
export function formOf(person: Person | PersonDraft['role']): PersonForm {
  if (typeof person === 'string') {
    return {
      ...{ code: '', role: person, scope: 'all', scopeId: '', name: '', email: '' },
      ...{ timezone: 'Europe/Moscow', language: 'ru' },
    }
  }
  const { clientName: _, scope, ...rest } = person
  return { ...rest, scope: scope.kind, scopeId: scopeIdOf(person) }
}

/** A short name that nobody has: of the person's own, with a number when it is taken. */
export function freeCode(name: string, taken: readonly string[]): string {
  const first = suggestCode(name) || 'contact'
  let code = first
  for (let n = 2; taken.includes(code); n++) code = `${first.slice(0, 60)}-${n}`
  return code
}

export type PersonFault = 'required' | 'emailWrong' | 'wrong'

const scopeOf = ({ scope, scopeId }: PersonForm): unknown => {
  if (scope === 'all') return { kind: scope }
  return scope === 'client' ? { kind: scope, client: scopeId } : { kind: scope, contract: scopeId }
}

/** What the API would be asked for, or what is wrong by field. */
export function checkPerson(form: PersonForm): {
  readonly draft: PersonDraft | null
  readonly faults: ReadonlyMap<string, PersonFault>
} {
  const { code, role, name, email, timezone, language } = form
  const fields = { code, role, name, email: email.trim(), timezone, language, scope: scopeOf(form) }
  const parsed = personDraft.safeParse(fields)
  if (parsed.success) return { draft: parsed.data, faults: new Map() }
  const plain: Readonly<Record<string, PersonFault>> = {
    ...{ name: 'required', scope: 'required' },
    email: form.email.trim() === '' ? 'required' : 'emailWrong',
  }
  const faults = parsed.error.issues.map(({ path }) => [String(path[0]), plain[String(path[0])] ?? 'wrong'] as const)
  return { draft: null, faults: new Map(faults) }
}
