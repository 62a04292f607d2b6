import {
  type IncidentKnowledge,
  incidentStatus,
  type KnowledgeView,
  linkKind,
  type MonthlyAnalysis,
  type ProblemSignature,
  problemStatus,
} from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { isUnlocked } from '../problems/reviews.ts'
import type { IncidentFace } from '../problems/signature.ts'
import { instant, instantOrNull } from './item-facts.ts'
import { isKnownErrorRow, problemHasWords, problemsWithClient } from './problem-list-read.ts'
import type { ReadTables } from './read-tables.ts'
import { searchWords } from './search-text.ts'

const ERRORS_MAX = 50
/** Five years of months. */
const ANALYSES_MAX = 60

/** What is known about an incident beyond itself. */
export async function readIncidentKnowledge(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<IncidentKnowledge> {
  const problems = await queries
    .selectFrom('problem_incidents')
    .innerJoin('problems', 'problems.id', 'problem_incidents.problem_id')
    .where('problem_incidents.tenant_id', '=', tenantId)
    .where('problems.tenant_id', '=', tenantId)
    .where('problem_incidents.incident_id', '=', incidentId)
    .orderBy('problems.number')
    .selectAll('problems')
    .select(['problem_incidents.how', isKnownErrorRow.as('known')])
    .execute()
  const matched = problems.find(row => row.how === 'matched' && row.known)
  return {
    knownError: matched
      ? {
          problemId: matched.id,
          number: matched.number,
          title: { ru: matched.title_ru, en: matched.title_en },
          rootCause: matched.root_cause,
          workaround: matched.workaround,
          clientHint: matched.client_hint,
          runbook: matched.runbook,
        }
      : null,
    triage: await readTriage(queries, tenantId, incidentId),
    problems: problems.map(row => ({
      id: row.id,
      number: row.number,
      title: { ru: row.title_ru, en: row.title_en },
      status: problemStatus.parse(row.status),
      how: linkKind.parse(row.how),
    })),
    review: await readReviewOf(queries, tenantId, incidentId),
    vendorPackages: await readVendorPackages(queries, tenantId, incidentId),
  }
}

async function readTriage(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<IncidentKnowledge['triage']> {
  const row = await queries
    .selectFrom('incident_faces')
    .where('tenant_id', '=', tenantId)
    .where('incident_id', '=', incidentId)
    .select(['face_json', 'opened_at'])
    .executeTakeFirst()
  if (!row) return null
  const { checks, errorCodes } = JSON.parse(row.face_json) as IncidentFace
  return { at: instant(row.opened_at), checks: [...checks], errorCode: errorCodes[0] ?? null }
}

async function readReviewOf(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<IncidentKnowledge['review']> {
  const row = await queries
    .selectFrom('incident_reviews')
    .innerJoin('incidents', 'incidents.id', 'incident_reviews.incident_id')
    .where('incident_reviews.tenant_id', '=', tenantId)
    .where('incident_reviews.incident_id', '=', incidentId)
    .select(['incident_reviews.problem_id', 'incident_reviews.restored_at', 'incident_reviews.done_at'])
    .select('incidents.status')
    .executeTakeFirst()
  if (!row) return null
  const unlocked = isUnlocked({ status: incidentStatus.parse(row.status) }, { restoredAt: row.restored_at })
  return { problemId: row.problem_id, unlocked, doneAt: instantOrNull(row.done_at) }
}

async function readVendorPackages(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<IncidentKnowledge['vendorPackages']> {
  const rows = await queries
    .selectFrom('vendor_packages')
    .where('tenant_id', '=', tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('id', 'desc')
    .limit(20)
    .selectAll()
    .execute()
  return rows.map(row => ({ at: instant(row.sent_at), by: row.sent_by, vendor: row.vendor, reference: row.reference }))
}

/** Known errors that say all the words, and speak of the check where one is named. */
export async function readKnownErrors(
  queries: Kysely<ReadTables>,
  tenantId: string,
  { search, check }: { readonly search: string; readonly check?: string | undefined },
): Promise<KnowledgeView['errors']> {
  const words = searchWords(search)
  let found = problemsWithClient(queries, tenantId).where(isKnownErrorRow)
  if (words) found = found.where(problemHasWords(words))
  if (check !== undefined) {
    found = found.where(
      sql<boolean>`EXISTS (SELECT 1 FROM json_each(problems.signature_json, '$.checks') c WHERE c.value = ${check})`,
    )
  }
  const rows = await found
    .orderBy('problems.changed_at', 'desc')
    .limit(ERRORS_MAX)
    .selectAll('problems')
    .select('clients.name as client')
    .execute()
  return rows.map(row => ({
    problemId: row.id,
    number: row.number,
    title: { ru: row.title_ru, en: row.title_en },
    status: problemStatus.parse(row.status),
    client: row.client,
    checks: row.signature_json === null ? [] : (JSON.parse(row.signature_json) as ProblemSignature).checks,
    rootCause: row.root_cause,
    workaround: row.workaround,
    clientHint: row.client_hint,
    runbook: row.runbook,
  }))
}

const analysisOf = (row: { month: string; issued_at: number; body_json: string }): MonthlyAnalysis => {
  const { total, clients, raised } = JSON.parse(row.body_json) as MonthlyAnalysis
  return { month: row.month, issuedAt: instant(row.issued_at), total, clients, raised }
}

/** The analyses that were issued, newest first. */
export async function readAnalyses(queries: Kysely<ReadTables>, tenantId: string): Promise<MonthlyAnalysis[]> {
  const rows = await queries
    .selectFrom('monthly_analyses')
    .where('tenant_id', '=', tenantId)
    .orderBy('month', 'desc')
    .limit(ANALYSES_MAX)
    .selectAll()
    .execute()
  return rows.map(analysisOf)
}

/** The analysis of one month as it was issued, or null. */
export async function readAnalysis(
  queries: Kysely<ReadTables>,
  tenantId: string,
  month: string,
): Promise<MonthlyAnalysis | null> {
  const row = await queries
    .selectFrom('monthly_analyses')
    .where('tenant_id', '=', tenantId)
    .where('month', '=', month)
    .selectAll()
    .executeTakeFirst()
  return row ? analysisOf(row) : null
}
