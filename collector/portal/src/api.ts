import {
  type AgentCommand,
  agentCommandsView,
  agreementsView,
  type BacktestRequest,
  backtestView,
  type CriticalSettings,
  commandView,
  criticalView,
  type Directory,
  deskTest,
  deskView,
  directoryView,
  fleetRow,
  fleetSummary,
  type IncidentAction,
  importReport,
  incidentRow,
  incidentView,
  invitationLink,
  invitationView,
  itemRulesView,
  type MaintenanceDraft,
  maintenanceWindow,
  massView,
  me,
  noticeRow,
  overrideReport,
  page,
  priorityMethod,
  type Role,
  replacementPlan,
  rulesView,
  runbook,
  seriesView,
  sessionRow,
  terminalView,
  userRow,
} from '@tillwatch/shared/api'
import { z } from 'zod'
import { ApiProblem, address, nothing, request } from './api-client.ts'

/** Rows that a list asks for at a time. */
const PAGE_ROWS = 50

export interface FleetFilter {
  readonly search: string
  readonly health: string
}
/** Parameters of the list as the API takes them; empty ones are left out. */
export type IncidentFilter = Readonly<Record<string, string>>

const id = encodeURIComponent
const fleetPage = page(fleetRow)
const incidentPage = page(incidentRow)
const noticePage = page(noticeRow)
export type FleetSummary = z.infer<typeof fleetSummary>
export type DirectoryView = z.infer<typeof directoryView>
export type DeskView = z.infer<typeof deskView>
export type DeskTest = z.infer<typeof deskTest>

/** Every call of the HTTP contract that the portal makes; the names say what they do. */
export const api = {
  /** Null when nobody is signed in. */
  session: (signal?: AbortSignal) =>
    request(me, '/api/session', { ...(signal ? { signal } : {}) }).catch((thrown: unknown) => {
      if (thrown instanceof ApiProblem && thrown.status === 401) return null
      throw thrown
    }),
  signIn: (body: { name: string; password: string }) => request(me, '/api/session', { method: 'POST', body }),
  signOut: () => request(nothing, '/api/session', { method: 'DELETE' }),
  acceptInvitation: (body: { token: string; name: string; password: string }) =>
    request(me, '/api/invitation', { method: 'POST', body }),
  checkInvitation: (token: string, signal: AbortSignal) =>
    request(invitationView, '/api/invitation/check', { method: 'POST', body: { token }, signal }),
  changePassword: (body: { current: string; next: string }) =>
    request(nothing, '/api/password', { method: 'POST', body }),
  sessions: (signal: AbortSignal) => request(z.array(sessionRow), '/api/sessions', { signal }),
  endSession: (sessionId: string) => request(nothing, `/api/sessions/${id(sessionId)}`, { method: 'DELETE' }),
  endOtherSessions: () => request(nothing, '/api/sessions', { method: 'DELETE' }),
  users: (signal: AbortSignal) => request(z.array(userRow), '/api/users', { signal }),
  invite: (body: { name: string; role: Role }) => request(invitationLink, '/api/users', { method: 'POST', body }),
  renewInvitation: (userId: string) =>
    request(invitationLink, `/api/users/${id(userId)}/invitation`, { method: 'POST', body: {} }),
  updateUser: (userId: string, body: { role?: Role; disabled?: boolean }) =>
    request(nothing, `/api/users/${id(userId)}`, { method: 'PATCH', body }),

  summary: (signal: AbortSignal) => request(fleetSummary, '/api/summary', { signal }),
  fleet: (filter: FleetFilter, after: string | null, signal: AbortSignal) =>
    request(fleetPage, address('/api/fleet', { ...filter, after, limit: PAGE_ROWS }), { signal }),
  terminal: (agentId: string, signal: AbortSignal) =>
    request(terminalView, `/api/terminals/${id(agentId)}`, { signal }),
  series: (itemId: string, fact: string, from: string, to: string, signal: AbortSignal) =>
    request(seriesView, address(`/api/items/${id(itemId)}/series`, { fact, from, to, points: 400 }), { signal }),
  commands: (agentId: string, signal: AbortSignal) =>
    request(agentCommandsView, `/api/agents/${id(agentId)}/commands`, { signal }),
  giveCommand: (agentId: string, body: AgentCommand) =>
    request(commandView, `/api/agents/${id(agentId)}/commands`, { method: 'POST', body }),
  markReplacement: (itemId: string, until: string | null) =>
    request(nothing, `/api/items/${id(itemId)}/replacement`, { method: 'POST', body: { until } }),

  incidents: (filter: IncidentFilter, after: string | null, signal: AbortSignal) =>
    request(incidentPage, address('/api/incidents', { ...filter, after, limit: PAGE_ROWS }), { signal }),
  incident: (incidentId: string, signal: AbortSignal) =>
    request(incidentView, `/api/incidents/${id(incidentId)}`, { signal }),
  act: (incidentId: string, body: IncidentAction) =>
    request(nothing, `/api/incidents/${id(incidentId)}/actions`, { method: 'POST', body }),

  assignees: (signal: AbortSignal) => request(z.array(z.string()), '/api/assignees', { signal }),
  priorityMethod: (signal: AbortSignal) => request(priorityMethod, '/api/priority-method', { signal }),
  overrides: (from: string, before: string, signal: AbortSignal) =>
    request(overrideReport, address('/api/reports/priority-overrides', { from, before }), { signal }),
  criticalCriteria: (signal: AbortSignal) => request(criticalView, '/api/critical-criteria', { signal }),
  setCriticalCriteria: (body: CriticalSettings) => request(nothing, '/api/critical-criteria', { method: 'PUT', body }),

  rules: (signal: AbortSignal) => request(rulesView, '/api/rules', { signal }),
  reloadRules: () => request(rulesView, '/api/rules/reload', { method: 'POST', body: {} }),
  itemRules: (itemId: string, signal: AbortSignal) =>
    request(itemRulesView, `/api/items/${id(itemId)}/rules`, { signal }),
  startBacktest: (body: BacktestRequest) =>
    request(z.object({ id: z.string() }), '/api/rules/backtest', { method: 'POST', body }),
  backtest: (trial: string, signal: AbortSignal) =>
    request(backtestView, `/api/rules/backtest/${id(trial)}`, { signal }),

  maintenance: (all: boolean, signal: AbortSignal) =>
    request(z.array(maintenanceWindow), address('/api/maintenance', { all }), { signal }),
  maintenanceAt: (agentId: string, signal: AbortSignal) =>
    request(z.array(maintenanceWindow), `/api/terminals/${id(agentId)}/maintenance`, { signal }),
  openMaintenance: (body: MaintenanceDraft) => request(maintenanceWindow, '/api/maintenance', { method: 'POST', body }),
  endMaintenance: (windowId: string) =>
    request(nothing, `/api/maintenance/${id(windowId)}/end`, { method: 'POST', body: {} }),
  mass: (incidentId: string, signal: AbortSignal) =>
    request(massView, `/api/incidents/${id(incidentId)}/mass`, { signal }),

  runbook: (name: string, signal: AbortSignal) => request(runbook, `/api/runbooks/${id(name)}`, { signal }),

  replacements: (months: number, signal: AbortSignal) =>
    request(replacementPlan, address('/api/replacements', { months }), { signal }),
  directory: (signal: AbortSignal) => request(directoryView, '/api/directory', { signal }),
  importDirectory: (body: Directory, dryRun: boolean) =>
    request(importReport, address('/api/directory', { dryRun }), { method: 'POST', body }),
  agreements: (signal: AbortSignal) => request(agreementsView, '/api/agreements', { signal }),
  reloadAgreements: () => request(agreementsView, '/api/agreements/reload', { method: 'POST', body: {} }),
  notices: (after: string | null, signal: AbortSignal) =>
    request(noticePage, address('/api/notices', { after, limit: PAGE_ROWS }), { signal }),
  desks: (signal: AbortSignal) => request(z.array(deskView), '/api/desks', { signal }),
  retryDesk: (name: string) => request(nothing, `/api/desks/${id(name)}/retry`, { method: 'POST', body: {} }),
  testDesk: (name: string) => request(deskTest, `/api/desks/${id(name)}/test`, { method: 'POST', body: {} }),
}

/** Address of the spreadsheet with the same months as the page. */
export const replacementsXlsx = (months: number, lang: string): string =>
  address('/api/replacements.xlsx', { months, lang })

/** Address of the figures of the report of overrides as a table. */
export const overridesCsv = (from: string, before: string): string =>
  address('/api/reports/priority-overrides.csv', { from, before })

/** Address of the log that a command has brought. */
export const commandLog = (agentId: string, commandId: string): string =>
  `/api/agents/${id(agentId)}/commands/${id(commandId)}/log`
