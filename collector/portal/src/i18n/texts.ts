import { enContracts } from './en-contracts.ts'
import { enDay } from './en-day.ts'
import { enDesks } from './en-desks.ts'
import { enEvidence } from './en-evidence.ts'
import { enHouse } from './en-house.ts'
import { enInbound } from './en-inbound.ts'
import { enIncidents } from './en-incidents.ts'
import { enNoise } from './en-noise.ts'
import { enProblems } from './en-problems.ts'
import { enRules } from './en-rules.ts'
import { enSla } from './en-sla.ts'
import { enTemplates } from './en-templates.ts'
import { enWork } from './en-work.ts'
import { ruContracts } from './ru-contracts.ts'
import { ruDay } from './ru-day.ts'
import { ruDesks } from './ru-desks.ts'
import { ruEvidence } from './ru-evidence.ts'
import { ruHouse } from './ru-house.ts'
import { ruInbound } from './ru-inbound.ts'
import { ruIncidents } from './ru-incidents.ts'
import { ruNoise } from './ru-noise.ts'
import { ruProblems } from './ru-problems.ts'
import { ruRules } from './ru-rules.ts'
import { ruSla } from './ru-sla.ts'
import { ruTemplates } from './ru-templates.ts'
import { ruWork } from './ru-work.ts'

/** Everything that the portal says, by language; Russian decides which keys exist. */
export const texts = {
  ru: {
    ...ruHouse,
    ...ruDesks,
    ...ruDay,
    ...ruEvidence,
    ...ruWork,
    ...ruSla,
    ...ruContracts,
    ...ruInbound,
    ...ruIncidents,
    ...ruNoise,
    ...ruProblems,
    ...ruRules,
    ...ruTemplates,
  },
  en: {
    ...enHouse,
    ...enDesks,
    ...enDay,
    ...enEvidence,
    ...enWork,
    ...enSla,
    ...enContracts,
    ...enInbound,
    ...enIncidents,
    ...enNoise,
    ...enProblems,
    ...enRules,
    ...enTemplates,
  },
} as const
