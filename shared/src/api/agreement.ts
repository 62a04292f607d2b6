import { z } from 'zod'
import { type ContractService, code, contractService, RESPONSIBLE_ROLES, responsible } from './directory.ts'
import { apiInstant, bilingual } from './problem.ts'

const MINUTES = { m: 1, h: 60 } as const

/** Minutes of a limit; null for days, whose length the calendar says. */
const minutesOf = (limit: string): number | null => {
  const unit = MINUTES[limit.at(-1) as keyof typeof MINUTES] as number | undefined
  return unit === undefined ? null : Number.parseFloat(limit) * unit
}

/** Somebody reacts no later than it is done. Days are compared with days only; what is no time is told by its own field. */
function isInOrder({ reaction, solution }: Pick<ContractService, 'reaction' | 'solution'>): boolean {
  const [first, last] = [minutesOf(reaction), minutesOf(solution)]
  if (first !== null && last !== null) return !(first > last)
  return first !== null || last !== null || !(Number.parseFloat(reaction) > Number.parseFloat(solution))
}

const isOnce = (values: readonly string[]): boolean => new Set(values).size === values.length

/** What may be wrong between the fields of a contract, as the API says it. */
export const CONTRACT_FAULTS = {
  reactionLate: 'the reaction is later than the solution',
  serviceTwice: 'a service stands twice',
  causeTwice: 'a cause stands in two services',
  bareTwice: 'two services without causes',
  endsBefore: 'the last day lies before the first',
} as const

/** The services of one contract: each cause is answered for once, and at most one service takes what no other does. */
export const contractServices = z
  .array(contractService.refine(isInOrder, { message: CONTRACT_FAULTS.reactionLate, path: ['reaction'] }))
  .max(64)
  .refine(services => isOnce(services.map(({ name }) => name)), CONTRACT_FAULTS.serviceTwice)
  .refine(services => isOnce(services.flatMap(({ causes }) => causes)), CONTRACT_FAULTS.causeTwice)
  .refine(services => services.filter(({ causes }) => causes.length === 0).length <= 1, CONTRACT_FAULTS.bareTwice)

const terms = {
  /** Code of the client. */
  client: code,
  /** Id of a policy of service levels; null: the one that holds for the client, the class of the site, or everybody. */
  policy: z.string().max(64).nullable(),
  services: contractServices,
  /** First and last day, of the site; null: not limited. */
  from: z.iso.date().nullable(),
  until: z.iso.date().nullable(),
}
const endsAfterStart = ({ from, until }: { from: string | null; until: string | null }) =>
  from === null || until === null || from <= until
const OUT_OF_ORDER = { message: CONTRACT_FAULTS.endsBefore, path: ['until'] }

/** PUT /api/contracts/:number (204): the whole of an agreement as it is from now on. It ends with its last day; it is never deleted. */
export const contractTerms = z.strictObject(terms).refine(endsAfterStart, OUT_OF_ORDER)
export type ContractTerms = z.infer<typeof contractTerms>
/** POST /api/contracts (204) */
export const contractDraft = z.strictObject({ number: code, ...terms }).refine(endsAfterStart, OUT_OF_ORDER)
export type ContractDraft = z.infer<typeof contractDraft>

/** GET /api/contracts: all of them, also those that are over. */
export const contractRow = z.object({ number: z.string(), ...terms, clientName: z.string() })
export type ContractRow = z.infer<typeof contractRow>

const person = {
  role: z.enum(RESPONSIBLE_ROLES),
  /** For what: everything of the tenant, one client, one contract. The nearest counts. */
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('client'), client: code }),
    z.strictObject({ kind: z.literal('contract'), contract: code }),
  ]),
  name: responsible.shape.name,
  email: responsible.shape.email,
  timezone: responsible.shape.timezone.unwrap(),
  language: responsible.shape.language.unwrap(),
}

/** PUT /api/responsibles/:code (204): somebody who is told. DELETE /api/responsibles/:code (204): is told no more. */
export const personTerms = z.strictObject(person)
export type PersonTerms = z.infer<typeof personTerms>
/** POST /api/responsibles (204) */
export const personDraft = z.strictObject({ code, ...person })
export type PersonDraft = z.infer<typeof personDraft>

/** GET /api/responsibles: who is told of what, and who stands in where nobody is named. */
export const responsiblesView = z.object({
  roles: z.array(z.object({ role: person.role, title: bilingual, standIn: bilingual.nullable() })),
  people: z.array(personDraft.extend({ clientName: z.string().nullable() })),
})
export type ResponsiblesView = z.infer<typeof responsiblesView>

/** GET /api/agreements/history: who changed contracts and people, the newest first. */
export const agreementEntry = z.object({
  id: z.string(),
  at: apiInstant,
  actor: z.string(),
  kind: z.enum(['contract', 'person']),
  code: z.string(),
  text: bilingual,
})
export type AgreementEntry = z.infer<typeof agreementEntry>
