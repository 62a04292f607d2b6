import type { IncidentCategory } from '@tillwatch/shared/api'

const CATEGORIES: Readonly<Record<string, IncidentCategory>> = {
  ofd: 'ofd',
  fn_end: 'fiscal_drive',
  fn_state: 'fiscal_drive',
  register_error: 'register',
  shift: 'register',
  clock_register: 'register',
  link: 'connection',
  site_link: 'connection',
  agent: 'connection',
  clock_pc: 'workstation',
  disk: 'workstation',
  config: 'setup',
  daily: 'connection',
  sales: 'register',
  program: 'program',
}

/** What part of the till a cause class is about. */
export const categoryOf = (causeClass: string): IncidentCategory => CATEGORIES[causeClass] ?? 'other'
