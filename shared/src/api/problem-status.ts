import { z } from 'zod'

/** Предложена, Открыта, Причина известна, Решение запланировано, Решена, Закрыта; Отклонена. */
export const PROBLEM_STATUSES = [
  'proposed',
  'open',
  'root_cause_known',
  'fix_planned',
  'solved',
  'closed',
  'rejected',
] as const
export const problemStatus = z.enum(PROBLEM_STATUSES)
export type ProblemStatus = z.infer<typeof problemStatus>

/** How an incident came to a problem: it fits the known error, has the same signature, was reviewed, or a person said so. */
export const LINK_KINDS = ['matched', 'signature', 'review', 'person'] as const
export const linkKind = z.enum(LINK_KINDS)
export type LinkKind = z.infer<typeof linkKind>
