import { CONTRACT_FAULTS, type ContractDraft, type ContractRow, contractDraft } from '@tillwatch/shared/api'

export const UNITS = ['m', 'h', 'd'] as const
type Unit = (typeof UNITS)[number]

/** A time such as 15 minutes; the amount is empty while nobody has said it. */
export interface TimeForm {
  readonly amount: number | ''
  readonly unit: Unit
}

export interface ServiceForm {
  /** Tells rows apart while they are edited. */
  readonly key: number
  readonly name: string
  readonly reaction: TimeForm
  readonly solution: TimeForm
  readonly responsible: string
  readonly causes: readonly string[]
  readonly policy: string
}

/** What the form holds; empty texts mean "not said". */
export interface ContractForm {
  readonly number: string
  readonly client: string
  readonly policy: string
  readonly from: string
  readonly until: string
  readonly services: readonly ServiceForm[]
}

/** `15m` as the form edits it. */
export function timeOf(text: string): TimeForm {
  const amount = Number.parseFloat(text)
  return { amount: Number.isNaN(amount) ? '' : amount, unit: UNITS.find(unit => text.endsWith(unit)) ?? 'h' }
}
const timeText = ({ amount, unit }: TimeForm): string => `${amount}${unit}`

/** An empty row of services, after those that are there. */
export const newService = (services: readonly ServiceForm[]): ServiceForm => ({
  key: Math.max(-1, ...services.map(({ key }) => key)) + 1,
  ...{ name: '', responsible: '', causes: [], policy: '' },
  reaction: { amount: 15, unit: 'm' },
  solution: { amount: 4, unit: 'h' },
})

/** A form about a contract, or an empty one. */
export function formOf(contract: ContractRow | null): ContractForm {
  return {
    number: contract?.number ?? '',
    client: contract?.client ?? '',
    policy: contract?.policy ?? '',
    from: contract?.from ?? '',
    until: contract?.until ?? '',
    services: (contract?.services ?? []).map(({ name, reaction, solution, responsible, causes, policy }, key) => ({
      ...{ key, name, responsible, causes, policy: policy ?? '' },
      reaction: timeOf(reaction),
      solution: timeOf(solution),
    })),
  }
}

const orNull = (text: string): string | null => (text === '' ? null : text)

const termsOf = ({ number, client, policy, from, until, services }: ContractForm) => ({
  ...{ number: number.trim(), client, policy: orNull(policy), from: orNull(from), until: orNull(until) },
  services: services.map(service => ({
    ...{ name: service.name, responsible: service.responsible, causes: [...service.causes] },
    ...{ reaction: timeText(service.reaction), solution: timeText(service.solution) },
    ...(service.policy === '' ? {} : { policy: service.policy }),
  })),
})

export type ContractFault = keyof typeof CONTRACT_FAULTS | 'required' | 'codeWrong' | 'timeWrong' | 'wrong'

const SAID = Object.entries(CONTRACT_FAULTS) as [keyof typeof CONTRACT_FAULTS, string][]
const PLAIN: Readonly<Record<string, ContractFault>> = {
  client: 'required',
  name: 'required',
  responsible: 'required',
  reaction: 'timeWrong',
  solution: 'timeWrong',
}

/** What the API would be asked for, or what is wrong by field: `number`, `services`, `services.0.reaction` … */
export function checkContract(form: ContractForm): {
  readonly draft: ContractDraft | null
  readonly faults: ReadonlyMap<string, ContractFault>
} {
  const parsed = contractDraft.safeParse(termsOf(form))
  if (parsed.success) return { draft: parsed.data, faults: new Map() }
  const faults = new Map<string, ContractFault>()
  for (const { path, message } of parsed.error.issues) {
    const field = path.join('.')
    const said = SAID.find(([, text]) => text === message)?.[0]
    const plain = field === 'number' ? (form.number.trim() === '' ? 'required' : 'codeWrong') : undefined
    if (!faults.has(field)) faults.set(field, said ?? plain ?? PLAIN[String(path.at(-1))] ?? 'wrong')
  }
  return { draft: null, faults }
}

export type ContractState = 'on' | 'coming' | 'over'

/** Where a contract stands on a day, given as YYYY-MM-DD; its first and last day belong to it. */
export function stateOf({ from, until }: Pick<ContractRow, 'from' | 'until'>, today: string): ContractState {
  if (until !== null && until < today) return 'over'
  return from !== null && from > today ? 'coming' : 'on'
}
