import { Checkbox, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconChecklist } from '@tabler/icons-react'
import type { MeasureView } from '@tillwatch/shared/api'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { formatDay } from '../../format.ts'
import { useLanguage, usePick } from '../../i18n/i18n.ts'
import { useNow } from '../../now.ts'
import { useMeasures, useProblemAct } from '../../problem-queries.ts'
import { useMe } from '../../session.ts'
import { EmptyNotice, ErrorNotice } from '../../widgets/notice.tsx'
import { ListSkeleton } from '../../widgets/skeletons.tsx'

/** One measure with its tick, owner and day. */
export function MeasureRow({ measure, withProblem = false }: { measure: MeasureView; withProblem?: boolean }) {
  const { t } = useTranslation()
  const pick = usePick()
  const { mayWork } = useMe()
  const act = useProblemAct(measure.problemId)
  const done = measure.doneAt !== null
  // A date without a place: the same day for every reader.
  const day = formatDay(useLanguage(), Date.parse(measure.dueOn), useNow(), 'UTC')
  return (
    <li>
      <div className="tw-line tw-line-top">
        <Checkbox
          mt={3}
          checked={done}
          disabled={!mayWork || act.isPending}
          aria-label={t('problemBook.measureDone', { text: measure.text })}
          onChange={() => act.mutate({ action: 'finish_measure', measureId: measure.id, done: !done })}
        />
        <div className="tw-grow">
          <Text className="tw-wrap tw-preline">{measure.text}</Text>
          <div className="tw-line tw-line-wrap tw-small tw-dim">
            <span>{measure.owner}</span>
            <span>{t('problemBook.dueOn', { day })}</span>
            {measure.overdue ? (
              <Text span fz="sm" c="var(--tw-red)" fw={600}>
                {t('problemBook.overdue')}
              </Text>
            ) : null}
            {withProblem ? (
              <Link href={`/problems/${encodeURIComponent(measure.problemId)}`}>
                № {measure.problemNumber} {pick(measure.problemTitle)}
              </Link>
            ) : null}
          </div>
          {act.error ? <ErrorNotice thrown={act.error} /> : null}
        </div>
      </div>
    </li>
  )
}

const STATES = ['open', 'overdue', 'done'] as const

/** What was promised under all problems, the nearest day first. */
export function MeasureList() {
  const { t } = useTranslation()
  const [state, setState] = useState<(typeof STATES)[number]>('open')
  const measures = useMeasures(state)
  return (
    <Stack gap="sm">
      <SegmentedControl
        className="tw-filter"
        value={state}
        onChange={value => setState(STATES.find(each => each === value) ?? 'open')}
        data={STATES.map(each => ({ value: each, label: t(`problemBook.measureState.${each}`) }))}
      />
      {measures.isPending ? <ListSkeleton rows={4} /> : null}
      {measures.error ? <ErrorNotice thrown={measures.error} onRetry={() => void measures.refetch()} /> : null}
      {measures.data?.length === 0 ? (
        <EmptyNotice
          icon={IconChecklist}
          title={t(`problemBook.measureState.${state}`)}
          text={t('problemBook.measuresEmpty')}
        />
      ) : null}
      {measures.data && measures.data.length > 0 ? (
        <Paper>
          <ul className="tw-list">
            {measures.data.map(measure => (
              <MeasureRow key={measure.id} measure={measure} withProblem />
            ))}
          </ul>
        </Paper>
      ) : null}
    </Stack>
  )
}
