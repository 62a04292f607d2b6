import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import type { Notices } from '../notices/notice.ts'
import { createAnalyses } from './analyses.ts'
import type { Matching } from './matching.ts'
import { createMeasures } from './measures.ts'
import { createProblemBook } from './problem-book.ts'
import { createProblemRoom } from './problem-room.ts'
import { createProblems, type Problems } from './problem-service.ts'
import type { ProposalSettings } from './proposal.ts'
import { createProposals } from './proposals.ts'
import { createReviewStore } from './review-store.ts'
import { createReviews } from './reviews.ts'

/** Two months and a day: what the analysis of the last month and the thresholds of proposals look back on. */
const LOOK_BACK_MS = 63 * 24 * 3_600_000

interface ProblemPart {
  readonly room: IncidentRoom
  readonly problems: Problems
  /**
   * Looks at the incidents of the last two months that nobody has looked at, such as those from before an upgrade: from now on they count.
   * Which check it was is known of unfinished ones alone; the others tell their class.
   */
  adopt(now: EpochMs): void
}

/** Problems over one connection of the state thread: what sees every incident, and what people ask for. */
export function createProblemPart(
  database: DatabaseSync,
  { store, faces, known }: Matching,
  incidents: IncidentStore,
  keeper: IncidentKeeper,
  notices: Notices,
  settings: ProposalSettings,
  ticketsTell: (tenantId: string) => boolean,
): ProblemPart {
  const book = createProblemBook(store, faces, known)
  const reviewStore = createReviewStore(database)
  const reviews = createReviews(store, reviewStore, faces, book)
  const proposals = createProposals(store, faces, book, settings)
  const measures = createMeasures(reviewStore, store, incidents, notices)
  const analyse = createAnalyses(database)
  const common = { store, faces, book, reviews, incidents, keeper }
  return {
    room: createProblemRoom({ ...common, proposals, ticketsTell }),
    problems: createProblems(database, { ...common, reviewStore, measures, settings, analyse }),
    adopt: now => {
      const ids = faces.unseen(now - LOOK_BACK_MS)
      if (ids.length === 0) return
      database.exec('BEGIN IMMEDIATE')
      for (const id of ids) {
        const incident = incidents.byId(id)
        if (incident) faces.record(incident)
      }
      database.exec('COMMIT')
    },
  }
}
