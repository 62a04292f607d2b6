import { z } from 'zod'
import { bilingual } from './problem.ts'

export const SITE_CLASSES = ['A', 'B', 'C'] as const
/** Short stable names that files and people use: letters, digits, dot, hyphen, underscore. */
export const code = z
  .string()
  .trim()
  .regex(/^[\p{L}\d][\p{L}\d._-]{0,63}$/u, 'letters, digits, dot, hyphen, underscore; at most 64')
export const inn = z
  .string()
  .trim()
  .regex(/^(\d{10}|\d{12})$/, '10 or 12 digits')
const INN_WEIGHTS = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]

/** Do the check digits of an INN fit: the last of 10, the last two of 12? False also for what is no INN. A mistyped digit shows so. */
export function isSoundInn(text: string): boolean {
  if (!inn.safeParse(text).success) return false
  const digits = [...text.trim()].map(Number)
  /** The check digit at `place`: weights end beside it, the sum counts modulo 11, then 10. */
  const fits = (place: number) => {
    const weights = INN_WEIGHTS.slice(INN_WEIGHTS.length - place)
    const sum = weights.reduce((total, weight, index) => total + weight * (digits[index] ?? 0), 0)
    return digits[place] === (sum % 11) % 10
  }
  return digits.length === 10 ? fits(9) : fits(10) && fits(11)
}

export const timezone = z.string().refine(zone => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}, 'an IANA time zone such as Europe/Moscow')

const setting = z.string().trim().min(1).max(200).optional()
/** How registers should be set; several right values are separated by commas. What a site leaves out its client says. */
const profile = z.strictObject({ ofd_host: setting, ffd: setting, firmware: setting, driver: setting })
const lastDay = z.iso.date()

export const client = z.object({ code, name: z.string().trim().min(1).max(200), profile: profile.optional() })
export const legalEntity = z.object({
  client: code,
  name: z.string().trim().min(1).max(200),
  inn,
  kpp: z
    .string()
    .regex(/^\d{9}$/)
    .optional(),
})
/** `hours` in human form: "10:00-23:00", "Mo-Fr 09:00-18:00; Sa,Su 10:00-16:00", "пн-пт 09:00-18:00", "24/7". Absent = not known, and said so. */
export const site = z.object({
  code,
  client: code,
  name: z.string().trim().min(1).max(200),
  address: z.string().trim().min(1).max(400),
  timezone,
  hours: z.string().trim().max(400).optional(),
  class: z.enum(SITE_CLASSES).optional(),
  contact: z.string().trim().max(400).optional(),
  access: z.string().trim().max(1000).optional(),
  /** What sites share: a mass incident is laid to it. `provider` is who brings the internet there. */
  region: z.string().trim().min(1).max(100).optional(),
  city: z.string().trim().min(1).max(100).optional(),
  provider: z.string().trim().min(1).max(100).optional(),
  /** Last day on which a new outlet is watched more closely; absent: 14 days from the first word of its agents. */
  launch_until: lastDay.optional(),
  ofd_contract_until: lastDay.optional(),
  profile: profile.optional(),
})
/** A POS PC. `agent` is the id of the agent on it, once there is one; `inn` names the legal entity whose registers it drives. */
export const terminal = z.object({
  code,
  site: code,
  name: z.string().trim().min(1).max(200),
  agent: z.string().max(63).optional(),
  inn: inn.optional(),
  /** Where it differs from the site's. */
  ofd_contract_until: lastDay.optional(),
})

const limit = z
  .string()
  .trim()
  .regex(/^\d+(?:\.\d+)?(m|h|d)$/, 'a time such as 15m, 8h or 5d')
const email = z.email().max(254)
const day = z.iso.date()

/**
 * A service in the words of the client ("касса не бьёт чеки"): when somebody reacts, when it is done, and who answers for it. `causes` are
 * the cause classes of incidents that it covers; a service without any covers what no other does.
 */
export const contractService = z.strictObject({
  name: z.string().trim().min(1).max(200),
  reaction: limit,
  solution: limit,
  responsible: z.string().trim().min(1).max(200),
  causes: z.array(z.string().max(64)).max(32).default([]),
  policy: z.string().max(64).optional(),
})
export type ContractService = z.infer<typeof contractService>

/** What was agreed with a client, and from when until when, both days included. `policy` is the id of a policy of service levels. */
export const contract = z.object({
  number: code,
  client: code,
  policy: z.string().max(64).optional(),
  services: z.array(contractService).max(64).optional(),
  from: day.optional(),
  until: day.optional(),
})

export const RESPONSIBLE_ROLES = [
  'line1_lead',
  'line2',
  'line3',
  'head',
  'account_manager',
  'client_account_manager',
  'duty',
  'manager',
  'client_contact',
] as const
/** Somebody who is told: for one contract, for one client, or for everything when neither is named. */
export const responsible = z.object({
  code,
  role: z.enum(RESPONSIBLE_ROLES),
  client: code.optional(),
  contract: code.optional(),
  name: z.string().trim().min(1).max(200),
  email,
  /** Europe/Moscow and Russian for somebody new of whom nothing is said. */
  timezone: timezone.optional(),
  language: z.enum(['ru', 'en']).optional(),
})

/**
 * A directory file (YAML), also the body of the form in the portal: everything named is created or updated, nothing is deleted.
 * POST /api/directory?dryRun=true|false with this body answers with `importReport`.
 */
export const directory = z.strictObject({
  clients: z.array(z.strictObject(client.shape)).default([]),
  legal_entities: z.array(z.strictObject(legalEntity.shape)).default([]),
  sites: z.array(z.strictObject(site.shape)).default([]),
  terminals: z.array(z.strictObject(terminal.shape)).default([]),
  contracts: z.array(z.strictObject(contract.shape)).default([]),
  responsibles: z.array(z.strictObject(responsible.shape)).default([]),
})
export type Directory = z.infer<typeof directory>

/** A place in the directory (`sites cafe-7`, or `sites cafe-7 hours` for one field) and what is to be said of it. */
export const directoryRemark = z.object({ where: z.string(), message: bilingual })
export type DirectoryRemark = z.infer<typeof directoryRemark>

/** What an import does or, in a dry run, would do. `gaps` are what weakens rules or does not fit (hours not known, another INN …). */
export const importReport = z.object({
  dryRun: z.boolean(),
  created: z.array(z.object({ kind: z.string(), code: z.string() })),
  updated: z.array(z.object({ kind: z.string(), code: z.string(), fields: z.array(z.string()) })),
  unchanged: z.number().int(),
  problems: z.array(directoryRemark),
  gaps: z.array(directoryRemark),
})
export type ImportReport = z.infer<typeof importReport>

/** GET /api/directory: everything, for the form and for export. */
export const directoryView = z.object({
  directory,
  gaps: importReport.shape.gaps,
  agents: z.array(
    z.object({
      id: z.string(),
      site: z.string().nullable(),
      terminal: z.string().nullable(),
      state: z.enum(['online', 'offline', 'never']),
      lastHeardAt: z.iso.datetime().nullable(),
      version: z.string().nullable(),
      revoked: z.boolean(),
      duplicateIdentity: z.boolean(),
    }),
  ),
  /** Who knocked without an identity that we know. */
  unknownAgents: z.array(
    z.object({
      id: z.string(),
      address: z.string(),
      attempts: z.number().int(),
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
    }),
  ),
})
