import type { Kysely } from 'kysely'
import { createIncidentHistoryReader, type IncidentHistoryReader } from '../incidents/incident-history.ts'
import { vendorFile } from '../problems/vendor-file.ts'
import { createRuleReads, type RuleReads } from '../rulebook/rule-reads.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { readDirectoryView } from '../store/sqlite/directory-view.ts'
import { queriesOf } from '../store/sqlite/queries.ts'
import type { Services } from '../threads/thread.ts'
import { readAgreementHistory, readContracts, readResponsibles } from './agreement-read.ts'
import { readAttachment, readAttachments } from './attachment-read.ts'
import { readCommandLog, readCommands } from './command-read.ts'
import { readCritical } from './critical-read.ts'
import { readDaily } from './daily-read.ts'
import { readDeliveries } from './delivery-read.ts'
import { readFleet, readHealthCounts } from './fleet-read.ts'
import { readIncidentLinks } from './incident-links-read.ts'
import { readIncidents } from './incident-list-read.ts'
import { readIncident } from './incident-read.ts'
import { readInnRemarks } from './inn-remarks.ts'
import { readAnalyses, readAnalysis, readKnownErrors } from './knowledge-read.ts'
import { readLaunches } from './launch-read.ts'
import { readMaintenance, readMaintenanceAt } from './maintenance-read.ts'
import { readMass } from './mass-read.ts'
import { readMissingRoles, readNamedPolicies, readNotices } from './notice-read.ts'
import { readOverrides } from './override-report-read.ts'
import { readProblems } from './problem-list-read.ts'
import { readMeasures, readProblem } from './problem-read.ts'
import type { ReadTables } from './read-tables.ts'
import type { Reads } from './reads.ts'
import { readReplacements } from './replacement-read.ts'
import { addSearchFunction } from './search-text.ts'
import { readCounts, readTerminal } from './terminal-read.ts'
import { readVendorPackage } from './vendor-package-read.ts'

/** What the read thread is given; plain data. */
export interface ReadThreadData {
  readonly databasePath: string
}

/** The services of a thread that only reads. The file must have been migrated by its writer. */
export function createReadServices(
  data: ReadThreadData,
): Services & { readonly reads: Reads; readonly ruleReads: RuleReads } {
  const database = openDatabase(data.databasePath, { readOnly: true })
  // Lists are sorted in memory, and the pages of the indexes they walk stay there.
  database.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536')
  addSearchFunction(database)
  const queries = queriesOf<ReadTables>(database)
  return {
    reads: createReads(queries, createIncidentHistoryReader(database)),
    ruleReads: createRuleReads(database),
  }
}

function createReads(queries: Kysely<ReadTables>, historyOf: IncidentHistoryReader): Reads {
  return {
    fleet: (tenantId, query, now) => readFleet(queries, tenantId, query, now),
    terminal: (tenantId, agentId, now) => readTerminal(queries, tenantId, agentId, now),
    commands: (tenantId, agentId, now) => readCommands(queries, tenantId, agentId, now),
    commandLog: (tenantId, agentId, commandId) => readCommandLog(queries, tenantId, agentId, commandId),
    summary: async (tenantId, now) => ({
      health: await readHealthCounts(queries, tenantId, now),
      ...(await readCounts(queries, tenantId)),
    }),
    incidents: (tenantId, query, now) => readIncidents(queries, tenantId, query, now),
    incident: (tenantId, incidentId, now) => readIncident({ queries, historyOf }, tenantId, incidentId, now),
    incidentLinks: (tenantId, incidentId) => readIncidentLinks(queries, tenantId, incidentId),
    attachments: (tenantId, incidentId) => readAttachments(queries, tenantId, incidentId),
    attachment: (tenantId, incidentId, name) => readAttachment(queries, tenantId, incidentId, name),
    assignees: async tenantId => {
      const people = await queries
        .selectFrom('users')
        .where('tenant_id', '=', tenantId)
        .where('role', '!=', 'viewer')
        .where('disabled_at', 'is', null)
        .orderBy('name_key')
        .select('name')
        .execute()
      return people.map(({ name }) => name)
    },
    overrides: (tenantId, query) => readOverrides(queries, tenantId, query),
    critical: tenantId => readCritical(queries, tenantId),
    deliveries: (tenantId, desk, query) => readDeliveries(queries, tenantId, desk, query),
    notices: (tenantId, query) => readNotices(queries, tenantId, query),
    missingRoles: tenantId => readMissingRoles(queries, tenantId),
    namedPolicies: tenantId => readNamedPolicies(queries, tenantId),
    contracts: tenantId => readContracts(queries, tenantId),
    responsibles: tenantId => readResponsibles(queries, tenantId),
    agreementHistory: tenantId => readAgreementHistory(queries, tenantId),
    daily: (tenantId, now) => readDaily(queries, tenantId, now),
    launches: (tenantId, now) => readLaunches(queries, tenantId, now),
    replacements: (tenantId, months, now) => readReplacements(queries, tenantId, months, now),
    replacementSheet: async (tenantId, months, lang, now) => {
      // Few ask for it, and the library of workbooks is large.
      const { replacementSheet } = await import('./replacement-sheet.ts')
      return replacementSheet(await readReplacements(queries, tenantId, months, now), lang)
    },
    directory: async tenantId => {
      const view = await readDirectoryView(queries, tenantId)
      return { ...view, gaps: [...view.gaps, ...(await readInnRemarks(queries, tenantId))] }
    },
    problems: (tenantId, query) => readProblems(queries, tenantId, query),
    problem: (tenantId, problemId, now) => readProblem(queries, tenantId, problemId, now),
    measures: (tenantId, query, now) => readMeasures(queries, tenantId, query, now),
    knownErrors: (tenantId, query) => readKnownErrors(queries, tenantId, query),
    analyses: tenantId => readAnalyses(queries, tenantId),
    analysis: (tenantId, month) => readAnalysis(queries, tenantId, month),
    vendorFile: async (tenantId, incidentId, format, lang, now) => {
      const pack = await readVendorPackage({ queries, historyOf }, tenantId, incidentId, now)
      return pack && vendorFile(pack, format, lang)
    },
    maintenance: (tenantId, all, now) => readMaintenance(queries, tenantId, all, now),
    maintenanceAt: (tenantId, agentId, now) => readMaintenanceAt(queries, tenantId, agentId, now),
    mass: (tenantId, incidentId) => readMass(queries, tenantId, incidentId),
    ping: async () => {
      await queries.selectFrom('tenants').select('id').limit(1).execute()
    },
  }
}
