import { Anchor, Stack } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import type { ProblemView } from '@tillwatch/shared/api'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { usePick } from '../../i18n/i18n.ts'
import { useProblem } from '../../problem-queries.ts'
import { ErrorNotice } from '../../widgets/notice.tsx'
import { Page } from '../../widgets/page.tsx'
import { PageSkeleton } from '../../widgets/skeletons.tsx'
import { ProblemMarks, ProblemStatusBadge } from '../problems/problem-badges.tsx'
import { ProblemFacts } from './problem-facts.tsx'
import { ProblemIncidents } from './problem-incidents.tsx'
import { ProblemMeasures } from './problem-measures.tsx'
import { ProblemMoves } from './problem-moves.tsx'
import { ProblemReviews } from './problem-reviews.tsx'
import { ProblemStory } from './problem-story.tsx'

function Head({ problem }: { problem: ProblemView }) {
  const { t } = useTranslation()
  const told = [
    `№ ${problem.number}`,
    problem.client ?? t('problemBook.clientAny'),
    t(`problemBook.origin.${problem.origin}`, { name: problem.createdBy }),
  ]
  return (
    <span className="tw-line tw-line-wrap">
      <ProblemStatusBadge status={problem.status} />
      <ProblemMarks row={problem} />
      <span>{told.join(' · ')}</span>
    </span>
  )
}

/** One problem: what is known, whom it touches, what was promised. */
export default function ProblemPage({ problemId }: { problemId: string }) {
  const { t } = useTranslation()
  const pick = usePick()
  const query = useProblem(problemId)
  const problem = query.data
  if (query.isPending) return <PageSkeleton />
  const back = (
    <Anchor component={Link} href="/problems" className="tw-back" fz="sm">
      <IconChevronLeft size={16} aria-hidden /> {t('problemBook.title')}
    </Anchor>
  )
  if (!problem) {
    return (
      <Page title={t('problemBook.title')} above={back}>
        <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} />
      </Page>
    )
  }
  const title = pick(problem.title)
  return (
    <Page title={title} above={back} intro={<Head problem={problem} />} actions={<ProblemMoves problem={problem} />}>
      {query.error ? <ErrorNotice thrown={query.error} onRetry={() => void query.refetch()} /> : null}
      <div className="tw-two">
        <Stack gap="md">
          <ProblemFacts problem={problem} title={title} />
          <ProblemReviews problem={problem} />
          <ProblemMeasures problem={problem} />
          <ProblemStory problem={problem} />
        </Stack>
        <Stack gap="md" className="tw-side">
          <ProblemIncidents problem={problem} />
        </Stack>
      </div>
    </Page>
  )
}
