import type { EpochMs } from '@tillwatch/shared'
import type { Incident } from './incident.ts'

/** What ends with the question to the client, whoever ends it. */
export const NOT_WAITING = {
  waitingSince: null,
  waitingFor: null,
  waitingMarks: null,
  waitingReminders: 0,
} as const satisfies Partial<Incident>

/** What ends with the work, however it ends. */
export const NOT_ACTIVE = {
  ...NOT_WAITING,
  goodSince: null,
  pinned: false,
  pendingOn: null,
  silencedUntil: null,
  silenceReason: null,
  followUpOwed: false,
} as const satisfies Partial<Incident>

/** What a reopened incident is no longer. */
export const NOT_ENDED = {
  resolution: null,
  resolutionMode: null,
  solvedByLine: null,
  duplicateOf: null,
  solvedAt: null,
  executedAt: null,
  solvedBy: null,
  closedAt: null,
  muted: false,
  mutedUntil: null,
} as const satisfies Partial<Incident>

/** When the work was done, given the moment that somebody or the readings name: never before registration. */
export const executedAtOf = (incident: Incident, at: EpochMs): EpochMs => Math.max(incident.openedAt, at)
