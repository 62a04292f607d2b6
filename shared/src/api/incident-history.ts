import { z } from 'zod'
import { apiInstant, bilingual } from './problem.ts'

/** How often a fault occurs: once, rarely, often, or it worked and stopped. */
export const FREQUENCY_KINDS = ['once', 'rare', 'often', 'stopped'] as const
export type FrequencyKind = (typeof FREQUENCY_KINDS)[number]

/** What may explain a fault: an update, a changed setting, another drive, another place, newer antivirus definitions, a restart. */
export const RELATED_KINDS = ['update', 'setting', 'drive', 'moved', 'antivirus', 'restart', 'network'] as const
export type RelatedKind = (typeof RELATED_KINDS)[number]

/** Why an agent is silent, as far as that can be guessed from afar. */
export const SILENCE_CAUSES = [
  'switched_off',
  'site_link',
  'agent_stopped',
  'agent_update',
  'os_update',
  'antivirus',
  'clock',
  'disk_full',
  'line_or_power',
] as const
export type SilenceCause = (typeof SILENCE_CAUSES)[number]
export const CONFIDENCES = ['high', 'medium', 'low'] as const
export type Confidence = (typeof CONFIDENCES)[number]

/** What surrounds an incident in time; part of GET /api/incidents/{id}. */
export const incidentHistory = z.object({
  frequency: z.object({
    kind: z.enum(FREQUENCY_KINDS),
    /** Occurrences in 24 hours, 7 and 30 days, this one included. */
    day: z.number().int(),
    week: z.number().int(),
    month: z.number().int(),
    lastGoodAt: apiInstant.nullable(),
    text: bilingual,
  }),
  /** Oldest first; 14 days before the fault and since. */
  relatedEvents: z.array(z.object({ at: apiInstant, kind: z.enum(RELATED_KINDS), text: bilingual })),
  /** What was done about it before a person came, oldest first. */
  alreadyDone: z.array(z.object({ at: apiInstant, text: bilingual })),
  /** Only of a silent agent, the likeliest first. */
  silence: z.array(
    z.object({
      cause: z.enum(SILENCE_CAUSES),
      confidence: z.enum(CONFIDENCES),
      text: bilingual,
      because: z.array(bilingual),
    }),
  ),
})
export type IncidentHistoryView = z.infer<typeof incidentHistory>
