import type { Generated } from 'kysely'

/** One problem. `signature_json` is `ProblemSignature` of the API. */
export interface ProblemsTable {
  id: string
  tenant_id: string
  number: number
  title_ru: string
  title_en: string
  status: string
  client_id: string | null
  origin: string
  signature_key: string | null
  signature_json: string | null
  root_cause: string
  workaround: string
  client_hint: string
  steps: string
  runbook: string | null
  recurrences: number
  recurred_at: number | null
  rejected_at: number | null
  rejected_count: number | null
  solved_at: number | null
  created_at: number
  created_by: string
  changed_at: number
}

/** `face_json` is `IncidentFace` of `problems/`. */
interface IncidentFacesTable {
  incident_id: string
  tenant_id: string
  item_id: string
  client_id: string | null
  signature_key: string
  face_json: string
  opened_at: number
  consider_at: number | null
}

interface ProblemIncidentsTable {
  problem_id: string
  incident_id: string
  tenant_id: string
  how: string
  linked_at: number
  linked_by: string
  tell_at: number | null
}

interface ProblemEntriesTable {
  id: Generated<number>
  tenant_id: string
  problem_id: string
  at: number
  actor: string
  text_ru: string
  text_en: string
}

export interface ProblemMeasuresTable {
  id: string
  tenant_id: string
  problem_id: string
  incident_id: string | null
  text: string
  owner: string
  due_on: string
  remind_at: number
  done_at: number | null
  done_by: string | null
  created_at: number
  created_by: string
}

export interface IncidentReviewsTable {
  incident_id: string
  tenant_id: string
  problem_id: string
  reason: string
  summary: string
  prevention: string
  restored_at: number | null
  restored_by: string | null
  done_at: number | null
  done_by: string | null
}

interface VendorPackagesTable {
  id: Generated<number>
  tenant_id: string
  incident_id: string
  vendor: string
  reference: string
  sent_at: number
  sent_by: string
}

/** `body_json` is `MonthlyAnalysis` of the API with the counts that later months are compared with. */
interface MonthlyAnalysesTable {
  tenant_id: string
  month: string
  issued_at: number
  body_json: string
}

/** Tables of migration 0007. */
export interface ProblemsTables {
  problems: ProblemsTable
  incident_faces: IncidentFacesTable
  problem_incidents: ProblemIncidentsTable
  problem_entries: ProblemEntriesTable
  problem_measures: ProblemMeasuresTable
  incident_reviews: IncidentReviewsTable
  vendor_packages: VendorPackagesTable
  monthly_analyses: MonthlyAnalysesTable
}
